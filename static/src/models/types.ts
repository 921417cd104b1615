// What the server takes and gives. Written by `python -m messenger.http.client_types > static/src/models/types.ts`:
// change the server, not this.

export interface AccountChange {
  display_name?: string;
  email?: string | null;
  role?: "admin" | "guest" | "user";
  disabled?: boolean;
}

export interface AddMembers {
  type: "member.add";
  id?: number | string | null;
  key?: string | null;
  chat_id: number;
  user_ids: number[];
}

export interface AddMembersBody {
  user_ids: number[];
}

export interface AddReaction {
  type: "reaction.add";
  id?: number | string | null;
  key?: string | null;
  chat_id: number;
  seq: number;
  emoji: string;
}

export interface AddedUser {
  user: User;
  password: string | null;
}

export interface ArchiveState {
  parts: number;
  messages: number;
  until: string | null;
  verified_at: string | null;
  fault: string | null;
}

export interface AttachFiles {
  type: "task.attach";
  id?: number | string | null;
  key?: string | null;
  task_id: number;
  file_ids: string[];
  cover?: boolean;
}

export interface AttachFilesBody {
  file_ids: string[];
  cover?: boolean;
}

export interface AuditEntry {
  id: number;
  at: string;
  by: number | null;
  place: string | null;
  agent: string | null;
  action: string;
  subject: number | null;
  details: Record<string, unknown> | null;
  hash: string;
}

export interface Auth {
  type: "auth";
  id?: number | string | null;
  token: string;
}

export interface AuthExpiring {
  type: "auth.expiring";
}

export interface Authenticated {
  user_id: number;
  session_id: string;
}

export interface Board {
  columns: Column[];
  tasks: Task[];
  seq: number;
  tasks_next: number | null;
  more_done: number[];
}

export interface BrowserKeys {
  p256dh: string;
  auth: string;
}

export interface Came {
  id: string;
}

export interface Changes {
  events: Event[];
  cursors: [number, number][];
  more: boolean;
  streams: StreamState[];
  epoch: number;
}

export interface ChangesAsked {
  cursors?: ([number, number | null])[];
  all?: boolean;
  limit?: number;
  epoch?: number | null;
}

export interface Chat {
  id: number;
  kind: "direct" | "group" | "org";
  title: string | null;
  board: boolean;
  user_ids: number[] | null;
  created_by: number | null;
  created_at: string;
  updated_at: string;
  deleted_at: string | null;
  rev: number;
  avatar_url: string | null;
}

export interface ChatFigures {
  id: number;
  kind: string;
  title: string;
  board: boolean;
  created_at: string;
  updated_at: string;
  members: number;
  messages: number;
  files: number;
  bytes: number;
  owners: number[];
}

export interface ChatFile {
  id: string;
  chat_id: number;
  uploader_id: number;
  name: string;
  mime: string;
  size: number;
  width: number | null;
  height: number | null;
  placeholder: string | null;
  preview: boolean;
  no_preview: string | null;
  folder: string | null;
  shown_as: "file" | "voice" | null;
  duration_ms: number | null;
  waveform: string | null;
  created_at: string;
  seq: number;
  task_id: number | null;
  attached_at: string;
}

export interface ChatMembership {
  chat_id: number;
  role: "admin" | "member" | "owner";
  joined_at: string;
  left_at: string | null;
  read_seq: number;
  received_seq: number;
  read_n: number;
  unread: number;
  mentions: number;
  notify: "all" | "mentions" | "none";
  muted_until: string | null;
  draft: string | null;
  pinned_at: string | null;
  marked_unread: boolean;
  seq: number;
}

export interface ChecklistItem {
  id: string;
  text: string;
  done?: boolean;
}

export interface Column {
  id: number;
  chat_id: number;
  title: string;
  position: string;
  is_done: boolean;
  limit: number | null;
  version: number;
  deleted_at: string | null;
  rev: number;
}

export interface Condition {
  minutes: Minute[];
  disk_total: number;
  leaderless: number;
  degraded: string[];
}

export interface CreateChat {
  type: "chat.create";
  id?: number | string | null;
  key?: string | null;
  title: string;
  member_ids?: number[];
  board?: boolean;
}

export interface CreateChatBody {
  title: string;
  member_ids?: number[];
  board?: boolean;
}

export interface CreateColumn {
  type: "column.create";
  id?: number | string | null;
  key?: string | null;
  chat_id: number;
  title: string;
  is_done?: boolean;
  limit?: number | null;
}

