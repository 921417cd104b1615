// How colleagues see one, and what only the server needs.

import { useState } from "preact/hooks";
import { useAccount, useWords } from "../hooks/context.ts";
import { useLocalDraft } from "../hooks/local-draft.ts";
import { isSeen, turnsRound } from "../../lib/text.ts";
import type { ProfileChange } from "../../models/types.ts";
import { Avatar } from "../common/avatar.tsx";
import { AvatarEditor } from "../common/avatar-editor.tsx";
import { Button } from "../common/button.tsx";
import { Field, Select } from "../common/field.tsx";
import { useLayers } from "../common/layers.ts";
import { Restored } from "../common/restored.tsx";
import { Proof } from "./proof.tsx";

export function Profile() {
  const { people, settings, link, user_id } = useAccount();
  const { t } = useWords();
  const { toast } = useLayers();
  const me = people.me.value;
  const draft = useLocalDraft("me", NOTHING);
  const [changes, setChanges] = useState<ProfileChange>(() => JSON.parse(draft.text) as ProfileChange);
  const now = { ...me, ...changes };
  const changed = Object.entries(changes).some(([name, value]) => me[name as keyof ProfileChange] !== value);
  // Not from the start: a name may be typed anew.
  const nameless = now.display_name !== "" && !isSeen(now.display_name);
  const turned = turnsRound(now.display_name);
  const change = (more: ProfileChange): void => {
    const next = { ...changes, ...more };
    setChanges(next);
    draft.keep(JSON.stringify(next));
  };
  const leave = (): void => {
    draft.drop();
    setChanges({});
  };
  const save = (event: SubmitEvent): void => {
    event.preventDefault();
    if (nameless || turned) return document.querySelector<HTMLElement>("input[name=display_name]")?.focus();
    settings.update(changes);
    leave();
    toast(t(link.state.peek() === "offline" ? "settings.saved_later" : "settings.saved"));
  };
  return (
    <form class="settings-form" onSubmit={save}>
      <p class="settings-text">{t("settings.profile_text")}</p>
      <AvatarEditor whose="me" url={me.avatar_url}>
        <Avatar user_id={user_id} size={96} />
      </AvatarEditor>
      <Field
        label={t("settings.name")}
        name="display_name"
        autocomplete="name"
        maxLength={64}
        required
        error={turned ? t("app.turns_round") : nameless ? t("entry.bad_display_name") : null}
        value={now.display_name}
        onInput={(event) => change({ display_name: event.currentTarget.value })}
      />
      <Field
        label={t("settings.email")}
        hint={t("settings.email_hint")}
        name="email"
        type="email"
        autocomplete="email"
        value={now.email ?? ""}
        onInput={(event) => change({ email: event.currentTarget.value.trim() || null })}
      />
      <Proof />
      <Select
        label={t("settings.time_zone")}
        value={now.time_zone}
        options={zones(now.time_zone)}
        onChange={(time_zone) => change({ time_zone })}
      />
      {draft.restored && changed && <Restored onDiscard={leave} />}
      <Button kind="main" type="submit" disabled={!changed}>
        {t("app.save")}
      </Button>
    </form>
  );
}

/** What was changed and not saved, as text: of a form that nobody has touched. */
const NOTHING = "{}";

function zones(own: string): { value: string; label: string }[] {
  const known = Intl.supportedValuesOf?.("timeZone") ?? [];
  const all = new Set([own, "UTC", ...known]);
  return [...all].sort().map((value) => ({ value, label: value.replaceAll("_", " ") }));
}
