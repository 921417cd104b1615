// The field in which a file gets another name; its ending stays.

import { useLayoutEffect, useRef } from "preact/hooks";
import { composing } from "../../../lib/keys.ts";
import { withStem } from "../../../models/uploads/choosing.ts";
import { extensionOf } from "../../files/name.ts";
import { useWords } from "../../hooks/context.ts";

/** Null: it keeps its name. */
export function Rename({ name, onDone }: { name: string; onDone: (name: string | null) => void }) {
  const { t } = useWords();
  const ending = extensionOf(name);
  const stem = name.slice(0, name.length - ending.length);
  const field = useRef<HTMLInputElement>(null);
  const over = useRef(false);
  useLayoutEffect(() => {
    field.current?.focus();
    field.current?.select();
  }, []);
  const done = (saves: boolean): void => {
    if (over.current) return;
    over.current = true;
    const wanted = saves ? withStem(field.current?.value ?? "", ending) : null;
    onDone(wanted === name ? null : wanted);
  };
  return (
    <span class="tray-rename">
      <input
        ref={field}
        class="input tray-rename-field"
        dir="auto"
        aria-label={t("tray.rename_named", { name })}
        defaultValue={stem}
        maxLength={200 - ending.length}
        autocomplete="off"
        spellcheck={false}
        onBlur={() => done(true)}
        onKeyDown={(event) => {
          if (composing(event) || (event.key !== "Enter" && event.key !== "Escape")) return;
          event.preventDefault();
          event.stopPropagation();
          done(event.key === "Enter");
        }}
      />
      <span class="tray-rename-ending">{ending}</span>
    </span>
  );
}