export interface CreateColumnBody {
  title: string;
  is_done?: boolean;
  limit?: number | null;
}

export interface CreateTask {
  type: "task.create";
  id?: number | string | null;
  key?: string | null;
  title: string;
  description?: string;
  assigned_to?: number | null;
  due?: Due | null;
  labels?: string[];
  checklist?: ChecklistItem[];
  chat_id?: number | null;
  column_id?: number | null;
}

export interface CreateTaskBody {
  title: string;
  description?: string;
  assigned_to?: number | null;
  due?: Due | null;
  labels?: string[];
  checklist?: ChecklistItem[];
  chat_id?: number | null;
  column_id?: number | null;
}

export interface DataState {
  stored: StoredKind[];
  free: number;
  daily: boolean;
  keep_days: number;
  folder: string;
  same_disk: boolean;
  sealed: boolean;
  old: boolean;
  backups: ListedBackup[];
  archive: ArchiveState;
}

export interface DeleteChat {
  type: "chat.delete";
  id?: number | string | null;
  key?: string | null;
  chat_id: number;
}

export interface DeleteColumn {
  type: "column.delete";
  id?: number | string | null;
  key?: string | null;
  column_id: number;
}

export interface DeleteMessage {
  type: "message.delete";
  id?: number | string | null;
  key?: string | null;
  chat_id: number;
  seq: number;
}

export interface DeleteTask {
  type: "task.delete";
  id?: number | string | null;
  key?: string | null;
  task_id: number;
}

export interface DetachFile {
  type: "task.detach";
  id?: number | string | null;
  key?: string | null;
  task_id: number;
  file_id: string;
}

export interface DoctorCheck {
  code: string;
  area: "database" | "machine" | "reach" | "services" | "settings" | "stored";
  state: "advice" | "well" | "wrong";
  name: string;
  found: string;
  fix: string | null;
  command: string | null;
  sql: string | null;
  setting: string | null;
  mendable: boolean;
}

export interface DoctorReport {
  ok: boolean;
  version: string;
  checked_at: string;
  seconds: number;
  settings: ShownSetting[];
  checks: DoctorCheck[];
}

export type Due = { date: string } | { at: string; zone: string };

export interface EditMessage {
  type: "message.edit";
  id?: number | string | null;
  key?: string | null;
  chat_id: number;
  seq: number;
  text: string;
  file_ids?: string[] | null;
}

export interface EditMessageBody {
  text: string;
  file_ids?: string[] | null;
}

export interface EraseUser {
  messages: "keep" | "remove";
}

export interface Error {
  type: "error";
  error: ErrorBody;
  id?: number | string | null;
}

export interface ErrorBody {
  code: string;
  message: string;
  details?: Record<string, unknown> | null;
}

export interface Event {
  type: string;
  stream: number;
  seq: number;
  at: string;
  by: number | null;
  data: unknown;
}

export interface ExportReady {
  bytes: number;
  until: string;
}

export interface FieldChange {
  field: string;
  old: unknown;
  new: unknown;
}

export interface File {
  id: string;
  chat_id: number;
  uploader_id: number;
  name: string;
  mime: string;
  size: number;
  width: number | null;
  height: number | null;
  placeholder: string | null;
  preview: boolean;
  no_preview: string | null;
  folder: string | null;
  shown_as: "file" | "voice" | null;
  duration_ms: number | null;
  waveform: string | null;
  created_at: string;
}

export interface ForwardMessages {
  type: "message.forward";
  id?: number | string | null;
  chat_id: number;
  seqs: number[];
  to: number[];
  client_message_id: string;
}

export interface ForwardMessagesBody {
  seqs: number[];
  to: number[];
  client_message_id: string;
}

export interface Forwarded {
  messages: SentMessage[];
  duplicate: boolean;
}

export interface ForwardedFrom {
  chat_kind: "direct" | "group" | "org";
  chat_title: string | null;
  author_id: number;
  author: string;
  at: string;
}

export interface ForwardedSource {
  source: MessageLink | null;
}

export interface GivenInvite {
  invite: string;
}

export interface GoodInvite {
  role: "admin" | "guest" | "user";
  expires_at: string;
}

export interface HistoryEntry {
  seq: number;
  at: string;
  by: number | null;
  type: string;
  changes: FieldChange[];
}

