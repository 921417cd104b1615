// How views reach the model, and a few hooks that every screen needs.

import { createContext } from "preact";
import { useContext, useLayoutEffect, useRef } from "preact/hooks";
import type { Binding } from "../../lib/keys.ts";
import type { Key, Words } from "../../lib/locale.ts";
import type { Account } from "../../models/account.ts";
import type { Model } from "../../models/model.ts";

export const ModelContext = createContext<Model | null>(null);

export function useModel(): Model {
  const model = useContext(ModelContext);
  if (model === null) throw new Error("a view outside of the app");
  return model;
}

/** The signed-in account: always there inside a screen. */
export function useAccount(): Account {
  const account = useModel().account.value;
  if (account === null) throw new Error("a screen without an account");
  return account;
}

export function useWords(): Words {
  const { words } = useModel();
  // Read, so that a view is shown anew in another language.
  void words.locale.value;
  return words;
}

/** Bind a key as long as the component is shown. */
export function useKey(binding: Binding<Key>): void {
  const { keys } = useModel();
  const latest = useRef(binding);
  latest.current = binding;
  const { combo, name, group, whenTyping } = binding;
  const acts = binding.run !== undefined;
  const asks = binding.when !== undefined;
  // Before it is drawn: who sees a place may press its keys.
  useLayoutEffect(
    () =>
      keys.bind({
        combo,
        name,
        group,
        ...(acts && { run: () => latest.current.run?.() }),
        ...(asks && { when: () => latest.current.when?.() ?? true }),
        ...(whenTyping !== undefined && { whenTyping }),
      }),
    [keys, combo, name, group, whenTyping, acts, asks],
  );
}
