// What a record of the audit says beside who, what and to whom, in people's words.

import { useAccount, useWords } from "../hooks/context.ts";
import type { Key } from "../../lib/locale.ts";
import type { Role } from "../../models/contract.ts";
import type { AuditEntry } from "../../models/types.ts";

type Fields = Record<string, unknown>;

const FIELDS: Record<string, Key> = {
  username: "people.username",
  display_name: "settings.name",
  email: "settings.email",
  role: "people.role",
  disabled: "admin.access",
  disabled_at: "admin.access",
  locale: "settings.language",
  time_zone: "settings.time_zone",
  uses: "admin.invite_uses",
  name: "welcome.name",
  accent: "welcome.accent",
};
const SEATS: Record<string, Key> = {
  owner: "chat.role_owner",
  admin: "chat.role_admin",
  member: "chat.role_member",
};

/** What was set or changed, each as "what: before → after"; what there are no words for is left out. */
export function useDetails({ details, action }: AuditEntry): string {
  const { people } = useAccount();
  const { t } = useWords();
  const given: Fields = details ?? {};
  const before = fields(given["before"]);
  // As records of earlier versions have it, beside the rest.
  const after = "after" in given ? fields(given["after"]) : given;

  const value = (name: string, one: unknown): string => {
    if (one === null || one === undefined || one === "") return "—";
    if (name === "role") return t(`people.role.${one as Role}`);
    if (name === "disabled") return t(one === true ? "people.disabled" : "admin.has_access");
    return String(one);
  };
  const changes = Object.keys({ ...before, ...after }).flatMap((name) => {
    const field = FIELDS[name];
    if (field === undefined) return [];
    const now = value(name, after[name]);
    return [`${t(field)}: ${name in before ? `${value(name, before[name])} → ${now}` : now}`];
  });
  const seat = (role: unknown): string => {
    const key = SEATS[String(role)];
    return key === undefined ? "" : t(key);
  };
  const members = list(given["people"]).map((id) => {
    const roles = [before[String(id)], after[String(id)]].map(seat).filter(Boolean);
    return [people.name(Number(id)), roles.length > 0 && `(${roles.join(" → ")})`].filter(Boolean).join(" ");
  });
  const changed = list(given["changed"]).flatMap((name) => FIELDS[String(name)] ?? []);
  const plain = ["device", "what", "reason"].flatMap((name) => (given[name] ? [String(given[name])] : []));
  const times = typeof given["times"] === "number" ? [`× ${given["times"]}`] : [];
  const gone = action === "audit.forget" ? [String(given["records"])] : [];
  const erased = given["erased"] === true ? [t("admin.audit_erased")] : [];
  const names = changed.map((key) => t(key));
  const settings = settingsOf(given, t);
  return [...names, ...changes, ...settings, ...members, ...plain, ...times, ...gone, ...erased].join(", ");
}

/** Settings that were changed, each with what it was and what it is. */
function settingsOf(given: Fields, t: (key: Key) => string): string[] {
  const changes = (given["changes"] ?? {}) as Record<string, { before: string; after: string }>;
  return Object.entries(changes).map(([name, { before, after }]) => {
    const key = `setting.${name}` as Key;
    // One that a later version has, or had.
    const said = t(key) === key ? name : t(key);
    return `${said}: ${before} → ${after}`;
  });
}

function fields(given: unknown): Fields {
  return typeof given === "object" && given !== null ? (given as Fields) : {};
}

function list(given: unknown): unknown[] {
  return Array.isArray(given) ? given : [];
}
