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
      return people.of(place.user_id).value?.display_name ?? t("rail.people");
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
  useEffect(() => void mark(some), [some]);
  useEffect(
    () => () => {
      document.title = t("app.name");
      void mark(false);
    },
    [],
  );
  return null;
}

const DOT = '<circle cx="400" cy="112" r="104" fill="#d92d20" stroke="#fff" stroke-width="24"/></svg>';
let plain: Promise<string> | undefined;

/** A red dot on the tab's icon as long as something is unread. */
async function mark(unread: boolean): Promise<void> {
  const link = document.querySelector<HTMLLinkElement>('link[rel="icon"]');
  if (link === null) return;
  if (!unread) {
    link.href = "/icon.svg";
    return;
  }
  try {
    plain ??= fetch("/icon.svg").then((answer) => answer.text());
    const drawn = (await plain).replace("</svg>", DOT);
    link.href = `data:image/svg+xml,${encodeURIComponent(drawn)}`;
  } catch {
    // Offline before the icon was ever fetched: the title says it too.
    plain = undefined;
  }
}
