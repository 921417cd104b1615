// Groups and the common chat: how large they are, who leads them, and leading what nobody does.

import { useState } from "preact/hooks";
import { useAdmin } from "../hooks/admin.ts";
import { useAccount, useModel, useWords } from "../hooks/context.ts";
import type { ChatFigures } from "../../models/types.ts";
import { Button } from "../common/button.tsx";
import { Confirm } from "../common/confirm.tsx";
import { useFailure } from "../common/failure.ts";
import { Field, Select } from "../common/field.tsx";
import { useLayers } from "../common/layers.ts";
import { EmptyState, ErrorState, Skeleton } from "../common/states.tsx";
import { usePages } from "./pages.ts";
import { useSettled } from "./settled.ts";

type Which = "all" | "leaderless";

export function Chats() {
  const { t } = useWords();
  const [typed, setTyped] = useState("");
  const [which, setWhich] = useState<Which>("all");
  const query = useSettled(typed.trim());
  const choice = { ...(query !== "" && { query }), ...(which === "leaderless" && { leaderless: true }) };
  const showAll = (): void => {
    setTyped("");
    setWhich("all");
  };
  return (
    <>
      <p class="admin-text">{t("admin.chats_text")}</p>
      <search class="audit-choice">
        <Field
          label={t("admin.chats_find")}
          type="search"
          autocomplete="off"
          value={typed}
          onInput={(event) => setTyped(event.currentTarget.value)}
        />
        <Select
          label={t("admin.chats_which")}
          value={which}
          options={(["all", "leaderless"] as const).map((value) => ({ value, label: t(`admin.chats_${value}`) }))}
          onChange={setWhich}
        />
      </search>
      <List key={JSON.stringify(choice)} choice={choice} showAll={showAll} />
    </>
  );
}

function List({ choice, showAll }: { choice: { query?: string; leaderless?: boolean }; showAll: () => void }) {
  const admin = useAdmin();
  const { t } = useWords();
  const { rows, error, reload, more } = usePages((next) => admin.chats(choice, next));
  if (error !== null) return <ErrorState error={error} retry={reload} />;
  if (rows === null) return <Skeleton />;
  if (rows.length === 0) {
    const key = choice.leaderless ? "admin.chats_all_led" : "admin.chats_none";
    return (
      <EmptyState small icon="chat" title={t(key)}>
        <Button onClick={showAll}>{t("admin.chats_show_all")}</Button>
      </EmptyState>
    );
  }
  return (
    <>
      <ul class="admin-rows">
        {rows.map((chat) => (
          <Row key={chat.id} chat={chat} reload={reload} />
        ))}
      </ul>
      {more && <Button onClick={() => void more()}>{t("admin.more")}</Button>}
    </>
  );
}

function Row({ chat, reload }: { chat: ChatFigures; reload: () => void }) {
  const admin = useAdmin();
  const { router, session } = useModel();
  const { people } = useAccount();
  const { toast } = useLayers();
  const { t, size } = useWords();
  const fail = useFailure();
  const [asking, setAsking] = useState(false);
  const unnamed = chat.kind === "org" && session.settings.common_titles?.includes(chat.title);
  const title = unnamed ? t("admin.chats_common") : chat.title || t("admin.chat_number", { number: String(chat.id) });
  const owners = chat.owners.map((id) => people.name(id));
  const lost = chat.kind === "group" && owners.length === 0;
  const take = async (): Promise<void> => {
    setAsking(false);
    try {
      await admin.takeOver(chat.id);
      const action = { label: t("admin.chats_open"), run: () => router.go({ name: "chat", chat_id: chat.id }) };
      toast({ text: t("admin.chats_taken", { title }), action });
      reload();
    } catch (error) {
      fail(error);
    }
  };
  return (
    <li class="admin-row">
      <span class="admin-words">
        <span class="admin-name" dir="auto">{title}</span>
        <span class="admin-more">
          {[
            t("admin.chats_members", { count: chat.members }),
            t("admin.chats_messages", { count: chat.messages }),
            chat.files > 0 && `${t("admin.chats_files", { count: chat.files })}, ${size(chat.bytes)}`,
          ]
            .filter(Boolean)
            .join(" · ")}
        </span>
        <span class={lost ? "field-error" : "admin-more"} dir="auto">
          {lost
            ? t("admin.chats_lost")
            : owners.length > 0 && t("admin.chats_led", { count: owners.length, names: owners.join(", ") })}
        </span>
      </span>
      <span class="admin-time">{t("admin.chat_number", { number: String(chat.id) })}</span>
      {lost && (
        <Button class="admin-take" onClick={() => setAsking(true)}>
          {t("admin.chats_take")}
        </Button>
      )}
      {asking && (
        <Confirm
          title={t("admin.chats_ask", { title })}
          text={t("admin.chats_ask_text")}
          action={t("admin.chats_take")}
          onConfirm={() => void take()}
          onClose={() => setAsking(false)}
        />
      )}
    </li>
  );
}
