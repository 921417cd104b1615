// A new password by a link: whose it is, the password twice, and then to sign in with it.

import { useEffect, useState } from "preact/hooks";
import { useModel, useWords } from "../hooks/context.ts";
import { ApiError } from "../../lib/errors.ts";
import type { ResetOf } from "../../models/types.ts";
import { Skeleton } from "../common/states.tsx";
import { NewPassword } from "./new-password.tsx";
import { Over } from "./over.tsx";

export default function Reset({ token }: { token: string }) {
  const { session } = useModel();
  const { t } = useWords();
  const [whose, setWhose] = useState<ResetOf | null>(null);
  const [problem, setProblem] = useState<unknown>(null);
  const [done, setDone] = useState(false);
  useEffect(() => {
    setProblem(null);
    session.open<ResetOf>("reset/check", { token }).then(setWhose, setProblem);
  }, [session, token]);
  if (problem !== null) return <Over problem={problem} />;
  if (whose === null) return <Skeleton rows={3} kind="text" />;
  if (done) {
    return (
      <div role="status">
        <h1 class="entry-title">{t("entry.reset_done")}</h1>
        <p class="entry-lead">{t("entry.reset_done_text")}</p>
        <a class="button button-main button-wide" href="/sign-in">
          {t("entry.title")}
        </a>
      </div>
    );
  }
  const choose = async (password: string): Promise<void> => {
    try {
      await session.open("reset/confirm", { token, password });
      setDone(true);
    } catch (error) {
      // Used up meanwhile: nothing typed here makes it good again.
      if (!(error instanceof ApiError) || error.code !== "invalid_credentials") throw error;
      setProblem(error);
    }
  };
  return (
    <>
      <h1 class="entry-title">{t("entry.reset_title")}</h1>
      <p class="entry-lead">{t("entry.reset_text", { name: whose.display_name, username: whose.username })}</p>
      <NewPassword username={whose.username} action={t("entry.reset_submit")} choose={choose} />
    </>
  );
}
