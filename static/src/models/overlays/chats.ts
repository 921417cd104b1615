// Chats, their members and oneself with the changes that are still on their way laid over them. Pure.

import type { Item, ItemOf } from "../rows.ts";
import type { Chat, Me, Member } from "../types.ts";

/** Whether it is shown as done: what was refused or is in conflict is for its person to decide. */
function onItsWay({ state }: Item): boolean {
  return state === "waiting" || state === "sending";
}

/** With its new title, or without its board. A board that is to be made has its columns from the server. */
export function chatWith(chat: Chat, items: Item[]): Chat {
  return items.filter(onItsWay).reduce((shown, { kind, fields }) => {
    if (kind !== "chat.update") return shown;
    return { ...shown, title: fields.title ?? shown.title, board: shown.board && fields.board !== false };
  }, chat);
}

/** Whether one has left it already. */
export function isLeft(items: Item[], own: number): boolean {
  return items.some((item) => item.kind === "member.remove" && item.fields.user_id === own && onItsWay(item));
}

export function membersWith(chat_id: number, members: Member[], items: Item[]): Member[] {
  const changes = items.filter(ofMembers).filter((item) => item.chat_id === chat_id && onItsWay(item));
  if (changes.length === 0) return members;
  const shown = new Map(members.map((member) => [member.user_id, member]));
  for (const item of changes) change(shown, item);
  return [...shown.values()];
}

type MembersItem = ItemOf<"member.add" | "member.update" | "member.remove">;

function ofMembers(item: Item): item is MembersItem {
  return item.kind.startsWith("member.");
}

function change(shown: Map<number, Member>, item: MembersItem): void {
  const { chat_id } = item;
  if (item.kind === "member.add") {
    const joined_at = new Date(item.at).toISOString();
    for (const user_id of item.fields.user_ids) {
      if (!shown.has(user_id)) shown.set(user_id, { chat_id, user_id, role: "member", joined_at, left_at: null, rev: 0 });
    }
    return;
  }
  const member = shown.get(item.fields.user_id);
  if (member === undefined) return;
  if (item.kind === "member.remove") shown.delete(member.user_id);
  else shown.set(member.user_id, { ...member, role: item.fields.role });
}

export function meWith(me: Me, items: Item[]): Me {
  const changes = items.filter((item) => item.kind === "me.update").filter(onItsWay);
  return changes.reduce((shown, { fields }) => ({ ...shown, ...fields.changes }), me);
}
