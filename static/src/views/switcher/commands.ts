// What can be done from the switcher besides going somewhere.

import { useAccount, useModel, useWords } from "../../app/context.ts";
import type { Place } from "../../lib/router.ts";
import type { IconName } from "../common/icon.tsx";
import { useLayers } from "../common/layers.ts";

export interface Command {
  name: string;
  icon: IconName;
  keys?: string;
  run: () => void;
}

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
    { name: t("rail.people"), icon: "people", keys: "g p", run: go({ name: "people" }) },
    { name: t("rail.settings"), icon: "settings", keys: "g s", run: go({ name: "settings" }) },
    { name: t("rail.profile"), icon: "person", run: go({ name: "person", user_id }) },
    { name: t("keys.title"), icon: "keyboard", keys: "?", run: () => show("keys") },
    { name: t("settings.notices"), icon: "bell", run: go({ name: "settings", section: "notices" }) },
    { name: t("settings.devices"), icon: "monitor", run: go({ name: "settings", section: "devices" }) },
    { name: t("settings.change_password"), icon: "key", run: go({ name: "settings", section: "password" }) },
    { name: t("command.theme_light"), icon: "sun", run: () => (theme.value = "light") },
    { name: t("command.theme_dark"), icon: "moon", run: () => (theme.value = "dark") },
    { name: t("command.theme_system"), icon: "monitor", run: () => (theme.value = "system") },
    {
      name: t(compact ? "command.comfortable" : "command.compact"),
      icon: "list",
      run: () => (density.value = compact ? "comfortable" : "compact"),
    },
    { name: t("settings.sign_out"), icon: "leave", run: go({ name: "settings", section: "leave" }) },
  ];
  if (people.me.value.role === "admin") {
    commands.push(
      { name: t("command.add_person"), icon: "personAdd", run: go({ name: "admin", section: "people" }) },
      { name: t("command.invite"), icon: "link", run: go({ name: "admin", section: "invites" }) },
    );
  }
  return commands;
}