export interface Hold {
  id: string;
  chat_id: number | null;
  user_id: number | null;
  reason: string;
  placed_by: number | null;
  placed_at: string;
  retained: number;
}

export interface Installer {
  name: string;
  version: string;
  system: "linux" | "macos" | "windows";
  arch: "arm64" | "x64";
  kind: string;
  size: number;
  sha256: string;
}

export interface InviteLink {
  id: string;
  role: "admin" | "guest" | "user";
  created_by: number | null;
  created_at: string;
  expires_at: string;
  uses: number;
  uses_left: number;
  revoked_at: string | null;
  email: string | null;
  code: string;
  url: string;
}

export interface Job {
  name: string;
  timetable: string;
  next_at: string;
  running: boolean;
  done_at: string | null;
  last: JobRun | null;
}

export interface JobRun {
  id: number;
  job: string;
  due: string | null;
  by: number | null;
  started_at: string;
  ended_at: string | null;
  duration_ms: number | null;
  outcome: "done" | "failed" | "lost" | "stopped" | null;
  progress: number | null;
  step: string | null;
  error: string | null;
  details: Record<string, unknown> | null;
}

export interface KeptSearch {
  of: "search" | "tasks";
  name: string;
  q: string;
}

export interface Known {
  name: string;
  accent: "amber" | "blue" | "graphite" | "rose" | "teal" | "violet";
  locale: string;
}

export interface ListedAccount {
  id: number;
  username: string;
  display_name: string;
  avatar_url: string | null;
  role: "admin" | "guest" | "user";
  created_at: string;
  disabled_at: string | null;
  rev: number;
  email: string | null;
  email_verified_at: string | null;
  locale: string;
  time_zone: string;
  last_seen_at: string | null;
  sessions: number;
  one_time_password: boolean;
}

export interface ListedBackup {
  name: string;
  made_at: string;
  state: "damaged" | "proven" | "unproven";
  bytes: number;
  files: number;
  seconds: number;
  sealed: boolean;
  unproven: string | null;
}

export interface ListedChat {
  id: number;
  kind: "direct" | "group" | "org";
  title: string | null;
  board: boolean;
  user_ids: number[] | null;
  created_by: number | null;
  created_at: string;
  updated_at: string;
  deleted_at: string | null;
  rev: number;
  avatar_url: string | null;
  my: My;
  last_message: Message | null;
}

export interface ListedInvite {
  id: string;
  role: "admin" | "guest" | "user";
  created_by: number | null;
  created_at: string;
  expires_at: string;
  uses: number;
  uses_left: number;
  revoked_at: string | null;
  email: string | null;
  good: boolean;
  user_ids: number[];
  code: string | null;
  url: string | null;
}

export interface Login {
  password: string;
  username?: string | null;
  email?: string | null;
  login?: string | null;
  device?: string | null;
  cookie?: boolean;
}

export interface Look {
  type: "presence.look";
  id?: number | string | null;
  chat_id?: number | null;
}

export interface MadeLink {
  url: string;
  expires_at: string;
}

export interface MakeTask {
  type: "message.task";
  id?: number | string | null;
  key?: string | null;
  chat_id: number;
  seq: number;
  title?: string | null;
  assigned_to?: number | null;
  due?: Due | null;
  column_id?: number | null;
}

export interface MakeTaskBody {
  title?: string | null;
  assigned_to?: number | null;
  due?: Due | null;
  column_id?: number | null;
}

export interface ManyAccounts {
  ids: number[];
  disabled?: boolean;
  role?: "admin" | "guest" | "user";
  end_sessions?: boolean;
}

export interface ManyDone {
  done: number[];
  refused: RefusedAccount[];
}

export interface Mark {
  type: "mark";
  chat_id: number;
  read_seq: number;
  received_seq: number;
  read_n: number;
}

export interface MarkRead {
  type: "read.mark";
  id?: number | string | null;
  chat_id: number;
  read_seq?: number | null;
  received_seq?: number | null;
  key?: string | null;
}

export interface MarkReadBody {
  read_seq?: number | null;
  received_seq?: number | null;
}

export interface MarkedRead {
  my: My | null;
}

export interface Me {
  id: number;
  username: string;
  display_name: string;
  avatar_url: string | null;
  role: "admin" | "guest" | "user";
  created_at: string;
  disabled_at: string | null;
  rev: number;
  email: string | null;
  email_verified_at: string | null;
  locale: string;
  time_zone: string;
}

