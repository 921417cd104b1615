// Search inside a chat: a field over the messages, how many there are and which one is looked at, and a way
// from one to the next. What matches is marked where it stands.

import "./bar.css";
import { useComputed, useSignalEffect } from "@preact/signals";
import { useEffect, useLayoutEffect, useMemo, useRef, useState } from "preact/hooks";
import { useBreakpoint } from "../../hooks/breakpoint.ts";
import { useAccount, useKey, useModel, useWords } from "../../hooks/context.ts";
import { useCover } from "../../hooks/cover.ts";
import { isPanel } from "../../hooks/place.ts";
import { composing } from "../../../lib/keys.ts";
import { wordsIn } from "../../../lib/search/matching.ts";
import { Searching } from "../../../models/search/searching.ts";
import { Unreachable } from "../../../lib/errors.ts";
import { Icon, IconButton } from "../../common/index.ts";
import { nothingModal } from "../../common/layers.ts";
import type { ChatState } from "../state.ts";
import { markWords } from "./marks.ts";

export interface FindBarProps {
  state: ChatState;
  q: string;
  /** Opened here, to type; else one came with what was found. */
  typing: boolean;
}

export default function FindBar({ state, q: given, typing }: FindBarProps) {
  const { t } = useWords();
  const [q, setQ] = useState(given);
  const field = useRef<HTMLInputElement>(null);
  const hits = useHits(state, q, !typing && q === given && state.came !== null);
  useMarks(hits.marked, state, hits.seq);
  useLayoutEffect(() => {
    if (!typing) return;
    field.current?.focus();
    // What was typed before this was here goes on.
    field.current?.setSelectionRange(given.length, given.length);
  }, [typing]);
  useEffect(() => setQ(given), [given]);
  const close = useClose(state, typing);
  const when = nothingModal;
  const group = "keys.message" as const;
  useKey({ combo: "n", name: "keys.next_hit", group, when, run: () => hits.step(1) });
  useKey({ combo: "p", name: "keys.previous_hit", group, when, run: () => hits.step(-1) });
  const press = (event: KeyboardEvent): void => {
    if (composing(event)) return;
    const by = { Enter: event.shiftKey ? -1 : 1, ArrowUp: 1, ArrowDown: -1 }[event.key];
    if (by !== undefined) hits.step(by);
    else if (event.key === "Escape") close();
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  return (
    <search class="find-bar" aria-label={t("search.in_chat")} aria-busy={hits.busy}>
      <Icon name="search" />
      <input
        dir="auto"
        ref={field}
        class="find-bar-field"
        type="text"
        aria-label={t("search.in_chat")}
        placeholder={t("search.in_chat")}
        autocomplete="off"
        spellcheck={false}
        enterkeyhint="search"
        maxLength={256}
        value={q}
        onInput={(event) => setQ(event.currentTarget.value)}
        onKeyDown={press}
      />
      <Counter {...hits} q={q} />
      <IconButton small icon="up" label={t("search.older")} keys="n" disabled={hits.count === 0} onClick={() => hits.step(1)} />
      <IconButton small icon="down" label={t("search.newer")} keys="p" disabled={hits.count === 0} onClick={() => hits.step(-1)} />
      <IconButton small icon="close" label={t("search.close")} onClick={close} />
    </search>
  );
}

interface Hits {
  at: number;
  count: number;
  more: boolean;
  busy: boolean;
  /** The hits are of what is typed, not of what was before. */
  answered: boolean;
  offline: boolean;
  seq: number | null;
  /** What to mark. */
  marked: string;
  step: (by: number) => void;
}

function Counter({ at, count, more, busy, answered, offline, q }: Hits & { q: string }) {
  const { t } = useWords();
  let said = "";
  if (!answered) said = "";
  else if (q.trim().length > 1 && count === 0 && !busy) said = t("search.nothing");
  else if (count > 0) said = t(more ? "search.at_more" : "search.at", { at: at + 1, all: count });
  return (
    <span class="find-bar-count" role="status">
      {offline && said !== "" && <Icon name="offline" size={16} label={t("search.offline")} />}
      {said}
    </span>
  );
}

/** The latest first: one step leads to an older one. `came`: one is at one of them already. */
function useHits(state: ChatState, q: string, came: boolean): Hits {
  const account = useAccount();
  const { chat_id } = state;
  const searching = useMemo(() => new Searching(account), [account]);
  useEffect(() => searching.open(), [searching]);
  useEffect(() => searching.ask({ q, kind: null, sort: "new", chat_id }), [searching, q, chat_id]);
  const found = useComputed(() => {
    const said = searching.hits.value.filter(({ kind }) => kind === "message" || kind === "comment");
    return said.flatMap(({ seq }) => seq ?? []).sort((one, other) => other - one);
  });
  const [seq, setSeq] = useState<number | null>(() => (came ? state.came : null));
  const led = useRef(came ? q : null);
  const go = (to: number | undefined): void => {
    if (to === undefined) return;
    setSeq(to);
    state.target.value = to;
  };
  useSignalEffect(() => {
    const answered = searching.answered.value;
    if (answered === null || answered !== searching.asked.value || led.current === answered.q) return;
    const [first] = found.value;
    // Once for each question: what comes later does not lead away.
    if (first !== undefined || !searching.busy.value) led.current = answered.q;
    go(first);
  });
  const all = found.value;
  const at = Math.max(0, seq === null ? 0 : all.indexOf(seq));
  const answered = searching.answered.value === searching.asked.value;
  const step = (by: number): void => {
    if (!answered) return;
    const next = all[at + by];
    if (next !== undefined) return go(next);
    if (by < 0) return go(all.at(-1));
    if (!searching.more.peek()) return go(all[0]);
    void searching.next().then(() => go(found.peek()[at + by] ?? found.peek()[0]));
  };
  return {
    at,
    count: all.length,
    more: searching.more.value,
    busy: searching.busy.value,
    answered,
    offline: searching.error.value instanceof Unreachable,
    seq,
    marked: searching.corrected.value ?? q,
    step,
  };
}

function useMarks(q: string, state: ChatState, seq: number | null): void {
  const marks = useRef<ReturnType<typeof markWords> | null>(null);
  const here = useRef(seq);
  here.current = seq;
  useEffect(() => {
    const feed = document.querySelector(".feed");
    if (feed === null || q.trim().length < 2) return;
    marks.current = markWords(feed, wordsIn(q, true), () => here.current);
    return () => marks.current?.end();
  }, [q, state]);
  useEffect(() => marks.current?.again(), [seq]);
}

/**
 * What was looked for is gone from the address too. Opened here on a phone it is left by back as well; what one
 * came with has been found elsewhere, and back leads there.
 */
function useClose(state: ChatState, typing: boolean): () => void {
  const { router } = useModel();
  const over = useBreakpoint() === "phone" && typing;
  useCover(() => (state.find.value = null), { over, stays: isPanel });
  return () => {
    if (over) return router.back();
    state.find.value = null;
    const place = router.place.peek();
    if (place.name === "chat" && place.find !== undefined) {
      const { find: _find, ...rest } = place;
      router.go(rest, { replace: true });
    }
    document.querySelector<HTMLElement>(".composer-text")?.focus({ preventScroll: true });
  };
}
