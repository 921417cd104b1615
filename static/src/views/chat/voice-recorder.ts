// One recording: the microphone, what has been said so far, and how loud it was. Nobody hears of it
// until it is finished.

import { type ReadonlySignal, signal } from "@preact/signals";
import { levelOf, waveformOf } from "./voice-levels.ts";

export type Phase = "recording" | "paused" | "over";

export interface Recorded {
  blob: Blob;
  duration_ms: number;
  waveform: string | null;
}

/** What may be recorded at the most. */
export interface Limits {
  seconds: number;
  bytes: number;
}

/** From the best: what all browsers play and is small. Safari knows MP4 alone until 18.4. */
const TYPES = ["audio/webm;codecs=opus", "audio/mp4;codecs=opus", "audio/mp4", "audio/ogg;codecs=opus"];
const BITS_PER_SECOND = 32_000;
const TICK_MS = 100;
/** So much is lost at the most when a device fails. */
const PIECE_MS = 1000;
/** No screen shows more tenths of a second. */
const MOST_SHOWN = 300;
/** The end of a file that is still to come, with room to spare. */
const RESERVE_BYTES = 64 * 1024;
const SOUND: MediaTrackConstraints = {
  channelCount: 1,
  echoCancellation: true,
  noiseSuppression: true,
  autoGainControl: true,
};

export class Recorder {
  readonly #stream: MediaStream;
  readonly #media: MediaRecorder;
  readonly #limits: Limits;
  readonly #context = new AudioContext();
  readonly #analyser: AnalyserNode;
  readonly #samples: Float32Array<ArrayBuffer>;
  readonly #pieces: Blob[] = [];
  readonly #all: number[] = [];
  readonly #phase = signal<Phase>("recording");
  readonly #seconds = signal(0);
  readonly #levels = signal<readonly number[]>([]);
  readonly #ended = Promise.withResolvers<void>();
  #bytes = 0;
  /** Milliseconds up to the last pause, and when it went on. */
  #before = 0;
  #since = performance.now();
  #timer: ReturnType<typeof setInterval> | undefined;
  readonly phase: ReadonlySignal<Phase> = this.#phase;
  readonly seconds: ReadonlySignal<number> = this.#seconds;
  /** How loud each tenth of a second was, 0 to 1. */
  readonly levels: ReadonlySignal<readonly number[]> = this.#levels;
  readonly canPause: boolean;

  /** Ask for the microphone and begin; raises what `getUserMedia` does. */
  static async begin(limits: Limits): Promise<Recorder> {
    if (navigator.mediaDevices === undefined) throw new DOMException("not over HTTP", "SecurityError");
    const stream = await navigator.mediaDevices.getUserMedia({ audio: SOUND });
    try {
      return new Recorder(stream, limits);
    } catch (error) {
      for (const track of stream.getTracks()) track.stop();
      throw error;
    }
  }

  constructor(stream: MediaStream, limits: Limits) {
    this.#stream = stream;
    this.#limits = limits;
    const mimeType = TYPES.find((type) => MediaRecorder.isTypeSupported(type));
    const options = { audioBitsPerSecond: BITS_PER_SECOND, ...(mimeType && { mimeType }) };
    this.#media = new MediaRecorder(stream, options);
    this.canPause = typeof this.#media.pause === "function";
    this.#analyser = this.#context.createAnalyser();
    this.#samples = new Float32Array(this.#analyser.fftSize);
    this.#context.createMediaStreamSource(stream).connect(this.#analyser);
    this.#media.addEventListener("dataavailable", ({ data }) => this.#takes(data));
    this.#media.addEventListener("stop", () => this.#ends());
    // A microphone that is pulled out ends it: what was said is there.
    stream.getAudioTracks()[0]?.addEventListener("ended", () => this.#stop());
    this.#media.start(PIECE_MS);
    this.#timer = setInterval(() => this.#tick(), TICK_MS);
  }

  /** Seconds that are left. */
  get left(): number {
    const bytes = (this.#limits.bytes - RESERVE_BYTES - this.#bytes) / (BITS_PER_SECOND / 8);
    return Math.max(0, Math.min(this.#limits.seconds - this.#seconds.peek(), bytes));
  }

  pause(): void {
    if (this.#phase.peek() !== "recording") return;
    this.#tick();
    this.#before = this.#length();
    this.#phase.value = "paused";
    this.#media.pause();
    // A microphone that is not listened to need not be shown as listening.
    void this.#context.suspend();
  }

  resume(): void {
    if (this.#phase.peek() !== "paused") return;
    this.#since = performance.now();
    this.#phase.value = "recording";
    void this.#context.resume();
    this.#media.resume();
  }

  /** What has been said so far; it goes on. */
  async soFar(): Promise<Recorded> {
    if (this.#media.state !== "inactive") {
      const given = new Promise((resolve) => this.#media.addEventListener("dataavailable", resolve, { once: true }));
      this.#media.requestData();
      await given;
    }
    return this.#recorded();
  }

  async finish(): Promise<Recorded> {
    this.#stop();
    await this.#ended.promise;
    return this.#recorded();
  }

  #recorded(): Recorded {
    const [type = ""] = (this.#pieces[0]?.type || this.#media.mimeType).split(";");
    const blob = new Blob(this.#pieces, { type });
    return { blob, duration_ms: Math.max(1, Math.round(this.#length())), waveform: waveformOf(this.#all) };
  }

  #length(): number {
    return this.#before + (this.#phase.peek() === "recording" ? performance.now() - this.#since : 0);
  }

  #takes(data: Blob): void {
    if (data.size === 0) return;
    this.#pieces.push(data);
    this.#bytes += data.size;
    if (this.left <= 0) this.#stop();
  }

  #tick(): void {
    if (this.#phase.peek() !== "recording") return;
    this.#analyser.getFloatTimeDomainData(this.#samples);
    this.#all.push(levelOf(this.#samples));
    this.#seconds.value = this.#length() / 1000;
    this.#levels.value = this.#all.slice(-MOST_SHOWN);
    if (this.left <= 0) this.#stop();
  }

  #stop(): void {
    if (this.#phase.peek() === "over") return;
    this.#before = this.#length();
    this.#phase.value = "over";
    clearInterval(this.#timer);
    if (this.#media.state !== "inactive") this.#media.stop();
    else this.#ends();
  }

  #ends(): void {
    // By itself, too: when its only track has ended.
    this.#stop();
    for (const track of this.#stream.getTracks()) track.stop();
    void this.#context.close().catch(() => {});
    this.#ended.resolve();
  }
}