export interface Member {
  chat_id: number;
  user_id: number;
  role: "admin" | "member" | "owner";
  joined_at: string;
  left_at: string | null;
  rev: number;
}

export interface Message {
  chat_id: number;
  seq: number;
  n: number;
  sender_id: number;
  client_message_id: string;
  text: string;
  reply_to: number | null;
  files: File[];
  reactions: Reaction[];
  mentions: number[];
  mentions_all: boolean;
  task_id: number | null;
  pinned_at: string | null;
  pinned_by: number | null;
  created_at: string;
  edited_at: string | null;
  deleted_at: string | null;
  rev: number;
  forwarded_from: ForwardedFrom | null;
}

export interface MessageLink {
  chat_id: number;
  seq: number;
}

export interface Minute {
  at: string;
  messages: number;
  stored_ms: number | null;
  connections: number;
  queue: number;
  cpu: number;
  memory: number;
  disk_free: number;
}

export interface MoveColumn {
  type: "column.move";
  id?: number | string | null;
  key?: string | null;
  column_id: number;
  before?: number | null;
  version?: number | null;
}

export interface MoveColumnBody {
  before?: number | null;
  version?: number | null;
}

export interface MoveTask {
  type: "task.move";
  id?: number | string | null;
  key?: string | null;
  task_id: number;
  column_id: number | null;
  before?: number | null;
  version?: number | null;
}

export interface MoveTaskBody {
  column_id: number | null;
  before?: number | null;
  version?: number | null;
}

export interface My {
  chat_id: number;
  role: "admin" | "member" | "owner";
  joined_at: string;
  left_at: string | null;
  read_seq: number;
  received_seq: number;
  read_n: number;
  unread: number;
  mentions: number;
  notify: "all" | "mentions" | "none";
  muted_until: string | null;
  draft: string | null;
  pinned_at: string | null;
  marked_unread: boolean;
}

export interface Neighbour {
  seq: number;
  sender_id: number;
  text: string;
  created_at: string;
}

export interface NewHold {
  chat_id?: number | null;
  user_id?: number | null;
  reason: string;
}

export interface NewInvite {
  role?: "admin" | "guest" | "user";
  uses?: number;
  days?: number;
  email?: string | null;
}

export interface NewPassword {
  old: string;
  new: string;
}

export interface NewSubscription {
  endpoint: string;
  keys: BrowserKeys;
  key: string;
  locale?: string | null;
  replaces?: string | null;
}

export interface NewUser {
  username: string;
  display_name?: string | null;
  email?: string | null;
  role?: "admin" | "guest" | "user";
  password?: string | null;
  locale?: string | null;
  time_zone?: string;
}

export interface Node {
  node: string;
  version: string;
  started_at: string;
  connections: number;
  cpu: number;
  leads: boolean;
  lag_ms: number | null;
}

export type Nothing = Record<string, never>;

export interface NotifySettings {
  causes?: Record<string, "alert" | "off" | "silent">;
  keywords?: string[];
  quiet?: QuietHours | null;
  until?: string | null;
  hide_text?: boolean;
  mail_digest?: "1h" | "8h" | "daily" | "off";
  mail_weekly?: boolean;
}

export interface OpenDirect {
  type: "chat.direct";
  id?: number | string | null;
  key?: string | null;
  user_id: number;
}

export interface OpenDirectBody {
  user_id: number;
}

export interface Organisation {
  name: string;
  accent: "amber" | "blue" | "graphite" | "rose" | "teal" | "violet";
  locale: "en" | "ru" | null;
  setup: "done" | "name" | "people" | "project" | null;
}

export interface OrganisationChange {
  name?: string;
  accent?: "amber" | "blue" | "graphite" | "rose" | "teal" | "violet";
  locale?: "en" | "ru" | null;
  setup?: "done" | "name" | "people" | "project";
}

export interface OwnExport {
  id: string | null;
  state: "failed" | "none" | "ready" | "waiting";
  asked_at: string | null;
  bytes: number | null;
  until: string | null;
}

export interface PeopleCount {
  role: "admin" | "guest" | "user";
  active: number;
  disabled: number;
}

export interface PeopleTable {
  csv: string;
}

export interface PinMessage {
  type: "message.pin";
  id?: number | string | null;
  key?: string | null;
  chat_id: number;
  seq: number;
}

export interface Ping {
  type: "ping";
  id?: number | string | null;
}

