// What is heard: one sound at a time, whatever screen it was begun on. It goes on while one reads
// elsewhere, and with the next of its chat.

import { computed, type ReadonlySignal, signal } from "@preact/signals";
import { fileUrl } from "./addresses.ts";
import type { ShownFile } from "./shown.ts";

export interface Track {
  file: ShownFile;
  /** Who speaks, or the file's name; and where that was. */
  title: string;
  place: string;
  chat_id?: number | undefined;
  seq?: number | undefined;
  /** What plays after it. */
  next?: (() => Promise<Track | null>) | undefined;
  /** Keeps the address of a file on this device good. */
  hold?: (() => () => void) | undefined;
}

export const SPEEDS = [1, 1.5, 2] as const;
const MEMORY = "messenger.speed";

class Player {
  #audio: HTMLAudioElement | null = null;
  #release: () => void = () => {};
  #frame = 0;
  /** Whoever moves to the end of what is paused does not ask for the next. */
  #goesOn = false;
  readonly #track = signal<Track | null>(null);
  readonly #playing = signal(false);
  readonly #failed = signal(false);
  readonly #at = signal(0);
  readonly #found = signal<number | null>(null);
  readonly #speed = signal(1);
  readonly track: ReadonlySignal<Track | null> = this.#track;
  readonly playing: ReadonlySignal<boolean> = this.#playing;
  readonly failed: ReadonlySignal<boolean> = this.#failed;
  /** Seconds. */
  readonly at: ReadonlySignal<number> = this.#at;
  readonly speed: ReadonlySignal<number> = this.#speed;
  /** Seconds; null while nobody knows. A recorder writes none into its file: then what came with it is believed. */
  readonly length: ReadonlySignal<number | null> = computed(() => {
    const track = this.#track.value;
    return track && (this.#found.value ?? lengthOf(track.file));
  });

  /** Play a sound, from so many seconds on. */
  play(track: Track, from = 0): void {
    const audio = this.#element();
    this.#release();
    this.#release = track.hold?.() ?? (() => {});
    this.#track.value = track;
    this.#found.value = null;
    this.#at.value = from;
    this.#speed.value = remembered(track.file);
    audio.src = track.file.url ?? fileUrl(track.file.id);
    audio.playbackRate = this.#speed.peek();
    if (from > 0) audio.currentTime = from;
    this.resume();
  }

  resume(): void {
    const track = this.#track.peek();
    if (track === null) return;
    // What failed for want of a connection is asked for anew.
    if (this.#failed.peek()) return void ((this.#failed.value = false), this.play(track, this.#at.peek()));
    this.#goesOn = true;
    for (const film of document.querySelectorAll("video")) film.pause();
    // Paused or replaced before it began is no failure; what is one is told by its event.
    this.#element().play().catch(() => {});
  }

  pause(): void {
    this.#goesOn = false;
    this.#audio?.pause();
  }

  toggle(): void {
    if (this.#playing.peek()) this.pause();
    else this.resume();
  }

  seek(seconds: number): void {
    const audio = this.#audio;
    if (audio === null) return;
    const at = Math.max(0, Math.min(seconds, this.length.peek() ?? seconds));
    audio.currentTime = at;
    this.#at.value = at;
  }

  /** The next of the speeds. */
  faster(): void {
    const track = this.#track.peek();
    if (track === null) return;
    const index = (SPEEDS as readonly number[]).indexOf(this.#speed.peek());
    const speed = SPEEDS[(index + 1) % SPEEDS.length] ?? 1;
    this.#speed.value = speed;
    this.#element().playbackRate = speed;
    localStorage.setItem(memoryOf(track.file), String(speed));
  }

  close(): void {
    this.#track.value = null;
    this.#failed.value = false;
    this.#release();
    this.#release = () => {};
    this.#audio?.removeAttribute("src");
    this.#audio?.load();
  }

  #element(): HTMLAudioElement {
    return (this.#audio ??= this.#made());
  }

  #made(): HTMLAudioElement {
    const audio = new Audio();
    const heard = (name: string, does: () => void): void => audio.addEventListener(name, does);
    heard("play", () => this.#goes());
    heard("pause", () => (this.#playing.value = false));
    heard("timeupdate", () => this.#moves());
    heard("durationchange", () => (this.#found.value = Number.isFinite(audio.duration) ? audio.duration : null));
    heard("ended", () => void this.#ended());
    heard("error", () => this.#fails());
    addEventListener(
      "play",
      // A film, or whatever else one has begun.
      ({ target }) => target !== audio && this.pause(),
      true,
    );
    return audio;
  }

  #goes(): void {
    this.#playing.value = true;
    cancelAnimationFrame(this.#frame);
    const draw = (): void => {
      this.#moves();
      if (this.#playing.peek()) this.#frame = requestAnimationFrame(draw);
    };
    draw();
  }

  #moves(): void {
    const audio = this.#audio;
    // Before there is anything to play, its place is where it is to begin.
    if (audio !== null && audio.readyState > 0 && !this.#failed.peek()) this.#at.value = audio.currentTime;
  }

  #fails(): void {
    if (this.#track.peek() === null) return;
    this.#playing.value = false;
    this.#failed.value = true;
  }

  async #ended(): Promise<void> {
    this.#playing.value = false;
    if (!this.#goesOn) return;
    const track = this.#track.peek();
    const next = (await track?.next?.()) ?? null;
    if (this.#track.peek() !== track) return;
    if (next === null) this.close();
    else this.play(next);
  }
}

/** Seconds, as whoever sent it says. */
export function lengthOf({ duration_ms }: ShownFile): number | null {
  return duration_ms ? duration_ms / 1000 : null;
}

export function isVoice({ shown_as }: ShownFile): boolean {
  return shown_as === "voice";
}

/** Speech is hurried, music is not. */
function memoryOf(file: ShownFile): string {
  return `${MEMORY}.${isVoice(file) ? "voice" : "music"}`;
}

function remembered(file: ShownFile): number {
  const held = Number(localStorage.getItem(memoryOf(file)));
  return (SPEEDS as readonly number[]).includes(held) ? held : 1;
}

export const player = new Player();
