// A task out of a message: its first line is the title; who and when are in the text or chosen here.

import "./from-message.css";
import { useState } from "preact/hooks";
import { useAccount, useModel, useWords } from "../../app/context.ts";
import { plainText } from "../../lib/markdown.ts";
import type { Due, Message } from "../../models/types.ts";
import { Button, Dialog, Field, Select, useLayers } from "../common/index.ts";
import { usePeopleOf } from "./assignee.tsx";
import { type DueWord, dayFor } from "./due.ts";

const LONGEST = 200;

type When = "text" | "day" | DueWord;

export interface FromMessageProps {
  message: Pick<Message, "chat_id" | "seq" | "text" | "mentions">;
  onClose: () => void;
}

export function FromMessage({ message, onClose }: FromMessageProps) {
  const { tasks, boards } = useAccount();
  const { router } = useModel();
  const { t } = useWords();
  const { toast } = useLayers();
  const { chat_id, seq } = message;
  const { columns } = boards.of(chat_id).value;
  const people = usePeopleOf(chat_id);
  const [title, setTitle] = useState(titleOf(message.text));
  const [person, setPerson] = useState(String(message.mentions.find((id) => people.some((user) => user.id === id)) ?? ""));
  const [when, setWhen] = useState<When>("text");
  const [day, setDay] = useState(dayFor("today", new Date()));
  const [column, setColumn] = useState(String(columns[0]?.column.id ?? ""));

  const make = (): void => {
    if (title.trim() === "") return;
    const due = dueOf(when, day);
    const id = tasks.fromMessage(chat_id, seq, {
      title: title.trim(),
      ...(person === "" ? {} : { assigned_to: Number(person) }),
      ...(due === null ? {} : { due }),
      ...(column === "" ? {} : { column_id: Number(column) }),
    });
    onClose();
    const open = (): void => router.go({ name: "task", task_id: tasks.real(id) });
    toast({ text: t("card.made"), action: { label: t("card.made_open"), run: open } });
  };
  const footer = (
    <>
      <Button onClick={onClose}>{t("app.cancel")}</Button>
      <Button kind="main" disabled={title.trim() === ""} onClick={make}>
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
        <Field
          label={t("card.name")}
          value={title}
          maxLength={LONGEST}
          autofocus
          onInput={(event) => setTitle(event.currentTarget.value)}
        />
        <Select
          label={t("card.assignee")}
          value={person}
          options={[
            { value: "", label: t("card.nobody") },
            ...people.map((user) => ({ value: String(user.id), label: user.display_name })),
          ]}
          onChange={setPerson}
        />
        <div class="from-message-due">
          <Select label={t("card.due")} value={when} options={useWhens()} onChange={setWhen} />
          {when === "day" && (
            <Field
              label={t("card.due_day")}
              type="date"
              value={day}
              onChange={(event) => setDay(event.currentTarget.value)}
            />
          )}
        </div>
        {columns.length > 0 && (
          <Select
            label={t("card.column")}
            value={column}
            options={columns.map((each) => ({ value: String(each.column.id), label: each.column.title }))}
            onChange={setColumn}
          />
        )}
        <button type="submit" class="for-readers" tabIndex={-1} aria-hidden="true" />
      </form>
    </Dialog>
  );
}

function useWhens(): { value: When; label: string }[] {
  const { t } = useWords();
  const words = ["today", "tomorrow", "next_week"] as const;
  return [
    { value: "text", label: t("card.make_due_text") },
    ...words.map((word) => ({ value: word, label: t(`card.due_${word}`) })),
    { value: "day", label: t("card.make_due_day") },
  ];
}

/** Null leaves it to what the text says. */
function dueOf(when: When, day: string): Due | null {
  if (when === "text") return null;
  if (when === "day") return day === "" ? null : { date: day };
  return { date: dayFor(when, new Date()) };
}

function titleOf(text: string): string {
  const line = text.split("\n").find((each) => each.trim() !== "") ?? "";
  return plainText(line).slice(0, LONGEST);
}