export interface Pong {
  type: "pong";
  at: string;
  id?: number | string | null;
}

export interface Presence {
  id: number;
  online: boolean;
  last_seen_at: string | null;
}

export interface PresenceChanged {
  type: "presence";
  id: number;
  online: boolean;
  last_seen_at: string | null;
}

export interface ProfileChange {
  display_name?: string;
  email?: string | null;
  locale?: string;
  time_zone?: string;
}

export interface PublicSettings {
  organisation: Known;
  default_locale: string;
  common_titles: string[];
  registration: string;
  direct_chats: boolean;
  mail: boolean;
  message_max_length: number;
  file_max_bytes: number;
  zip_max_bytes: number;
}

export interface PublicSettingsChanged {
  type: "public_settings.changed";
  settings: PublicSettings;
}

export interface PushKey {
  key: string;
}

export interface PushSubscription {
  id: string;
  device: string;
  service: string;
  user_agent: string;
  locale: string;
  created_at: string;
  succeeded_at: string | null;
  failed_at: string | null;
  error: string | null;
  error_code: "address" | "answer" | "gone" | "keys" | "status" | "time" | "tls" | "unreachable" | "url" | null;
  error_status: number | null;
  received_at: string | null;
  current: boolean;
}

export interface QuietHours {
  start?: string;
  end?: string;
  days?: number[];
  whole_days?: number[];
}

export interface Reaction {
  emoji: string;
  count: number;
  user_ids: number[];
}

export interface ReactionChange {
  chat_id: number;
  seq: number;
  emoji: string;
  user_id: number;
}

export interface ReadQuery {
  words: string[];
  filters: SearchFilter[];
  corrected: string | null;
}

export interface Receipts {
  type: "receipts";
  chat_id: number;
  marks: [number, number, number][];
}

export interface RefreshToken {
  refresh?: string | null;
}

export interface Refused {
  path: string;
  reason: "damaged" | "duplicate" | "encrypted" | "link" | "method" | "path" | "ratio" | "too_deep" | "too_large";
}

export interface RefusedAccount {
  id: number;
  code: string;
  message: string;
}

export interface Registration {
  username: string;
  password: string;
  email?: string | null;
  display_name?: string | null;
  invite?: string | null;
  device?: string | null;
  cookie?: boolean;
}

export interface RemoveMember {
  type: "member.remove";
  id?: number | string | null;
  key?: string | null;
  chat_id: number;
  user_id: number;
}

export interface RemoveReaction {
  type: "reaction.remove";
  id?: number | string | null;
  key?: string | null;
  chat_id: number;
  seq: number;
  emoji: string;
}

export interface ResetAsked {
  login: string;
}

export interface ResetLink {
  token: string;
}

export interface ResetOf {
  username: string;
  display_name: string;
}

export interface ResetPassword {
  token: string;
  password: string;
}

export interface RuntimeSetting {
  name: string;
  value: string;
  default: string;
  source: "database" | "default" | "environment";
  kind: "choice" | "number" | "rate" | "size" | "switch" | "text";
  low: number | null;
  high: number | null;
  choices: string[];
  sentence: string;
}

export interface SavedSearch {
  of: "search" | "tasks";
  name: string;
  q: string;
  id: string;
}

export interface SavedSearches {
  searches: Record<string, SavedSearch>;
}

export interface SearchFilter {
  name: string;
  value: string;
  negated: boolean;
  start: number;
  end: number;
  understood: boolean;
}

export interface SearchHit {
  key: string;
  kind: "chat" | "comment" | "file" | "message" | "person" | "task";
  at: string;
  score: number;
  chat_id: number | null;
  seq: number | null;
  task_id: number | null;
  sender_id: number | null;
  title: Snippet | null;
  text: Snippet | null;
  before: Neighbour | null;
  after: Neighbour | null;
  task: Task | null;
  file: File | null;
  user: User | null;
  chat: Chat | null;
  archived: boolean;
}

export interface SendMessage {
  type: "message.send";
  id?: number | string | null;
  chat_id: number;
  client_message_id: string;
  text: string;
  reply_to?: number | null;
  task_id?: number | null;
  file_ids?: string[];
}

export interface SendMessageBody {
  client_message_id: string;
  text: string;
  reply_to?: number | null;
  task_id?: number | null;
  file_ids?: string[];
}

export interface SentMessage {
  chat_id: number;
  seq: number;
  n: number;
  created_at: string;
  client_message_id: string;
  duplicate: boolean;
}

