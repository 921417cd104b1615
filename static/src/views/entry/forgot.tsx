// A forgotten password: a link to a new one is mailed. Whether there is such an account is not told.

import { useEffect, useRef, useState } from "preact/hooks";
import { useModel, useWords } from "../hooks/context.ts";
import { Button } from "../common/button.tsx";
import { Field } from "../common/field.tsx";
import { EntryForm } from "./form.tsx";

export default function Forgot({ login, back }: { login: string; back: () => void }) {
  const { session } = useModel();
  const { t } = useWords();
  const [asked, setAsked] = useState(false);
  const first = useRef<HTMLInputElement>(null);
  useEffect(() => first.current?.focus(), []);
  const ask = async (read: (name: string) => string): Promise<void> => {
    await session.open("reset/request", { login: read("login").trim() });
    setAsked(true);
  };
  return (
    <>
      <h1 class="entry-title">{t(asked ? "entry.forgot_sent" : "entry.forgot_title")}</h1>
      <p class="entry-lead" role={asked ? "status" : undefined}>
        {t(asked ? "entry.forgot_sent_text" : "entry.forgot_text")}
      </p>
      {!asked && (
        <EntryForm action={t("entry.forgot_submit")} submit={ask}>
          {() => (
            <Field
              label={t("entry.login")}
              name="login"
              autocomplete="username"
              autocapitalize="none"
              spellcheck={false}
              defaultValue={login}
              inputRef={first}
              required
            />
          )}
        </EntryForm>
      )}
      <p class="entry-other">
        <Button kind="quiet" onClick={back}>
          {t("entry.to_sign_in")}
        </Button>
      </p>
    </>
  );
}
