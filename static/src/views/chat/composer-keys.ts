// The keys of the field one writes in, and the way to it: what is typed anywhere in a chat is meant
// for it.

import { useEffect } from "preact/hooks";
import { useKey, useModel } from "../hooks/context.ts";
import { type Format, formatted } from "../../lib/formatting.ts";
import { isField } from "../../lib/keys.ts";
import { isPanel } from "../hooks/place.ts";
import { nothingModal } from "../common/layers.ts";
import { typeInto } from "../common/insert.ts";

type Field = { current: HTMLTextAreaElement | null };

export function useComposerKeys(field: Field): void {
  const { preferences } = useModel();
  const group = "keys.composer" as const;
  const sends = preferences.enterSends.value;
  useKey({ combo: sends ? "enter" : "ctrl+enter", name: "chat.send", group });
  useKey({ combo: sends ? "shift+enter" : "enter", name: "keys.new_line", group });
  useKey({ combo: "arrowup", name: "keys.edit_last", group });
  const format = (how: Format) => (): void => {
    const element = field.current;
    if (element === null) return;
    const { value, selectionStart, selectionEnd } = element;
    typeInto(element, formatted(value, selectionStart, selectionEnd, how));
  };
  const here = (): boolean => field.current !== null && document.activeElement === field.current;
  const selected = (): boolean => here() && field.current?.selectionStart !== field.current?.selectionEnd;
  useKey({ combo: "ctrl+b", name: "keys.bold", group, when: here, run: format("bold") });
  useKey({ combo: "ctrl+i", name: "keys.italic", group, when: here, run: format("italic") });
  // Without a selection it is the switcher, as everywhere.
  useKey({ combo: "ctrl+k", name: "keys.link", group, when: selected, run: format("link") });
  useTypingAnywhere(field);
}

function useTypingAnywhere(field: Field): void {
  const { router } = useModel();
  useEffect(() => {
    const heard = (event: KeyboardEvent): void => {
      const element = field.current;
      if (event.defaultPrevented || element === null || !writes(event) || taken(event.target)) return;
      if (!nothingModal() || isPanel(router.place.peek())) return;
      if (element.closest("[inert]") !== null || !element.checkVisibility()) return;
      // Before the browser writes it: so it lands there.
      element.focus({ preventScroll: true });
    };
    document.addEventListener("keydown", heard);
    return () => document.removeEventListener("keydown", heard);
  }, [field, router]);
}

/** Whether a press writes something, or puts in what was copied. */
function writes(event: KeyboardEvent): boolean {
  const control = event.ctrlKey || event.metaKey;
  if (control && !event.altKey && !event.shiftKey && event.code === "KeyV") return true;
  if ((control || event.altKey) && !event.getModifierState("AltGraph")) return false;
  if (event.key === "Process" || event.key === "Dead") return true;
  return event.key !== " " && [...event.key].length === 1;
}

/** Whether the element that has the focus takes letters itself. */
function taken(target: EventTarget | null): boolean {
  if (isField(target)) return true;
  return target instanceof Element && target.closest("[role=menu], [role=listbox], [role=grid], .board-card") !== null;
}
