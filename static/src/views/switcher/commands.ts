// What can be done from the switcher besides going somewhere.

import { useAccount, useModel, useWords } from "../hooks/context.ts";
import type { Key } from "../../lib/locale.ts";
import type { Place } from "../../lib/router.ts";
import type { IconName } from "../common/icon.tsx";
import { useLayers } from "../common/layers.ts";

export interface Command {
  name: string;
  /** Where it is, and what else is there: found by that too. */
  within?: string;
  also?: string[];
  icon: IconName;
  keys?: string;
  run: () => void;
}

/** The sections of the settings and of the administration, by the names they have there. */
const SETTINGS: readonly [section: string, name: Key, icon: IconName, ...also: Key[]][] = [
  ["profile", "settings.profile", "person", "settings.name", "settings.email", "settings.time_zone"],
  ["look", "settings.look", "sun", "settings.language", "settings.theme", "settings.density"],
  ["writing", "settings.writing", "keyboard", "settings.enter_sends"],
  ["notices", "settings.notices", "bell"],
  ["devices", "settings.devices", "monitor"],
  ["password", "settings.change_password", "key"],
  ["leave", "settings.sign_out", "leave", "settings.leave"],
];
const ADMINISTRATION: readonly [section: string, name: Key, icon: IconName][] = [
  ["status", "admin.status", "monitor"],
  ["people", "admin.people", "people"],
  ["invites", "admin.invites", "link"],
  ["chats", "admin.chats", "chat"],
  ["settings", "admin.settings", "settings"],
  ["data", "admin.data", "archive"],
  ["doctor", "admin.doctor", "check"],
  ["audit", "admin.audit", "list"],
];

export function useCommands(): Command[] {
  const { router, preferences } = useModel();
  const { people, user_id } = useAccount();
  const { show } = useLayers();
  const { t } = useWords();
  const go = (place: Place) => (): void => router.go(place);
  const { theme, density } = preferences;
  const compact = density.value === "compact";
  const commands: Command[] = [
    { name: t("rail.tasks"), icon: "task", keys: "g t", run: go({ name: "tasks" }) },
    { name: t("rail.search"), icon: "search", keys: "ctrl+shift+f", run: go({ name: "search", q: "" }) },
    { name: t("rail.people"), icon: "people", keys: "g p", run: go({ name: "people" }) },
    { name: t("rail.settings"), icon: "settings", keys: "g s", run: go({ name: "settings" }) },
    { name: t("rail.profile"), icon: "person", run: go({ name: "person", user_id }) },
    { name: t("keys.title"), icon: "keyboard", keys: "?", run: () => show("keys") },
    ...SETTINGS.map(([section, name, icon, ...also]) => ({
      name: t(name),
      also: also.map((key) => t(key)),
      within: t("settings.title"),
      icon,
      run: go({ name: "settings", section }),
    })),
    { name: t("command.theme_light"), icon: "sun", run: () => (theme.value = "light") },
    { name: t("command.theme_dark"), icon: "moon", run: () => (theme.value = "dark") },
    { name: t("command.theme_system"), icon: "monitor", run: () => (theme.value = "system") },
    {
      name: t(compact ? "command.comfortable" : "command.compact"),
      icon: "list",
      run: () => (density.value = compact ? "comfortable" : "compact"),
    },
  ];
  const here = router.place.value;
  if ("chat_id" in here) {
    const run = go({ name: "files", chat_id: here.chat_id, tab: "media" });
    commands.unshift({ name: t("keys.files"), icon: "attach", run });
  }
  if (people.me.value.role === "admin") {
    const within = t("admin.title");
    const section = (name: Key, icon: IconName, at: string): Command => ({
      name: t(name),
      within,
      icon,
      run: go({ name: "admin", section: at }),
    });
    commands.push(
      { name: within, icon: "shield", run: go({ name: "admin" }) },
      section("command.add_person", "personAdd", "people"),
      section("command.invite", "link", "invites"),
      ...ADMINISTRATION.map(([at, name, icon]) => section(name, icon, at)),
    );
  }
  return commands;
}
