// What is heard, wherever one is: who, where, for how long; pause, speed, and an end to it.

import "./player-strip.css";
import "../common/more-icons.ts";
import { useComputed, useSignalEffect } from "@preact/signals";
import { useEffect, useLayoutEffect, useRef } from "preact/hooks";
import { Icon } from "../common/icon.tsx";
import { IconButton } from "../common/button.tsx";
import { useModel, useWords } from "../hooks/context.ts";
import { isVoice, player, type Track } from "./player.ts";
import { tellSystem } from "./player-session.ts";
import { Speed } from "./player-speed.tsx";
import { clockOf } from "./player-times.ts";

export default function PlayerStrip() {
  // With its account it ends.
  useEffect(() => () => player.close(), []);
  const track = player.track.value;
  return track && <Playing track={track} />;
}

function Playing({ track }: { track: Track }) {
  const { t } = useWords();
  const playing = player.playing.value;
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => tellSystem(), []);
  useLayoutEffect(() => {
    const height = box.current?.offsetHeight ?? 0;
    shift(height);
    return () => shift(-height);
  }, []);
  useSignalEffect(() => {
    const part = player.at.value / (player.length.value ?? Infinity);
    box.current?.style.setProperty("--played", String(Math.min(1, part)));
  });
  return (
    <div ref={box} class="player" role="region" aria-label={t("voice.player")}>
      <IconButton
        class="player-toggle"
        icon={playing ? "pause" : "play"}
        label={t(playing ? "voice.pause" : "voice.play")}
        onClick={() => player.toggle()}
      />
      <Title track={track} />
      <Speed />
      <IconButton icon="close" label={t("voice.stop")} onClick={() => player.close()} />
    </div>
  );
}

/** So near to its end a feed follows that by itself. */
const NEAR = 48;

/** What one has just pressed must not move away from beneath the finger. */
function shift(by: number): void {
  const feed = document.querySelector(".feed");
  if (feed !== null && feed.scrollHeight - feed.scrollTop - feed.clientHeight >= NEAR) feed.scrollTop += by;
}

function Title({ track }: { track: Track }) {
  const { router } = useModel();
  const { t } = useWords();
  const { title, place, chat_id, seq, file } = track;
  const times = useComputed(() => {
    const all = player.length.value;
    return all === null ? clockOf(player.at.value) : `${clockOf(player.at.value)} / ${clockOf(all)}`;
  }).value;
  const words = (
    <>
      <Icon name={isVoice(file) ? "mic" : "music"} size={16} />
      <span class="player-name" dir="auto">{title}</span>
      {player.failed.value ? (
        <span class="player-place player-failed" role="alert">{t("voice.not_played")}</span>
      ) : (
        <span class="player-place" dir="auto">{place}</span>
      )}
      <span class="player-times number">{times}</span>
    </>
  );
  if (chat_id === undefined || seq === undefined) return <span class="player-title">{words}</span>;
  return (
    <a class="player-title" href={router.href({ name: "chat", chat_id, seq })} title={t("voice.to_message")}>
      {words}
    </a>
  );
}
