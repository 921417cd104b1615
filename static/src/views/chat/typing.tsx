// Who is writing right now.

import "./typing.css";
import { useAccount, useWords } from "../../app/context.ts";

export function TypingLine({ id }: { id: number }) {
  const said = useTypingWords(id);
  return (
    <div class="typing" aria-live="off">
      {said !== null && (
        <>
          <span class="typing-dots" aria-hidden="true">
            <i />
            <i />
            <i />
          </span>
          {said}
        </>
      )}
    </div>
  );
}

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
