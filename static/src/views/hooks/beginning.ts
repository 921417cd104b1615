// How far somebody new has come on this device: the first steps, then a greeting in the common chat,
// then nothing more, for ever.

import { type Signal, signal } from "@preact/signals";
import { useAccount } from "./context.ts";

export type Stage = "steps" | "greeting" | null;

const stages = new Map<number, Signal<Stage>>();

function nameOf(user_id: number): string {
  return `messenger.beginning.${user_id}`;
}

export function stageOf(user_id: number): Signal<Stage> {
  let stage = stages.get(user_id);
  if (stage === undefined) {
    const held = localStorage.getItem(nameOf(user_id));
    stage = signal(held === "steps" || held === "greeting" ? held : null);
    stages.set(user_id, stage);
  }
  return stage;
}

export function setStage(user_id: number, stage: Stage): void {
  if (stage === null) localStorage.removeItem(nameOf(user_id));
  else localStorage.setItem(nameOf(user_id), stage);
  stageOf(user_id).value = stage;
}

export function useBeginning(): { stage: Stage; go: (stage: Stage) => void } {
  const { user_id } = useAccount();
  return { stage: stageOf(user_id).value, go: (stage) => setStage(user_id, stage) };
}
