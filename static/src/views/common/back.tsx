// Back to the list, in the header of a place, where the list is not beside it. The roots of the four
// entries have no way back.

import "./back.css";
import { useContext } from "preact/hooks";
import { useModel, useWords } from "../hooks/context.ts";
import { isRoot, PlaceContext } from "../hooks/place.ts";
import { IconButton } from "./button.tsx";

export function BackButton() {
  const { router } = useModel();
  const { t } = useWords();
  if (isRoot(useContext(PlaceContext))) return null;
  return <IconButton class="back-button" icon="back" label={t("app.back")} onClick={() => router.back()} />;
}
