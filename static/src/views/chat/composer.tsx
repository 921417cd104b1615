// Where one writes: a new message, an answer, a change of an old one. Works without a connection.

import "./composer.css";
import { useEffect, useLayoutEffect, useRef } from "preact/hooks";
import { useAccount, useModel, useWords } from "../hooks/context.ts";
import { composing } from "../../lib/keys.ts";
import { plainText } from "../../lib/markdown.ts";
import { Icon, IconButton, type IconName, Restored, useLayers } from "../common/index.ts";
import { lazy } from "../common/lazy.tsx";
import { useComposerKeys } from "./composer-keys.ts";
import { typeInto } from "../common/typing.ts";
import { emojiMenu } from "./emoji.tsx";
import { byTouch } from "../hooks/breakpoint.ts";
import { sends } from "./enter.ts";
import { useEverybody } from "./everybody.tsx";
import { Mentions, useMentions } from "./mentions.tsx";
import { saidIn } from "../files/said.ts";
import type { ChatState } from "./state.ts";
import { Attach, ATTACH_KEYS } from "./tray/attach.tsx";
import type { TrayProps } from "./tray/tray.tsx";
import { useComposerFiles } from "./tray/composer-files.ts";
import { Voice } from "./voice.tsx";
import { useWriting, type Writing } from "./writing.ts";

const Tray = lazy<TrayProps>(() => import("./tray/tray.tsx"));

/** Less than so much room left is worth saying. */
const SHORT_OF_ROOM = 300;

export function Composer({ state }: { state: ChatState }) {
  const { preferences, session } = useModel();
  const { t } = useWords();
  const field = useRef<HTMLTextAreaElement>(null);
  const form = useRef<HTMLFormElement>(null);
  const files = useComposerFiles(state, form);
  const { tray, stored, count, closed, blocked } = files;
  const writing = useWriting(state, files);
  const { text } = writing;
  const left = (session.settings.message_max_length ?? 5000) - [...text.trim()].length;
  const mentions = useMentions(state.chat_id, field);
  const everybody = useEverybody(state.chat_id);
  useCaret(field, text, state);
  const insert = (emoji: string): void => {
    const element = field.current;
    if (element !== null) typeInto(element, element.selectionStart, element.selectionEnd, emoji);
  };
  useFocusAtFirst(field, state);
  useComposerKeys(field);
  const send = (): void => {
    if (left >= 0 && !blocked) everybody.ask(text, writing.send);
    field.current?.focus();
  };
  const pressed = (event: KeyboardEvent): void => {
    // While an input method composes, keys are its own.
    if (composing(event) || mentions.pressed(event)) return;
    if (sends(event, preferences.enterSends.peek())) {
      event.preventDefault();
      send();
    } else if (event.key === "Escape" && writing.cancel()) {
      event.preventDefault();
      event.stopPropagation();
    } else if (event.key === "ArrowUp" && text === "" && bare(event) && writing.editLast()) {
      event.preventDefault();
    }
  };
  const placeholder = t("chat.placeholder");
  return (
    <form
      class="composer"
      ref={form}
      onSubmit={(event) => {
        event.preventDefault();
        send();
      }}
    >
      <Mentions mentions={mentions} />
      {everybody.question}
      <About state={state} writing={writing} />
      {count > 0 && <Tray tray={tray} stored={stored} field={field} />}
      <div class="composer-line">
        {!closed && <Attach onTake={tray.add} keys={ATTACH_KEYS} />}
        <EmojiButton onPick={insert} />
        <textarea
          dir="auto"
          ref={field}
          class="composer-text"
          rows={1}
          aria-label={placeholder}
          placeholder={placeholder}
          autocomplete="off"
          enterkeyhint={byTouch() ? "enter" : "send"}
          value={text}
          {...mentions.attributes}
          onInput={(event) => {
            writing.write(event.currentTarget.value);
            mentions.look();
          }}
          onClick={mentions.look}
          onBlur={mentions.close}
          onKeyDown={pressed}
        />
        {left <= SHORT_OF_ROOM && (
          <span class={`composer-left number ${left < 0 ? "composer-left-over" : ""}`} role="status">
            {left < 0 ? t("chat.too_long", { count: -left }) : t("chat.room_left", { count: left })}
          </span>
        )}
        <Voice state={state} free={text.trim() === "" && count === 0 && !writing.changes}>
          <IconButton
            class="composer-send"
            type="submit"
            icon={writing.changes ? "check" : "send"}
            label={t(writing.changes ? "app.save" : "chat.send")}
            disabled={(text.trim() === "" && count === 0) || left < 0 || blocked}
          />
        </Voice>
      </div>
    </form>
  );
}

function About({ state, writing }: { state: ChatState; writing: Writing }) {
  const { people } = useAccount();
  const words = useWords();
  const { t } = words;
  const answered = state.reply.value;
  if (writing.changes) {
    return (
      <>
        <Strip icon="edit" name={t("chat.editing")} text={plainText(writing.before)} onClose={writing.cancel} />
        {writing.restored && <Restored onDiscard={writing.discard} />}
      </>
    );
  }
  if (answered === null) return null;
  const name = t("chat.replying", { name: people.name(answered.sender_id) });
  return <Strip icon="reply" name={name} text={saidIn(answered, words)} onClose={writing.cancel} />;
}

function Strip(props: { icon: IconName; name: string; text: string; onClose: () => void }) {
  const { t } = useWords();
  return (
    <div class="composer-about">
      <Icon name={props.icon} />
      <div class="composer-about-words">
        <span class="composer-about-name">{props.name}</span>
        <span class="composer-about-text" dir="auto">{props.text}</span>
      </div>
      <IconButton small icon="close" label={t("app.cancel")} keys="escape" onClick={props.onClose} />
    </div>
  );
}

function EmojiButton({ onPick }: { onPick: (emoji: string) => void }) {
  const { t } = useWords();
  const { openMenu } = useLayers();
  return (
    <IconButton
      class="composer-emoji"
      icon="smile"
      label={t("chat.emoji")}
      onClick={(event) => openMenu(emojiMenu(t("chat.emoji"), event.currentTarget, onPick))}
    />
  );
}

/** Without another key held: with one it means something else. */
function bare(event: KeyboardEvent): boolean {
  return !(event.shiftKey || event.altKey || event.ctrlKey || event.metaKey);
}

/** Whoever comes to a chat may begin to write; a finger is not to meet the keyboard at once. */
function useFocusAtFirst(field: { current: HTMLTextAreaElement | null }, state: ChatState): void {
  const { router } = useModel();
  useEffect(() => {
    const place = router.place.peek();
    const open = document.querySelector("dialog[open]") !== null;
    const here = place.name === "chat" && place.seq === undefined && place.chat_id === state.chat_id;
    if (here && !open && !byTouch()) field.current?.focus({ preventScroll: true });
  }, [router, field, state]);
}

/** The field is as high as its text, and has the focus when one answers. */
function useCaret(field: { current: HTMLTextAreaElement | null }, text: string, state: ChatState): void {
  useLayoutEffect(() => {
    const element = field.current;
    if (element === null || CSS.supports("field-sizing", "content")) return;
    element.style.height = "auto";
    element.style.height = `${element.scrollHeight}px`;
  }, [text, field]);
  const about = state.editing.value ?? state.reply.value;
  // At once: what is typed next is meant for it.
  useLayoutEffect(() => {
    const element = field.current;
    if (about === null || element === null) return;
    element.focus();
    element.setSelectionRange(element.value.length, element.value.length);
  }, [about, field]);
}
