// Who did what to accounts, the newest first.

import { useAdmin } from "../hooks/admin.ts";
import { useAccount, useModel, useWords } from "../hooks/context.ts";
import type { Key } from "../../lib/locale.ts";
import type { AuditEntry } from "../../models/types.ts";
import type { Role } from "../../models/contract.ts";
import { Button } from "../common/button.tsx";
import { EmptyState, ErrorState, Skeleton } from "../common/states.tsx";
import { usePages } from "./pages.ts";

const KNOWN = [
  "user.add",
  "user.update",
  "user.password",
  "user.reset_link",
  "session.revoke",
  "invite.create",
  "invite.use",
  "invite.revoke",
  "organisation.update",
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

export function Audit() {
  const admin = useAdmin();
  const { router } = useModel();
  const { t } = useWords();
  const { rows, error, reload, more } = usePages((next) => admin.audit(next));
  if (error !== null) return <ErrorState error={error} retry={reload} />;
  if (rows === null) return <Skeleton />;
  if (rows.length === 0) {
    return (
      <EmptyState icon="list" title={t("admin.audit_empty")} text={t("admin.audit_empty_text")}>
        <Button icon="personAdd" onClick={() => router.go({ name: "admin", section: "invites" })}>
          {t("people.invite")}
        </Button>
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
  const { by, subject } = entry as { by?: number | null; subject?: number | null };
  const action = String(entry["action"]);
  const known = KNOWN.find((name) => name === action);
  const details = useDetails(entry["details"]);
  return (
    <li class="admin-row">
      <span class="admin-words">
        <span class="admin-name">
          {known === undefined ? action : t(`admin.did.${known}`)}
          {typeof subject === "number" && `: ${people.name(subject)}`}
        </span>
        <span class="admin-more">
          {typeof by === "number" ? people.name(by) : t("admin.by_server")}
          {details !== "" && ` · ${details}`}
        </span>
      </span>
      <time class="admin-time">{moment(entry.at)}</time>
    </li>
  );
}

/** What was set or changed, in people's words; what there are none for is left out. */
function useDetails(given: unknown): string {
  const { t } = useWords();
  const details = (given ?? {}) as Record<string, unknown>;
  const changed = Array.isArray(details["changed"]) ? details["changed"] : [];
  const names = changed.flatMap((name) => FIELDS[String(name)] ?? []).map((key) => t(key));
  const set = Object.entries(details).flatMap(([name, value]) => {
    const field = FIELDS[name];
    if (field === undefined) return [];
    if (name === "role") return [`${t(field)}: ${t(`people.role.${value as Role}`)}`];
    return [`${t(field)}: ${value === null ? "—" : String(value)}`];
  });
  return [...names, ...set].join(", ");
}
