// A new card at a column's end: stays open, Enter adds and waits for the next, Esc closes.

import "./quick-add.css";
import { useLayoutEffect, useRef, useState } from "preact/hooks";
import { useAccount, useWords } from "../hooks/context.ts";
import { byTouch } from "../hooks/breakpoint.ts";
import { composing } from "../../lib/keys.ts";
import { useLocalDraft } from "../hooks/local-draft.ts";
import { useOneWay } from "../hooks/one-way.ts";
import type { Column } from "../../models/types.ts";
import { Button, Icon, IconButton, Restored } from "../common/index.ts";

const LONGEST = 200;

export function QuickAdd({ column, onAdded }: { column: Column; onAdded: (task_id: number) => void }) {
  const { t } = useWords();
  const [open, setOpen] = useState(false);
  const button = useRef<HTMLButtonElement>(null);
  const back = useRef(false);
  useLayoutEffect(() => {
    if (!open && back.current) button.current?.focus();
    back.current = false;
  }, [open]);
  if (open) {
    const close = (byKey: boolean): void => {
      back.current = byKey;
      setOpen(false);
    };
    return <Adding column={column} onAdded={onAdded} onClose={close} />;
  }
  return (
    <button
      type="button"
      ref={button}
      class="quick-add-open"
      aria-label={t("board.add_card_to", { title: column.title })}
      onClick={() => setOpen(true)}
    >
      <Icon name="plus" />
      {t("board.add_card")}
    </button>
  );
}

interface AddingProps {
  column: Column;
  onAdded: (task_id: number) => void;
  onClose: (byKey: boolean) => void;
}

function Adding({ column, onAdded, onClose }: AddingProps) {
  const { tasks } = useAccount();
  const { t } = useWords();
  const field = useRef<HTMLTextAreaElement>(null);
  const oneWay = useOneWay();
  const draft = useLocalDraft(`column.${column.id}.card`);
  useLayoutEffect(() => field.current?.focus(), []);
  const discard = (): void => {
    draft.drop();
    if (field.current !== null) field.current.value = "";
    field.current?.focus();
  };
  const add = (): void => {
    // From the field itself: Enter may come before what was typed is drawn.
    const title = field.current?.value.trim().replaceAll(/\s+/g, " ") ?? "";
    if (field.current === null || title === "" || !oneWay(title)) return;
    const id = tasks.create({ title, chat_id: column.chat_id, column_id: column.id });
    draft.drop();
    field.current.value = "";
    field.current.focus();
    onAdded(id);
  };
  return (
    <form
      class="quick-add"
      onSubmit={(event) => {
        event.preventDefault();
        add();
      }}
      onFocusOut={(event) => {
        const inside = event.currentTarget.contains(event.relatedTarget as Node | null);
        if (!inside && field.current?.value.trim() === "") onClose(false);
      }}
    >
      <textarea
        dir="auto"
        ref={field}
        class="input quick-add-field"
        rows={2}
        maxLength={LONGEST}
        enterkeyhint="done"
        aria-label={t("board.add_card_to", { title: column.title })}
        placeholder={t(byTouch() ? "board.add_hint_touch" : "board.add_hint")}
        defaultValue={draft.text}
        onInput={(event) => draft.keep(event.currentTarget.value)}
        onKeyDown={(event) => {
          if (composing(event) || (event.key !== "Enter" && event.key !== "Escape")) return;
          event.preventDefault();
          event.stopPropagation();
          if (event.key === "Enter") add();
          else onClose(true);
        }}
      />
      {draft.restored && <Restored onDiscard={discard} />}
      <div class="quick-add-buttons">
        <Button small kind="main" type="submit">
          {t("board.add_submit")}
        </Button>
        <IconButton small icon="close" label={t("app.close")} onClick={() => onClose(true)} />
      </div>
    </form>
  );
}
