// One change that met another: both sides, and the choice.

import { useAccount, useWords } from "../../app/context.ts";
import type { Item } from "../../models/rows.ts";
import { Button } from "../common/button.tsx";
import { kindOf, useDifferences, useSubject } from "./subject.ts";

export function Conflict({ item }: { item: Item }) {
  const { outbox } = useAccount();
  const { t } = useWords();
  const subject = useSubject(item);
  const differences = useDifferences(item);
  return (
    <article class="conflict">
      <header class="conflict-head">
        <span class="conflict-kind">{t(kindOf(item))}</span>
        <span class="conflict-subject">{subject}</span>
      </header>
      {differences.map(({ name, mine, theirs }) => (
        <dl class="conflict-sides" key={name}>
          <div class="conflict-side conflict-mine">
            <dt>
              {t(name)} · {t("outbox.mine")}
            </dt>
            <dd>{mine}</dd>
          </div>
          <div class="conflict-side">
            <dt>
              {t(name)} · {t("outbox.theirs")}
            </dt>
            <dd>{theirs}</dd>
          </div>
        </dl>
      ))}
      <footer class="conflict-foot">
        <Button onClick={() => outbox.resolve(item.order, "theirs")}>{t("outbox.keep_theirs")}</Button>
        <Button kind="main" onClick={() => outbox.resolve(item.order, "mine")}>
          {t("outbox.keep_mine")}
        </Button>
      </footer>
    </article>
  );
}
