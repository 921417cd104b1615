// Back to the list, in the header of a place: a phone's only.

import "./back.css";
import { useModel, useWords } from "../../app/context.ts";
import { IconButton } from "./button.tsx";

export function BackButton() {
  const { router } = useModel();
  const { t } = useWords();
  return <IconButton class="back-button" icon="back" label={t("app.back")} onClick={() => router.back()} />;
}
