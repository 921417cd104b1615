// The answer that a page of administration begins with, what it rests on, and what can be done.

import "./verdict.css";
import type { ComponentChildren } from "preact";
import { Icon } from "../common/icon.tsx";

export type Mood = "good" | "bad" | "off";

const ICONS = { good: "circleCheck", bad: "warning", off: "info" } as const;

interface Props {
  mood: Mood;
  words: string;
  action: ComponentChildren;
  children?: ComponentChildren;
}

export function Verdict({ mood, words, action, children }: Props) {
  return (
    <div class={`verdict verdict-${mood}`}>
      <Icon name={ICONS[mood]} size={24} />
      <div class="verdict-words" role="status">
        <h2>{words}</h2>
        {children}
      </div>
      {action}
    </div>
  );
}
