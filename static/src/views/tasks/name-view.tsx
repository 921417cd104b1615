// What a view of tasks is to be called.

import { useState } from "preact/hooks";
import { useWords } from "../hooks/context.ts";
import { Button, Dialog, Field } from "../common/index.ts";

interface NameViewProps {
  name: string;
  onName: (name: string) => void;
  onClose: () => void;
}

export function NameView({ name: given, onName, onClose }: NameViewProps) {
  const { t } = useWords();
  const [name, setName] = useState(given);
  const done = (): void => {
    if (name.trim() !== "") onName(name.trim());
  };
  return (
    <Dialog
      title={t("tasks.view_name")}
      size="small"
      onClose={onClose}
      footer={
        <Button kind="main" onClick={done}>
          {t("app.save")}
        </Button>
      }
    >
      <Field
        label={t("tasks.view_name")}
        bare
        autofocus
        maxLength={100}
        value={name}
        onInput={(event) => setName(event.currentTarget.value)}
        onKeyDown={(event) => event.key === "Enter" && !event.isComposing && done()}
      />
    </Dialog>
  );
}
