// What is being written and where it goes: the chat's draft, or the new text of an old message.

import { useAccount } from "../hooks/context.ts";
import type { Account } from "../../models/account.ts";
import { filesOf } from "../../models/uploads/files.ts";
import { feedOf } from "../../models/feeds.ts";
import { postFiles } from "./tray/post.ts";
import type { ComposerFiles } from "./tray/composer-files.ts";
import type { ChatState, Editing } from "./state.ts";

export interface Writing {
  text: string;
  /** The text of an old message is being changed; `before` is how it was. */
  changes: boolean;
  before: string;
  /** What stands there was typed before. */
  restored: boolean;
  /** Begin the change anew, from the text as it was. */
  discard: () => void;
  write: (text: string) => void;
  send: () => void;
  /** Leave the answer or the change; false when there was none. */
  cancel: () => boolean;
  /** Change one's last message; false when there is none at hand. */
  editLast: () => boolean;
}

export function useWriting(state: ChatState, files: ComposerFiles): Writing {
  const account = useAccount();
  const { writing, drafts, typing } = account;
  const { chat_id } = state;
  const editing = state.editing.value;
  const draft = drafts.of(chat_id).value;
  const text = editing === null ? draft : state.changed.value;
  const cancel = (): boolean => {
    const had = editing !== null || state.reply.peek() !== null;
    state.leave();
    return had;
  };
  return {
    text,
    changes: editing !== null,
    before: editing?.text ?? "",
    restored: state.restored.value,
    cancel,
    discard() {
      state.write(editing?.text ?? "");
      state.restored.value = false;
    },
    write(value) {
      if (editing === null) drafts.set(chat_id, value);
      else state.write(value);
      if (value !== "") typing.tell(chat_id);
    },
    send() {
      const { tray, count, stored } = files;
      if (text.trim() === "" && count === 0) return;
      if (tray.files.length > 0 || stored?.changed) return void post(account, state, files);
      const reply = state.reply.peek();
      if (editing !== null) change(account, chat_id, editing, text);
      else writing.send(chat_id, text, reply === null ? {} : { reply_to: reply.seq });
      state.drop();
    },
    editLast() {
      const last = editing === null ? lastOwn(account, chat_id) : null;
      if (last !== null) state.change(last);
      return last !== null;
    },
  };
}

/** What is written until the photos are ready goes along. */
function post(account: Account, state: ChatState, { tray: { where }, stored }: ComposerFiles): Promise<void> {
  const { chat_id } = state;
  const editing = state.editing.peek();
  return postFiles(account, where, (files) => {
    // Given up meanwhile, or something else was begun.
    if (state.editing.peek() !== editing) return;
    if (editing !== null && "seq" in editing) {
      const { seq, text: before } = editing;
      const file_ids = stored?.files.map(({ id }) => id) ?? [];
      filesOf(account).edit({ chat_id, seq, text: state.changed.peek(), file_ids, before }, { files, where });
    } else {
      const reply = state.reply.peek();
      const more = reply === null ? {} : { reply_to: reply.seq };
      filesOf(account).send(chat_id, account.drafts.of(chat_id).peek().trim(), { files, where, ...more });
    }
    state.drop();
  });
}

function change({ writing, outbox }: Account, chat_id: number, editing: Editing, text: string): void {
  if ("order" in editing) {
    // It may have been sent while it was being changed: then what was written goes with the next.
    if (outbox.has(editing.order)) outbox.edit(editing.order, text);
    else writing.send(chat_id, text);
  } else if (text.trim() !== editing.text.trim()) writing.edit(chat_id, editing.seq, text, editing.text);
}

function lastOwn({ chats, user_id }: Account, chat_id: number): Editing | null {
  const feed = feedOf(chats, chat_id);
  const waiting = feed.waiting.peek().findLast((each) => each.state !== "sending" && each.forwarded_from === null);
  if (waiting !== undefined) return { order: waiting.order, text: waiting.text };
  const own = feed.messages.peek().findLast((each) => each.sender_id === user_id && each.deleted_at === null);
  return own === undefined ? null : { seq: own.seq, text: own.text };
}
