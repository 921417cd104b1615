// What is heard, as the system shows it: on a locked screen, and for the keys of a keyboard or a headset.

import { effect } from "@preact/signals";
import { player } from "./player.ts";

/** Seconds that a key goes on or back. */
export const LEAP = 10;

/** Tell the system what plays until the result is called. */
export function tellSystem(): () => void {
  const { mediaSession } = navigator;
  if (mediaSession === undefined) return () => {};
  const by = (seconds: number): void => player.seek(player.at.peek() + seconds);
  const does: [MediaSessionAction, MediaSessionActionHandler][] = [
    ["play", () => player.resume()],
    ["pause", () => player.pause()],
    ["stop", () => player.close()],
    ["seekbackward", ({ seekOffset }) => by(-(seekOffset ?? LEAP))],
    ["seekforward", ({ seekOffset }) => by(seekOffset ?? LEAP)],
    ["seekto", ({ seekTime }) => player.seek(seekTime ?? 0)],
  ];
  for (const [action, handler] of does) handle(mediaSession, action, handler);
  const ends = [
    effect(() => {
      const track = player.track.value;
      mediaSession.metadata = track && new MediaMetadata({ title: track.title, artist: track.place });
    }),
    effect(() => {
      mediaSession.playbackState = player.track.value === null ? "none" : player.playing.value ? "playing" : "paused";
    }),
    effect(() => {
      const duration = player.length.value;
      void player.playing.value;
      if (duration === null) return mediaSession.setPositionState();
      const position = Math.min(player.at.peek(), duration);
      mediaSession.setPositionState({ duration, position, playbackRate: player.speed.value });
    }),
  ];
  return () => {
    for (const end of ends) end();
    for (const [action] of does) handle(mediaSession, action, null);
    mediaSession.metadata = null;
  };
}

/** A browser refuses the actions that it does not know. */
function handle(session: MediaSession, action: MediaSessionAction, handler: MediaSessionActionHandler | null): void {
  try {
    session.setActionHandler(action, handler);
  } catch {
    // It has one key less.
  }
}
