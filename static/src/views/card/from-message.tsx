// A task out of a message: its first line is the title; who and when are in the text or chosen here.

import "./from-message.css";
import { useState } from "preact/hooks";
import { useAccount, useModel, useWords } from "../hooks/context.ts";
import { useLocalDraft } from "../hooks/local-draft.ts";
import { plainText } from "../../lib/markdown.ts";
import { cut, turnsRound } from "../../lib/text.ts";
import type { Tasks } from "../../models/tasks.ts";
import type { Due, Message } from "../../models/types.ts";
import { Button, Dialog, Field, Restored, Select, useLayers } from "../common/index.ts";
import { wordsOfFiles } from "../files/words.ts";
import { usePeopleOf } from "./assignee.tsx";
import { type DueWord, dayFor } from "./due.ts";

const LONGEST = 200;

type When = "text" | "none" | "day" | DueWord;

export interface FromMessageProps {
  message: Pick<Message, "chat_id" | "seq" | "text" | "mentions" | "files">;
  onClose: () => void;
}

interface Draft {
  title: string;
  person: string;
  when: When;
  day: string;
  column: string;
}

export function FromMessage({ message, onClose }: FromMessageProps) {
  const { tasks } = useAccount();
  const { router } = useModel();
  const { t } = useWords();
  const { toast } = useLayers();
  const begun = useDraft(message);
  const kept = useLocalDraft(`message.${message.chat_id}.${message.seq}.task`, begun.title);
  const [draft, setDraft] = useState<Draft>({ ...begun, ...kept.base, title: kept.text });
  const set = (changes: Partial<Draft>): void => {
    const next = { ...draft, ...changes };
    setDraft(next);
    kept.keep(next.title, { ...next });
  };
  const discard = (): void => {
    kept.drop();
    setDraft(begun);
  };
  const make = (): void => {
    if (draft.title.trim() === "" || turnsRound(draft.title)) return;
    kept.drop();
    const id = tasks.fromMessage(message.chat_id, message.seq, askedOf(draft));
    onClose();
    const open = (): void => router.go({ name: "task", task_id: tasks.real(id) });
    toast({ text: t("card.made"), action: { label: t("card.made_open"), run: open } });
  };
  const footer = (
    <>
      <Button onClick={onClose}>{t("app.cancel")}</Button>
      <Button kind="main" onClick={make}>
        {t("card.make_submit")}
      </Button>
    </>
  );
  return (
    <Dialog title={t("card.make_title")} onClose={onClose} footer={footer}>
      <form
        class="from-message"
        onSubmit={(event) => {
          event.preventDefault();
          make();
        }}
      >
        <Fields chat_id={message.chat_id} draft={draft} set={set} />
        {kept.restored && <Restored onDiscard={discard} />}
        {/* With a single field Enter submits; with a date beside it, only when there is a button. */}
        <button type="submit" hidden />
      </form>
    </Dialog>
  );
}

function Fields(props: { chat_id: number; draft: Draft; set: (changes: Partial<Draft>) => void }) {
  const { chat_id, draft, set } = props;
  const { boards, people: all } = useAccount();
  const { t } = useWords();
  const { columns } = boards.of(chat_id).value;
  const people = usePeopleOf(chat_id);
  const whens = useWhens();
  return (
    <>
      <Field
        label={t("card.name")}
        value={draft.title}
        error={turnsRound(draft.title) ? t("app.turns_round") : null}
        maxLength={LONGEST}
        autofocus
        onInput={(event) => set({ title: event.currentTarget.value })}
      />
      <Select
        label={t("card.assignee")}
        value={draft.person}
        options={[
          { value: "", label: t("card.nobody") },
          ...people.map((user) => ({ value: String(user.id), label: all.nameOf(user) })),
        ]}
        onChange={(person) => set({ person })}
      />
      <div class="from-message-due">
        <Select label={t("card.due")} value={draft.when} options={whens} onChange={(when) => set({ when })} />
        {draft.when === "day" && (
          <Field
            label={t("card.due_day")}
            type="date"
            min="1970-01-01"
            max="9999-12-31"
            value={draft.day}
            onChange={(event) => set({ day: event.currentTarget.value })}
          />
        )}
      </div>
      {columns.length > 0 && (
        <Select
          label={t("card.column")}
          value={draft.column}
          options={columns.map(({ column }) => ({ value: String(column.id), label: column.title }))}
          onChange={(column) => set({ column })}
        />
      )}
    </>
  );
}

/** What can be known beforehand: the first line or the files, who is mentioned, the first column. */
function useDraft({ chat_id, text, mentions, files }: FromMessageProps["message"]): Draft {
  const { boards } = useAccount();
  const words = useWords();
  const people = usePeopleOf(chat_id);
  const [first] = boards.of(chat_id).value.columns;
  const person = mentions.find((id) => people.some((user) => user.id === id));
  return {
    title: titleOf(text) || cut(wordsOfFiles(files, words), LONGEST),
    person: String(person ?? ""),
    when: "text",
    day: dayFor("today", new Date()),
    column: String(first?.column.id ?? ""),
  };
}

function askedOf({ title, person, when, day, column }: Draft): Parameters<Tasks["fromMessage"]>[2] {
  return {
    title: title.trim(),
    // Null says that it is meant: what is left out is read from the text.
    assigned_to: person === "" ? null : Number(person),
    ...(when === "text" ? {} : { due: dueOf(when, day) }),
    ...(column === "" ? {} : { column_id: Number(column) }),
  };
}

function useWhens(): { value: When; label: string }[] {
  const { t } = useWords();
  const words = ["today", "tomorrow", "next_week"] as const;
  return [
    { value: "text", label: t("card.make_due_text") },
    ...words.map((word) => ({ value: word, label: t(`card.due_${word}`) })),
    { value: "day", label: t("card.make_due_day") },
    { value: "none", label: t("card.no_due") },
  ];
}

function dueOf(when: Exclude<When, "text">, day: string): Due | null {
  if (when === "none") return null;
  if (when === "day") return day === "" ? null : { date: day };
  return { date: dayFor(when, new Date()) };
}

function titleOf(text: string): string {
  const line = text.split("\n").find((each) => each.trim() !== "") ?? "";
  return cut(plainText(line), LONGEST);
}
