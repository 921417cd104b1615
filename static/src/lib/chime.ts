// A short signal of two tones, made by the browser: there is no file to fetch.

import { effect, signal } from "@preact/signals";

const NAME = "messenger.sound";

/** Whether an open tab of this device plays it. */
export const sounds = signal(localStorage.getItem(NAME) !== "off");
effect(() => (sounds.value ? localStorage.removeItem(NAME) : localStorage.setItem(NAME, "off")));

/** Hertz: a fourth upwards, soft. */
const TONES = [587.33, 783.99];
const TONE_S = 0.16;
const LOUD = 0.08;

let context: AudioContext | null = null;

/** Play it; false where the browser does not let the page be heard (nobody has touched it yet). */
export async function chime(): Promise<boolean> {
  if (!("AudioContext" in window)) return false;
  // Before a hand has come to the page a context may not start, and says so on the console.
  if (!navigator.userActivation?.hasBeenActive) return false;
  context ??= new AudioContext();
  if (context.state !== "running") await Promise.race([context.resume(), new Promise((done) => setTimeout(done, 200))]);
  if (context.state !== "running") return false;
  TONES.forEach((hertz, index) => sound(context as AudioContext, hertz, index * TONE_S * 0.8));
  return true;
}

function sound(audio: AudioContext, hertz: number, after: number): void {
  const begins = audio.currentTime + after;
  const oscillator = new OscillatorNode(audio, { type: "sine", frequency: hertz });
  const gain = new GainNode(audio, { gain: 0 });
  // Not from one moment to the next: that would click.
  gain.gain.setValueAtTime(0, begins);
  gain.gain.linearRampToValueAtTime(LOUD, begins + 0.015);
  gain.gain.exponentialRampToValueAtTime(0.0001, begins + TONE_S * 2);
  oscillator.connect(gain).connect(audio.destination);
  oscillator.start(begins);
  oscillator.stop(begins + TONE_S * 2);
}
