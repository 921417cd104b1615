// The field in which a comment of one's own is said differently.

import { useLayoutEffect, useRef, useState } from "preact/hooks";
import { useModel, useWords } from "../hooks/context.ts";
import { useLocalDraft } from "../hooks/local-draft.ts";
import { composing } from "../../lib/keys.ts";
import type { Base } from "../../models/unsaved.ts";
import { sends } from "../chat/enter.ts";
import { useEverybody } from "../chat/everybody.tsx";
import { Mentions, useMentions } from "../chat/mentions.tsx";
import { Button, Restored } from "../common/index.ts";
import { fit } from "./editable.tsx";

export interface EditCommentProps {
  /** For what is typed and not saved. */
  name: string;
  chat_id: number;
  text: string;
  /** Which one it is. */
  base: Base;
  onSave: (text: string, before: string) => void;
  onDone: () => void;
}

export function EditComment({ name, chat_id, text, base, onSave, onDone }: EditCommentProps) {
  const { preferences } = useModel();
  const { t } = useWords();
  const field = useRef<HTMLTextAreaElement>(null);
  // As it was when one began: what others do meanwhile is met as a conflict.
  const [begun] = useState(text);
  const draft = useLocalDraft(name, begun, { ...base, text: begun });
  const before = String(draft.base?.["text"] ?? begun);
  const mentions = useMentions(chat_id, field);
  const everybody = useEverybody(chat_id);
  useLayoutEffect(() => {
    const element = field.current;
    element?.focus();
    element?.setSelectionRange(element.value.length, element.value.length);
    fit(element);
  }, []);
  const save = (): void => {
    const wanted = field.current?.value.trim() ?? "";
    if (wanted === "") return;
    everybody.ask(wanted, () => {
      draft.drop();
      onSave(wanted, before);
      onDone();
    });
  };
  const discard = (): void => {
    draft.drop();
    if (field.current !== null) field.current.value = begun;
    fit(field.current);
  };
  const pressed = (event: KeyboardEvent): void => {
    if (composing(event) || mentions.pressed(event)) return;
    if (event.key === "Escape") onDone();
    else if (sends(event, preferences.enterSends.peek())) save();
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  return (
    <form
      class="talk-editing"
      onSubmit={(event) => {
        event.preventDefault();
        save();
      }}
    >
      <Mentions mentions={mentions} />
      <textarea
        ref={field}
        class="input"
        dir="auto"
        rows={1}
        aria-label={t("card.comment")}
        defaultValue={draft.text}
        {...mentions.attributes}
        onInput={(event) => {
          draft.keep(event.currentTarget.value);
          fit(event.currentTarget);
          mentions.look();
        }}
        onClick={mentions.look}
        onBlur={mentions.close}
        onKeyDown={pressed}
      />
      {draft.restored && <Restored onDiscard={discard} />}
      <div class="talk-buttons">
        <Button small kind="main" type="submit">
          {t("app.save")}
        </Button>
        <Button small kind="quiet" onClick={onDone}>
          {t("app.cancel")}
        </Button>
      </div>
      {everybody.question}
    </form>
  );
}
