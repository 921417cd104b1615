// A mailed link that proves an address: used as soon as it is opened.

import { useEffect, useState } from "preact/hooks";
import { useModel, useWords } from "../hooks/context.ts";
import { Skeleton } from "../common/states.tsx";
import { Over } from "./over.tsx";

export default function Proof({ token }: { token: string }) {
  const { session } = useModel();
  const { t } = useWords();
  const [done, setDone] = useState(false);
  const [problem, setProblem] = useState<unknown>(null);
  useEffect(() => {
    session.open("email/confirm", { token }).then(() => setDone(true), setProblem);
  }, [session, token]);
  if (problem !== null) return <Over problem={problem} />;
  if (!done) return <Skeleton rows={2} kind="text" />;
  return (
    <div role="status">
      <h1 class="entry-title">{t("entry.proved")}</h1>
      <p class="entry-lead">{t("entry.proved_text")}</p>
      <a class="button button-main button-wide" href="/">
        {t("entry.link_on")}
      </a>
    </div>
  );
}
