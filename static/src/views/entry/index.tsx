// Coming in: signing in, registering, being invited.

import "./entry.css";
import { useState } from "preact/hooks";
import { useModel, useWords } from "../../app/context.ts";
import { reason } from "../../app/reasons.ts";

export default function Entry() {
  const { session, router } = useModel();
  const words = useWords();
  const { t } = words;
  const place = router.place.value;
  const registers = place.name === "register" || place.name === "invite";
  const [problem, setProblem] = useState<unknown>(null);
  const [busy, setBusy] = useState(false);

  const submit = async (event: SubmitEvent): Promise<void> => {
    event.preventDefault();
    const form = new FormData(event.currentTarget as HTMLFormElement);
    const read = (name: string): string => String(form.get(name) ?? "");
    setBusy(true);
    try {
      if (!registers) await session.signIn(read("login"), read("password"));
      else {
        await session.register({
          username: read("username"),
          password: read("password"),
          display_name: read("display_name"),
          ...(place.name === "invite" ? { invite: place.code } : {}),
        });
      }
    } catch (error) {
      setProblem(error);
      setBusy(false);
    }
  };

  return (
    <main class="entry">
      <form class="entry-form" onSubmit={submit}>
        <h1>{t(registers ? "entry.register_title" : "entry.title")}</h1>
        {session.ended.value && <p role="status">{t("entry.ended")}</p>}
        {place.name === "invite" && <p>{t("entry.invited")}</p>}
        {registers ? (
          <>
            <label class="field">
              <span>{t("entry.display_name")}</span>
              <input class="input" name="display_name" autocomplete="name" required />
            </label>
            <label class="field">
              <span>{t("entry.username")}</span>
              <input class="input" name="username" autocomplete="username" autocapitalize="none" required />
            </label>
          </>
        ) : (
          <label class="field">
            <span>{t("entry.login")}</span>
            <input class="input" name="login" autocomplete="username" autocapitalize="none" required />
          </label>
        )}
        <label class="field">
          <span>{t("entry.password")}</span>
          <input
            class="input"
            name="password"
            type="password"
            autocomplete={registers ? "new-password" : "current-password"}
            required
          />
        </label>
        {problem !== null && (
          <p class="error" role="alert">
            {reason(problem, words)}
          </p>
        )}
        <button type="submit" class="button button-main" disabled={busy}>
          {t(registers ? "entry.register_submit" : "entry.submit")}
        </button>
      </form>
    </main>
  );
}
