// Step two: a link for everybody, with a square for phones; or one link for each who is named.

import { useEffect, useState } from "preact/hooks";
import { useAdmin } from "../hooks/admin.ts";
import { useModel, useWords } from "../hooks/context.ts";
import { lazy } from "../common/lazy.tsx";
import type { InviteLink } from "../../models/types.ts";
import { Button, CopyButton, ErrorState, Field, Skeleton, TextArea, useFailure } from "../common/index.ts";
import { namesIn } from "./names.ts";

const Qr = lazy<{ text: string }>(() => import("../common/qr.tsx"));

const USES = 50;
const DAYS = 7;
/** More than so many at once are added in the administration. */
const MOST = 50;

export function PeopleStep({ back, next }: { back: () => void; next: () => void }) {
  const { session } = useModel();
  const { t } = useWords();
  const closed = session.settings.registration === "closed";
  return (
    <div class="welcome-form">
      <h1 class="welcome-title" id="welcome-title">
        {t("welcome.people_title")}
      </h1>
      {closed ? (
        <p class="welcome-text">{t("admin.invite_closed")}</p>
      ) : (
        <>
          <p class="welcome-text">{t("welcome.people_text")}</p>
          <ForEverybody />
          <ForEach />
        </>
      )}
      <div class="welcome-actions">
        <Button kind="quiet" onClick={back}>
          {t("app.back")}
        </Button>
        <Button kind="main" onClick={next}>
          {t("welcome.next")}
        </Button>
      </div>
    </div>
  );
}

function ForEverybody() {
  const admin = useAdmin();
  const { t, moment } = useWords();
  const [invite, setInvite] = useState<InviteLink | null>(null);
  const [problem, setProblem] = useState<unknown>(null);
  const make = (): void => {
    setProblem(null);
    admin.invite({ uses: USES, days: DAYS }).then(setInvite, setProblem);
  };
  useEffect(make, [admin]);
  if (problem !== null) return <ErrorState error={problem} retry={make} />;
  if (invite === null) return <Skeleton rows={2} kind="text" />;
  return (
    <div class="welcome-link">
      <Qr text={invite.url} />
      <div class="welcome-link-words">
        <Field
          label={t("admin.invite_until", { when: moment(invite.expires_at) })}
          value={invite.url}
          readOnly
          onFocus={(event) => event.currentTarget.select()}
        />
        <CopyButton kind="main" text={invite.url}>
          {t("admin.invite_copy")}
        </CopyButton>
      </div>
    </div>
  );
}

/** Nothing is sent: each has a link of their own, to be handed on. */
function ForEach() {
  const admin = useAdmin();
  const { t } = useWords();
  const fail = useFailure();
  const [text, setText] = useState("");
  const [made, setMade] = useState<{ name: string; url: string }[]>([]);
  const [busy, setBusy] = useState(false);
  const names = namesIn(text).slice(0, MOST);
  const make = async (): Promise<void> => {
    setBusy(true);
    try {
      for (const name of names) {
        const { url } = await admin.invite({ uses: 1, days: DAYS });
        setMade((before) => [...before, { name, url }]);
      }
      setText("");
    } catch (error) {
      fail(error);
    }
    setBusy(false);
  };
  return (
    <details class="welcome-each">
      <summary>{t("welcome.each")}</summary>
      <TextArea
        label={t("welcome.each_names")}
        hint={t("welcome.each_hint")}
        rows={3}
        value={text}
        onInput={(event) => setText(event.currentTarget.value)}
      />
      {names.length > 0 && (
        <Button icon="link" busy={busy} onClick={() => void make()}>
          {t("welcome.each_make", { count: names.length })}
        </Button>
      )}
      {made.length > 0 && (
        <>
          <ul class="welcome-links">
            {made.map(({ name, url }) => (
              <li key={url}>
                <span>{name}</span>
                <CopyButton small kind="quiet" text={url} aria-label={t("welcome.each_copy", { name })} />
              </li>
            ))}
          </ul>
          <CopyButton text={made.map(({ name, url }) => `${name}: ${url}`).join("\n")}>
            {t("welcome.each_copy_all")}
          </CopyButton>
        </>
      )}
    </details>
  );
}
