// A new account: by an invitation, or where registration is open to everybody.

import { useEffect, useState } from "preact/hooks";
import { useModel, useWords } from "../hooks/context.ts";
import { ApiError } from "../../lib/errors.ts";
import { Field } from "../common/field.tsx";
import { RequestId } from "../common/states.tsx";
import { begin } from "./begin.ts";
import { EntryForm } from "./form.tsx";
import { usernameFrom } from "./username.ts";

export function Register({ invite }: { invite: string | undefined }) {
  const model = useModel();
  const { session, words } = model;
  const { t } = useWords();
  const [username, setUsername] = useState("");
  const [own, setOwn] = useState(false);
  const invited = invite !== undefined;
  const refused = useRefused(invite);
  if (refused !== null) return <NotGood refused={refused} />;
  if (!invited && session.settings.registration !== "open") return <ByInvitation />;

  const submit = async (read: (name: string) => string): Promise<void> => {
    const locale = words.locale.peek();
    await session.register({
      username: read("username").trim(),
      password: read("password"),
      display_name: read("display_name").trim(),
      ...(invited ? { invite } : {}),
    });
    begin(model, locale);
  };

  return (
    <>
      <h1 class="entry-title">{t(invited ? "entry.invite_title" : "entry.register_title")}</h1>
      {invited && <p class="entry-lead">{t("entry.invited")}</p>}
      <EntryForm action={t("entry.register_submit")} submit={submit}>
        {(wrong) => (
          <>
            <Field
              label={t("entry.display_name")}
              name="display_name"
              autocomplete="name"
              maxLength={64}
              error={wrong("display_name")}
              onInput={(event) => own || setUsername(usernameFrom(event.currentTarget.value))}
              required
              autofocus
            />
            <Field
              label={t("entry.username")}
              name="username"
              autocomplete="username"
              autocapitalize="none"
              spellcheck={false}
              maxLength={32}
              hint={t("entry.username_hint")}
              error={wrong("username")}
              value={username}
              onInput={(event) => {
                setOwn(event.currentTarget.value !== "");
                setUsername(event.currentTarget.value);
              }}
              required
            />
            <Field
              label={t("entry.password")}
              name="password"
              type="password"
              autocomplete="new-password"
              minLength={8}
              hint={t("entry.password_hint")}
              error={wrong("password")}
              required
            />
          </>
        )}
      </EntryForm>
      <HaveAccount />
    </>
  );
}

/** What the server says of an invitation that is not good (any more): before the form is filled in. */
function useRefused(invite: string | undefined): ApiError | null {
  const { session } = useModel();
  const [refused, setRefused] = useState<ApiError | null>(null);
  useEffect(() => {
    setRefused(null);
    if (invite === undefined) return;
    let left = false;
    session.open("invites/check", { invite }).catch((error: unknown) => {
      // Without an answer the form is shown: it may come through.
      const said = error instanceof ApiError && (error.code === "registration_closed" || error.status === 422);
      if (said && !left) setRefused(error);
    });
    return () => {
      left = true;
    };
  }, [session, invite]);
  return refused;
}

function NotGood({ refused }: { refused: ApiError }) {
  const { t } = useWords();
  return (
    <div role="alert">
      <h1 class="entry-title">{t("entry.invite_over")}</h1>
      <p class="entry-lead">{t("entry.invite_over_text")}</p>
      <RequestId error={refused} />
      <HaveAccount />
    </div>
  );
}

function ByInvitation() {
  const { t } = useWords();
  return (
    <>
      <h1 class="entry-title">{t("entry.register_closed")}</h1>
      <p class="entry-lead">{t("entry.ask_invite")}</p>
      <HaveAccount />
    </>
  );
}

function HaveAccount() {
  const { t } = useWords();
  return (
    <p class="entry-other">
      <a href="/sign-in">{t("entry.have_account")}</a>
    </p>
  );
}
