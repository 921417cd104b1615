// A text as people read it: Markdown, with what it mentions, the tasks it names, and links of this site
// that open in place.

import "./prose.css";
import { computed } from "@preact/signals";
import type { ComponentChildren } from "preact";
import { useMemo } from "preact/hooks";
import { useAccount, useModel } from "../hooks/context.ts";
import { type MarkdownOptions, renderMarkdown } from "../../lib/markdown.ts";
import { site } from "../../lib/desktop.ts";

/** Shown anew when somebody or something it names becomes known. */
export function useProse(text: string, chat_id: number): ComponentChildren {
  const options = useOptions(chat_id);
  return useMemo(() => computed(() => renderMarkdown(text, options)), [text, options]).value;
}

function useOptions(chat_id: number): MarkdownOptions {
  const { people, tasks, user_id } = useAccount();
  const { router } = useModel();
  return useMemo(
    () => ({
      origin: site,
      mention(username) {
        if (username === "all") return { href: router.href({ name: "chat", chat_id }), own: true };
        const user = people.byUsername(username);
        if (user === null) return null;
        return { href: router.href({ name: "person", user_id: user.id }), own: user.id === user_id };
      },
      task(number) {
        const task = tasks.numbered(number).value;
        return task && { href: router.href({ name: "task", task_id: task.id }), title: task.title };
      },
    }),
    [people, tasks, user_id, router, chat_id],
  );
}
