// Which chat somebody looks at here, said to the server: their other devices are not told of it.

import { effect } from "@preact/signals";
import { isLookedAt, onAttention } from "../../lib/attention.ts";
import type { Router } from "../../lib/router.ts";
import type { Account } from "../../models/account.ts";

/** Say it whenever it changes, and after each new connection; the result ends it. */
export function sayWhatIsLookedAt({ link }: Account, { place }: Router): () => void {
  let said: number | null = null;
  const say = (): void => {
    const at = place.peek();
    const chat_id = at.name === "chat" && isLookedAt() ? at.chat_id : null;
    if (chat_id === said) return;
    said = chat_id;
    link.tell("presence.look", { chat_id });
  };
  const follow = effect(() => {
    void place.value;
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
