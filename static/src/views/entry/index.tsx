// Coming in: signing in, registering, being invited (which is also how the first administrator comes).

import "./entry.css";
import { usePlace } from "../hooks/place.ts";
import { useModel, useWords } from "../hooks/context.ts";
import { LOCALES } from "../../lib/locale.ts";
import { lazy } from "../common/lazy.tsx";
import { SegmentedTabs } from "../common/tabs.tsx";
import { chosenLocale } from "./begin.ts";
import { OwnPassword } from "./own-password.tsx";
import { Picture } from "./picture.tsx";
import { Register } from "./register.tsx";
import { SignIn } from "./sign-in.tsx";

const Reset = lazy(() => import("./reset.tsx"));
const Proof = lazy(() => import("./proof.tsx"));
const NAMES: Record<(typeof LOCALES)[number], string> = { ru: "Русский", en: "English" };

export default function Entry() {
  const { organisation } = useModel();
  const { t } = useWords();
  const invite = usePlace("invite")?.code;
  const registers = usePlace("register") !== null || invite !== undefined;
  return (
    <div class="entry">
      <main class="entry-side">
        <div class="entry-brand">
          <img class="entry-mark" src="/icon.svg" alt="" width="40" height="40" />
          {organisation.about.value.name || t("app.name")}
        </div>
        <div class="entry-box">
          <Form invite={invite} registers={registers} />
        </div>
        <Language />
      </main>
      <Picture />
    </div>
  );
}

function Form({ invite, registers }: { invite: string | undefined; registers: boolean }) {
  const letter = usePlace("letter");
  if (letter !== null) return letter.of === "reset" ? <Reset token={letter.code} /> : <Proof token={letter.code} />;
  return <WaysIn invite={invite} registers={registers} />;
}

function WaysIn({ invite, registers }: { invite: string | undefined; registers: boolean }) {
  const newcomer = useModel().session.newcomer.value;
  if (newcomer !== null) return <OwnPassword username={newcomer.user.username} />;
  return registers ? <Register invite={invite} /> : <SignIn />;
}

function Language() {
  const { preferences, words } = useModel();
  const { t } = useWords();
  return (
    <footer class="entry-foot">
      <SegmentedTabs
        label={t("entry.language")}
        value={words.locale.value}
        options={LOCALES.map((value) => ({ value, label: NAMES[value] }))}
        onChange={(value) => (preferences.locale.value = chosenLocale.value = value)}
      />
    </footer>
  );
}
