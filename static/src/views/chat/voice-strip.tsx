// What stands in the composer's place while one speaks, and until what was said is sent.

import "./voice-strip.css";
import "../common/more-icons.ts";
import { useSignalEffect } from "@preact/signals";
import type { ComponentChildren } from "preact";
import { useEffect, useLayoutEffect, useMemo, useRef, useState } from "preact/hooks";
import type { LocalFile } from "../../models/local-files.ts";
import { filesOf } from "../../models/uploads/files.ts";
import { IconButton, useLayers } from "../common/index.ts";
import { clockOf } from "../files/player-times.ts";
import { Sound } from "../files/player-sound.tsx";
import { useAccount, useModel, useWords } from "../hooks/context.ts";
import { touch } from "./enter.ts";
import type { ChatState } from "./state.ts";
import { guard } from "./voice-guard.ts";
import type { Hold } from "./voice-hold.ts";
import { Levels } from "./voice-levels.tsx";
import { limitsOf, Recording, type Refusal } from "./voice-recording.ts";
import type { Recorder } from "./voice-recorder.ts";
import { Refused } from "./voice-refused.tsx";
import { HeldHint } from "./voice-held.tsx";

export interface VoiceStripProps {
  state: ChatState;
  /** The tray of what was recorded and not sent. */
  where: string;
  kept: LocalFile | null;
  /** Recording has begun: by a finger that holds, or by a press. */
  begun: { hold: Hold | null } | null;
  onEnd: () => void;
}

export default function VoiceStrip({ state, where, kept, begun, onEnd }: VoiceStripProps) {
  const [refusal, setRefusal] = useState<Refusal | null>(null);
  if (refusal !== null) return <Refused refusal={refusal} onClose={onEnd} />;
  if (begun !== null) return <Now {...{ state, where, onEnd }} hold={begun.hold} onRefused={setRefusal} />;
  return kept && <Kept key={kept.id} {...{ state, where, kept }} />;
}

interface NowProps {
  state: ChatState;
  where: string;
  hold: Hold | null;
  onEnd: () => void;
  onRefused: (refusal: Refusal) => void;
}

/** While one speaks. */
function Now({ state, where, hold, onEnd, onRefused }: NowProps) {
  const account = useAccount();
  const words = useWords();
  const { session } = useModel();
  const { t } = words;
  const { toast } = useLayers();
  const recording = useMemo(() => new Recording(account, words, state.chat_id, where), []);
  const recorder = recording.recorder.value;
  const phase = recorder?.phase.value ?? null;
  const held = hold?.hand.value === "held";
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => {
    void recording.begin(limitsOf(session.settings)).then((refused) => refused && onRefused(refused));
    const end = guard(recording);
    return () => {
      end();
      // The chat was left: it waits there.
      void recording.keep();
    };
  }, [recording]);
  const send = async (): Promise<void> => {
    await recording.send(answering(state));
    end();
  };
  const discard = async (): Promise<void> => {
    const undo = await recording.discard();
    if (undo !== null) toast({ text: t("voice.discarded"), undo: { undo, until: Date.now() + UNDO_MS } });
    end();
  };
  const end = (): void => {
    onEnd();
    focusField();
  };
  useSignalEffect(() => {
    const hand = hold?.hand.value;
    if (hand === "given up") void discard();
    // Let go of before there was a microphone: then it was to begin with that.
    else if (hand === "sent" && recording.recorder.peek() !== null) void send();
  });
  useEffect(() => {
    if (phase !== "over") return;
    // By itself: the limit was reached, or the microphone is gone.
    const full = recorder !== null && recorder.left <= 0;
    void recording.keep().then((kept) => {
      if (kept) toast(t(full ? "voice.full" : "voice.cut"));
      onEnd();
    });
  }, [phase]);
  useEscape(box, () => void discard());
  const heard = recording.heard.value;
  return (
    <Frame box={box} label={t("voice.recording")} held={held}>
      <span class="voice-said" role="status">{recorder === null ? t("voice.asking") : t(phase === "paused" ? "voice.paused" : "voice.recording")}</span>
      {!held && <IconButton danger icon="trash" label={t("voice.discard")} keys="escape" onClick={() => void discard()} />}
      {heard === null ? <Live recorder={recorder} paused={phase === "paused"} /> : <Sound key={heard.id} file={heard} />}
      {held && hold ? (
        <HeldHint hold={hold} />
      ) : (
        <>
          {recorder?.canPause && (
            <IconButton
              class="voice-pause"
              icon={phase === "paused" ? "mic" : "pause"}
              label={t(phase === "paused" ? "voice.go_on" : "voice.pause_recording")}
              onClick={() => (phase === "paused" ? recording.resume() : void recording.pause())}
            />
          )}
          <Send disabled={recorder === null} onSend={() => void send()} />
        </>
      )}
    </Frame>
  );
}

