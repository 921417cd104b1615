// All accounts: found, filtered, changed one by one or many at once, brought in and taken along.

import { useState } from "preact/hooks";
import { useAdmin } from "../hooks/admin.ts";
import { useAccount, useWords } from "../hooks/context.ts";
import { useLoaded } from "../hooks/loaded.ts";
import type { AccountChoice } from "../../models/admin.ts";
import type { Me } from "../../models/types.ts";
import { Button } from "../common/button.tsx";
import { useFailure } from "../common/failure.ts";
import { Field, Select } from "../common/field.tsx";
import { EmptyState, ErrorState, Skeleton } from "../common/states.tsx";
import { AccountRow, canBeChosen } from "./account-row.tsx";
import { AddPerson } from "./add-person.tsx";
import { BulkBar } from "./bulk-bar.tsx";
import { ImportPeople } from "./import-people.tsx";
import { usePages } from "./pages.ts";
import { saveTable } from "./save-table.ts";
import { useSettled } from "./settled.ts";

const STATES = ["active", "new", "disabled", "all"] as const;
const ROLES = ["all", "admin", "user", "guest"] as const;
type State = (typeof STATES)[number];
type Role = (typeof ROLES)[number];

export function People() {
  const { t } = useWords();
  const [open, setOpen] = useState<"add" | "import" | null>(null);
  const [state, setState] = useState<State>("active");
  const [role, setRole] = useState<Role>("all");
  const [typed, setTyped] = useState("");
  const [turn, setTurn] = useState(0);
  const query = useSettled(typed.trim());
  const choice: AccountChoice = {
    ...(query !== "" && { query }),
    ...(state !== "all" && { state }),
    ...(role !== "all" && { role }),
  };
  const showAll = (): void => {
    setTyped("");
    setState("all");
    setRole("all");
  };
  const changed = (): void => setTurn((now) => now + 1);
  return (
    <>
      <div class="admin-actions">
        <Button kind="main" icon="personAdd" onClick={() => setOpen("add")}>
          {t("admin.add")}
        </Button>
        <Button icon="people" onClick={() => setOpen("import")}>
          {t("admin.import")}
        </Button>
        <Export choice={choice} />
      </div>
      <search class="audit-choice">
        <Field
          label={t("admin.find")}
          type="search"
          autocomplete="off"
          value={typed}
          onInput={(event) => setTyped(event.currentTarget.value)}
        />
        <Select
          label={t("admin.state")}
          value={state}
          options={STATES.map((value) => ({ value, label: t(`admin.state_${value}`) }))}
          onChange={setState}
        />
        <Select
          label={t("people.role")}
          value={role}
          options={ROLES.map((value) => ({ value, label: t(value === "all" ? "admin.role_all" : `people.role.${value}`) }))}
          onChange={setRole}
        />
      </search>
      <List key={JSON.stringify([choice, turn])} choice={choice} showAll={showAll} reload={changed} />
      {open === "add" && <AddPerson onAdded={changed} onClose={() => setOpen(null)} />}
      {open === "import" && <ImportPeople onAdded={changed} onClose={() => setOpen(null)} />}
    </>
  );
}

function List({ choice, showAll, reload }: { choice: AccountChoice; showAll: () => void; reload: () => void }) {
  const admin = useAdmin();
  const { user_id } = useAccount();
  const { t } = useWords();
  const pages = usePages((next) => admin.users(choice, next));
  const holds = useLoaded(() => admin.holds());
  const [chosen, setChosen] = useState<ReadonlySet<number>>(new Set());
  const { rows, error, more, change } = pages;
  if (error !== null) return <ErrorState error={error} retry={pages.reload} />;
  if (rows === null) return <Skeleton />;
  if (rows.length === 0) {
    return (
      <EmptyState small icon="people" title={t("people.none")} text={t("admin.none_text")}>
        <Button onClick={showAll}>{t("people.show_all")}</Button>
      </EmptyState>
    );
  }
  const locked = new Set(rows.filter((user) => user.disabled_at !== null).map((user) => user.id));
  const held = new Set(holds.value?.map((hold) => hold.user_id));
  const replace = (user: Me): void => change((all) => all.map((one) => (one.id === user.id ? { ...one, ...user } : one)));
  const choose = (id: number, on: boolean): void => {
    const now = new Set(chosen);
    if (on) now.add(id);
    else now.delete(id);
    setChosen(now);
  };
  const others = rows.filter((user) => canBeChosen(user, user_id)).map((user) => user.id);
  const all = others.length > 0 && others.every((id) => chosen.has(id));
  return (
    <>
      {others.length > 1 && (
        <label class="admin-all">
          <input
            class="admin-choose"
            type="checkbox"
            checked={all}
            indeterminate={!all && chosen.size > 0}
            onChange={() => setChosen(new Set(all ? [] : others))}
          />
          {t("admin.choose_all", { count: others.length })}
        </label>
      )}
      <ul class="admin-rows">
        {rows.map((user) => (
          <AccountRow
            key={user.id}
            user={user}
            held={held.has(user.id)}
            chosen={chosen.has(user.id)}
            onChoose={(on) => choose(user.id, on)}
            replace={replace}
          />
        ))}
      </ul>
      {more && <Button onClick={() => void more()}>{t("admin.more")}</Button>}
      {chosen.size > 0 && <BulkBar ids={[...chosen]} locked={locked} onDone={reload} onClear={() => setChosen(new Set())} />}
    </>
  );
}

function Export({ choice }: { choice: AccountChoice }) {
  const admin = useAdmin();
  const { t } = useWords();
  const fail = useFailure();
  const [busy, setBusy] = useState(false);
  const download = async (): Promise<void> => {
    setBusy(true);
    try {
      saveTable("people", await admin.usersTable(choice));
    } catch (error) {
      fail(error);
    }
    setBusy(false);
  };
  return (
    <Button icon="download" busy={busy} onClick={() => void download()}>
      {t("admin.export")}
    </Button>
  );
}
