// What of an archive did not become files: said above the composer until its person has seen it.

import "./report.css";
import { useState } from "preact/hooks";
import type { Report } from "../../models/local-files.ts";
import { filesOf } from "../../models/uploads/files.ts";
import { Button, Dialog, IconButton } from "../common/index.ts";
import { shortened } from "../files/name.ts";
import { useAccount, useWords } from "../hooks/context.ts";

/** So many are listed: of more, the rest is counted. */
const LISTED = 200;

export default function ArchiveReport({ report }: { report: Report }) {
  const files = filesOf(useAccount());
  const { t } = useWords();
  const [shown, setShown] = useState(false);
  const name = shortened(report.name);
  const left = t("report.left", { count: report.refused.length });
  const seen = (): void => void files.seen(report.id);
  return (
    <div class="report" role="status">
      <span class="report-said">{t("report.taken", { name, left })}</span>
      <Button small kind="quiet" onClick={() => setShown(true)}>
        {t("report.show")}
      </Button>
      <IconButton small icon="close" label={t("app.close")} onClick={seen} />
      {shown && <Refused report={report} onClose={seen} />}
    </div>
  );
}

function Refused({ report, onClose }: { report: Report; onClose: () => void }) {
  const { t } = useWords();
  const more = report.refused.length - LISTED;
  return (
    <Dialog title={t("report.title", { name: shortened(report.name) })} onClose={onClose}>
      <ul class="report-list">
        {report.refused.slice(0, LISTED).map(({ path, reason }, index) => (
          <li key={index}>
            <span class="report-path">{path}</span>
            <span class="report-why">{t(`report.${reason}`)}</span>
          </li>
        ))}
      </ul>
      {more > 0 && <p>{t("report.left", { count: more })}</p>}
    </Dialog>
  );
}
