// The tray of a chat's composer, and the files that come to it from the page: dropped, pasted, asked for.

import type { RefObject } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { pick } from "../../files/given.ts";
import { useTaker, type Zone } from "../../files/takers.ts";
import { useAccount, useKey, useModel, useWords } from "../../hooks/context.ts";
import { isPanel } from "../../hooks/place.ts";
import { UNDO_MS } from "../../../models/outbox.ts";
import { nothingModal, useLayers } from "../../common/layers.ts";
import type { ChatState } from "../state.ts";
import { useTitleOf } from "../title.ts";
import { ATTACH_KEYS } from "./attach.tsx";
import type { StoredFiles } from "./stored.tsx";
import { type TrayState, useTray } from "./use-tray.ts";

export interface ComposerFiles {
  tray: TrayState;
  /** Those that the message being changed has, and keeps. */
  stored: StoredFiles | null;
  /** How many it will have in all. */
  count: number;
  /** Nothing can be added. */
  closed: boolean;
  /** It cannot be sent as it is. */
  blocked: boolean;
}

export function useComposerFiles(state: ChatState, form: RefObject<HTMLFormElement | null>): ComposerFiles {
  const { router } = useModel();
  const { t } = useWords();
  const title = useTitleOf(state.chat_id);
  const editing = state.editing.value;
  const seq = editing !== null && "seq" in editing ? editing.seq : null;
  // What waits to be sent keeps its files.
  const closed = editing !== null && "order" in editing;
  const tray = useTray(editing === null ? state.chat_id : `chat.${state.chat_id}.${seq ?? "waiting"}`);
  const stored = useStored(state, seq);
  const element = (): Element | null => form.current;
  const box = (): Element | null => form.current?.closest(".chat") ?? null;
  useTaker({ element, box, zones: (pictures) => (closed ? [] : zonesOf(tray, pictures, title, t)) });
  useListedKeys();
  useKey({
    combo: ATTACH_KEYS,
    name: "tray.attach",
    group: "keys.composer",
    when: () => !closed && nothingModal() && !isPanel(router.place.peek()),
    run: () => pick("files", tray.add),
  });
  const count = tray.files.length + (stored?.files.length ?? 0);
  return { tray, stored, closed, count, blocked: tray.large.size > 0 };
}

/** The files of the message that is being changed: to be taken out of it. */
function useStored(state: ChatState, seq: number | null): StoredFiles | null {
  const { chats } = useAccount();
  const { t } = useWords();
  const { offer } = useLayers();
  const files = seq === null ? [] : (chats.message(state.chat_id, seq).value?.files ?? []);
  const gone = state.gone.value;
  const offered = useRef<(() => void)[]>([]);
  // Once the change is sent, or given up, nothing is left to put a file back into.
  useEffect(() => () => offered.current.splice(0).forEach((withdraw) => withdraw()), [state, seq]);
  if (files.length === 0) return null;
  return {
    files: files.filter(({ id }) => !gone.has(id)),
    changed: files.some(({ id }) => gone.has(id)),
    remove({ id, name }) {
      state.without(id, true);
      const undo = (): void => state.without(id, false);
      offered.current.push(offer({ text: t("tray.removed", { name }), undo: { undo, until: Date.now() + UNDO_MS } }));
    },
  };
}

export function zonesOf(tray: TrayState, pictures: boolean, title: string, t: ReturnType<typeof useWords>["t"]): Zone[] {
  if (!pictures) return [{ icon: "attach", title: t("tray.drop", { title }), take: (given) => tray.add(given) }];
  return [
    { icon: "image", title: t("tray.drop_photos"), hint: t("tray.drop_photos_hint"), take: (given) => tray.add(given, "photo") },
    { icon: "file", title: t("tray.drop_files"), hint: t("tray.drop_files_hint"), take: (given) => tray.add(given, "file") },
  ];
}

/** The keys of the tray, for the list that `?` shows: the files act themselves. */
function useListedKeys(): void {
  const group = "keys.tray" as const;
  useKey({ combo: "alt+arrowleft", name: "tray.forwards", group });
  useKey({ combo: "alt+arrowright", name: "tray.backwards", group });
  useKey({ combo: "f2", name: "tray.rename", group });
  useKey({ combo: "delete", name: "tray.remove", group });
}
