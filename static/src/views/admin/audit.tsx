// Who did what, when and from where, the newest first.

import { useState } from "preact/hooks";
import { useAdmin } from "../hooks/admin.ts";
import { useAccount, useWords } from "../hooks/context.ts";
import type { AuditChoice } from "../../models/admin.ts";
import type { AuditEntry } from "../../models/types.ts";
import { Button } from "../common/button.tsx";
import { EmptyState, ErrorState, Skeleton } from "../common/states.tsx";
import { titleOf } from "../chat/title.ts";
import { ANYTHING, AuditFilter, choiceOf } from "./audit-choice.tsx";
import { useDetails } from "./audit-details.ts";
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
  "audit.beyond",
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

/** The place of the command line. */
const MACHINE = "cli";

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
  const { by, place, agent, action } = entry;
  const known = KNOWN.find((name) => name === action);
  const subject = useSubject(entry);
  const details = useDetails(entry);
  const machine = place === MACHINE;
  // A stranger has an address, and the server itself has none.
  const nobody = machine ? "admin.by_machine" : place === null ? "admin.by_server" : "admin.by_stranger";
  const who = by === null ? t(nobody) : people.name(by);
  const said = [who, machine ? agent : place, details];
  return (
    <li class="admin-row">
      <span class="admin-words">
        <span class="admin-name">
          {known === undefined ? action : t(`admin.did.${known}`)}
          {subject !== "" && `: ${subject}`}
        </span>
        <span class="admin-more" title={agent ?? undefined}>
          {said.filter(Boolean).join(" · ")}
        </span>
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
