// The first sign-in with a password that somebody else made: one's own comes before anything else.

import { useModel, useWords } from "../hooks/context.ts";
import { Button } from "../common/button.tsx";
import { beginIfNew } from "./begin.ts";
import { NewPassword } from "./new-password.tsx";

export function OwnPassword({ username }: { username: string }) {
  const model = useModel();
  const { session, words } = model;
  const { t } = useWords();
  return (
    <>
      <h1 class="entry-title">{t("entry.own_password")}</h1>
      <p class="entry-lead">{t("entry.own_password_text")}</p>
      <NewPassword
        username={username}
        action={t("entry.own_password_submit")}
        choose={async (password) => {
          const locale = words.locale.peek();
          await session.choosePassword(password);
          beginIfNew(model, locale);
        }}
      />
      <p class="entry-other">
        <Button kind="quiet" onClick={() => void session.turnBack()}>
          {t("entry.turn_back")}
        </Button>
      </p>
    </>
  );
}
