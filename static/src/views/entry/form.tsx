// What both forms share: sending once, and showing what was wrong, with the focus on it.

import type { ComponentChildren } from "preact";
import { useRef, useState } from "preact/hooks";
import { useWords } from "../hooks/context.ts";
import { Button } from "../common/button.tsx";
import { Refused } from "../common/states.tsx";
import { type Trouble, troubleOf } from "./trouble.ts";

export interface EntryFormProps {
  action: string;
  submit: (read: (name: string) => string) => Promise<void>;
  /** Whether what was typed can be sent; otherwise a field says why not. */
  ready?: boolean;
  children: (wrong: (field: string) => string | undefined) => ComponentChildren;
}

export function EntryForm({ action, submit, ready = true, children }: EntryFormProps) {
  const words = useWords();
  const [trouble, setTrouble] = useState<Trouble | null>(null);
  const [busy, setBusy] = useState(false);
  const form = useRef<HTMLFormElement>(null);

  const send = async (event: SubmitEvent): Promise<void> => {
    event.preventDefault();
    if (form.current === null || !ready) return;
    const data = new FormData(form.current);
    setBusy(true);
    setTrouble(null);
    try {
      await submit((name) => String(data.get(name) ?? ""));
    } catch (error) {
      const found = troubleOf(error, words);
      setTrouble(found);
      setBusy(false);
      form.current?.querySelector<HTMLInputElement>(`[name=${found.field ?? "password"}]`)?.focus();
    }
  };

  return (
    <form class="entry-form" ref={form} onSubmit={(event) => void send(event)}>
      {children((field) => (trouble?.field === field ? trouble.text : undefined))}
      {trouble?.field === null && <Refused error={trouble.error} text={trouble.text} />}
      <Button kind="main" type="submit" wide busy={busy}>
        {action}
      </Button>
    </form>
  );
}
