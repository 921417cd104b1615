// One voice message on its way: begun, paused, listened to; then sent, kept for later, or given up.

import { type ReadonlySignal, signal } from "@preact/signals";
import type { Words } from "../../lib/locale.ts";
import type { Account } from "../../models/account.ts";
import type { ServerSettings } from "../../models/contract.ts";
import type { LocalFile } from "../../models/local-files.ts";
import { filesOf } from "../../models/uploads/files.ts";
import type { Chosen } from "../../models/uploads/trays.ts";
import { player } from "../files/player.ts";
import { type Limits, type Recorded, Recorder } from "./voice-recorder.ts";

/** Why there is no microphone. */
export type Refusal = "denied" | "missing" | "busy" | "insecure";

export interface Sending {
  reply_to?: number;
}

const LONGEST_SECONDS = 3600;
const USUAL_BYTES = 10 * 1024 * 1024;
/** Seconds: less was hardly meant to be kept. */
const SHORTEST = 0.5;
const ENDINGS: Record<string, string> = { "audio/webm": "webm", "audio/mp4": "m4a", "audio/ogg": "ogg" };

export function limitsOf({ file_max_bytes }: ServerSettings): Limits {
  return { seconds: LONGEST_SECONDS, bytes: file_max_bytes ?? USUAL_BYTES };
}

export class Recording {
  readonly #account: Account;
  readonly #words: Words;
  readonly #chat_id: number;
  readonly #where: string;
  readonly #recorder = signal<Recorder | null>(null);
  readonly #heard = signal<(LocalFile & { url: string }) | null>(null);
  #saved: string | null = null;
  #over = false;
  /** Null while the microphone is asked for. */
  readonly recorder: ReadonlySignal<Recorder | null> = this.#recorder;
  /** While it is paused: what one may listen to. */
  readonly heard: ReadonlySignal<(LocalFile & { url: string }) | null> = this.#heard;

  constructor(account: Account, words: Words, chat_id: number, where: string) {
    this.#account = account;
    this.#words = words;
    this.#chat_id = chat_id;
    this.#where = where;
  }

  /** Null when it has begun, or was given up meanwhile. */
  async begin(limits: Limits): Promise<Refusal | null> {
    player.pause();
    try {
      const recorder = await Recorder.begin(limits);
      if (this.#over) void recorder.finish();
      else this.#recorder.value = recorder;
      return null;
    } catch (error) {
      return this.#over ? null : refusalOf(error);
    }
  }

  async pause(): Promise<void> {
    const recorder = this.#recorder.peek();
    recorder?.pause();
    const recorded = await recorder?.soFar();
    if (recorded === undefined || recorder?.phase.peek() !== "paused") return;
    const { file, blob } = this.#made(recorded);
    this.#heard.value = { ...file, url: URL.createObjectURL(blob) };
  }

  resume(): void {
    this.#forgetHeard();
    this.#recorder.peek()?.resume();
  }

  async send(extras: Sending): Promise<void> {
    const chosen = await this.#finish();
    if (chosen === null) return;
    const { file } = chosen;
    filesOf(this.#account).send(this.#chat_id, "", { files: [file], ...extras }, [chosen]);
    this.#unsave();
  }

  /** Let it wait in its chat; false when there is nothing to keep. */
  async keep(): Promise<boolean> {
    const long = (this.#recorder.peek()?.seconds.peek() ?? 0) >= SHORTEST;
    const chosen = await this.#finish();
    this.#unsave();
    if (chosen !== null && long) this.#tray.add(chosen);
    return chosen !== null && long;
  }

  /** Give it up; the result brings it back, to be listened to. */
  async discard(): Promise<(() => void) | null> {
    const long = (this.#recorder.peek()?.seconds.peek() ?? 0) >= SHORTEST;
    const chosen = await this.#finish();
    this.#unsave();
    return chosen !== null && long ? () => this.#tray.add(chosen) : null;
  }

  /** Put what there is where it survives this tab, until one comes back to it. */
  async save(): Promise<void> {
    const recorded = await this.#recorder.peek()?.soFar();
    if (recorded === undefined || this.#over || this.#saved !== null || document.visibilityState === "visible") return;
    const chosen = this.#made(recorded);
    this.#saved = chosen.file.id;
    this.#tray.add(chosen);
  }

  unsave(): void {
    if (!this.#over) this.#unsave();
  }

  get #tray() {
    return filesOf(this.#account).tray(this.#where);
  }

  #unsave(): void {
    if (this.#saved !== null) this.#tray.remove(this.#saved);
    this.#saved = null;
  }

  /** Null when it is over already, or has not begun. */
  async #finish(): Promise<Chosen | null> {
    if (this.#over) return null;
    this.#over = true;
    this.#forgetHeard();
    const recorded = await this.#recorder.peek()?.finish();
    return recorded === undefined ? null : this.#made(recorded);
  }

  #forgetHeard(): void {
    const heard = this.#heard.peek();
    this.#heard.value = null;
    if (heard === null) return;
    if (player.track.peek()?.file.id === heard.id) player.close();
    URL.revokeObjectURL(heard.url);
  }

  #made({ blob, duration_ms, waveform }: Recorded): Chosen {
    const at = this.#words.moment(Date.now()).replace(":", ".");
    const name = `${this.#words.t("voice.message")}, ${at}.${ENDINGS[blob.type] ?? "webm"}`;
    const about = { shown_as: "voice", duration_ms, waveform, width: null, height: null } as const;
    return { blob, file: { id: crypto.randomUUID(), name, mime: blob.type, size: blob.size, ...about } };
  }
}

function refusalOf(error: unknown): Refusal {
  switch ((error as DOMException).name) {
    case "NotAllowedError":
      return "denied";
    case "NotFoundError":
    case "OverconstrainedError":
      return "missing";
    case "SecurityError":
      return "insecure";
    default:
      console.error(error);
      return "busy";
  }
}
