// One more column, at the end of the board.

import "./add-column.css";
import { useLayoutEffect, useRef, useState } from "preact/hooks";
import { useAccount, useWords } from "../hooks/context.ts";
import { useLocalDraft } from "../hooks/local-draft.ts";
import { Button, Icon, IconButton } from "../common/index.ts";

export function AddColumn({ chat_id }: { chat_id: number }) {
  const { boards } = useAccount();
  const { t } = useWords();
  const [open, setOpen] = useState(false);
  const field = useRef<HTMLInputElement>(null);
  const draft = useLocalDraft(`chat.${chat_id}.column`);
  useLayoutEffect(() => {
    if (open) field.current?.focus();
  }, [open]);
  if (!open) {
    return (
      <button type="button" class="add-column-open" onClick={() => setOpen(true)}>
        <Icon name="plus" />
        {t("board.add_column")}
      </button>
    );
  }
  const close = (): void => setOpen(false);
  return (
    <form
      class="add-column"
      onSubmit={(event) => {
        event.preventDefault();
        const title = field.current?.value.trim() ?? "";
        if (field.current === null || title === "") return;
        boards.addColumn(chat_id, { title });
        draft.drop();
        field.current.value = "";
        field.current.focus();
      }}
      onKeyDown={(event) => {
        if (event.key !== "Escape") return;
        event.stopPropagation();
        close();
      }}
    >
      <input
        dir="auto"
        ref={field}
        class="input"
        aria-label={t("board.column_name")}
        placeholder={t("board.column_name")}
        maxLength={100}
        defaultValue={draft.text}
        onInput={(event) => draft.keep(event.currentTarget.value)}
      />
      {draft.restored && <p class="field-hint">{t("app.restored")}</p>}
      <div class="add-column-buttons">
        <Button small kind="main" type="submit">
          {t("board.add_submit")}
        </Button>
        <IconButton small icon="close" label={t("app.close")} onClick={close} />
      </div>
    </form>
  );
}
