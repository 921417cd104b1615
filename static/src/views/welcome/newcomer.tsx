// Somebody new: how they are seen here, and the same on their phone.

import { effect } from "@preact/signals";
import { useState } from "preact/hooks";
import { isSeen, turnsRound } from "../../lib/text.ts";
import type { Router } from "../../lib/router.ts";
import type { Chats } from "../../models/chats.ts";
import { useBeginning } from "../hooks/beginning.ts";
import { useAccount, useModel, useWords } from "../hooks/context.ts";
import { lazy } from "../common/lazy.tsx";
import { AvatarEditor } from "../common/avatar-editor.tsx";
import { Avatar, Button, CopyButton, Field } from "../common/index.ts";
import { site } from "../../lib/desktop.ts";

const Qr = lazy<{ text: string }>(() => import("../common/qr.tsx"));

/** To the common chat. Who is quicker than their chats is led there when they come, if still at the list. */
function comeIn(chats: Chats, router: Router): void {
  router.go({ name: "chats" }, { replace: true });
  const stop = effect(() => {
    const common = chats.common.value;
    const stays = router.place.value.name === "chats";
    if (stays && common === null && !chats.complete.value) return;
    // It stands only once this has returned.
    queueMicrotask(() => stop());
    if (stays && common !== null) router.go({ name: "chat", chat_id: common.id }, { replace: true });
  });
}

export function Newcomer() {
  const { settings, people, user_id, chats } = useAccount();
  const { router, organisation } = useModel();
  const { go } = useBeginning();
  const { t } = useWords();
  const me = people.me.value;
  const [name, setName] = useState(me.display_name);
  const { name: house } = organisation.about.value;
  const touch = matchMedia("(pointer: coarse)").matches;
  const leave = (): void => {
    go("greeting");
    comeIn(chats, router);
  };
  const save = (event: SubmitEvent): void => {
    event.preventDefault();
    if (turnsRound(name)) return;
    const display_name = name.trim();
    if (isSeen(display_name) && display_name !== me.display_name) settings.update({ display_name });
    leave();
  };
  return (
    <section class="welcome" aria-labelledby="welcome-title">
      <form class="welcome-box welcome-form" onSubmit={save}>
        {house !== "" && <p class="welcome-step">{house}</p>}
        <h1 class="welcome-title" id="welcome-title">
          {t("welcome.newcomer_title")}
        </h1>
        <div class="welcome-me">
          <AvatarEditor whose="me" url={me.avatar_url}>
            <Avatar user_id={user_id} size={96} />
          </AvatarEditor>
          <Field
            label={t("settings.name")}
            hint={t("welcome.face_hint")}
            error={turnsRound(name) ? t("app.turns_round") : null}
            value={name}
            maxLength={64}
            autocomplete="name"
            onInput={(event) => setName(event.currentTarget.value)}
          />
        </div>
        {!touch && (
          <div class="welcome-link">
            <Qr text={site} />
            <div class="welcome-link-words">
              <h2 class="welcome-label">{t("welcome.phone")}</h2>
              <p class="welcome-text">{t("welcome.phone_text")}</p>
              <CopyButton small text={site}>
                {t("card.copy")}
              </CopyButton>
            </div>
          </div>
        )}
        <div class="welcome-actions">
          <Button kind="quiet" onClick={leave}>
            {t("welcome.skip")}
          </Button>
          <Button kind="main" type="submit">
            {t("welcome.come_in")}
          </Button>
        </div>
      </form>
    </section>
  );
}
