// What stays on the screen of somebody signed in while places change: the rail, the list, the state
// of the link.

import "./signed-in.css";
import { useEffect, useMemo, useRef } from "preact/hooks";
import type { Place } from "../lib/router.ts";
import ChatList from "../views/chats/list.tsx";
import { type OverlayProps, useLayers } from "../views/common/layers.ts";
import { useAccount, useModel, useWords } from "../views/hooks/context.ts";
import type { BothProps } from "./both.tsx";
import type { EdgeProps } from "./edge.tsx";
import { fetchLater } from "../lib/idle.ts";
import { lazy } from "../views/common/lazy.tsx";
import { isPanel, isRoot, useBelow } from "../views/hooks/place.ts";
import { PlaceKeys } from "./place-keys.ts";
import { closeViewer, viewing } from "../views/viewer/open.ts";
import { BottomBar, Rail } from "./rail.tsx";
import { Screen } from "./screen.tsx";
import { type Breakpoint, useBroad, useBreakpoint } from "../views/hooks/breakpoint.ts";
import { Title } from "./title.ts";
import { useSwipeBack } from "./touch.ts";

const WITH_LIST = new Set(["chats", "chat", "board"]);

const Strips = lazy(() => import("./strips.tsx"), true);
const Edge = lazy<EdgeProps>(() => import("./edge.tsx"), true);
const Both = lazy<BothProps>(() => import("./both.tsx"));

const Viewer = lazy<OverlayProps>(() => import("../views/viewer/index.tsx"));

const OVERLAYS = {
  switcher: lazy<OverlayProps>(() => import("../views/switcher/index.tsx")),
  keys: lazy<OverlayProps>(() => import("../views/keys/index.tsx")),
  outbox: lazy<OverlayProps>(() => import("../views/conflicts/index.tsx")),
};

export default function SignedIn() {
  const model = useModel();
  const { router, preferences, words } = model;
  const account = useAccount();
  const { toast } = useLayers();
  const place = router.place.value;
  const below = useBelow(place);
  const breakpoint = useBreakpoint();
  const onList = place.name === "chats";
  const list = WITH_LIST.has(below.name) && (breakpoint === "wide" || onList);
  useEffect(
    () => fetchLater(() => import("../views/common/notices.ts"), ({ tellWhileAway }) => tellWhileAway(model, account, words, toast)),
    [model, account, words, toast],
  );
  useEffect(
    () => fetchLater(() => import("./resume.ts"), ({ resume }) => void resume(account, router)),
    [account, router],
  );
  return (
    <div
      class={`shell shell-${breakpoint} ${list ? "shell-with-list" : ""}`}
      style={{ "--list": `${preferences.listWidth.value}px` }}
    >
      <Title />
      <ToContent />
      <Strips />
      {breakpoint !== "phone" && <Rail below={below} />}
      {list && <List alone={breakpoint !== "wide"} />}
      {!(list && breakpoint !== "wide") && <Places place={place} below={below} breakpoint={breakpoint} />}
      {breakpoint === "phone" && isRoot(place) && <BottomBar />}
      <PlaceKeys below={below} />
      <OverlayHost />
    </div>
  );
}

/** The list of chats: beside the place, or, where there is no room, a place itself. */
function List({ alone }: { alone: boolean }) {
  const { preferences } = useModel();
  const { t } = useWords();
  if (!alone) {
    return (
      <nav class="shell-side" aria-label={t("rail.chats")}>
        <div class="shell-list">
          <ChatList />
        </div>
        <Edge label={t("rail.list_width")} width={preferences.listWidth} narrowest={280} widest={340} usual={320} />
      </nav>
    );
  }
  return (
    <main class="shell-list" id="place" tabIndex={-1}>
      <ChatList />
    </main>
  );
}

/** The place, and a card or a profile over it. */
function Places({ place, below, breakpoint }: { place: Place; below: Place; breakpoint: Breakpoint }) {
  const { router } = useModel();
  const box = useRef<HTMLElement>(null);
  const back = useMemo(() => () => router.back(), [router]);
  useSwipeBack(box, breakpoint === "phone" && !isRoot(place) ? back : null);
  const both = useBoth(below);
  const panel = isPanel(place);
  // Behind a panel that fills the screen nothing is to be reached.
  const hidden = panel && breakpoint === "phone";
  return (
    <main class="shell-place" id="place" tabIndex={-1} ref={box}>
      <div class="shell-below" inert={hidden}>
        {both === null ? <Screen place={below} /> : <Both place={both} />}
      </div>
      {panel && <Screen place={place} />}
    </main>
  );
}

/** The place, if its chat and its board are to be shown together. */
function useBoth(place: Place): BothProps["place"] | null {
  const { preferences } = useModel();
  const { chats } = useAccount();
  const broad = useBroad();
  if (!broad || !preferences.both.value || (place.name !== "chat" && place.name !== "board")) return null;
  return chats.of(place.chat_id).value?.chat.board ? place : null;
}

function OverlayHost() {
  const { overlay, show } = useLayers();
  const Found = overlay.value === null ? null : OVERLAYS[overlay.value];
  return (
    <>
      {viewing.value !== null && <Viewer onClose={closeViewer} />}
      {Found && <Found onClose={() => show(null)} />}
    </>
  );
}

/** The first stop of the Tab key: past the rail and the list. */
function ToContent() {
  const { t } = useWords();
  const jump = (): void => document.getElementById("place")?.focus();
  return (
    <button type="button" class="shell-skip" onClick={jump}>
      {t("app.to_content")}
    </button>
  );
}
