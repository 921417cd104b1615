// Chats, their members and oneself with the changes that are still on their way laid over them. Pure.

import type { Item } from "../rows.ts";
import type { MemberRole } from "../contract.ts";
import type { Chat, Me, Member } from "../types.ts";

/** Whether it is shown as done: what was refused or is in conflict is for its person to decide. */
function onItsWay({ state }: Item): boolean {
  return state === "waiting" || state === "sending";
}

/** With its new title, or without its board. A board that is to be made has its columns from the server. */
export function chatWith(chat: Chat, items: Item[]): Chat {
  return items.filter(onItsWay).reduce((shown, { kind, fields }) => {
    if (kind !== "chat.update") return shown;
    const { title = shown.title, board = shown.board } = fields as Partial<Chat>;
    return { ...shown, title, board: shown.board && board };
  }, chat);
}

/** Whether one has left it already. */
export function isLeft(items: Item[], own: number): boolean {
  return items.some((item) => item.kind === "member.remove" && item.fields["user_id"] === own && onItsWay(item));
}

export function membersWith(chat_id: number, members: Member[], items: Item[]): Member[] {
  const changes = items.filter((item) => item.chat_id === chat_id && item.kind in CHANGES && onItsWay(item));
  if (changes.length === 0) return members;
  const shown = new Map(members.map((member) => [member.user_id, member]));
  for (const item of changes) CHANGES[item.kind]?.(shown, item);
  return [...shown.values()];
}

const CHANGES: Record<string, (shown: Map<number, Member>, item: Item) => void> = {
  "member.add": (shown, { chat_id, fields, at }) => {
    for (const user_id of fields["user_ids"] as number[]) {
      const joined_at = new Date(at).toISOString();
      if (!shown.has(user_id)) shown.set(user_id, { chat_id, user_id, role: "member", joined_at, left_at: null, rev: 0 });
    }
  },
  "member.update": (shown, { fields }) => {
    const member = shown.get(fields["user_id"] as number);
    if (member !== undefined) shown.set(member.user_id, { ...member, role: fields["role"] as MemberRole });
  },
  "member.remove": (shown, { fields }) => void shown.delete(fields["user_id"] as number),
};

export function meWith(me: Me, items: Item[]): Me {
  const changes = items.filter((item) => item.kind === "me.update" && onItsWay(item));
  return changes.reduce((shown, { fields }) => ({ ...shown, ...(fields["changes"] as Partial<Me>) }), me);
}
