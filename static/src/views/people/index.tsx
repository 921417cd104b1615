// Everybody of the organisation, as far as one may see them.

import "./people.css";
import "../common/more-icons.ts";
import { useEffect, useMemo, useState } from "preact/hooks";
import { useAccount, useModel, useWords } from "../hooks/context.ts";
import type { User } from "../../models/types.ts";
import { Avatar, Button, EmptyState } from "../common/index.ts";

const AT_FIRST = 100;

export default function PeopleScreen() {
  const { people } = useAccount();
  const { t } = useWords();
  const [typed, setTyped] = useState("");
  const [shown, setShown] = useState(AT_FIRST);
  const all = people.all.value;
  const found = typed.trim() === "" ? all : people.find(typed, 200);
  const grow = (event: Event): void => {
    const box = event.currentTarget as HTMLElement;
    const rest = box.scrollHeight - box.scrollTop - box.clientHeight;
    if (rest < 800 && shown < found.length) setShown(shown + AT_FIRST);
  };
  return (
    <section class="people" aria-labelledby="people-title">
      <header class="people-head">
        <h1 class="people-title" id="people-title">
          {t("people.title")} <span class="people-count">{all.length}</span>
        </h1>
        <Invite />
      </header>
      <input
        dir="auto"
        class="input people-find"
        type="search"
        aria-label={t("people.find")}
        placeholder={t("people.find")}
        value={typed}
        onInput={(event) => setTyped(event.currentTarget.value)}
      />
      <div class="people-list" onScroll={grow}>
        {found.length === 0 && (
          <EmptyState small icon="people" title={t("people.none")} text={t("people.none_text")}>
            <Button onClick={() => setTyped("")}>{t("people.show_all")}</Button>
          </EmptyState>
        )}
        <List users={found.slice(0, shown)} />
        {all.length === 1 && typed === "" && (
          <Alone />
        )}
      </div>
    </section>
  );
}

function Alone() {
  const { router } = useModel();
  const { people } = useAccount();
  const { t } = useWords();
  const admin = people.me.value.role === "admin";
  return (
    <EmptyState icon="people" title={t("people.alone")} text={t(admin ? "people.alone_text" : "people.alone_wait")}>
      {admin ? <Invite /> : <Button onClick={() => router.go({ name: "chats" })}>{t("app.to_chats")}</Button>}
    </EmptyState>
  );
}

function Invite() {
  const { router } = useModel();
  const { people } = useAccount();
  const { t } = useWords();
  if (people.me.value.role !== "admin") return null;
  return (
    <Button icon="personAdd" onClick={() => router.go({ name: "admin", section: "invites" })}>
      {t("people.invite")}
    </Button>
  );
}

function List({ users }: { users: User[] }) {
  const { presence } = useAccount();
  const ids = useMemo(() => users.slice(0, 200).map((user) => user.id), [users.map((user) => user.id).join()]);
  useEffect(() => presence.watch(ids), [presence, ids]);
  return (
    <ul class="people-rows">
      {users.map((user) => (
        <Row key={user.id} user={user} />
      ))}
    </ul>
  );
}

function Row({ user }: { user: User }) {
  const { router } = useModel();
  const { user_id } = useAccount();
  const { t } = useWords();
  const place = router.place.value;
  const here = place.name === "person" && place.user_id === user.id;
  return (
    <li>
      <a
        class="people-row"
        href={router.href({ name: "person", user_id: user.id })}
        aria-current={here ? "page" : undefined}
      >
        <Avatar user_id={user.id} presence />
        <span class="people-name">
          {user.display_name}
          {user.id === user_id && <span class="people-you"> ({t("people.you")})</span>}
        </span>
        <span class="people-about">
          <span class="people-username">@{user.username}</span>
          {user.role !== "user" && <span class="people-role">{t(`people.role.${user.role}`)}</span>}
        </span>
      </a>
    </li>
  );
}
