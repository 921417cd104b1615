// What was recorded before and not sent: one listens, and decides.

import { useEffect } from "preact/hooks";
import type { LocalFile } from "../../models/local-files.ts";
import { filesOf } from "../../models/uploads/files.ts";
import { IconButton, useLayers } from "../common/index.ts";
import { Sound } from "../files/player-sound.tsx";
import { useAccount, useWords } from "../hooks/context.ts";
import type { ChatState } from "./state.ts";
import { answering, focusField, Frame, Send, undoing } from "./voice-parts.tsx";

export function Kept({ state, where, kept }: { state: ChatState; where: string; kept: LocalFile }) {
  const account = useAccount();
  const { t } = useWords();
  const { toast } = useLayers();
  const files = filesOf(account);
  useEffect(() => files.urls.hold(kept.id), [files, kept.id]);
  const url = files.urls.of(kept.id).value;
  const send = (): void => {
    files.send(state.chat_id, "", { files: [kept], where, ...answering(state) });
    focusField();
  };
  const discard = async (): Promise<void> => {
    const tray = files.tray(where);
    // They may be gone from the device before it is taken back.
    const blob = await files.bytes(kept.id);
    tray.remove(kept.id);
    toast({ text: t("voice.discarded"), undo: undoing(() => blob && tray.add({ file: kept, blob })) });
    focusField();
  };
  return (
    <Frame label={t("voice.unsent")}>
      <IconButton danger icon="trash" label={t("voice.discard")} onClick={() => void discard()} />
      <Sound file={{ ...kept, url }} />
      <Send onSend={send} />
    </Frame>
  );
}
