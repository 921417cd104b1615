// Erasing a person: what goes, what may stay, and that it cannot be taken back.

import { useState } from "preact/hooks";
import { useAdmin } from "../hooks/admin.ts";
import { useWords } from "../hooks/context.ts";
import type { Me } from "../../models/types.ts";
import { Button } from "../common/button.tsx";
import { Dialog } from "../common/dialog.tsx";
import { Field, Select } from "../common/field.tsx";
import { Refused } from "../common/states.tsx";

type Choice = "keep" | "remove";

interface EraseProps {
  user: Me;
  replace: (user: Me) => void;
  onClose: () => void;
}

export function Erase({ user, replace, onClose }: EraseProps) {
  const admin = useAdmin();
  const { t } = useWords();
  const [messages, setMessages] = useState<Choice>("keep");
  const [typed, setTyped] = useState("");
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  // A slip of the hand is not enough: nothing brings this back.
  const sure = typed.trim().toLowerCase() === user.username.toLowerCase();
  const erase = async (event: SubmitEvent): Promise<void> => {
    event.preventDefault();
    if (!sure || busy) return;
    setBusy(true);
    setError(null);
    try {
      replace(await admin.erase(user.id, messages));
      onClose();
    } catch (failure) {
      setError(failure);
      setBusy(false);
    }
  };
  return (
    <Dialog title={t("erase.title", { name: user.display_name })} size="small" onClose={onClose}>
      <form class="admin-form" onSubmit={(event) => void erase(event)}>
        <p class="admin-text">{t("erase.text")}</p>
        <Select
          label={t("erase.messages")}
          hint={t(`erase.${messages}_hint`)}
          value={messages}
          options={(["keep", "remove"] as const).map((value) => ({ value, label: t(`erase.${value}`) }))}
          onChange={setMessages}
        />
        <Field
          label={t("erase.sure", { name: user.username })}
          value={typed}
          autocomplete="off"
          autocapitalize="none"
          spellcheck={false}
          onInput={(event) => setTyped(event.currentTarget.value)}
        />
        {error !== null && <Refused error={error} />}
        <Button kind="danger" type="submit" wide busy={busy} disabled={!sure}>
          {t("erase.submit")}
        </Button>
      </form>
    </Dialog>
  );
}
