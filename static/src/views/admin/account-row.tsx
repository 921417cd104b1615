// One account in the list: who it is, when they were last here, and what can be done with it.

import { useState } from "preact/hooks";
import { useAdmin } from "../hooks/admin.ts";
import { useAccount, useModel, useWords } from "../hooks/context.ts";
import type { Role } from "../../models/contract.ts";
import type { ListedAccount, Me } from "../../models/types.ts";
import { Avatar } from "../common/avatar.tsx";
import { Confirm } from "../common/confirm.tsx";
import { useFailure } from "../common/failure.ts";
import { useLayers } from "../common/layers.ts";
import { MenuButton } from "../common/menu.tsx";
import { Erase } from "./erase.tsx";
import { ResetLink } from "./reset-link.tsx";
import { Sessions } from "./sessions.tsx";

const ROLES: Role[] = ["admin", "user", "guest"];
const UNDO_MS = 8000;

type Change = { role: Role } | { disabled: boolean };

interface AccountProps {
  user: ListedAccount;
  held: boolean;
  chosen: boolean;
  onChoose: (chosen: boolean) => void;
  replace: (user: Me) => void;
}

/** Nobody changes their own account here, and nobody's that is erased. */
export function canBeChosen(user: Me, own: number): boolean {
  return user.id !== own && !isErased(user);
}

function isErased(user: Me): boolean {
  return user.username.startsWith("deleted:");
}

export function AccountRow({ user, held, chosen, onChoose, replace }: AccountProps) {
  const { user_id } = useAccount();
  const { session } = useModel();
  const { t, ago } = useWords();
  const apply = useApply(user, replace);
  const [open, setOpen] = useState<"picture" | "erase" | "sessions" | "link" | null>(null);
  const close = (): void => setOpen(null);
  const disabled = user.disabled_at !== null;
  const own = user.id === user_id;
  const gone = isErased(user);
  const items = () => [
    ...ROLES.map((role) => ({
      label: t(`people.role.${role}`),
      checked: user.role === role,
      run: () => void (user.role !== role && apply({ role }, { role: user.role })),
    })),
    "line" as const,
    { label: t("admin.sessions_menu"), icon: "monitor" as const, run: () => setOpen("sessions") },
    !disabled && { label: t("admin.link_menu"), icon: "key" as const, run: () => setOpen("link") },
    user.avatar_url !== null && {
      label: t("admin.remove_picture"),
      icon: "image" as const,
      run: () => setOpen("picture"),
    },
    disabled
      ? { label: t("admin.enable"), icon: "lock" as const, run: () => void apply({ disabled: false }, { disabled: true }) }
      : {
          label: t("admin.disable"),
          icon: "lock" as const,
          danger: true,
          run: () => void apply({ disabled: true }, { disabled: false }),
        },
    { label: t("erase.menu"), icon: "trash" as const, danger: true, run: () => setOpen("erase") },
  ];
  return (
    <li class={`admin-row ${disabled ? "admin-row-off" : ""}`}>
      {!canBeChosen(user, user_id) ? (
        <span class="admin-choose" />
      ) : (
        <input
          class="admin-choose"
          type="checkbox"
          aria-label={t("admin.choose", { name: user.display_name })}
          checked={chosen}
          onChange={(event) => onChoose(event.currentTarget.checked)}
        />
      )}
      <Avatar user_id={user.id} />
      <span class="admin-words">
        <span class="admin-name" dir="auto">{user.display_name}</span>
        <span class="admin-more">
          @{user.username}
          {user.email !== null && ` · ${user.email}`}
          {session.settings.mail && user.email !== null && !user.email_verified_at && ` (${t("admin.email_unproved")})`}
          {held && ` · ${t("holds.held")}`}
        </span>
        {!gone && (
          <span class="admin-more">
            {user.last_seen_at === null ? t("admin.never_here") : t("admin.last_here", { when: ago(user.last_seen_at) })}
            {user.sessions > 0 && ` · ${t("admin.devices", { count: user.sessions })}`}
            {user.one_time_password && ` · ${t("admin.one_time")}`}
          </span>
        )}
      </span>
      <span class="admin-role">{t(disabled ? "people.disabled" : `people.role.${user.role}`)}</span>
      {gone ? null : own ? (
        <span class="admin-own">{t("people.you")}</span>
      ) : (
        <MenuButton icon="more" label={t("admin.actions_of", { name: user.display_name })} items={items} />
      )}
      {open === "erase" && <Erase user={user} replace={replace} onClose={close} />}
      {open === "picture" && <RemovePicture user={user} replace={replace} onClose={close} />}
      {open === "sessions" && <Sessions user={user} onClose={close} />}
      {open === "link" && <ResetLink user={user} onClose={close} />}
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
