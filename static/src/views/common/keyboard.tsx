// A key or a combination, as it is written on this machine.

import "./keyboard.css";
import { useModel } from "../../app/context.ts";

export function Kbd({ combo }: { combo: string }) {
  const { keys } = useModel();
  return <kbd class="kbd">{keys.label(combo)}</kbd>;
}
