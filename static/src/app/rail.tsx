// The way between the parts of the client: a rail at the left, a bar at the bottom of a phone.

import "./rail.css";
import { useEffect, useRef } from "preact/hooks";
import type { Place } from "../lib/router.ts";
import { Avatar } from "../views/common/avatar.tsx";
import { Badge } from "../views/common/badge.tsx";
import { Icon, type IconName } from "../views/common/icon.tsx";
import { type MenuItem, useLayers } from "../views/common/layers.ts";
import { tip } from "../views/common/tips.tsx";
import { useAccount, useModel, useWords } from "../views/hooks/context.ts";
import { areaOf } from "../views/hooks/place.ts";

export function Rail({ below }: { below: Place }) {
  const { people } = useAccount();
  const { t } = useWords();
  const chats = useChatsEntry(below);
  const admin = people.me.value.role === "admin";
  const here = { here: below };
  return (
    <nav class="rail" aria-label={t("app.main")}>
      <Entry icon="chat" label={t("rail.chats")} keys="g c" {...chats} {...here} />
      <Entry icon="task" label={t("rail.tasks")} keys="g t" place={{ name: "tasks" }} {...here} />
      <Entry icon="search" label={t("rail.search")} keys="ctrl+shift+f" place={{ name: "search", q: "" }} {...here} />
      <Entry icon="people" label={t("rail.people")} keys="g p" place={{ name: "people" }} {...here} />
      <span class="rail-rest" />
      {admin && <Entry icon="shield" label={t("rail.admin")} place={{ name: "admin" }} {...here} />}
      <Entry icon="settings" label={t("rail.settings")} keys="g s" place={{ name: "settings" }} {...here} />
      <Me />
    </nav>
  );
}

interface EntryProps {
  icon: IconName;
  label: string;
  place: Place;
  /** Where one is, whatever is open over it. */
  here: Place;
  keys?: string;
  unread?: number;
}

function Entry({ icon, label, place, here, keys, unread = 0 }: EntryProps) {
  const { router } = useModel();
  const { t } = useWords();
  const current = place.name === "admin" ? here.name === "admin" : here.name !== "admin" && at(here, place);
  return (
    <a
      class="rail-entry"
      href={router.href(place)}
      aria-label={unread > 0 ? `${label}, ${t("chats.unread", { count: unread })}` : label}
      aria-current={current ? "page" : undefined}
      {...tip(label, keys)}
    >
      <Icon name={icon} size={22} />
      <Badge count={unread} most={99} />
    </a>
  );
}

function at(here: Place, place: Place): boolean {
  return areaOf(here) === areaOf(place);
}

/** Chats leads to the one that was open last. */
function useChatsEntry(below: Place): { place: Place; unread: number } {
  const { chats } = useAccount();
  const last = useRef<Place>({ name: "chats" });
  useEffect(() => {
    if (areaOf(below) === "chats" && below.name !== "missing") last.current = below;
  }, [below]);
  const unread = chats.unread.value;
  return { place: areaOf(below) === "chats" ? below : last.current, unread };
}

function Me() {
  const { user_id, people } = useAccount();
  const { openMenu, menu } = useLayers();
  const { t } = useWords();
  const button = useRef<HTMLButtonElement>(null);
  const items = useOwnMenu();
  const name = people.me.value.display_name;
  return (
    <button
      type="button"
      ref={button}
      class="rail-entry rail-me"
      aria-label={t("rail.me", { name })}
      aria-haspopup="menu"
      aria-expanded={menu.value !== null && menu.value.at === button.current}
      {...tip(name)}
      onClick={() => button.current && openMenu({ label: name, items, at: button.current })}
    >
      <Avatar user_id={user_id} size={32} />
    </button>
  );
}

function useOwnMenu(): MenuItem[] {
  const { router, preferences } = useModel();
  const { user_id } = useAccount();
  const { show } = useLayers();
  const { t } = useWords();
  const dark = preferences.theme.value === "dark";
  return [
    {
      label: t("rail.profile"),
      icon: "person",
      run: () => router.go({ name: "person", user_id }),
    },
    { label: t("keys.title"), icon: "keyboard", keys: "?", run: () => show("keys") },
    {
      label: t(dark ? "rail.light" : "rail.dark"),
      icon: dark ? "sun" : "moon",
      run: () => (preferences.theme.value = dark ? "light" : "dark"),
    },
    "line",
    {
      label: t("settings.sign_out"),
      icon: "leave",
      run: () => router.go({ name: "settings", section: "leave" }),
    },
  ];
}

/** A phone's: four entries, at the roots only. */
export function BottomBar() {
  const { router } = useModel();
  const { chats, user_id } = useAccount();
  const { t } = useWords();
  const here = areaOf(router.place.value);
  const unread = chats.unread.value;
  return (
    <nav class="bottom-bar" aria-label={t("app.main")}>
      <Tab icon="chat" label={t("rail.chats")} place={{ name: "chats" }} current={here === "chats"} unread={unread} />
      <Tab icon="task" label={t("rail.tasks_short")} place={{ name: "tasks" }} current={here === "tasks"} />
      <Tab icon="people" label={t("rail.people")} place={{ name: "people" }} current={here === "people"} />
      <Tab label={t("rail.own")} place={{ name: "settings" }} current={here === "settings"} face={user_id} />
    </nav>
  );
}

interface TabProps {
  label: string;
  place: Place;
  current: boolean;
  icon?: IconName;
  face?: number;
  unread?: number;
}

function Tab({ icon, label, place, current, unread = 0, face }: TabProps) {
  const { router } = useModel();
  const { t } = useWords();
  return (
    <a class="bottom-bar-tab" href={router.href(place)} aria-current={current ? "page" : undefined}>
      <span class="bottom-bar-icon">
        {icon !== undefined && <Icon name={icon} size={24} />}
        {face !== undefined && <Avatar user_id={face} size={24} />}
        <Badge count={unread} label={t("chats.unread", { count: unread })} />
      </span>
      <span class="bottom-bar-label">{label}</span>
    </a>
  );
}
