// What stays on the screen while places change: the list of chats, the place, the state of the link.

import "./shell.css";
import { useEffect } from "preact/hooks";
import ChatList from "../views/chats/list.tsx";
import { useAccount, useModel, useWords } from "./context.ts";
import { expect, screenOf } from "./screens.ts";

const OUTSIDE = new Set(["sign-in", "register", "invite"]);

export function Shell() {
  const { session, router } = useModel();
  const place = router.place.value;
  const signedIn = session.state.value === "in";
  const outside = OUTSIDE.has(place.name);
  useEffect(() => {
    if (!signedIn && !outside) expect("sign-in");
    if (signedIn && outside) router.go({ name: "chats" }, { replace: true });
    if (signedIn) expect("chat");
  }, [signedIn, outside, router]);
  if (session.state.value === "starting") return null;
  if (!signedIn) return <Screen name={outside ? place.name : "sign-in"} />;
  return <Inside />;
}

function Inside() {
  const { router } = useModel();
  const place = router.place.value;
  return (
    <div class={`shell ${place.name === "chats" ? "shell-at-list" : "shell-at-place"}`}>
      <Update />
      <LinkStrip />
      <nav class="shell-list">
        <ChatList />
      </nav>
      <main class="shell-place">
        <Screen name={place.name} />
      </main>
    </div>
  );
}

function Screen({ name }: { name: Parameters<typeof screenOf>[0] }) {
  const { t } = useWords();
  const Found = screenOf(name);
  if (Found !== null) return <Found />;
  return (
    <div class="screen-failed">
      <p>{t("app.missing")}</p>
      <a href="/">{t("app.to_chats")}</a>
    </div>
  );
}

function LinkStrip() {
  const { t } = useWords();
  const { link, outbox } = useAccount();
  const state = link.state.value;
  const count = outbox.waiting.value;
  if (state !== "offline") return null;
  return (
    <div class="shell-strip" role="status">
      {count > 0 ? t("link.offline_waiting", { count }) : t("link.offline")}
      <button type="button" class="shell-strip-button" onClick={() => link.retryNow()}>
        {t("link.retry")}
      </button>
    </div>
  );
}

function Update() {
  const { t } = useWords();
  const update = useModel().update.value;
  if (update === null) return null;
  return (
    <div class="shell-strip" role="status">
      {t("app.update")}
      <button type="button" class="shell-strip-button" onClick={update}>
        {t("app.update_now")}
      </button>
    </div>
  );
}
