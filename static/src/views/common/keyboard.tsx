// A key or a combination, as it is written on this machine.

import "./keyboard.css";
import { useModel, useWords } from "../hooks/context.ts";

export function Kbd({ combo }: { combo: string }) {
  const { keys } = useModel();
  const { t } = useWords();
  return <kbd class="kbd">{keys.label(combo, { space: t("keys.space") })}</kbd>;
}
