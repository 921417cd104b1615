// The box one types into: whole operators stand in it as chips, before the words.

import { useEffect, useRef } from "preact/hooks";
import { useAccount, useWords } from "../hooks/context.ts";
import { composing } from "../../lib/keys.ts";
import type { Box } from "../../lib/search/query.ts";
import { Icon, IconButton } from "../common/index.ts";
import { chipValue, opName } from "./suggest.ts";

export interface SearchBoxProps {
  box: Box;
  onChange: (box: Box) => void;
  onClear: () => void;
  /** A key that is not the field's own; true when it was for somebody. */
  onKey: (event: KeyboardEvent) => boolean;
  list: string;
  active: string | undefined;
  expanded: boolean;
  saved: boolean;
  onSave: () => void;
  field: { current: HTMLInputElement | null };
}

export function SearchBox({ box, onChange, onClear, onKey, list, active, expanded, saved, onSave, field }: SearchBoxProps) {
  const { t } = useWords();
  const scroll = useRef<HTMLDivElement>(null);
  useEffect(() => {
    // On a phone the chips have rows.
    scroll.current?.scrollTo(scroll.current.scrollWidth, scroll.current.scrollHeight);
  }, [box.chips.length]);
  const remove = (index: number): void => {
    onChange({ ...box, chips: box.chips.toSpliced(index, 1) });
    field.current?.focus();
  };
  const empty = box.text === "" && box.chips.length === 0;
  const press = (event: KeyboardEvent & { currentTarget: HTMLInputElement }): void => {
    if (composing(event)) return;
    const atStart = event.currentTarget.selectionEnd === 0;
    if (event.key === "Backspace" && atStart && box.chips.length > 0) {
      event.preventDefault();
      remove(box.chips.length - 1);
    } else if (event.key === "Escape" && !empty) {
      event.preventDefault();
      event.stopPropagation();
      onClear();
    } else if (onKey(event)) event.preventDefault();
  };
  return (
    <div class="search-box" onClick={() => field.current?.focus()}>
      <Icon name="search" />
      <div class="search-box-inside" ref={scroll}>
        {box.chips.map((chip, index) => (
          <Chip key={`${chip.op}${chip.value}`} chip={chip} onRemove={() => remove(index)} />
        ))}
        <input
          dir="auto"
          ref={field}
          class="search-field"
          type="text"
          role="combobox"
          aria-label={t("search.label")}
          aria-autocomplete="list"
          aria-expanded={expanded}
          aria-controls={list}
          aria-activedescendant={active}
          placeholder={box.chips.length === 0 ? t("search.placeholder") : ""}
          maxLength={256}
          autocomplete="off"
          autocapitalize="off"
          spellcheck={false}
          enterkeyhint="search"
          value={box.text}
          onInput={(event) => onChange({ ...box, text: event.currentTarget.value })}
          onKeyDown={press}
        />
      </div>
      {!empty && (
        <>
          <IconButton small icon="star" class="search-star" pressed={saved} label={t(saved ? "search.unsave" : "search.save")} onClick={onSave} />
          <IconButton
            small
            icon="close"
            label={t("search.clear")}
            onClick={onClear}
          />
        </>
      )}
    </div>
  );
}

function Chip({ chip, onRemove }: { chip: Box["chips"][number]; onRemove: () => void }) {
  const account = useAccount();
  const words = useWords();
  const name = opName(chip.op, words);
  const value = chipValue(chip, account, words);
  return (
    <span class={`search-chip ${chip.not ? "search-chip-not" : ""}`}>
      <span class="search-chip-words">
        {chip.not && `${words.t("search.not")} `}
        <span class="search-chip-name">{name}</span> <bdi>{value}</bdi>
      </span>
      <button
        type="button"
        class="search-chip-remove"
        aria-label={words.t("search.remove", { name: `${name} ${value}` })}
        onClick={(event) => {
          event.stopPropagation();
          onRemove();
        }}
      >
        <Icon name="close" size={12} />
      </button>
    </span>
  );
}
