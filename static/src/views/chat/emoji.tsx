// A small choice of emoji: the six most wanted in a row, and a page of them.

import "./emoji.css";
import type { MenuAsked } from "../common/index.ts";

export const QUICK = ["👍", "❤️", "😂", "🎉", "👀", "✅"];

const PAGE = [
  ..."👍👎👌👏🙌🙏💪🤝👋🤞",
  ..."😀😂🤣😊😉😍🤩😎🤔🤨",
  ..."😅😇🙃😏😬🙄😴🤯😢😭",
  ..."😡🤦🤷🥳😱🤗🫡🫠🤓🤖",
  ..."🔥🎉🚀💯⭐💡👀🎯🏆🌱",
  "❤️",
  ..."💚💙💜🧡✅❌❓❗",
  ..."☕🍕🍰🍻🌞🌧🐞🛠📌📎",
].filter((each) => each !== "\uFE0F");

const COLUMNS = 10;

interface Given {
  label: string;
  onPick: (emoji: string) => void;
  close: () => void;
}

/** A menu that is a page of emoji. */
export function emojiMenu(label: string, at: MenuAsked["at"], onPick: (emoji: string) => void): MenuAsked {
  const head = (close: () => void) => <Emojis {...{ label, onPick, close }} list={PAGE} columns={COLUMNS} />;
  return { label, at, items: [], head };
}

export function QuickEmojis({ more, ...given }: Given & { more: { label: string; open: () => void } }) {
  return <Emojis {...given} list={QUICK} columns={QUICK.length + 1} more={more} />;
}

function Emojis(props: Given & { list: string[]; columns: number; more?: { label: string; open: () => void } }) {
  const { label, list, columns, onPick, close, more } = props;
  const pick = (emoji: string): void => {
    close();
    // After focus is back where it was.
    setTimeout(() => onPick(emoji));
  };
  return (
    <div
      class={`emojis ${columns === COLUMNS ? "emojis-page" : ""}`}
      role="menu"
      aria-label={label}
      onKeyDown={(event) => move(event, columns)}
    >
      {list.map((emoji) => (
        <button key={emoji} type="button" class="emoji" role="menuitem" tabIndex={-1} onClick={() => pick(emoji)}>
          {emoji}
        </button>
      ))}
      {more && (
        <button
          type="button"
          class="emoji emoji-more"
          role="menuitem"
          tabIndex={-1}
          aria-label={more.label}
          onClick={() => {
            close();
            setTimeout(more.open);
          }}
        >
          +
        </button>
      )}
    </div>
  );
}

function move(event: KeyboardEvent, columns: number): void {
  const all = [...(event.currentTarget as Element).querySelectorAll<HTMLElement>(".emoji")];
  const at = all.indexOf(event.target as HTMLElement);
  const by = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -columns, ArrowDown: columns }[event.key];
  const next = by === undefined ? undefined : all[at + by];
  if (next === undefined || at + (by ?? 0) < 0) return;
  event.preventDefault();
  event.stopPropagation();
  next.focus();
}
