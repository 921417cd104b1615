// What something that one keeps is to be called.

import { useState } from "preact/hooks";
import { useWords } from "../hooks/context.ts";
import { Button, Dialog, Field } from "./index.ts";

interface NameDialogProps {
  title: string;
  name: string;
  onName: (name: string) => void;
  onClose: () => void;
}

export function NameDialog({ title, name: given, onName, onClose }: NameDialogProps) {
  const { t } = useWords();
  const [name, setName] = useState(given);
  const done = (): void => {
    if (name.trim() !== "") onName(name.trim());
  };
  return (
    <Dialog
      title={title}
      size="small"
      onClose={onClose}
      footer={
        <Button kind="main" onClick={done}>
          {t("app.save")}
        </Button>
      }
    >
      <Field
        label={title}
        bare
        autofocus
        maxLength={100}
        value={name}
        onInput={(event) => setName(event.currentTarget.value)}
        onKeyDown={(event) => {
          if (event.key !== "Enter" || event.isComposing) return;
          // Else the button that opened this would be pressed by it, where the focus returns to.
          event.preventDefault();
          done();
        }}
      />
    </Dialog>
  );
}
