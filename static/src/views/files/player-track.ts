// What is needed to hear a file of a message: whose it is, where it was, and what follows it.

import type { Account } from "../../models/account.ts";
import { voiceAfter } from "../../models/feed-sounds.ts";
import { filesOf } from "../../models/uploads/files.ts";
import type { Words } from "../../lib/locale.ts";
import { isVoice, type Track } from "./player.ts";
import type { ShownFile } from "./shown.ts";

export interface Spot {
  chat_id?: number | undefined;
  /** Of its message; without one it waits on this device. */
  seq?: number | undefined;
}

export function trackOf(account: Account, words: Words, file: ShownFile, spot: Spot): Track {
  const { people, chats } = account;
  const { chat_id, seq } = spot;
  const entry = chat_id === undefined ? null : chats.of(chat_id).peek();
  const place = entry === null ? "" : entry.notebook ? words.t("chats.notebook") : entry.title || words.t("chats.common");
  return {
    ...{ file, chat_id, seq, place },
    title: isVoice(file) ? people.name(file.uploader_id ?? account.user_id) : file.name,
    ...(file.url && { hold: () => filesOf(account).urls.hold(filesOf(account).localOf(file.id) ?? file.id) }),
    ...(isVoice(file) && chat_id !== undefined && seq !== undefined && {
      next: async (): Promise<Track | null> => {
        const heard = await voiceAfter(account.replica, chat_id, seq, file.id);
        return heard && trackOf(account, words, heard.file, { chat_id, seq: heard.message.seq });
      },
    }),
  };
}
