// A new password, typed twice.

import { useEffect, useRef, useState } from "preact/hooks";
import { useWords } from "../hooks/context.ts";
import { Field } from "../common/field.tsx";
import { EntryForm } from "./form.tsx";

interface NewPasswordProps {
  username: string;
  action: string;
  choose: (password: string) => Promise<void>;
}

export function NewPassword({ username, action, choose }: NewPasswordProps) {
  const { t } = useWords();
  const [chosen, setChosen] = useState("");
  const [again, setAgain] = useState("");
  const first = useRef<HTMLInputElement>(null);
  // The page is here already: the browser heeds no `autofocus` any more.
  useEffect(() => first.current?.focus(), []);
  const differs = again !== "" && !chosen.startsWith(again);
  return (
    <EntryForm action={action} submit={() => choose(chosen)} ready={again === chosen}>
      {(wrong) => (
        <>
          <input type="hidden" name="username" autocomplete="username" value={username} />
          <Field
            label={t("settings.new_password")}
            name="password"
            type="password"
            autocomplete="new-password"
            minLength={8}
            hint={t("entry.password_hint")}
            error={wrong("password")}
            onInput={(event) => setChosen(event.currentTarget.value)}
            inputRef={first}
            required
          />
          <Field
            label={t("entry.password_again")}
            name="again"
            type="password"
            autocomplete="new-password"
            error={differs ? t("entry.password_differs") : undefined}
            onInput={(event) => setAgain(event.currentTarget.value)}
            required
          />
        </>
      )}
    </EntryForm>
  );
}
