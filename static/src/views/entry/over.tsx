// A mailed link that is not good (any more), or that could not be tried.

import { useWords } from "../hooks/context.ts";
import { ApiError } from "../../lib/errors.ts";
import { Refused } from "../common/states.tsx";

export function Over({ problem }: { problem: unknown }) {
  const { t } = useWords();
  const over = problem instanceof ApiError && problem.code === "invalid_credentials";
  return (
    <div role="alert">
      <h1 class="entry-title">{t("entry.link_over")}</h1>
      {over ? <p class="entry-lead">{t("entry.link_over_text")}</p> : <Refused error={problem} />}
      <p class="entry-other">
        <a href="/">{t("entry.link_on")}</a>
      </p>
    </div>
  );
}
