// The first project: a chat with a board and three cards that say what one can do with them.

import type { Http } from "../lib/http.ts";
import type { Chat, Column } from "./types.ts";

export interface SampleCard {
  title: string;
  description: string;
}

/** Make it; a repeat under the same key makes nothing twice. */
export async function makeSample(
  http: Http,
  title: string,
  cards: readonly SampleCard[],
  key: string,
): Promise<number> {
  const asked = { title, member_ids: [], board: true };
  const chat = await http.change<Chat>("POST", "/chats", asked, key);
  const { columns } = await http.get<{ columns: Column[] }>(`/chats/${chat.id}/board`);
  const [first] = columns;
  for (const [index, card] of cards.entries()) {
    const place = first === undefined ? {} : { column_id: first.id };
    await http.change("POST", "/tasks", { ...card, chat_id: chat.id, ...place }, `${key}-${index}`);
  }
  return chat.id;
}
