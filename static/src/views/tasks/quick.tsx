// A new task of one's own: a line that stays open; Enter adds and waits for the next.

import { useEffect, useId, useRef, useState } from "preact/hooks";
import { useAccount, useKey, useWords } from "../hooks/context.ts";
import { byTouch } from "../hooks/breakpoint.ts";
import { useLocalDraft } from "../hooks/local-draft.ts";
import { useOneWay } from "../hooks/one-way.ts";
import type { ChatEntry } from "../../models/entries.ts";
import { type DueWord, dayFor } from "../card/due.ts";
import { Icon, IconButton, Restored, Select, useFailure } from "../common/index.ts";

const LONGEST = 200;
const WHENS = ["today", "tomorrow", "next_week"] as const;

/** The notebook before there is one. */
const NOTEBOOK = "notebook";

export function QuickTask() {
  const { tasks, user_id } = useAccount();
  const { t } = useWords();
  const { home, options } = useHomes();
  const [when, setWhen] = useState<DueWord | "">("");
  const [chosen, setChosen] = useState<string | null>(null);
  const field = useRef<HTMLInputElement>(null);
  const oneWay = useOneWay();
  const draft = useLocalDraft("tasks.quick");
  const said = useId();
  const place = usePlaceFor();
  const where = chosen !== null && options.some(({ value }) => value === chosen) ? chosen : home;
  const told = options.find(({ value }) => value === where);
  useKey({ combo: "n", name: "tasks.add", group: "tasks.title", run: () => field.current?.focus() });
  const add = async (event: SubmitEvent): Promise<void> => {
    event.preventDefault();
    // From the field itself: Enter may come before what was typed is drawn.
    const title = field.current?.value.trim() ?? "";
    if (field.current === null || title === "" || !oneWay(title)) return;
    const due = when === "" ? {} : { due: { date: dayFor(when, new Date()) } };
    field.current.value = "";
    field.current.focus();
    const chat_id = await place(where);
    if (chat_id !== null) {
      tasks.create({ title, chat_id, assigned_to: user_id, ...due });
      if (field.current?.value === "") draft.drop();
    }
    // Nothing that was typed is lost, nor what was typed since.
    else if (field.current !== null && field.current.value === "") field.current.value = title;
  };
  const discard = (): void => {
    draft.drop();
    if (field.current !== null) field.current.value = "";
  };
  return (
    <form class="quick-task" onSubmit={(event) => void add(event)}>
      <div class="quick-task-line">
        <input
          dir="auto"
          ref={field}
          class="input quick-task-field"
          aria-label={t("tasks.add")}
          placeholder={t(byTouch() ? "tasks.add_hint_touch" : "tasks.add_hint")}
          maxLength={LONGEST}
          enterkeyhint="done"
          aria-describedby={said}
          defaultValue={draft.text}
          onInput={(event) => draft.keep(event.currentTarget.value)}
        />
        <IconButton type="submit" icon="plus" label={t("board.add_submit")} />
      </div>
      {draft.restored && <Restored onDiscard={discard} />}
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
      <p class="quick-task-seen" id={said}>
        <Icon name={told?.own ? "lock" : "people"} size={14} />
        {told?.own ? t("tasks.seen_by_me") : t("tasks.seen_by", { title: told?.label ?? "" })}
      </p>
    </form>
  );
}

interface Home {
  value: string;
  label: string;
  own: boolean;
}

/** The chats a task may live in; the notebook first: what is written down here is for oneself. */
function useHomes(): { home: string; options: Home[] } {
  const { chats } = useAccount();
  const { t } = useWords();
  const all = chats.list.value;
  const name = (chat: ChatEntry): string =>
    chat.notebook ? t("chats.notebook") : chat.title || t("chats.common");
  const options = all.map((chat) => ({ value: String(chat.id), label: name(chat), own: chat.notebook }));
  const own = options.find((each) => each.own) ?? { value: NOTEBOOK, label: t("chats.notebook"), own: true };
  return { home: own.value, options: [own, ...options.filter((each) => !each.own)] };
}

/** The chat of a choice: the notebook is made when there is none; null when that could not be. */
function usePlaceFor(): (where: string) => Promise<number | null> {
  const { chats, writing, user_id } = useAccount();
  const fail = useFailure();
  const missing = chats.complete.value && chats.list.value.every((chat) => !chat.notebook);
  useEffect(() => {
    // While there is a connection: what is written down later may be without one.
    if (missing) writing.direct(user_id).catch(() => {});
  }, [missing, writing, user_id]);
  return async (where) => {
    if (where !== NOTEBOOK) return Number(where);
    try {
      return await writing.direct(user_id);
    } catch (error) {
      fail(error);
      return null;
    }
  };
}