export interface ServerKnown {
  product: "messenger";
  api_level: number;
  settings: PublicSettings;
  installers: Installer[];
}

export interface Session {
  id: string;
  device: string;
  created_at: string;
  last_used_at: string;
  expires_at: string;
  current: boolean;
}

export interface SessionRevoked {
  session_id: string;
}

export interface SetDraft {
  type: "draft.set";
  id?: number | string | null;
  key?: string | null;
  chat_id: number;
  text: string;
}

export interface SetDraftBody {
  text: string;
}

export interface SetListing {
  type: "listing.set";
  id?: number | string | null;
  key?: string | null;
  chat_id: number;
  pinned?: boolean | null;
  unread?: boolean | null;
}

export interface SetListingBody {
  pinned?: boolean | null;
  unread?: boolean | null;
}

export interface SetNotifications {
  type: "notifications.set";
  id?: number | string | null;
  key?: string | null;
  causes?: Record<string, "alert" | "off" | "silent">;
  keywords?: string[];
  quiet?: QuietHours | null;
  until?: string | null;
  hide_text?: boolean;
  mail_digest?: "1h" | "8h" | "daily" | "off";
  mail_weekly?: boolean;
}

export interface SetNotificationsBody {
  causes?: Record<string, "alert" | "off" | "silent">;
  keywords?: string[];
  quiet?: QuietHours | null;
  until?: string | null;
  hide_text?: boolean;
  mail_digest?: "1h" | "8h" | "daily" | "off";
  mail_weekly?: boolean;
}

export interface SetNotify {
  type: "notify.set";
  id?: number | string | null;
  key?: string | null;
  chat_id: number;
  level: "all" | "mentions" | "none";
  until?: string | null;
}

export interface SetNotifyBody {
  level: "all" | "mentions" | "none";
  until?: string | null;
}

export interface SetSearches {
  type: "searches.set";
  id?: number | string | null;
  key?: string | null;
  searches: Record<string, KeptSearch | null>;
}

export interface SetSearchesBody {
  searches: Record<string, KeptSearch | null>;
}

export interface SettingsChange {
  settings: Record<string, string | null>;
}

export interface ShownSetting {
  name: string;
  value: string;
  source: string;
}

export interface SignedIn {
  access: string;
  refresh: string | null;
  expires_in: number;
  user: Me;
  must_change_password: boolean;
}

export interface Snapshot {
  chat: Chat;
  my: My;
  members: Member[];
  messages: Message[];
  pins: Message[];
  columns: Column[];
  tasks: Task[];
  marks: [number, number, number][];
  seq: number;
  n: number;
  oldest_seq: number;
  epoch: number;
  tasks_next: number | null;
  more_done: number[];
}

export interface Snippet {
  text: string;
  ranges: [number, number][];
}

export interface Snooze {
  type: "task.snooze";
  id?: number | string | null;
  key?: string | null;
  task_id: number;
  minutes?: number;
}

export interface SnoozeBody {
  minutes?: number;
}

export interface Status {
  people: PeopleCount[];
  sessions: number;
  chats: number;
  messages: number;
  database_bytes: number;
  version: string;
  api_level: number;
  server_time: string;
  registration: "closed" | "invite" | "open";
}

export interface StoredKind {
  kind: "archive" | "backups" | "database" | "files";
  bytes: number;
  count: number | null;
}

export interface StreamState {
  id: number;
  seq?: number;
  reset?: boolean;
  gone?: boolean;
  my?: My | null;
  marks?: [number, number, number][] | null;
}

export interface Subscribe {
  type: "subscribe";
  id?: number | string | null;
  streams?: ([number, number | null])[] | null;
  all?: boolean;
  cursors?: [number, number][] | null;
  epoch?: number | null;
}

export interface Subscribed {
  streams: StreamState[];
  epoch: number;
}

export interface SubscriptionEnded {
  type: "subscription.ended";
  stream: number;
}

export interface TablePerson {
  line: number;
  username: string;
  display_name: string;
  email: string | null;
  role: "admin" | "guest" | "user";
  problem: string | null;
  field: "display_name" | "email" | "role" | "username" | null;
  taken: boolean;
}

