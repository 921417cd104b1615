// A new task of one's own: a line that stays open; Enter adds and waits for the next.

import { useRef, useState } from "preact/hooks";
import { useAccount, useKey, useWords } from "../../app/context.ts";
import type { ChatEntry } from "../../models/entries.ts";
import { type DueWord, dayFor } from "../card/due.ts";
import { IconButton, Select } from "../common/index.ts";

const LONGEST = 200;
const WHENS = ["today", "tomorrow", "next_week"] as const;

export function QuickTask() {
  const { tasks, user_id } = useAccount();
  const { t } = useWords();
  const { home, options } = useHomes();
  const [when, setWhen] = useState<DueWord | "">("");
  const [chosen, setChosen] = useState<string | null>(null);
  const field = useRef<HTMLInputElement>(null);
  // Empty until the chats are here: nothing can be written down before there is a place for it.
  const where = chosen ?? home;
  useKey({ combo: "n", name: "tasks.add", group: "tasks.title", run: () => field.current?.focus() });
  const add = (event: SubmitEvent): void => {
    event.preventDefault();
    // From the field itself: Enter may come before what was typed is drawn.
    const title = field.current?.value.trim() ?? "";
    if (field.current === null || title === "" || where === "") return;
    const due = when === "" ? {} : { due: { date: dayFor(when, new Date()) } };
    tasks.create({ title, chat_id: Number(where), assigned_to: user_id, ...due });
    field.current.value = "";
    field.current.focus();
  };
  return (
    <form class="quick-task" onSubmit={add}>
      <div class="quick-task-line">
        <input
          ref={field}
          class="input quick-task-field"
          aria-label={t("tasks.add")}
          placeholder={t("tasks.add_hint")}
          maxLength={LONGEST}
          enterkeyhint="done"
          disabled={where === ""}
        />
        <IconButton type="submit" icon="plus" label={t("board.add_submit")} />
      </div>
      <div class="quick-task-more">
        <Select
          label={t("tasks.add_due")}
          bare
          value={when}
          options={[
            { value: "", label: t("card.no_due") },
            ...WHENS.map((word) => ({ value: word, label: t(`card.due_${word}`) })),
          ]}
          onChange={setWhen}
        />
        <Select label={t("tasks.add_where")} bare value={where} options={options} onChange={setChosen} />
      </div>
    </form>
  );
}

/** The chats a task may live in; the notebook first: what is only for oneself. */
function useHomes(): { home: string; options: { value: string; label: string }[] } {
  const { chats } = useAccount();
  const { t } = useWords();
  const all = chats.list.value;
  const name = (chat: ChatEntry): string =>
    chat.notebook ? t("chats.notebook") : chat.title || t("chats.common");
  const home = all.find((chat) => chat.notebook) ?? all.find((chat) => chat.chat.kind === "org") ?? all[0];
  const sorted = [...all].sort((one, other) => Number(other.notebook) - Number(one.notebook));
  return {
    home: home === undefined ? "" : String(home.id),
    options: sorted.map((chat) => ({ value: String(chat.id), label: name(chat) })),
  };
}
