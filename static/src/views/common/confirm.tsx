// A question before something that cannot be taken back; everything else has "undo" instead.

import { useWords } from "../hooks/context.ts";
import { Button } from "./button.tsx";
import { Dialog } from "./dialog.tsx";

export interface ConfirmProps {
  title: string;
  text?: string | undefined;
  /** What the button that does it says. */
  action: string;
  danger?: boolean | undefined;
  busy?: boolean | undefined;
  onConfirm: () => void;
  onClose: () => void;
}

export function Confirm({ title, text, action, danger, busy, onConfirm, onClose }: ConfirmProps) {
  const { t } = useWords();
  const footer = (
    <>
      <Button onClick={onClose} autofocus>
        {t("app.cancel")}
      </Button>
      <Button kind={danger ? "danger" : "main"} busy={busy ?? false} onClick={onConfirm}>
        {action}
      </Button>
    </>
  );
  return (
    <Dialog title={title} size="small" footer={footer} onClose={onClose}>
      {text !== undefined && <p>{text}</p>}
    </Dialog>
  );
}
