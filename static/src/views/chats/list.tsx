// The list of chats: the last active first, what is unread in each, and a way to a new one.

import "./chats.css";
import { useEffect, useRef, useState } from "preact/hooks";
import { useAccount, useKey, useModel, useWords } from "../hooks/context.ts";
import { composing } from "../../lib/keys.ts";
import type { ChatEntry } from "../../models/entries.ts";
import { Button, EmptyState, Icon, Skeleton } from "../common/index.ts";
import { titleOf } from "../chat/title.ts";
import { lazy } from "../common/lazy.tsx";
import { NewChat } from "./new.tsx";
import type { NewChatProps, NewKind } from "./new-dialog.tsx";
import { ChatRow } from "./row.tsx";
import type { PeopleFoundProps } from "./people-found.tsx";

const PeopleFound = lazy<PeopleFoundProps>(() => import("./people-found.tsx"));
const NewChatDialog = lazy<NewChatProps>(() => import("./new-dialog.tsx"));

/** Of so many the presence is followed. */
const WATCHED = 60;

export default function ChatList() {
  const { chats } = useAccount();
  const { router } = useModel();
  const words = useWords();
  const { t } = words;
  // Beside a place it is that place which has the first heading.
  const Heading = router.place.value.name === "chats" ? "h1" : "h2";
  const [wanted, setWanted] = useState("");
  const [asked, setAsked] = useState<NewKind | null>(null);
  const box = useRef<HTMLDivElement>(null);
  const all = chats.list.value;
  const list = wanted.trim() === "" ? all : all.filter((chat) => fits(chat, titleOf(chat, words), wanted));
  usePresenceOf(all);
  useListKeys();
  return (
    <div class="chats" ref={box} onKeyDown={(event) => moveFocus(event, box.current)}>
      <header class="chats-head">
        <Heading class="chats-title">{t("chats.title")}</Heading>
        <a class="icon-button chats-everything" href={router.href({ name: "search", q: "" })} aria-label={t("rail.search")}>
          <Icon name="search" />
        </a>
        <NewChat onAsk={setAsked} />
      </header>
      <SearchBox wanted={wanted} onInput={setWanted} />
      <div class="chats-scroll">
        {!chats.ready.value && <Skeleton rows={8} />}
        {chats.ready.value && all.length === 0 && (
          <EmptyState small icon="chat" title={t("chats.empty_title")} text={t("chats.empty")}>
            <Button kind="main" icon="people" onClick={() => setAsked("group")}>
              {t("chats.new_group")}
            </Button>
          </EmptyState>
        )}
        <ul class="chats-list" aria-label={t("chats.title")}>
          {list.map((chat) => (
            <ChatRow key={chat.id} chat={chat} />
          ))}
        </ul>
        {wanted.trim() !== "" && <PeopleFound wanted={wanted} nothing={list.length === 0} onDone={() => setWanted("")} />}
      </div>
      {asked !== null && <NewChatDialog kind={asked} onClose={() => setAsked(null)} />}
    </div>
  );
}

function SearchBox({ wanted, onInput }: { wanted: string; onInput: (wanted: string) => void }) {
  const { router } = useModel();
  const { t } = useWords();
  return (
    <div class="chats-search">
      <Icon name="search" size={16} />
      <input
        dir="auto"
        type="search"
        class="chats-search-field"
        aria-label={t("chats.search")}
        placeholder={t("chats.search")}
        autocomplete="off"
        value={wanted}
        onInput={(event) => onInput(event.currentTarget.value)}
        onKeyDown={(event) => {
          if (composing(event)) return;
          if (event.key === "Escape" && wanted !== "") {
            event.preventDefault();
            event.stopPropagation();
            onInput("");
          } else if (event.key === "Enter" && wanted.trim() !== "") {
            event.preventDefault();
            const first = event.currentTarget.closest(".chats")?.querySelector<HTMLElement>("[data-found]");
            if (first) first.click();
            else router.go({ name: "search", q: wanted.trim() });
          }
        }}
      />
    </div>
  );
}

function usePresenceOf(list: ChatEntry[]): void {
  const { presence } = useAccount();
  const ids = list.flatMap(({ other }) => other?.id ?? []).slice(0, WATCHED);
  // Their order changes with every message; who they are seldom does.
  const who = ids.sort((one, other) => one - other).join();
  useEffect(() => presence.watch(who === "" ? [] : who.split(",").map(Number)), [presence, who]);
}

function fits(chat: ChatEntry, title: string, wanted: string): boolean {
  const folded = fold(wanted.trim());
  return fold(title).includes(folded) || (chat.other?.username.includes(folded) ?? false);
}

function fold(text: string): string {
  return text.toLocaleLowerCase().replaceAll("ё", "е");
}

/** They act on the row that has the focus; `?` lists them. */
function useListKeys(): void {
  const group = "keys.chat_list" as const;
  useKey({ combo: "arrowup", name: "keys.walk", group });
  useKey({ combo: "arrowdown", name: "keys.walk", group });
  useKey({ combo: "enter", name: "board.open", group });
}

/** Arrows go from row to row, and from the search to the first. */
function moveFocus(event: KeyboardEvent, box: HTMLElement | null): void {
  const by = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (by === undefined || event.altKey || event.ctrlKey || event.metaKey || composing(event) || box === null) return;
  const stops = [...box.querySelectorAll<HTMLElement>(".chats-search-field, [data-found]")];
  const at = stops.indexOf(event.target as HTMLElement);
  const next = at === -1 ? undefined : stops[at + by];
  if (next === undefined) return;
  event.preventDefault();
  next.focus();
}
