// A person's face: the picture, or initials on their colour; a dot while they are here.

import "./avatar.css";
import { useAccount, useWords } from "../hooks/context.ts";
import { Icon, type IconName } from "./icon.tsx";

export interface AvatarProps {
  user_id: number;
  size?: 20 | 24 | 32 | 40 | 48 | 96 | undefined;
  /** Show whether they are here; whoever shows it watches: `presence.watch`. */
  presence?: boolean | undefined;
}

export function Avatar({ user_id, size = 40, presence = false }: AvatarProps) {
  const { people } = useAccount();
  const user = people.of(user_id).value;
  return (
    <span class={`avatar avatar-${size} avatar-c${people.colour(user_id)}`} aria-hidden={!presence}>
      {user?.avatar_url ? (
        <img class="avatar-picture" src={user.avatar_url} alt="" loading="lazy" />
      ) : (
        <span aria-hidden="true">{user === null ? "" : people.initials(user)}</span>
      )}
      {presence && <Here user_id={user_id} />}
    </span>
  );
}

function Here({ user_id }: { user_id: number }) {
  const { presence } = useAccount();
  const { t } = useWords();
  if (!presence.of(user_id).value?.online) return null;
  return <span class="avatar-here" role="img" aria-label={t("people.online")} />;
}

/** The face of a chat that is no person's: its first letter or an icon, on the colour of its id. */
export function ChatFace(props: { id: number; title?: string; icon?: IconName; size?: AvatarProps["size"] }) {
  const { people } = useAccount();
  const letter = [...(props.title ?? "").trim()][0]?.toUpperCase() ?? "";
  return (
    <span
      class={`avatar avatar-chat avatar-${props.size ?? 40} avatar-c${people.colour(props.id)}`}
      aria-hidden="true"
    >
      {props.icon === undefined ? letter : <Icon name={props.icon} />}
    </span>
  );
}
