// Who is writing right now: said in the head of the chat that is open, in the list for any other.

import { useAccount, useWords } from "../hooks/context.ts";

/** «Анна печатает…», or null. */
export function useTypingWords(id: number): string | null {
  const { typing, people } = useAccount();
  const { t } = useWords();
  const who = typing.of(id).value;
  const [first, second] = who;
  if (first === undefined) return null;
  if (second === undefined) return t("chat.typing_one", { name: people.name(first) });
  return t("chat.typing", { count: who.length });
}
