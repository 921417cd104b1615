// Pictures of oneself and of chats: set and taken away, with a connection only. What becomes of one
// comes back as an event, to everybody.

import type { Http } from "../lib/http.ts";

/** Whose picture: one's own, or a chat's. */
export type Whose = "me" | { chat_id: number };

/** A square of the upright picture: parts of its width and height, and of its shorter side. */
export interface Square {
  x: number;
  y: number;
  size: number;
}

/** Without a square the middle is taken. Raises ApiError and Unreachable. */
export async function setAvatar(http: Http, whose: Whose, picture: Blob, square: Square | null): Promise<void> {
  const form = new FormData();
  form.append("picture", picture, "picture");
  const query = square === null ? {} : { ...square };
  await http.ask("PUT", addressOf(whose), { body: form, query, key: crypto.randomUUID() });
}

export async function removeAvatar(http: Http, whose: Whose): Promise<void> {
  await http.ask("DELETE", addressOf(whose), { key: crypto.randomUUID() });
}

/** As it is now, the largest; null where it is not to be had. */
export async function avatarAt(url: string): Promise<Blob | null> {
  const answer = await fetch(`${url}?size=512`).catch(() => null);
  return answer?.ok ? answer.blob() : null;
}

function addressOf(whose: Whose): string {
  return whose === "me" ? "/users/me/avatar" : `/chats/${whose.chat_id}/avatar`;
}
