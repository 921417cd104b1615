// Which chat somebody looks at here, said to the server: their other devices are not told of it.

import { effect } from "@preact/signals";
import { isLookedAt, onAttention } from "../../lib/attention.ts";
import { BROAD } from "../hooks/breakpoint.ts";
import type { Place } from "../../lib/router.ts";
import type { Account } from "../../models/account.ts";
import type { Model } from "../../models/model.ts";
import type { Preferences } from "../../models/preferences.ts";

/** Say it whenever it changes, and after each new connection; the result ends it. */
export function sayWhatIsLookedAt(account: Account, { preferences, router: { place } }: Model): () => void {
  const { link } = account;
  let said: number | null = null;
  const say = (): void => {
    const chat_id = isLookedAt() ? chatAt(account, place.peek(), preferences) : null;
    if (chat_id === said) return;
    said = chat_id;
    link.tell("presence.look", { chat_id });
  };
  const follow = effect(() => {
    void chatAt(account, place.value, preferences);
    // A new connection knows of nothing.
    if (link.state.value !== "live") return void (said = null);
    say();
  });
  const end = onAttention(say);
  return () => {
    follow();
    end();
  };
}

/** The chat that is in sight: itself, beside its board, or as the talk under a card. */
function chatAt(account: Account, at: Place, { both }: Preferences): number | null {
  if (at.name === "chat") return at.chat_id;
  if (at.name === "board") return both.value && matchMedia(BROAD).matches ? at.chat_id : null;
  return at.name === "task" ? (account.tasks.of(at.task_id).value?.chat_id ?? null) : null;
}
