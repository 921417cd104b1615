// A sound in its message: a voice message with its waveform, or a file of music with its name.

import "./player-sound.css";
import { useComputed } from "@preact/signals";
import type { ComponentChildren } from "preact";
import { Icon, tip } from "../common/index.ts";
import { useAccount, useWords } from "../hooks/context.ts";
import { FileName } from "./file-name.tsx";
import { isVoice, lengthOf, player } from "./player.ts";
import { Slider } from "./player-slider.tsx";
import { STEP } from "./player-bars.ts";
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

/** Seconds of speech that a waveform needs to be as wide as can be. */
const WIDE = 30;

export function Sound({ file, spot = {}, aside = false }: SoundProps) {
  const account = useAccount();
  const words = useWords();
  const current = useComputed(() => player.track.value?.file.id === file.id).value;
  const playing = current && player.playing.value;
  const length = current ? player.length.value : lengthOf(file);
  const play = (from?: number): void => player.play(trackOf(account, words, file, spot), from);
  const toggle = (): void => (current ? player.toggle() : play());
  const seek = (seconds: number): void => (current ? player.seek(seconds) : play(seconds));
  const name = isVoice(file) ? words.t("voice.message") : file.name;
  const off = aside ? { tabIndex: -1 } : {};
  const width = widthOf(length ?? WIDE);
  const about = (
    <span class="sound-about">
      <Times file={file} current={current} length={length} />
    </span>
  );
  const slider = (below: ComponentChildren) =>
    length !== null && (
      <Slider label={words.t("voice.position", { name })} {...{ current, length, aside }} onSeek={seek} onToggle={toggle}>
        {below}
      </Slider>
    );
  return (
    <div class={`sound ${isVoice(file) ? "sound-voice" : ""}`} data-file={file.id}>
      <button
        type="button"
        class="sound-toggle"
        {...off}
        aria-label={words.t(playing ? "voice.pause_named" : "voice.play_named", { name })}
        onClick={toggle}
      >
        <Icon name={playing ? "pause" : "play"} size={24} />
      </button>
      {isVoice(file) ? (
        <div class="sound-words" style={{ "--width": `${width}px` }}>
          {slider(<Waveform waveform={file.waveform} bars={width / STEP} />)}
          {about}
        </div>
      ) : (
        <div class="sound-words">
          <FileName name={file.name} />
          {current && slider(<span class="sound-line" />)}
          {about}
        </div>
      )}
      {!isVoice(file) && (
        <a
          class="icon-button sound-save"
          {...off}
          {...saving(file)}
          {...tip(words.t("files.save"))}
          aria-label={words.t("files.save_named", { name: file.name })}
        >
          <Icon name="download" />
        </a>
      )}
    </div>
  );
}

function Times({ file, current, length }: { file: ShownFile; current: boolean; length: number | null }) {
  const { size } = useWords();
  const all = length === null ? null : clockOf(length);
  if (current && all !== null) return <Place of={all} />;
  if (isVoice(file)) return <span class="number">{all ?? size(file.size)}</span>;
  return <span class="number">{[all, size(file.size)].filter((part) => part !== null).join(" · ")}</span>;
}

/** Shown anew once a second, not with every step. */
function Place({ of }: { of: string }) {
  const at = useComputed(() => clockOf(player.at.value)).value;
  return <span class="number">{`${at} / ${of}`}</span>;
}

/** Pixels, a bar at a time: what lasts longer is wider, up to where a bubble ends. */
function widthOf(seconds: number): number {
  return STEP * Math.round(35 + 25 * Math.min(1, seconds / WIDE));
}
