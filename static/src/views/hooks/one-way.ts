// A title that turns round what stands beside it is refused where it is typed, in words.

import { turnsRound } from "../../lib/text.ts";
import { useLayers } from "../common/layers.ts";
import { useWords } from "./context.ts";

/** Whether a title may be kept; says so where it may not. */
export function useOneWay(): (title: string) => boolean {
  const { t } = useWords();
  const { toast } = useLayers();
  return (title) => {
    if (turnsRound(title)) toast(t("app.turns_round"));
    return !turnsRound(title);
  };
}
