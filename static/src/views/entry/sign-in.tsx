// Signing in, by user name or e-mail.

import { useRef, useState } from "preact/hooks";
import { useModel, useWords } from "../hooks/context.ts";
import { desktop } from "../../lib/desktop.ts";
import { Button } from "../common/button.tsx";
import { Field } from "../common/field.tsx";
import { lazy } from "../common/lazy.tsx";
import { keepLocale } from "./begin.ts";
import { EntryForm } from "./form.tsx";

const Installers = lazy(() => import("./installers.tsx"), true);
const Forgot = lazy<{ login: string; back: () => void }>(() => import("./forgot.tsx"));

export function SignIn() {
  const model = useModel();
  const { session } = model;
  const { t } = useWords();
  const [caps, setCaps] = useState(false);
  const [forgot, setForgot] = useState(false);
  const typed = useRef("");
  if (forgot) return <Forgot login={typed.current} back={() => setForgot(false)} />;
  return (
    <>
      <h1 class="entry-title">{t("entry.title")}</h1>
      {session.ended.value && (
        <p class="entry-note" role="status">
          {t("entry.ended")}
        </p>
      )}
      <EntryForm
        action={t("entry.submit")}
        submit={async (read) => {
          await session.signIn(read("login").trim(), read("password"));
          keepLocale(model);
        }}
      >
        {() => (
          <>
            <Field
              label={t("entry.login")}
              name="login"
              autocomplete="username"
              autocapitalize="none"
              spellcheck={false}
              defaultValue={typed.current}
              onInput={(event) => (typed.current = event.currentTarget.value)}
              required
              autofocus
            />
            <Field
              label={t("entry.password")}
              name="password"
              type="password"
              autocomplete="current-password"
              hint={caps ? t("entry.caps") : undefined}
              onKeyUp={(event) => setCaps(event.getModifierState?.("CapsLock") ?? false)}
              required
            />
          </>
        )}
      </EntryForm>
      {session.settings.mail && (
        <p class="entry-other">
          <Button kind="quiet" onClick={() => setForgot(true)}>
            {t("entry.forgot")}
          </Button>
        </p>
      )}
      <NoAccount />
      {!desktop && <Installers />}
    </>
  );
}

function NoAccount() {
  const { session } = useModel();
  const { t } = useWords();
  if (session.settings.registration === "open") {
    return (
      <p class="entry-other">
        <a href="/register">{t("entry.no_account")}</a>
      </p>
    );
  }
  return (
    <details class="entry-other">
      <summary>{t("entry.no_account_invite")}</summary>
      <p>{t("entry.ask_invite")}</p>
    </details>
  );
}
