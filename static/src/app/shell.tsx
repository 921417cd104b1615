// The outermost: whether somebody is signed in, and what floats above everything.

import { useEffect, useMemo } from "preact/hooks";
import { Layers, LayersContext, useLayers } from "../views/common/layers.ts";
import type { MenuProps } from "../views/common/menu-open.tsx";
import { Tips } from "../views/common/tips.tsx";
import { Toasts } from "../views/common/toasts.tsx";
import { placeOf } from "../lib/router.ts";
import { useModel } from "../views/hooks/context.ts";
import { whenIdle } from "../lib/idle.ts";
import { lazy } from "../views/common/lazy.tsx";
import { Screen } from "./screen.tsx";
import { expect } from "./screens.ts";
import { useKeyboardRoom } from "./touch.ts";

const OUTSIDE = new Set(["sign-in", "register", "invite"]);

const signedInScreen = () => import("./signed-in.tsx");
const SignedIn = lazy(signedInScreen);
const menu = () => import("../views/common/menu-open.tsx");
const Menu = lazy<MenuProps>(menu);
const Incoming = lazy(() => import("./incoming.tsx"), true);
// What will be shown is fetched while the model is being built: who was here last will be again.
if (localStorage.getItem("messenger.account") === null) expect("sign-in");
else {
  signedInScreen().catch(() => {});
  expect(placeOf(new URL(location.href)).name);
}

export function Shell() {
  const layers = useMemo(() => new Layers(), []);
  useKeyboardRoom();
  return (
    <LayersContext.Provider value={layers}>
      <Door />
      <MenuHost />
      {layers.dialogs.value === 0 && <Toasts />}
      <Tips />
      <Incoming />
    </LayersContext.Provider>
  );
}

/** The menu that is open, if one is. */
function MenuHost() {
  const { menu: open, closeMenu } = useLayers();
  const asked = open.value;
  // Nothing waits for it at first; from then on it is at hand. Without a connection it is fetched when wanted.
  useEffect(() => whenIdle(() => void menu().catch(() => {})), []);
  return asked === null ? null : <Menu asked={asked} onClose={closeMenu} />;
}

function Door() {
  const { session, router } = useModel();
  const place = router.place.value;
  const signedIn = session.state.value === "in";
  const outside = OUTSIDE.has(place.name);
  useEffect(() => {
    if (!signedIn && !outside) expect("sign-in");
    // The form that has just signed somebody in may have led elsewhere already.
    const stays = OUTSIDE.has(router.place.peek().name);
    // Where one went to leave is no place to come back to.
    const here = router.place.peek();
    const leaving = here.name === "settings" && here.section === "leave";
    if (!signedIn && leaving) router.go({ name: "chats" }, { replace: true });
    if (signedIn && stays) router.go({ name: "chats" }, { replace: true });
    // Not before what is being shown now.
    return whenIdle(() => void (signedIn ? expect("chat") : signedInScreen().catch(() => {})));
  }, [signedIn, outside, router]);
  if (session.state.value === "starting") return null;
  // A mailed link is for whoever has it, signed in or not.
  if (place.name === "letter") return <Screen place={place} />;
  if (!signedIn) return <Screen place={outside ? place : { name: "sign-in" }} />;
  return <SignedIn />;
}