export interface Task {
  id: number;
  number: number;
  chat_id: number;
  column_id: number | null;
  position: string | null;
  title: string;
  description: string;
  status: "done" | "open";
  assigned_to: number | null;
  creator: number;
  due: Due | null;
  labels: string[];
  checklist: ChecklistItem[];
  source_seq: number | null;
  version: number;
  created_at: string;
  updated_at: string;
  closed_at: string | null;
  archived_at: string | null;
  deleted_at: string | null;
  rev: number;
  files: File[];
  cover_file_id: string | null;
}

export interface TaskCount {
  user_id: number | null;
  open: number;
  overdue: number;
  done: number;
}

export interface TaskReminder {
  chat_id: number;
  task_id: number;
  kind: "now" | "overdue" | "tomorrow";
}

export interface TestOf {
  subscription_id: string;
}

export interface Tested {
  id: string;
  accepted: boolean;
  status: number | null;
  error: string | null;
  error_code: "address" | "answer" | "gone" | "keys" | "status" | "time" | "tls" | "unreachable" | "url" | null;
}

export interface Type {
  type: "typing";
  id?: number | string | null;
  chat_id: number;
}

export interface Typing {
  type: "typing";
  chat_id: number;
  user_id: number;
}

export interface Unpacked {
  files: File[];
  refused: Refused[];
  original: File | null;
}

export interface UnpinMessage {
  type: "message.unpin";
  id?: number | string | null;
  key?: string | null;
  chat_id: number;
  seq: number;
}

export interface Unsubscribe {
  type: "unsubscribe";
  id?: number | string | null;
  streams: number[];
}

export interface UpdateChat {
  type: "chat.update";
  id?: number | string | null;
  key?: string | null;
  chat_id: number;
  title?: string | null;
  board?: boolean | null;
}

export interface UpdateChatBody {
  title?: string | null;
  board?: boolean | null;
}

export interface UpdateColumn {
  type: "column.update";
  id?: number | string | null;
  key?: string | null;
  column_id: number;
  title?: string;
  is_done?: boolean;
  limit?: number | null;
  version?: number | null;
}

export interface UpdateColumnBody {
  title?: string;
  is_done?: boolean;
  limit?: number | null;
  version?: number | null;
}

export interface UpdateMember {
  type: "member.update";
  id?: number | string | null;
  key?: string | null;
  chat_id: number;
  user_id: number;
  role: "admin" | "member" | "owner";
}

export interface UpdateMemberBody {
  role: "admin" | "member" | "owner";
}

export interface UpdateTask {
  type: "task.update";
  id?: number | string | null;
  key?: string | null;
  task_id: number;
  title?: string;
  description?: string;
  status?: "done" | "open";
  assigned_to?: number | null;
  due?: Due | null;
  labels?: string[];
  checklist?: ChecklistItem[];
  archived?: boolean;
  version?: number | null;
  cover_file_id?: string | null;
}

export interface UpdateTaskBody {
  title?: string;
  description?: string;
  status?: "done" | "open";
  assigned_to?: number | null;
  due?: Due | null;
  labels?: string[];
  checklist?: ChecklistItem[];
  archived?: boolean;
  version?: number | null;
  cover_file_id?: string | null;
}

export interface UploadProgress {
  type: "upload.progress";
  upload_id: string;
  done: number;
  total: number;
}

export interface UploadState {
  id: string;
  offset: number;
  size: number;
  expires_at: string;
}

export interface User {
  id: number;
  username: string;
  display_name: string;
  avatar_url: string | null;
  role: "admin" | "guest" | "user";
  created_at: string;
  disabled_at: string | null;
  rev: number;
}

export interface UserBatch {
  ids: number[];
}

export interface Verdict {
  telling: "alert" | "off" | "silent";
  reason: "at_desk" | "cause_off" | "chat_off" | "deleted" | "do_not_disturb" | "late" | "muted" | "no_cause" | "not_there" | "own" | "quiet_hours" | "read" | "told";
  cause: "chat" | "direct" | "invited" | "keyword" | "mention" | "mention_all" | "reaction" | "reply" | "task_assigned" | "task_changed" | "task_commented" | "task_due" | null;
}

export interface WatchPresence {
  type: "presence.watch";
  id?: number | string | null;
  user_ids: number[];
}

export interface Watched {
  users: Presence[];
}

export interface Welcome {
  type: "connection.welcome";
  session_id: string;
  user_id: number;
  heartbeat_sec: number;
  server_time: string;
  api_level: number;
  epoch: number;
  settings: PublicSettings;
}

export interface Why {
  verdict: Verdict;
  then: boolean;
  devices: number;
}
