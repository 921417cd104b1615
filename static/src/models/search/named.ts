// People and chats by their names: all that one knows is at hand, nobody has to be asked. Pure.

import { fits, isNothing, snippetOf } from "../../lib/search/matching.ts";
import { tokensOf } from "../../lib/search/words.ts";
import { EMPTY, EVERYTHING, type Hit, type Wanted } from "./hits.ts";
import type { Known } from "./wanting.ts";

/** Of each kind so many stand beside the others. */
const BESIDE = 3;
const ALONE = 30;

export function namedHits(wanted: Wanted, { people, chats }: Pick<Known, "people" | "chats">): Hit[] {
  const { words, kind } = wanted;
  if (isNothing(words) || isNarrowed(wanted)) return [];
  const has = (name: string): boolean => fits(tokensOf(name, true), words);
  const most = kind === null ? BESIDE : ALONE;
  const found: Hit[] = [];
  if (kind === null || kind === "person") {
    for (const user of people.filter((each) => has(`${each.display_name} ${each.username}`)).slice(0, most)) {
      const title = snippetOf(user.display_name, words);
      found.push({ ...EMPTY, key: `person:${user.id}`, kind: "person", at: user.created_at, user, title });
    }
  }
  if (kind === null || kind === "chat") {
    for (const { id, chat, title: name } of chats.filter((each) => each.other === null && has(each.title)).slice(0, most)) {
      const title = snippetOf(name, words);
      found.push({ ...EMPTY, key: `chat:${id}`, kind: "chat", at: chat.created_at, chat_id: id, chat, title });
    }
  }
  return found;
}

/** Whether operators ask for what a name has not. */
function isNarrowed(wanted: Wanted): boolean {
  return Object.entries(EVERYTHING).some(([name, value]) => {
    return name !== "kind" && String(wanted[name as keyof Wanted]) !== String(value);
  });
}
