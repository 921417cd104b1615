// A face: the picture of a person or a chat, over initials on their colour; a dot while they are here.
// The initials stay until the picture is here, and where it cannot be had.

import "./avatar.css";
import { useEffect, useState } from "preact/hooks";
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
      <span aria-hidden="true">{user === null ? "" : people.initials(user)}</span>
      {user?.avatar_url && <Picture url={user.avatar_url} size={size} />}
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

export interface ChatFaceProps {
  id: number;
  title?: string | undefined;
  icon?: IconName | undefined;
  /** Its picture, if it has one: `avatar_url`. */
  url?: string | null | undefined;
  size?: AvatarProps["size"];
}

/** The face of a chat that is no person's: its picture, its first letter or an icon, on the colour of its id. */
export function ChatFace({ id, title = "", icon, url, size = 40 }: ChatFaceProps) {
  const { people } = useAccount();
  const letter = [...title.trim()][0]?.toUpperCase() ?? "";
  return (
    <span class={`avatar avatar-chat avatar-${size} avatar-c${people.colour(id)}`} aria-hidden="true">
      {icon === undefined ? <span>{letter}</span> : <Icon name={icon} />}
      {url && <Picture url={url} size={size} />}
    </span>
  );
}

/** Pixels that the server has of each. */
const SIDES = [64, 160];
const LARGEST = 512;

function Picture({ url, size }: { url: string; size: number }) {
  const { link } = useAccount();
  const [failed, setFailed] = useState("");
  useEffect(() => {
    if (failed === "") return undefined;
    // With the next connection comes another try, and the cookie that opens it.
    const before = link.state.peek();
    return link.state.subscribe((now) => {
      if (now === "live" && before !== "live") setFailed("");
    });
  }, [failed, link]);
  if (failed === url) return null;
  const side = SIDES.find((each) => each >= size * devicePixelRatio) ?? LARGEST;
  return (
    <img
      ref={showAtOnce}
      class="avatar-picture"
      src={`${url}?size=${side}`}
      alt=""
      width={size}
      height={size}
      loading="lazy"
      draggable={false}
      onLoad={(event) => show(event.currentTarget)}
      onError={() => setFailed(url)}
    />
  );
}

function showAtOnce(image: HTMLImageElement | null): void {
  if (image?.complete && image.naturalWidth > 0) show(image);
}

/** On the element itself: nothing is drawn anew for it. */
function show(image: HTMLImageElement): void {
  image.dataset["here"] = "";
}
