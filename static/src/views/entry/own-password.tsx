// The first sign-in with a password that somebody else made: one's own comes before anything else.

import { useEffect, useRef, useState } from "preact/hooks";
import { useModel, useWords } from "../hooks/context.ts";
import { Button } from "../common/button.tsx";
import { Field } from "../common/field.tsx";
import { EntryForm } from "./form.tsx";

export function OwnPassword({ username }: { username: string }) {
  const { session } = useModel();
  const { t } = useWords();
  const [chosen, setChosen] = useState("");
  const [again, setAgain] = useState("");
  const first = useRef<HTMLInputElement>(null);
  // The page is here already: the browser heeds no `autofocus` any more.
  useEffect(() => first.current?.focus(), []);
  const differs = again !== "" && !chosen.startsWith(again);
  return (
    <>
      <h1 class="entry-title">{t("entry.own_password")}</h1>
      <p class="entry-lead">{t("entry.own_password_text")}</p>
      <EntryForm
        action={t("entry.own_password_submit")}
        submit={() => session.choosePassword(chosen)}
        ready={again === chosen}
      >
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
      <p class="entry-other">
        <Button kind="quiet" onClick={() => void session.turnBack()}>
          {t("entry.turn_back")}
        </Button>
      </p>
    </>
  );
}
