// The head of a chat, over its messages and over its board: whose it is, who is there, what to do with it.

import "./header.css";
import { useEffect, useMemo, useState } from "preact/hooks";
import { useAccount, useModel, useWords } from "../hooks/context.ts";
import type { ChatEntry } from "../../models/entries.ts";
import { gendered } from "../card/gendered.ts";
import { BackButton, Icon, IconButton, MenuButton } from "../common/index.ts";
import { lazy } from "../common/lazy.tsx";
import type { Asked, ChatDialogsProps } from "./chat-dialogs.tsx";
import { useChatMenu } from "./chat-menu.ts";
import { Face } from "./face.tsx";
import type { ChatState } from "./state.ts";
import { titleOf } from "./title.ts";
import { useTypingWords } from "./typing.ts";
import { ViewTabs } from "./view-tabs.tsx";

const ChatDialogs = lazy<ChatDialogsProps>(() => import("./chat-dialogs.tsx"));

export interface ChatHeaderProps {
  id: number;
  at: "chat" | "board";
  /** The chat screen's own; without it people and pins open in the chat. */
  state?: ChatState;
}

export function ChatHeader({ id, at, state }: ChatHeaderProps) {
  const { chats, presence } = useAccount();
  const entry = chats.of(id).value;
  const other = entry?.other?.id ?? null;
  useEffect(() => (other === null ? undefined : presence.watch([other])), [presence, other]);
  return entry === null ? null : <Head entry={entry} at={at} {...(state ? { state } : {})} />;
}

function Head({ entry, at, state }: { entry: ChatEntry; at: "chat" | "board"; state?: ChatState }) {
  const words = useWords();
  const { t } = words;
  const { chats } = useAccount();
  const [asked, setAsked] = useState<Asked | null>(null);
  const items = useChatMenu(entry, state ?? null, setAsked);
  const pins = chats.pins(entry.id).value.length;
  return (
    <header class="chat-head">
      <BackButton />
      <Who entry={entry} {...(state ? { state } : {})} />
      {entry.chat.board && <ViewTabs id={entry.id} at={at} />}
      <div class="chat-head-actions">
        {state && pins > 0 && (
          <IconButton
            icon="pin"
            label={t("chat.pins_count", { count: pins })}
            pressed={state.panel.value === "pins"}
            onClick={() => state.toggle("pins")}
          />
        )}
        {!state && pins > 0 && <span class="chat-head-spare" />}
        <MenuButton icon="more" label={t("chat.menu")} items={items} />
      </div>
      {asked !== null && <ChatDialogs entry={entry} asked={asked} onClose={() => setAsked(null)} />}
    </header>
  );
}

function Who({ entry, state }: { entry: ChatEntry; state?: ChatState }) {
  const words = useWords();
  const title = titleOf(entry, words);
  return (
    <div class="chat-head-who">
      <Face entry={entry} title={title} />
      <div class="chat-head-words">
        <h1 class="chat-head-title">
          <Leading entry={entry} {...(state ? { state } : {})}>
            {title}
          </Leading>
          {entry.muted && <Icon name="bellOff" size={16} label={words.t("chats.muted")} />}
        </h1>
        <Below entry={entry} />
      </div>
    </div>
  );
}

/** The title leads to the other person, or to the people of the chat. */
function Leading({ entry, state, children }: { entry: ChatEntry; state?: ChatState; children: string }) {
  const { router } = useModel();
  if (entry.other !== null) {
    return (
      <a class="chat-head-link" href={router.href({ name: "person", user_id: entry.other.id })}>
        {children}
      </a>
    );
  }
  if (entry.notebook || !state) return <span class="chat-head-name">{children}</span>;
  return (
    <button
      type="button"
      class="chat-head-link"
      aria-expanded={state.panel.value === "members"}
      onClick={() => state.toggle("members")}
    >
      {children}
    </button>
  );
}

/** Who is writing; else whether they are here, or how many people there are. */
function Below({ entry }: { entry: ChatEntry }) {
  const { chats, presence } = useAccount();
  const { t, ago } = useWords();
  const typing = useTypingWords(entry.id);
  const here = entry.other === null ? null : presence.of(entry.other.id).value;
  const members = useMemo(() => chats.members(entry.id), [chats, entry.id]);
  let said: string | null = null;
  if (typing !== null) said = typing;
  else if (here !== null) {
    const seen = here.last_seen_at;
    said = here.online ? t("people.online") : seen === null ? null : gendered(t("chat.seen", { ago: ago(seen) }), entry.title);
  } else if (entry.notebook) said = t("chat.notebook_hint");
  else if (entry.other === null) said = t("chat.members_count", { count: members.value.length });
  return <span class={`chat-head-below ${typing === null ? "" : "chat-head-typing"}`}>{said}</span>;
}
