// What a reaction makes of those that a message has.

import type { Reaction } from "./types.ts";

const SHOWN_REACTORS = 20;

/** The reactions of a message after somebody's came or went. */
export function reacted(
  reactions: Reaction[],
  change: { emoji: string; user_id: number },
  added: boolean,
): Reaction[] {
  const { emoji, user_id } = change;
  const group = reactions.find((each) => each.emoji === emoji) ?? { emoji, count: 0, user_ids: [] };
  const rest = group.user_ids.filter((id) => id !== user_id);
  const changed: Reaction = {
    emoji,
    count: group.count + (added ? 1 : -1),
    user_ids: added ? [...rest, user_id].slice(0, SHOWN_REACTORS) : rest,
  };
  return [...reactions.filter((each) => each.emoji !== emoji), changed]
    .filter((each) => each.count > 0)
    .sort((one, other) => (one.emoji < other.emoji ? -1 : 1));
}
