// What is done with all the accounts that were chosen.

import { useRef, useState } from "preact/hooks";
import { useAdmin } from "../hooks/admin.ts";
import { useAccount, useWords } from "../hooks/context.ts";
import type { ManyDone } from "../../models/types.ts";
import type { Role } from "../../models/contract.ts";
import { Button, IconButton } from "../common/button.tsx";
import { Confirm } from "../common/confirm.tsx";
import { useFailure } from "../common/failure.ts";
import { useLayers } from "../common/layers.ts";

const ROLES: Role[] = ["admin", "user", "guest"];
const UNDO_MS = 8000;
const AT_ONCE = 200;

interface BulkBarProps {
  ids: number[];
  /** Who of them has no access as it is: undo leaves those as they were. */
  locked: ReadonlySet<number>;
  onDone: () => void;
  onClear: () => void;
}

export function BulkBar({ ids, locked, onDone, onClear }: BulkBarProps) {
  const { t } = useWords();
  const { openMenu } = useLayers();
  const run = useRun(onDone);
  const at = useRef<HTMLSpanElement>(null);
  const [asking, setAsking] = useState(false);
  const count = ids.length;
  const access = (disabled: boolean): Promise<void> =>
    run(ids, { disabled }, { change: { disabled: !disabled }, of: (id) => locked.has(id) !== disabled });
  const items = () => [
    ...ROLES.map((role) => ({
      label: t("admin.role_to", { role: t(`people.role.${role}`) }),
      run: () => void run(ids, { role }),
    })),
    "line" as const,
    { label: t("admin.sessions_end_all"), icon: "monitor" as const, run: () => setAsking(true) },
    { label: t("admin.enable"), icon: "lock" as const, run: () => void access(false) },
    {
      label: t("admin.disable"),
      icon: "lock" as const,
      danger: true,
      run: () => void access(true),
    },
  ];
  const open = (): void => {
    if (at.current !== null) openMenu({ label: t("admin.with_chosen"), items: items(), at: at.current });
  };
  return (
    <div class="admin-bulk">
      <strong role="status">{t("admin.chosen", { count })}</strong>
      <span class="admin-bulk-menu" ref={at}>
        <Button aria-haspopup="menu" onClick={open}>
          {t("admin.with_chosen")}
        </Button>
      </span>
      <IconButton icon="close" label={t("admin.choose_none")} onClick={onClear} />
      {asking && (
        <Confirm
          title={t("admin.sessions_ask", { count })}
          text={t("admin.sessions_text")}
          action={t("admin.sessions_end_all")}
          danger
          onConfirm={() => {
            setAsking(false);
            void run(ids, { end_sessions: true });
          }}
          onClose={() => setAsking(false)}
        />
      )}
    </div>
  );
}

type Change = { role: Role } | { disabled: boolean } | { end_sessions: true };

/** Change them, say how it went, and offer the way back where there is one. */
function useRun(onDone: () => void) {
  const admin = useAdmin();
  const { people } = useAccount();
  const { toast } = useLayers();
  const { t } = useWords();
  const fail = useFailure();
  const put = async (ids: number[], change: Change): Promise<ManyDone | null> => {
    const all: ManyDone = { done: [], refused: [] };
    try {
      for (let at = 0; at < ids.length; at += AT_ONCE) {
        const part = await admin.changeMany({ ids: ids.slice(at, at + AT_ONCE), ...change });
        all.done.push(...part.done);
        all.refused.push(...part.refused);
      }
    } catch (error) {
      fail(error);
    }
    onDone();
    return all.done.length + all.refused.length > 0 ? all : null;
  };
  return async (ids: number[], change: Change, back?: { change: Change; of: (id: number) => boolean }): Promise<void> => {
    const all = await put(ids, change);
    if (all === null) return;
    const refused = all.refused.map(({ id }) => people.name(id)).join(", ");
    const count = all.done.length;
    const done =
      "role" in change
        ? t("admin.many_role", { count, role: t(`people.role.${change.role}`) })
        : "disabled" in change
          ? t(change.disabled ? "admin.many_disabled" : "admin.many_enabled", { count })
          : t("admin.many_signed_out", { count });
    const changed = all.done.filter((id) => back?.of(id));
    toast({
      text: refused === "" ? done : `${done} ${t("admin.many_refused", { names: refused })}`,
      ...(back &&
        changed.length > 0 && { undo: { undo: () => void put(changed, back.change), until: Date.now() + UNDO_MS } }),
    });
  };
}
