// People from a table: what it holds is shown before anybody is added; the passwords, once after.

import { useRef, useState } from "preact/hooks";
import { useAdmin } from "../hooks/admin.ts";
import { useWords } from "../hooks/context.ts";
import type { Key } from "../../lib/locale.ts";
import { reason } from "../../lib/reasons.ts";
import type { TablePerson } from "../../models/types.ts";
import { Button } from "../common/button.tsx";
import { Confirm } from "../common/confirm.tsx";
import { Dialog } from "../common/dialog.tsx";
import { Refused } from "../common/states.tsx";
import { troubleOf } from "../entry/trouble.ts";
import { saveTable, tableOf } from "./save-table.ts";

/** What the server takes at once; with the names of the columns, and an end of the last line. */
const MOST_LINES = 1002;
const MOST_LETTERS = 500_000;

interface ImportPeopleProps {
  onAdded: () => void;
  onClose: () => void;
}

/** A line, and what came of it. */
interface Line extends TablePerson {
  password?: string;
  wrong?: string;
}

export function ImportPeople({ onAdded, onClose }: ImportPeopleProps) {
  const admin = useAdmin();
  const words = useWords();
  const { t } = words;
  const [lines, setLines] = useState<Line[] | null>(null);
  const [error, setError] = useState<unknown>(null);
  const [done, setDone] = useState<number | null>(null);
  const input = useRef<HTMLInputElement>(null);
  const [long, setLong] = useState(false);
  const [saved, setSaved] = useState(false);
  const [asking, setAsking] = useState(false);
  const good = lines?.filter(({ problem, wrong }) => problem === null && wrong === undefined) ?? [];
  const added = lines?.filter(({ password }) => password !== undefined) ?? [];
  const refused = lines?.filter(({ wrong }) => wrong !== undefined).length ?? 0;
  const over = done !== null && done === good.length + refused;

  const read = async (file: File | undefined): Promise<void> => {
    if (file === undefined) return;
    setError(null);
    try {
      const table = textOf(await file.arrayBuffer());
      setLong(table.length > MOST_LETTERS || table.split("\n").length > MOST_LINES);
      setLines(await admin.checkTable(table));
    } catch (failure) {
      setError(failure);
    }
  };
  const addAll = async (): Promise<void> => {
    const made = [...(lines ?? [])];
    let count = 0;
    setDone(0);
    for (const [at, line] of made.entries()) {
      if (line.problem !== null) continue;
      const { username, display_name, email, role } = line;
      try {
        const { password } = await admin.addUser({ username, display_name, role, ...(email !== null && { email }) });
        made[at] = { ...line, password: password ?? "" };
      } catch (failure) {
        made[at] = { ...line, wrong: troubleOf(failure, words).text };
      }
      setDone(++count);
      setLines([...made]);
    }
    onAdded();
  };
  const save = (): void => {
    const rows = added.map(({ display_name, username, password }) => [display_name, username, password ?? ""]);
    saveTable("passwords", tableOf([[t("settings.name"), t("entry.username"), t("entry.password")], ...rows]));
    setSaved(true);
  };
  // The passwords are nowhere else: whoever closes it before they have them is asked.
  const close = (): void => (done === null || saved || (over && added.length === 0) ? onClose() : setAsking(true));
  const footer =
    lines === null ? undefined : over ? (
      <>
        <Button onClick={close}>{t("app.done")}</Button>
        <Button kind="main" icon="download" disabled={added.length === 0} onClick={save}>
          {t("admin.import_save")}
        </Button>
      </>
    ) : (
      <Button kind="main" busy={done !== null} disabled={good.length === 0} onClick={() => void addAll()}>
        {t("admin.import_add", { count: good.length })}
      </Button>
    );
  return (
    <Dialog title={t("admin.import_title")} footer={footer} onClose={close}>
      <div class="admin-import">
        {lines === null ? (
          <>
            <p class="admin-text">{t("admin.import_text")}</p>
            <input
              ref={input}
              type="file"
              hidden
              accept=".csv,text/csv,text/plain"
              onChange={(event) => {
                void read(event.currentTarget.files?.[0]);
                // The same file once more, mended, is a change as well.
                event.currentTarget.value = "";
              }}
            />
            <Button kind="main" onClick={() => input.current?.click()}>
              {t("admin.import_file")}
            </Button>
          </>
        ) : (
          <>
            <p class="admin-text" role="status">
              {over ? t("admin.import_done", { count: added.length }) : t("admin.import_found", { count: good.length })}
              {lines.length > good.length && ` ${t(over ? "admin.import_skipped" : "admin.import_wrong", { count: lines.length - good.length })}`}
            </p>
            {done !== null && !over && <progress value={done} max={good.length + refused} aria-label={t("admin.import_title")} />}
            <Table lines={lines} />
          </>
        )}
        {error !== null && <Refused error={error} text={badTable(error, t)} />}
        {asking && (
          <Confirm
            title={t(over ? "admin.import_unsaved" : "admin.import_running")}
            text={t(over ? "admin.import_unsaved_text" : "admin.import_running_text")}
            action={t("admin.import_leave")}
            danger
            onConfirm={onClose}
            onClose={() => setAsking(false)}
          />
        )}
      </div>
    </Dialog>
  );

  function badTable(failure: unknown, said: (key: Key) => string): string {
    const code = (failure as { code?: string }).code;
    if (code !== "validation_failed") return reason(failure, words);
    return said(long ? "admin.import_long" : "admin.import_bad");
  }
}

function Table({ lines }: { lines: Line[] }) {
  const { t } = useWords();
  return (
    <ul class="admin-rows">
      {lines.map((line) => (
        <li class="admin-row" key={line.line}>
          <span class="admin-words">
            <span class="admin-name" dir="auto">{line.display_name || t("admin.import_line", { line: line.line })}</span>
            <span class="admin-more">
              {[line.username && `@${line.username}`, line.email, t(`people.role.${line.role}`)].filter(Boolean).join(" · ")}
            </span>
            {(line.problem !== null || line.wrong !== undefined) && (
              <span class="field-error">{line.wrong ?? t(problemOf(line))}</span>
            )}
          </span>
          {line.password && <code class="admin-password">{line.password}</code>}
        </li>
      ))}
    </ul>
  );
}

function problemOf({ field, taken }: TablePerson): Key {
  if (taken) return field === "email" ? "admin.import_email_taken" : "admin.import_name_taken";
  if (field === "role") return "admin.import_bad_role";
  return field === null ? "admin.import_bad" : `entry.bad_${field}`;
}

/** Table programs of Windows write in its old encoding where they are not told otherwise. */
function textOf(bytes: ArrayBuffer): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return new TextDecoder("windows-1251").decode(bytes);
  }
}
