// All accounts: roles, access, and new people.

import { useState } from "preact/hooks";
import { useAdmin } from "../hooks/admin.ts";
import { useAccount, useModel, useWords } from "../hooks/context.ts";
import { useLoaded } from "../hooks/loaded.ts";
import type { Role } from "../../models/contract.ts";
import type { Me } from "../../models/types.ts";
import { Avatar } from "../common/avatar.tsx";
import { Button } from "../common/button.tsx";
import { Confirm } from "../common/confirm.tsx";
import { useFailure } from "../common/failure.ts";
import { useLayers } from "../common/layers.ts";
import { MenuButton } from "../common/menu.tsx";
import { ErrorState, Skeleton } from "../common/states.tsx";
import { AddPerson } from "./add-person.tsx";
import { Erase } from "./erase.tsx";
import { usePages } from "./pages.ts";

const ROLES: Role[] = ["admin", "user", "guest"];
const UNDO_MS = 8000;

type Change = { role: Role } | { disabled: boolean };

export function Accounts() {
  const admin = useAdmin();
  const { t } = useWords();
  const [adding, setAdding] = useState(false);
  const { rows, error, reload, more, change } = usePages((next) => admin.users(next));
  const holds = useLoaded(() => admin.holds());
  const held = new Set(holds.value?.map((hold) => hold.user_id));
  if (error !== null) return <ErrorState error={error} retry={reload} />;
  const replace = (user: Me): void => change((all) => all.map((one) => (one.id === user.id ? user : one)));
  return (
    <>
      <div>
        <Button kind="main" icon="personAdd" onClick={() => setAdding(true)}>
          {t("admin.add")}
        </Button>
      </div>
      {rows === null ? (
        <Skeleton />
      ) : (
        <ul class="admin-rows">
          {rows.map((user) => (
            <Account key={user.id} user={user} held={held.has(user.id)} replace={replace} />
          ))}
        </ul>
      )}
      {more && <Button onClick={() => void more()}>{t("admin.more")}</Button>}
      {adding && <AddPerson onAdded={reload} onClose={() => setAdding(false)} />}
    </>
  );
}

interface AccountProps {
  user: Me;
  held: boolean;
  replace: (user: Me) => void;
}

function Account({ user, held, replace }: AccountProps) {
  const { user_id } = useAccount();
  const { session } = useModel();
  const { t } = useWords();
  const apply = useApply(user, replace);
  const [asking, setAsking] = useState(false);
  const [erasing, setErasing] = useState(false);
  const disabled = user.disabled_at !== null;
  const own = user.id === user_id;
  const items = () => [
    ...ROLES.map((role) => ({
      label: t(`people.role.${role}`),
      checked: user.role === role,
      run: () => void (user.role !== role && apply({ role }, { role: user.role })),
    })),
    "line" as const,
    user.avatar_url !== null && {
      label: t("admin.remove_picture"),
      icon: "image" as const,
      run: () => setAsking(true),
    },
    disabled
      ? { label: t("admin.enable"), icon: "lock" as const, run: () => void apply({ disabled: false }, { disabled: true }) }
      : {
          label: t("admin.disable"),
          icon: "lock" as const,
          danger: true,
          run: () => void apply({ disabled: true }, { disabled: false }),
        },
    { label: t("erase.menu"), icon: "trash" as const, danger: true, run: () => setErasing(true) },
  ];
  return (
    <li class={`admin-row ${disabled ? "admin-row-off" : ""}`}>
      <Avatar user_id={user.id} />
      <span class="admin-words">
        <span class="admin-name" dir="auto">{user.display_name}</span>
        <span class="admin-more">
          @{user.username}
          {user.email !== null && ` · ${user.email}`}
          {session.settings.mail && user.email !== null && !user.email_verified_at && ` (${t("admin.email_unproved")})`}
          {held && ` · ${t("holds.held")}`}
        </span>
      </span>
      <span class="admin-role">{t(disabled ? "people.disabled" : `people.role.${user.role}`)}</span>
      {user.username.startsWith("deleted:") ? null : own ? (
        <span class="admin-own">{t("people.you")}</span>
      ) : (
        <MenuButton icon="more" label={t("admin.actions_of", { name: user.display_name })} items={items} />
      )}
      {erasing && <Erase user={user} replace={replace} onClose={() => setErasing(false)} />}
      {asking && <RemovePicture user={user} replace={replace} onClose={() => setAsking(false)} />}
    </li>
  );
}

/** Only they themselves can choose one again. */
function RemovePicture({ user, replace, onClose }: { user: Me; replace: (user: Me) => void; onClose: () => void }) {
  const admin = useAdmin();
  const { t } = useWords();
  const fail = useFailure();
  const remove = (): void => {
    onClose();
    admin.removeAvatar(user.id).then(replace, fail);
  };
  return (
    <Confirm
      title={t("admin.remove_picture_ask")}
      text={t("admin.remove_picture_text", { name: user.display_name })}
      action={t("avatar.remove")}
      danger
      onConfirm={remove}
      onClose={onClose}
    />
  );
}

/** Change an account, with a way back. */
function useApply(user: Me, replace: (user: Me) => void) {
  const admin = useAdmin();
  const words = useWords();
  const { toast } = useLayers();
  const fail = useFailure();
  const { t } = words;
  const change = async (wanted: Change): Promise<boolean> => {
    try {
      replace(await admin.changeUser(user.id, wanted));
      return true;
    } catch (error) {
      fail(error);
      return false;
    }
  };
  return async (wanted: Change, before: Change): Promise<void> => {
    if (!(await change(wanted))) return;
    const name = user.display_name;
    const text =
      "role" in wanted
        ? t("admin.role_done", { name, role: t(`people.role.${wanted.role}`) })
        : t(wanted.disabled ? "admin.disabled_done" : "admin.enabled_done", { name });
    toast({ text, undo: { undo: () => void change(before), until: Date.now() + UNDO_MS } });
  };
}
