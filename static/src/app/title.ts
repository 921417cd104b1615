// What the tab is called, and its icon: the place one is at, and that something is unread.

import { useEffect, useMemo } from "preact/hooks";
import type { Place } from "../lib/router.ts";
import { sparingly } from "../lib/sparingly.ts";
import { useAccount, useModel, useWords } from "../views/hooks/context.ts";

/** The name of the place that is shown. */
function useName(place: Place): string {
  const { chats, people, tasks } = useAccount();
  const { t } = useWords();
  switch (place.name) {
    case "chat":
    case "board": {
      const chat = chats.of(place.chat_id).value;
      return chat?.notebook ? t("chats.notebook") : chat?.title || t("chats.common");
    }
    case "task":
      return tasks.of(place.task_id).value?.title ?? t("rail.tasks");
    case "person":
      return people.of(place.user_id).value === null ? t("rail.people") : people.name(place.user_id);
    case "tasks":
    case "people":
    case "settings":
    case "admin":
    case "search":
      return t(`rail.${place.name}`);
    default:
      return t("rail.chats");
  }
}

/** How often the browser is told a new number. */
const COUNTED_EVERY_MS = 1000;

/** A component of its own: what comes is counted here alone. */
export function Title(): null {
  const { router } = useModel();
  const { chats } = useAccount();
  const { t } = useWords();
  const unread = chats.unread.value;
  const name = useName(router.place.value);
  const title = `${name} · ${t("app.name")}`;
  const say = useMemo(() => sparingly(COUNTED_EVERY_MS), [title]);
  useEffect(() => say(() => (document.title = unread > 0 ? `(${unread}) ${title}` : title)), [unread, say]);
  const some = unread > 0;
  useEffect(() => mark(some), [some]);
  useEffect(
    () => () => {
      document.title = t("app.name");
      mark(false);
    },
    [],
  );
  return null;
}

let icon: Promise<typeof import("./tab-icon.ts")> | null = null;

function mark(unread: boolean): void {
  if (!unread && icon === null) return;
  icon ??= import("./tab-icon.ts");
  // Offline before it was ever fetched: the title says it too.
  icon.then((module) => module.mark(unread)).catch(() => (icon = null));
}
