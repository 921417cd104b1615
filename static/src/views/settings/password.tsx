// A new password.

import { useRef, useState } from "preact/hooks";
import { useAccount, useWords } from "../hooks/context.ts";
import { ApiError } from "../../lib/errors.ts";
import { Button } from "../common/button.tsx";
import { Field } from "../common/field.tsx";
import { useLayers } from "../common/layers.ts";
import { Refused } from "../common/states.tsx";

type Wrong = { field: "old" | "fresh"; text: string } | { field: null; error: unknown };

export function Password() {
  const { settings, people } = useAccount();
  const { t } = useWords();
  const { toast } = useLayers();
  const [wrong, setWrong] = useState<Wrong | null>(null);
  const [busy, setBusy] = useState(false);
  const form = useRef<HTMLFormElement>(null);

  const change = async (event: SubmitEvent): Promise<void> => {
    event.preventDefault();
    if (form.current === null) return;
    const data = new FormData(form.current);
    setBusy(true);
    setWrong(null);
    try {
      await settings.changePassword(String(data.get("old")), String(data.get("fresh")));
      form.current?.reset();
      toast(t("settings.password_changed"));
    } catch (error) {
      setWrong(wrongOf(error));
    }
    setBusy(false);
  };
  const wrongOf = (error: unknown): Wrong => {
    const code = error instanceof ApiError ? error.code : "";
    if (code === "invalid_credentials") return { field: "old", text: t("settings.wrong_password") };
    if (code === "validation_failed") return { field: "fresh", text: t("entry.bad_password") };
    return { field: null, error };
  };
  const said = (field: "old" | "fresh"): string | undefined => (wrong?.field === field ? wrong.text : undefined);

  return (
    <form class="settings-form" ref={form} onSubmit={(event) => void change(event)}>
      <p class="settings-text">{t("settings.password_text")}</p>
      {/* For password keepers: whose it is. */}
      <input type="text" name="username" autocomplete="username" value={people.me.value.username} hidden readOnly />
      <Field
        label={t("settings.old_password")}
        name="old"
        type="password"
        autocomplete="current-password"
        error={said("old")}
        required
      />
      <Field
        label={t("settings.new_password")}
        name="fresh"
        type="password"
        autocomplete="new-password"
        minLength={8}
        hint={t("entry.password_hint")}
        error={said("fresh")}
        required
      />
      {wrong !== null && wrong.field === null && <Refused error={wrong.error} />}
      <Button kind="main" type="submit" busy={busy}>
        {t("settings.change_password")}
      </Button>
    </form>
  );
}
