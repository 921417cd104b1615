// While one speaks: for how long, how loud; to be paused, listened to, sent or given up.

import { useSignalEffect } from "@preact/signals";
import type { RefObject } from "preact";
import { useEffect, useMemo, useRef } from "preact/hooks";
import { IconButton, useLayers } from "../common/index.ts";
import { Sound } from "../files/player-sound.tsx";
import { clockOf } from "../files/player-times.ts";
import { useAccount, useModel, useWords } from "../hooks/context.ts";
import type { ChatState } from "./state.ts";
import { guard } from "./voice-guard.ts";
import { HeldHint } from "./voice-held.tsx";
import type { Hold } from "./voice-hold.ts";
import { Levels } from "./voice-levels.tsx";
import { answering, focusField, Frame, Send, undoing } from "./voice-parts.tsx";
import type { Recorder } from "./voice-recorder.ts";
import { limitsOf, Recording, type Refusal } from "./voice-recording.ts";

export interface NowProps {
  state: ChatState;
  where: string;
  hold: Hold | null;
  onEnd: () => void;
  onRefused: (refusal: Refusal) => void;
}

export function Now(props: NowProps) {
  const { hold } = props;
  const { t } = useWords();
  const recording = useRecording(props);
  const { send, discard } = useEnds(recording, props);
  const recorder = recording.recorder.value;
  const paused = recorder?.phase.value === "paused";
  const heard = recording.heard.value;
  const held = hold?.hand.value === "held";
  const box = useRef<HTMLDivElement>(null);
  useEscape(box, discard);
  const said = recorder === null ? "voice.asking" : paused ? "voice.paused" : "voice.recording";
  return (
    <Frame box={box} label={t("voice.recording")} held={held}>
      <span class="voice-said" role="status">
        {t(said)}
      </span>
      {!held && <IconButton danger icon="trash" label={t("voice.discard")} keys="escape" onClick={discard} />}
      {heard === null ? <Live recorder={recorder} paused={paused} /> : <Sound key={heard.id} file={heard} />}
      {held && hold !== null ? (
        <HeldHint hold={hold} />
      ) : (
        <>
          {recorder?.canPause && <Pause recording={recording} paused={paused} />}
          <Send disabled={recorder === null} onSend={send} />
        </>
      )}
    </Frame>
  );
}

/** Begun with the strip; where the chat is left, it waits there. */
function useRecording({ state, where, onRefused }: NowProps): Recording {
  const account = useAccount();
  const words = useWords();
  const { session } = useModel();
  const recording = useMemo(() => new Recording(account, words, state.chat_id, where), []);
  useEffect(() => {
    void recording.begin(limitsOf(session.settings)).then((refused) => refused && onRefused(refused));
    const end = guard(recording);
    return () => {
      end();
      void recording.keep();
    };
  }, [recording]);
  return recording;
}

/** How it ends: sent, given up, or by itself. */
function useEnds(recording: Recording, { state, hold, onEnd }: NowProps): { send: () => void; discard: () => void } {
  const { t } = useWords();
  const { toast } = useLayers();
  const ended = (): void => {
    onEnd();
    focusField();
  };
  const send = (): void => void recording.send(answering(state)).then(ended);
  const discard = (): void =>
    void recording.discard().then((back) => {
      if (back !== null) toast({ text: t("voice.discarded"), undo: undoing(back) });
      ended();
    });
  useSignalEffect(() => {
    const hand = hold?.hand.value;
    if (hand === "given up") discard();
    // Let go of before there was a microphone: then it was to begin with that.
    else if (hand === "sent" && recording.recorder.peek() !== null) send();
  });
  const recorder = recording.recorder.value;
  const over = recorder?.phase.value === "over";
  useEffect(() => {
    if (!over) return;
    // The limit was reached, or the microphone is gone; else it was ended here, and nothing is left to keep.
    const full = recorder !== null && recorder.left <= 0;
    void recording.keep().then((kept) => {
      if (!kept) return;
      toast(t(full ? "voice.full" : "voice.cut"));
      onEnd();
    });
  }, [over]);
  return { send, discard };
}

function Live({ recorder, paused }: { recorder: Recorder | null; paused: boolean }) {
  const { t } = useWords();
  if (recorder === null) return <span class="voice-asking">{t("voice.asking")}</span>;
  const time = clockOf(recorder.seconds.value);
  const { left } = recorder;
  return (
    <>
      <span class={`voice-dot ${paused ? "voice-dot-paused" : ""}`} />
      <span class="voice-time number" role="timer">
        {time}
      </span>
      <Levels recorder={recorder} />
      {left < SOON && <span class="voice-left number">{t("voice.left", { time: clockOf(left) })}</span>}
    </>
  );
}

/** Seconds before the end that are worth saying. */
const SOON = 60;

function Pause({ recording, paused }: { recording: Recording; paused: boolean }) {
  const { t } = useWords();
  return (
    <IconButton
      icon={paused ? "mic" : "pause"}
      label={t(paused ? "voice.go_on" : "voice.pause_recording")}
      onClick={() => (paused ? recording.resume() : void recording.pause())}
    />
  );
}

function useEscape(box: RefObject<HTMLDivElement | null>, act: () => void): void {
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
