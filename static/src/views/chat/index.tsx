// One chat: its messages, and a field to write the next; people and pins beside them.

import "./chat.css";
import "../common/more-icons.ts";
import { useEffect, useLayoutEffect, useMemo, useRef, useState } from "preact/hooks";
import { useBeginning } from "../hooks/beginning.ts";
import { useAccount, useKey } from "../hooks/context.ts";
import { nothingModal } from "../common/layers.ts";
import { lazy } from "../common/lazy.tsx";
import { Missing } from "../common/missing.tsx";
import { usePlace } from "../hooks/place.ts";
import type { Report } from "../../models/local-files.ts";
import { filesOf } from "../../models/uploads/files.ts";
import type { FromMessageProps } from "../card/from-message.tsx";
import type { FindBarProps } from "./find/bar.tsx";
import type { ForwardProps } from "./forward.tsx";
import type { WhyProps } from "../why/why.tsx";
import { useFilesAtRisk } from "./at-risk.ts";
import { ChatHeader } from "./header.tsx";
import { Composer } from "./composer.tsx";
import { Feed } from "./feed.tsx";
import { panelHere } from "./panel.ts";
import { ChatState } from "./state.ts";
import { useTitleOf } from "./title.ts";

const ArchiveReport = lazy<{ report: Report }>(() => import("./report.tsx"));
const MembersPanel = lazy<{ state: ChatState }>(() => import("./members.tsx"));
const SelectionBar = lazy<{ state: ChatState }>(() => import("./selection-bar.tsx"));
const PinsPanel = lazy<{ state: ChatState }>(() => import("./pins.tsx"));
const Greeting = lazy(() => import("../welcome/greeting.tsx"), true);
const FromMessage = lazy<FromMessageProps>(() =>
  import("../card/from-message.tsx").then((found) => ({ default: found.FromMessage })),
);
const Why = lazy<WhyProps>(() => import("../why/why.tsx"));
const FindBar = lazy<FindBarProps>(() => import("./find/bar.tsx"), false, FindTyped);
const Forward = lazy<ForwardProps>(() =>
  import("./forward.tsx").then((found) => ({ default: found.Forward })),
);

/** Until the bar is there: what is typed meanwhile stands in it then. */
function FindTyped({ state, typing }: FindBarProps) {
  const field = useRef<HTMLInputElement>(null);
  useLayoutEffect(() => field.current?.focus(), []);
  if (!typing) return null;
  const keep = (q: string): void => void (state.find.value = { q, typing });
  return <input ref={field} class="for-readers" onInput={(event) => keep(event.currentTarget.value)} />;
}

export default function ChatScreen() {
  const place = usePlace("chat");
  return place && <Chat key={place.chat_id} id={place.chat_id} />;
}

/** Go on answering what one was answering. */
function useAnswered(state: ChatState): void {
  const { chats } = useAccount();
  const [seq] = useState(state.answered);
  const message = seq === null ? null : chats.message(state.chat_id, seq).value;
  const waits = useRef(true);
  useEffect(() => {
    if (message === null || !waits.current) return;
    waits.current = false;
    const free = state.reply.peek() === null && state.editing.peek() === null;
    if (free && message.deleted_at === null) state.answer({ ...message, pending: false });
  }, [message, state]);
}

/** What is looked for in the chat: by Ctrl+F, or one came with it. */
function useFind(state: ChatState, given: string | undefined): { q: string; typing: boolean } | null {
  useKey({
    combo: "ctrl+f",
    name: "keys.find_in_chat",
    group: "keys.message",
    when: nothingModal,
    run: () => {
      state.find.value ??= { q: "", typing: true };
      document.querySelector<HTMLInputElement>(".find-bar-field")?.select();
    },
  });
  useEffect(() => {
    if (given !== undefined) state.find.value = { q: given, typing: false };
  }, [state, given]);
  return state.find.value;
}

function Chat({ id }: { id: number }) {
  const account = useAccount();
  const { chats, unsaved } = account;
  const place = usePlace("chat");
  // From the first look on: one must not land elsewhere on the way.
  const state = useMemo(() => new ChatState(id, unsaved, place?.seq ?? null, panelHere()), [id, unsaved]);
  useAnswered(state);
  useFilesAtRisk();
  const title = useTitleOf(id);
  const { stage } = useBeginning();
  const find = useFind(state, place?.find);
  const followed = useRef(place);
  useEffect(() => {
    if (place?.seq !== undefined && place !== followed.current) state.target.value = state.came = place.seq;
    followed.current = place;
  }, [place, state]);
  if (chats.of(id).value === null) return chats.complete.value ? <Missing chat_id={id} /> : null;
  const greets = stage === "greeting" && chats.of(id).value?.chat.kind === "org";
  const report = filesOf(account).reports.value.find(({ chat_id }) => chat_id === id);
  const panel = state.panel.value;
  const task = state.task.value;
  const forward = state.forward.value;
  const why = state.why.value;
  const selecting = state.selection.active.value;
  return (
    <>
      <section class={`chat ${selecting ? "chat-selecting" : ""}`} aria-label={title}>
        <ChatHeader id={id} at="chat" state={state} />
        {find !== null && <FindBar state={state} {...find} />}
        <Feed state={state} />
        {greets && <Greeting />}
        {selecting && <SelectionBar state={state} />}
        {report !== undefined && <ArchiveReport key={report.id} report={report} />}
        <Composer state={state} />
      </section>
      {panel === "members" && <MembersPanel state={state} />}
      {panel === "pins" && <PinsPanel state={state} />}
      {forward !== null && (
        <Forward
          messages={forward}
          onForwarded={() => state.selection.clear()}
          onClose={() => (state.forward.value = null)}
        />
      )}
      {why !== null && <Why chat_id={id} seq={why.seq} onClose={() => (state.why.value = null)} />}
      {task !== null && <FromMessage message={task} onClose={() => (state.task.value = null)} />}
    </>
  );
}
