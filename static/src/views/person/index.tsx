// A person's profile, in the side panel.

import "./person.css";
import "../common/more-icons.ts";
import { useEffect, useState } from "preact/hooks";
import { useAccount, useModel, useWords } from "../hooks/context.ts";
import { usePlace } from "../hooks/place.ts";
import type { User } from "../../models/types.ts";
import { gendered } from "../card/gendered.ts";
import { Avatar, Button, CopyButton, EmptyState, Panel, useFailure } from "../common/index.ts";

export default function PersonScreen() {
  const { router } = useModel();
  const { people } = useAccount();
  const { t } = useWords();
  const id = usePlace("person")?.user_id ?? 0;
  const user = people.of(id).value;
  return (
    <Panel title={user === null ? t("people.title") : people.nameOf(user)} head={<span />} onClose={() => router.back()}>
      {user === null ? (
        <EmptyState icon="person" title={t("people.none")} text={t("error.not_found")}>
          <Button icon="people" onClick={() => router.go({ name: "people" })}>
            {t("people.title")}
          </Button>
        </EmptyState>
      ) : (
        <Profile key={id} user={user} />
      )}
    </Panel>
  );
}

function Profile({ user }: { user: User }) {
  const { presence, user_id } = useAccount();
  const { t, date } = useWords();
  useEffect(() => presence.watch([user.id]), [presence, user.id]);
  const me = user.id === user_id;
  return (
    <article class="person">
      <Avatar user_id={user.id} size={96} presence />
      <h2 class="person-name" dir="auto">{user.display_name}</h2>
      <Seen user={user} />
      <div class="person-actions">{me ? <Own /> : <Write user={user} />}</div>
      <dl class="person-facts">
        <div class="person-fact">
          <dt>{t("people.username")}</dt>
          <dd>
            <CopyButton kind="quiet" small text={`@${user.username}`}>
              @{user.username}
            </CopyButton>
          </dd>
        </div>
        <div class="person-fact">
          <dt>{t("people.role")}</dt>
          <dd>{t(`people.role.${user.role}`)}</dd>
        </div>
        {me && <LocalTime />}
        <div class="person-fact">
          <dt>{t("people.since")}</dt>
          <dd>{date(user.created_at)}</dd>
        </div>
      </dl>
    </article>
  );
}

function Seen({ user }: { user: User }) {
  const { presence } = useAccount();
  const { t, ago } = useWords();
  if (user.disabled_at !== null) return <p class="person-seen">{t("people.disabled")}</p>;
  const known = presence.of(user.id).value;
  if (known === null) return <p class="person-seen">@{user.username}</p>;
  if (known.online) return <p class="person-seen person-here">{t("people.online")}</p>;
  const when = known.last_seen_at;
  if (when === null) return <p class="person-seen">{t("people.offline")}</p>;
  return <p class="person-seen">{gendered(t("people.last_seen", { when: ago(when) }), user.display_name)}</p>;
}

function LocalTime() {
  const { people } = useAccount();
  const { t, locale } = useWords();
  const { time_zone } = people.me.value;
  const [now, setNow] = useState(Date.now);
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 15_000);
    return () => clearInterval(timer);
  }, []);
  const format = { hour: "2-digit", minute: "2-digit", hourCycle: "h23", timeZone: time_zone } as const;
  return (
    <div class="person-fact">
      <dt>{t("people.local_time")}</dt>
      <dd>
        <time>{new Intl.DateTimeFormat(locale.value, format).format(now)}</time> · {time_zone}
      </dd>
    </div>
  );
}

function Own() {
  const { router } = useModel();
  const { chats } = useAccount();
  const { t } = useWords();
  const notes = chats.list.value.find((chat) => chat.notebook);
  return (
    <>
      <Button kind="main" icon="edit" onClick={() => router.go({ name: "settings", section: "profile" })}>
        {t("people.edit_profile")}
      </Button>
      {notes && (
        <Button icon="note" onClick={() => router.go({ name: "chat", chat_id: notes.id })}>
          {t("people.notes")}
        </Button>
      )}
    </>
  );
}

function Write({ user }: { user: User }) {
  const { router, session } = useModel();
  const { chats, writing } = useAccount();
  const words = useWords();
  const fail = useFailure();
  const [busy, setBusy] = useState(false);
  const { t } = words;
  const known = chats.list.value.find((chat) => chat.other?.id === user.id);
  if (known === undefined && (!session.settings.direct_chats || user.disabled_at !== null)) {
    return session.settings.direct_chats ? null : <p>{t("people.direct_off")}</p>;
  }
  const write = async (): Promise<void> => {
    setBusy(true);
    try {
      // Also without a connection, when there is a chat already.
      const chat_id = known?.id ?? (await writing.direct(user.id));
      router.go({ name: "chat", chat_id });
    } catch (error) {
      fail(error);
      setBusy(false);
    }
  };
  return (
    <Button kind="main" icon="chat" busy={busy} onClick={() => void write()}>
      {t("people.message")}
    </Button>
  );
}
