// The tray of a chat's composer, and the files that come to it from the page: dropped, pasted, asked for.

import type { RefObject } from "preact";
import { useTaker, type Zone } from "../../files/takers.ts";
import { useKey, useModel, useWords } from "../../hooks/context.ts";
import { isPanel } from "../../hooks/place.ts";
import { nothingModal } from "../../common/layers.ts";
import type { ChatState } from "../state.ts";
import { useTitleOf } from "../title.ts";
import { ATTACH_KEYS } from "./attach.tsx";
import { type TrayState, useTray } from "./use-tray.ts";

export interface ComposerFiles {
  tray: TrayState;
  /** It cannot be sent as it is. */
  blocked: boolean;
}

export function useComposerFiles(state: ChatState, form: RefObject<HTMLFormElement | null>): ComposerFiles {
  const { router } = useModel();
  const { t } = useWords();
  const title = useTitleOf(state.chat_id);
  const tray = useTray(state.chat_id);
  useTaker({ element: () => form.current, zones: (pictures) => zonesOf(tray, pictures, title, t) });
  useListedKeys();
  useKey({
    combo: ATTACH_KEYS,
    name: "tray.attach",
    group: "keys.composer",
    when: () => nothingModal() && !isPanel(router.place.peek()),
    run: () => form.current?.querySelector<HTMLElement>(".attach")?.click(),
  });
  return { tray, blocked: tray.large.size > 0 };
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
