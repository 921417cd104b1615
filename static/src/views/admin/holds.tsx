// Legal holds: what is kept whatever people delete, and placing and lifting one.

import { useRef, useState } from "preact/hooks";
import { useAdmin } from "../hooks/admin.ts";
import { useAccount, useWords } from "../hooks/context.ts";
import { useLoaded } from "../hooks/loaded.ts";
import type { Hold, NewHold } from "../../models/types.ts";
import { titleOf } from "../chat/title.ts";
import { OnePerson } from "../chats/picker.tsx";
import { Button } from "../common/button.tsx";
import { Confirm } from "../common/confirm.tsx";
import { Dialog } from "../common/dialog.tsx";
import { useFailure } from "../common/failure.ts";
import { Field, Select } from "../common/field.tsx";
import { ErrorState, Refused } from "../common/states.tsx";
import { type Trouble, troubleOf } from "../entry/trouble.ts";

export function Holds() {
  const admin = useAdmin();
  const { t } = useWords();
  const { value, error, load } = useLoaded(() => admin.holds());
  const [placing, setPlacing] = useState(false);
  return (
    <section class="data-part" aria-labelledby="data-holds">
      <header class="data-part-head">
        <h2 id="data-holds">{t("holds.title")}</h2>
        <Button icon="lock" onClick={() => setPlacing(true)}>
          {t("holds.place")}
        </Button>
      </header>
      <p class="data-note">{t("holds.text")}</p>
      {error !== null && <ErrorState error={error} retry={load} />}
      {value !== null && value.length > 0 && (
        <ul class="admin-rows">
          {value.map((hold) => (
            <Row key={hold.id} hold={hold} reload={load} />
          ))}
        </ul>
      )}
      {placing && <Place onDone={load} onClose={() => setPlacing(false)} />}
    </section>
  );
}

/** Whom or what it holds, as administrators may know it: of most chats only the number. */
function useHeld({ chat_id, user_id }: Hold): string {
  const { people, chats } = useAccount();
  const words = useWords();
  if (chat_id === null) return people.name(user_id ?? 0);
  const chat = chats.of(chat_id).value;
  return chat === null ? words.t("holds.chat", { number: chat_id }) : titleOf(chat, words);
}

function Row({ hold, reload }: { hold: Hold; reload: () => void }) {
  const admin = useAdmin();
  const { people } = useAccount();
  const { t, moment } = useWords();
  const fail = useFailure();
  const [asking, setAsking] = useState(false);
  const name = useHeld(hold);
  const lift = (): void => {
    setAsking(false);
    admin.liftHold(hold.id).then(reload, fail);
  };
  const who = hold.placed_by === null ? t("admin.by_server") : people.name(hold.placed_by);
  return (
    <li class="admin-row">
      <div class="admin-words">
        <span class="admin-name" dir="auto">{name}</span>
        <span class="admin-more" dir="auto">{hold.reason}</span>
        <span class="admin-more">
          {`${moment(hold.placed_at)} · ${who} · ${t("holds.retained", { count: hold.retained })}`}
        </span>
      </div>
      <Button aria-label={t("holds.lift_of", { name })} onClick={() => setAsking(true)}>
        {t("holds.lift")}
      </Button>
      {asking && (
        <Confirm
          title={t("holds.lift_ask", { name })}
          text={t("holds.lift_text")}
          action={t("holds.lift")}
          danger
          onConfirm={lift}
          onClose={() => setAsking(false)}
        />
      )}
    </li>
  );
}

type Of = "person" | "chat";

function Place({ onDone, onClose }: { onDone: () => void; onClose: () => void }) {
  const admin = useAdmin();
  const words = useWords();
  const { t } = words;
  const form = useRef<HTMLFormElement>(null);
  const key = useRef(crypto.randomUUID());
  const [of, setOf] = useState<Of>("person");
  const [person, setPerson] = useState<number | null>(null);
  const [trouble, setTrouble] = useState<Trouble | null>(null);
  const [busy, setBusy] = useState(false);
  const place = async (event: SubmitEvent): Promise<void> => {
    event.preventDefault();
    if (form.current === null) return;
    const data = new FormData(form.current);
    const reason = String(data.get("reason") ?? "").trim();
    const subject = of === "person" ? { user_id: person } : { chat_id: Number(data.get("chat")) };
    const asked: NewHold = { ...subject, reason };
    setBusy(true);
    setTrouble(null);
    try {
      await admin.placeHold(asked, key.current);
      onDone();
      onClose();
    } catch (error) {
      key.current = crypto.randomUUID();
      setTrouble(troubleOf(error, words));
      setBusy(false);
    }
  };
  return (
    <Dialog title={t("holds.place_title")} size="small" onClose={onClose}>
      <form class="admin-form" ref={form} onSubmit={(event) => void place(event)}>
        <p class="admin-text">{t("holds.place_text")}</p>
        <Select
          label={t("holds.of")}
          value={of}
          options={[
            { value: "person" as Of, label: t("holds.of_person") },
            { value: "chat" as Of, label: t("holds.of_chat") },
          ]}
          onChange={setOf}
        />
        {of === "person" ? (
          <OnePerson title={t("holds.person")} chosen={person} onChange={setPerson} />
        ) : (
          <Field label={t("holds.number")} hint={t("holds.number_hint")} name="chat" inputMode="numeric"
            pattern="[0-9]+" maxLength={15} required />
        )}
        <Field label={t("holds.reason")} hint={t("holds.reason_hint")} name="reason" maxLength={500} required />
        {trouble !== null && <Refused error={trouble.error} text={trouble.text} />}
        <Button kind="main" type="submit" wide busy={busy} disabled={of === "person" && person === null}>
          {t("holds.submit")}
        </Button>
      </form>
    </Dialog>
  );
}