/** What was recorded before and not sent: one listens, and decides. */
function Kept({ state, where, kept }: { state: ChatState; where: string; kept: LocalFile }) {
  const account = useAccount();
  const { t } = useWords();
  const { toast } = useLayers();
  const files = filesOf(account);
  useEffect(() => files.urls.hold(kept.id), [files, kept.id]);
  const url = files.urls.of(kept.id).value;
  const box = useRef<HTMLDivElement>(null);
  const send = (): void => {
    files.send(state.chat_id, "", { files: [kept], where, ...answering(state) });
    focusField();
  };
  const discard = async (): Promise<void> => {
    const tray = files.tray(where);
    // They may be gone from the device before it is taken back.
    const blob = await files.bytes(kept.id);
    tray.remove(kept.id);
    const undo = (): void => void (blob && tray.add({ file: kept, blob }));
    toast({ text: t("voice.discarded"), undo: { undo, until: Date.now() + UNDO_MS } });
    focusField();
  };
  return (
    <Frame box={box} label={t("voice.unsent")}>
      <IconButton danger icon="trash" label={t("voice.discard")} onClick={() => void discard()} />
      <Sound file={{ ...kept, url }} />
      <Send disabled={false} onSend={send} />
    </Frame>
  );
}

const UNDO_MS = 8000;

function Frame(props: { box: { current: HTMLDivElement | null }; label: string; held?: boolean; children: ComponentChildren }) {
  const { box, label, held = false, children } = props;
  return (
    <div ref={box} class={`voice-strip ${held ? "voice-strip-held" : ""}`} role="group" aria-label={label}>
      {children}
    </div>
  );
}

function Live({ recorder, paused }: { recorder: Recorder | null; paused: boolean }) {
  const { t } = useWords();
  if (recorder === null) return <span class="voice-asking">{t("voice.asking")}</span>;
  const time = clockOf(recorder.seconds.value);
  const { left } = recorder;
  return (
    <>
      <span class={`voice-dot ${paused ? "voice-dot-paused" : ""}`} />
      <span class="voice-time number" role="timer">{time}</span>
      <Levels recorder={recorder} />
      {left < SOON && <span class="voice-left number">{t("voice.left", { time: clockOf(left) })}</span>}
    </>
  );
}

/** Seconds before the end that are worth saying. */
const SOON = 60;

function Send({ disabled, onSend }: { disabled: boolean; onSend: () => void }) {
  const { t } = useWords();
  const button = useRef<HTMLSpanElement>(null);
  // The button that was pressed is gone: Enter sends, Escape gives up.
  useLayoutEffect(() => button.current?.querySelector("button")?.focus({ preventScroll: true }), [disabled]);
  return (
    <span ref={button} class="voice-send">
      <IconButton class="composer-send" icon="send" label={t("voice.send")} disabled={disabled} onClick={onSend} />
    </span>
  );
}

/** What one answers goes with it. */
function answering(state: ChatState): { reply_to?: number } {
  const reply = state.reply.peek();
  state.drop();
  return reply === null ? {} : { reply_to: reply.seq };
}

function useEscape(box: { current: HTMLDivElement | null }, act: () => void): void {
  const latest = useRef(act);
  latest.current = act;
  useEffect(() => {
    const element = box.current;
    const heard = (event: KeyboardEvent): void => {
      if (event.key !== "Escape") return;
      event.preventDefault();
      event.stopPropagation();
      latest.current();
    };
    element?.addEventListener("keydown", heard);
    return () => element?.removeEventListener("keydown", heard);
  }, [box]);
}

/** Once it is to be seen again. A finger is not to meet the keyboard at once. */
function focusField(): void {
  if (!touch()) requestAnimationFrame(() => document.querySelector<HTMLElement>(".composer-text")?.focus());
}
