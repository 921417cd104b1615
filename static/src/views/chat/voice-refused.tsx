// Why nothing is recorded, and what helps.

import { Button, Dialog } from "../common/index.ts";
import { useWords } from "../hooks/context.ts";
import type { Refusal } from "./voice-recording.ts";

export function Refused({ refusal, onClose }: { refusal: Refusal; onClose: () => void }) {
  const { t } = useWords();
  const footer = (
    <Button kind="main" onClick={onClose} autofocus>
      {t("voice.understood")}
    </Button>
  );
  return (
    <Dialog title={t(`voice.${refusal}`)} size="small" footer={footer} onClose={onClose}>
      <p>{t(`voice.${refusal}_help`)}</p>
    </Dialog>
  );
}
