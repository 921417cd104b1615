// Who did what, when and from where, the newest first.

import { useState } from "preact/hooks";
import { useAdmin } from "../hooks/admin.ts";
import { useAccount, useWords } from "../hooks/context.ts";
import type { Key } from "../../lib/locale.ts";
import type { AuditChoice } from "../../models/admin.ts";
import type { AuditEntry } from "../../models/types.ts";
import type { Role } from "../../models/contract.ts";
import { Button } from "../common/button.tsx";
import { EmptyState, ErrorState, Skeleton } from "../common/states.tsx";
import { titleOf } from "../chat/title.ts";
import { ANYTHING, AuditFilter, choiceOf } from "./audit-choice.tsx";
import { usePages } from "./pages.ts";

const KNOWN = [
  "user.add",
  "user.update",
  "user.erase",
  "user.password",
  "user.reset_link",
  "session.open",
  "session.refuse",
  "session.revoke",
  "access.refuse",
  "chat.create",
  "chat.delete",
  "member.add",
  "member.remove",
  "member.role",
  "instance.restore",
  "archive.restore",
  "audit.export",
  "audit.forget",
  "data.export",
  "data.import",
  "hold.place",
  "hold.lift",
  "job.run",
  "invite.create",
  "invite.use",
  "invite.revoke",
  "organisation.update",
  "settings.update",
  "user.export",
  "chat.take_over",
] as const;
const FIELDS: Record<string, Key> = {
  display_name: "settings.name",
  email: "settings.email",
  role: "people.role",
  disabled_at: "admin.access",
  locale: "settings.language",
  time_zone: "settings.time_zone",
  uses: "admin.invite_uses",
  name: "welcome.name",
  accent: "welcome.accent",
};

/** Whose subject is a chat, not a person. */
const OF_CHATS = /^(archive|chat|member)\./;

function isOfChat({ action, details }: AuditEntry): boolean {
  return OF_CHATS.test(action) || details?.["of"] === "chat";
}

export function Audit() {
  const [chosen, setChosen] = useState(ANYTHING);
  const choice = choiceOf(chosen);
  return (
    <>
      <AuditFilter chosen={chosen} onChange={setChosen} />
      <Entries key={JSON.stringify(choice)} choice={choice} showAll={() => setChosen(ANYTHING)} />
    </>
  );
}

function Entries({ choice, showAll }: { choice: AuditChoice; showAll: () => void }) {
  const admin = useAdmin();
  const { t } = useWords();
  const { rows, error, reload, more } = usePages((next) => admin.audit(choice, next));
  if (error !== null) return <ErrorState error={error} retry={reload} />;
  if (rows === null) return <Skeleton />;
  if (rows.length === 0) {
    return (
      <EmptyState icon="list" title={t("admin.audit_empty")} text={t("admin.audit_empty_text")}>
        <Button onClick={showAll}>{t("admin.audit_all")}</Button>
      </EmptyState>
    );
  }
  return (
    <>
      <ol class="admin-rows">
        {rows.map((entry) => (
          <Entry key={entry.id} entry={entry} />
        ))}
      </ol>
      {more && <Button onClick={() => void more()}>{t("admin.more")}</Button>}
    </>
  );
}

function Entry({ entry }: { entry: AuditEntry }) {
  const { people } = useAccount();
  const { t, moment } = useWords();
  const { by, place, action } = entry;
  const known = KNOWN.find((name) => name === action);
  const subject = useSubject(entry);
  const details = useDetails(entry);
  // A stranger has an address, and the server itself has none.
  const stranger = place === null ? t("admin.by_server") : t("admin.by_stranger");
  const said = [by === null ? stranger : people.name(by), place, details];
  return (
    <li class="admin-row">
      <span class="admin-words">
        <span class="admin-name">
          {known === undefined ? action : t(`admin.did.${known}`)}
          {subject !== "" && `: ${subject}`}
        </span>
        <span class="admin-more">{said.filter(Boolean).join(" · ")}</span>
      </span>
      <time class="admin-time">{moment(entry.at)}</time>
    </li>
  );
}

/** The person or chat it was done to; nothing for one's own doings. */
function useSubject(entry: AuditEntry): string {
  const { by, subject } = entry;
  const { people, chats } = useAccount();
  const words = useWords();
  if (subject === null || subject === by) return "";
  if (!isOfChat(entry)) return people.name(subject);
  const chat = chats.of(subject).value;
  return chat === null ? words.t("admin.chat_number", { number: subject }) : titleOf(chat, words);
}

/** What was set or changed, in people's words; what there are none for is left out. */
function useDetails({ details: given, action }: AuditEntry): string {
  const { people } = useAccount();
  const { t } = useWords();
  const details = given ?? {};
  const changed = Array.isArray(details["changed"]) ? details["changed"] : [];
  const names = changed.flatMap((name) => FIELDS[String(name)] ?? []).map((key) => t(key));
  const set = Object.entries(details).flatMap(([name, value]) => {
    const field = FIELDS[name];
    if (field === undefined) return [];
    if (name === "role") return [`${t(field)}: ${t(`people.role.${value as Role}`)}`];
    return [`${t(field)}: ${value === null ? "—" : String(value)}`];
  });
  const who = Array.isArray(details["people"]) ? details["people"].map((id) => people.name(Number(id))) : [];
  const plain = ["device", "what", "reason"].flatMap((name) => (details[name] ? [String(details[name])] : []));
  const times = typeof details["times"] === "number" ? [`× ${details["times"]}`] : [];
  const gone = action === "audit.forget" ? [String(details["records"])] : [];
  return [...names, ...set, ...settingsOf(details, t), ...who, ...plain, ...times, ...gone].join(", ");
}

/** Settings that were changed, each with what it was and what it is. */
function settingsOf(details: Record<string, unknown>, t: (key: Key) => string): string[] {
  const changes = (details["changes"] ?? {}) as Record<string, { before: string; after: string }>;
  return Object.entries(changes).map(([name, { before, after }]) => {
    const key = `setting.${name}` as Key;
    // One that a later version has, or had.
    const said = t(key) === key ? name : t(key);
    return `${said}: ${before} → ${after}`;
  });
}
