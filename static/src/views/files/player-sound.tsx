// A sound in its message: a voice message with its waveform, or a file of music with its name.

import "./player-sound.css";
import { useComputed } from "@preact/signals";
import type { ComponentChildren } from "preact";
import { Icon, tip } from "../common/index.ts";
import { useAccount, useWords } from "../hooks/context.ts";
import { FileName } from "./file-name.tsx";
import { isVoice, lengthOf, player } from "./player.ts";
import { STEP } from "./player-bars.ts";
import { Slider } from "./player-slider.tsx";
import { clockOf } from "./player-times.ts";
import { type Spot, trackOf } from "./player-track.ts";
import { Waveform } from "./player-waveform.tsx";
import { saving } from "./row.tsx";
import type { ShownFile } from "./shown.ts";

export interface SoundProps {
  file: ShownFile;
  /** Whose message it is in. */
  spot?: Spot;
  /** What the Tab key passes by. */
  aside?: boolean;
}

/** What one sees and does of one sound. */
interface Hearing {
  file: ShownFile;
  name: string;
  /** Whether it is this one that the player has. */
  current: boolean;
  /** Seconds. */
  length: number | null;
  toggle: () => void;
  seek: (seconds: number) => void;
  aside: boolean;
}

/** Seconds of speech that a waveform needs to be as wide as can be. */
const WIDE = 30;

export function Sound({ file, spot = {}, aside = false }: SoundProps) {
  const hearing = useHearing(file, spot, aside);
  return (
    <div class={`sound ${isVoice(file) ? "sound-voice" : ""}`} data-file={file.id}>
      <Toggle {...hearing} />
      {isVoice(file) ? <Voice {...hearing} /> : <Music {...hearing} />}
    </div>
  );
}

function useHearing(file: ShownFile, spot: Spot, aside: boolean): Hearing {
  const account = useAccount();
  const words = useWords();
  const current = useComputed(() => player.track.value?.file.id === file.id).value;
  const play = (from?: number): void => player.play(trackOf(account, words, file, spot), from);
  return {
    file,
    name: isVoice(file) ? words.t("voice.message") : file.name,
    current,
    length: current ? player.length.value : lengthOf(file),
    toggle: () => (current ? player.toggle() : play()),
    seek: (seconds) => (current ? player.seek(seconds) : play(seconds)),
    aside,
  };
}

function Toggle({ name, current, toggle, aside }: Hearing) {
  const { t } = useWords();
  const playing = current && player.playing.value;
  return (
    <button
      type="button"
      class="sound-toggle"
      {...offOf(aside)}
      aria-label={t(playing ? "voice.pause_named" : "voice.play_named", { name })}
      onClick={toggle}
    >
      <Icon name={playing ? "pause" : "play"} size={24} />
    </button>
  );
}

function Voice(hearing: Hearing) {
  const { file, length } = hearing;
  const width = widthOf(length ?? WIDE);
  return (
    <div class="sound-words" style={{ "--width": `${width}px` }}>
      <Seeking {...hearing}>
        <Waveform waveform={file.waveform} bars={width / STEP} />
      </Seeking>
      <Times {...hearing} />
    </div>
  );
}

function Music(hearing: Hearing) {
  const { t } = useWords();
  const { file, name, current, aside } = hearing;
  return (
    <>
      <div class="sound-words">
        <FileName name={file.name} />
        {current && (
          <Seeking {...hearing}>
            <span class="sound-line" />
          </Seeking>
        )}
        <Times {...hearing} />
      </div>
      <a
        class="icon-button sound-save"
        {...offOf(aside)}
        {...saving(file)}
        {...tip(t("files.save"))}
        aria-label={t("files.save_named", { name })}
      >
        <Icon name="download" />
      </a>
    </>
  );
}

/** Without a length there is no place in it. */
function Seeking({ name, current, length, seek, toggle, aside, children }: Hearing & { children: ComponentChildren }) {
  const { t } = useWords();
  if (length === null) return <div class="slider">{children}</div>;
  return (
    <Slider label={t("voice.position", { name })} {...{ current, length, aside }} onSeek={seek} onToggle={toggle}>
      {children}
    </Slider>
  );
}

function Times({ file, current, length }: Hearing) {
  const { size } = useWords();
  const all = length === null ? null : clockOf(length);
  const still = isVoice(file) ? (all ?? size(file.size)) : [all, size(file.size)].filter(Boolean).join(" · ");
  return (
    <span class="sound-about">
      <span class="number">{current && all !== null ? <Place of={all} /> : still}</span>
    </span>
  );
}

/** Shown anew once a second, not with every step. */
function Place({ of }: { of: string }) {
  const at = useComputed(() => clockOf(player.at.value)).value;
  return <>{`${at} / ${of}`}</>;
}

function offOf(aside: boolean): { tabIndex?: -1 } {
  return aside ? { tabIndex: -1 } : {};
}

/** Pixels, a bar at a time: what lasts longer is wider, up to where a bubble ends. */
function widthOf(seconds: number): number {
  return STEP * Math.round(35 + 25 * Math.min(1, seconds / WIDE));
}
