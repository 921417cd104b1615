// The thin lines above everything: no connection, something was not taken, a new version.

import "./strips.css";
import type { ComponentChildren } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import type { LinkState } from "../models/changes.ts";
import { Icon, type IconName } from "../views/common/icon.tsx";
import { useLayers } from "../views/common/layers.ts";
import { LINKS_THERE } from "../lib/desktop.ts";
import { lazy } from "../views/common/lazy.tsx";
import { dismissNotice, notice } from "./desktop.ts";
import PushOffer from "./push-offer.tsx";
import PlayerStrip from "../views/files/player-strip.tsx";
import { useAccount, useModel, useWords } from "../views/hooks/context.ts";

/** A connection that comes within this time was never missed. */
const OFFLINE_AFTER_MS = 700;
const ProgramStrip = lazy(() => import("../views/program/strip.tsx"), true);

export default function Strips() {
  return (
    <div class="strips">
      <Update />
      <Said />
      <Offline />
      <Refused />
      <PushOffer />
      {localStorage.getItem(LINKS_THERE) === "yes" && <ProgramStrip />}
      <PlayerStrip />
    </div>
  );
}

function Offline() {
  const { t } = useWords();
  const { link, outbox } = useAccount();
  const offline = useLate(useDown(link.state.value));
  const count = outbox.waiting.value;
  if (!offline) return null;
  return (
    <Strip kind="warning" icon="offline" action={t("link.retry")} run={() => link.retryNow()}>
      {count > 0 ? t("link.offline_waiting", { count }) : t("link.offline")}
    </Strip>
  );
}

function Refused() {
  const { t } = useWords();
  const { outbox } = useAccount();
  const { show } = useLayers();
  const count = outbox.failed.value.length + outbox.conflicts.value.length;
  if (count === 0) return null;
  return (
    <Strip kind="danger" icon="warning" action={t("outbox.look")} run={() => show("outbox")}>
      {t("outbox.refused", { count })}
    </Strip>
  );
}

function Update() {
  const { t } = useWords();
  const update = useModel().update.value;
  if (update === null) return null;
  return (
    <Strip kind="news" icon="bolt" action={t("app.update_now")} run={update}>
      {t("app.update")}
    </Strip>
  );
}

/** What the desktop program around this page has to say. */
function Said() {
  const { t } = useWords();
  if (notice.value === null) return null;
  return (
    <Strip kind="news" icon="info" action={t("app.close")} run={dismissNotice}>
      {notice.value}
    </Strip>
  );
}

interface StripProps {
  kind: "warning" | "danger" | "news";
  icon: IconName;
  action: string;
  run: () => void;
  children: ComponentChildren;
}

function Strip({ kind, icon, action, run, children }: StripProps) {
  return (
    <div class={`strip strip-${kind}`} role="status">
      <Icon name={icon} size={16} />
      <span class="strip-text">{children}</span>
      <button type="button" class="strip-button" onClick={run}>
        {action}
      </button>
    </div>
  );
}

/** Trying again is no connection yet: the strip stays until there is one. */
function useDown(state: LinkState): boolean {
  const down = useRef(false);
  if (state !== "connecting") down.current = state === "offline";
  return down.current;
}

function useLate(now: boolean): boolean {
  const [late, setLate] = useState(false);
  useEffect(() => {
    if (!now) {
      setLate(false);
      return;
    }
    const timer = setTimeout(() => setLate(true), OFFLINE_AFTER_MS);
    return () => clearTimeout(timer);
  }, [now]);
  return late && now;
}
