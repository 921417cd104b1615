// One's own state of a chat, and how far everybody has read it, as the local data has them.

import type { Batch } from "./batch.ts";
import type { MemberMark } from "./contract.ts";
import type { ChatRow } from "./rows.ts";
import type { My } from "./types.ts";

/** Take over what the server says of one's membership; marks only ever move forward. */
export async function mergeMy(batch: Batch, fresh: My, own: number): Promise<void> {
  const row = await batch.chatRow(fresh.chat_id);
  if (row === undefined) return;
  await batch.chat({ ...row, my: merged(row, fresh) });
  await moveMark(batch, fresh.chat_id, fresh, own);
  await takeDraft(batch, fresh);
}

function merged(row: ChatRow, fresh: My): My {
  const { read_seq, received_seq, read_n, unread } = row.my;
  const mentions = fresh.read_n >= read_n ? fresh.mentions : row.my.mentions;
  return { ...fresh, read_seq, received_seq, read_n, unread, mentions };
}

export async function takeDraft(batch: Batch, fresh: My): Promise<void> {
  const { chat_id } = fresh;
  const held = await batch.get("drafts", chat_id);
  const text = fresh.draft ?? "";
  if (held?.dirty || (held?.text ?? "") === text) return;
  batch.put("drafts", chat_id, { chat_id, text, dirty: false });
  batch.say(`draft ${chat_id}`, { kind: "draft", chat_id, text });
}

export interface MarkTo {
  read_seq: number;
  received_seq: number;
  read_n: number;
}

/** Move one's mark forward; what is behind it is no longer unread. */
export async function moveMark(
  batch: Batch,
  chat_id: number,
  to: MarkTo,
  own: number,
): Promise<void> {
  const row = await batch.chatRow(chat_id);
  if (row === undefined) return;
  const { my } = row;
  const read_n = Math.max(my.read_n, to.read_n);
  const moves = read_n > my.read_n;
  const read = moves ? await batch.mentions(chat_id, my.read_n, read_n, own) : 0;
  const moved: My = {
    ...my,
    read_n,
    read_seq: Math.max(my.read_seq, to.read_seq),
    received_seq: Math.max(my.received_seq, to.received_seq),
    unread: moves ? await unreadAfter(batch, row, read_n) : my.unread,
    mentions: read_n >= row.n ? 0 : Math.max(0, my.mentions - read),
  };
  await batch.chat({ ...row, my: moved });
}

/** What is unread once the mark stands further on: less the deleted messages ahead of it. */
async function unreadAfter(batch: Batch, row: ChatRow, read_n: number): Promise<number> {
  const { id, n, my } = row;
  const ahead = await batch.held(id, read_n, n);
  if (ahead.all === n - read_n) return ahead.all - ahead.dead;
  // Not all of it is here: of the deleted ones some lie behind the mark now, as far as is known.
  const passed = await batch.held(id, my.read_n, read_n);
  const dead = Math.max(ahead.dead, n - my.read_n - my.unread - passed.dead);
  return Math.max(0, Math.min(n - read_n - dead, my.unread));
}

export async function takeMarks(batch: Batch, chat_id: number, fresh: MemberMark[]): Promise<void> {
  const row = await batch.chatRow(chat_id);
  if (row === undefined) return;
  const marks = new Map(row.marks.map((mark) => [mark[0], mark]));
  for (const [user_id, read, received] of fresh) {
    const held = marks.get(user_id) ?? [user_id, 0, 0];
    marks.set(user_id, [user_id, Math.max(held[1], read), Math.max(held[2], received)]);
  }
  const changed = { ...row, marks: [...marks.values()] };
  batch.put("chats", chat_id, changed);
  batch.say(`marks ${chat_id}`, { kind: "marks", chat_id, marks: changed.marks });
}
