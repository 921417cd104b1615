// What each kind of write holds until the server has it: the contract's commands, with what the client
// adds to them.

import type { LocalFile } from "./local-files.ts";
import type {
  AddMembers,
  AddReaction,
  AttachFiles,
  CreateColumn,
  CreateTask,
  DeleteColumn,
  DeleteMessage,
  DeleteTask,
  DetachFile,
  EditMessage,
  File,
  ForwardedFrom,
  ForwardMessages,
  MakeTask,
  MarkRead,
  MoveColumn,
  MoveTask,
  PinMessage,
  ProfileChange,
  RemoveMember,
  RemoveReaction,
  SendMessage,
  SetDraft,
  SetListing,
  SetNotifications,
  SetNotify,
  SetSearches,
  UnpinMessage,
  UpdateChat,
  UpdateColumn,
  UpdateMember,
  UpdateTask,
} from "./types.ts";

/** A command without what it gets when it is sent. */
type Kept<C> = Omit<C, "type" | "id" | "key" | "client_message_id">;
/** Over REST the chat stands in the address. */
type OfChat<C> = Omit<Kept<C>, "chat_id">;
/** Of something that has a negative number until the server gives it one. */
type Made<C> = OfChat<C> & { temporary: number };
/** What is to be changed stands apart from what it is changed in. */
type Changed<C, Id extends keyof C> = Pick<C, Id> & {
  changes: Omit<Kept<C>, Id | "version">;
  version?: number | null;
};

/** Files from this device go behind those that `file_ids` names. */
type WithFiles<C> = Kept<C> & { files?: LocalFile[] };

/** A message as it will be read in another chat. */
export type Copy = { text: string; forwarded_from: ForwardedFrom; files?: File[] };

export interface Fields {
  "message.send": WithFiles<SendMessage>;
  /** A message that was given up after it was on its way. */
  "message.unsend": WithFiles<SendMessage>;
  /** `copies` is what is shown until they are there. */
  "message.forward": Kept<ForwardMessages> & { copies: Copy[] };
  "message.edit": WithFiles<EditMessage>;
  "message.delete": Kept<DeleteMessage>;
  "message.pin": Kept<PinMessage>;
  "message.unpin": Kept<UnpinMessage>;
  "reaction.add": Kept<AddReaction>;
  "reaction.remove": Kept<RemoveReaction>;
  "read.mark": Kept<MarkRead>;
  "draft.set": OfChat<SetDraft>;
  "notify.set": Kept<SetNotify>;
  "listing.set": Kept<SetListing>;
  "chat.update": Kept<UpdateChat>;
  "member.add": Kept<AddMembers>;
  "member.update": Kept<UpdateMember>;
  "member.remove": Kept<RemoveMember>;
  "task.create": Made<CreateTask>;
  "message.task": Made<MakeTask>;
  "task.update": Changed<UpdateTask, "task_id">;
  "task.move": Kept<MoveTask>;
  "task.delete": Kept<DeleteTask> & { version?: number };
  /** Files of this device. */
  "task.attach": Omit<Kept<AttachFiles>, "file_ids"> & { files: LocalFile[] };
  "task.detach": Kept<DetachFile>;
  "column.create": Made<CreateColumn>;
  "column.update": Changed<UpdateColumn, "column_id">;
  "column.move": Kept<MoveColumn>;
  "column.delete": Kept<DeleteColumn>;
  "me.update": { changes: ProfileChange };
  "notifications.set": Kept<SetNotifications>;
  "searches.set": Kept<SetSearches>;
}

export type Kind = keyof Fields;

/** The fields of any kind, for what several of them have. */
export function fieldsOf(item: { fields: Fields[Kind] }): Record<string, unknown> {
  return item.fields as Record<string, unknown>;
}
