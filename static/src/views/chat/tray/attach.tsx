// The button that asks for files: a finger chooses where from, everybody else chooses files.

import { useWords } from "../../hooks/context.ts";
import { IconButton, useLayers } from "../../common/index.ts";
import { pick } from "../../files/given.ts";
import type { Given } from "../../files/takers.ts";
import { byTouch } from "../../hooks/breakpoint.ts";

export const ATTACH_KEYS = "ctrl+u";

export interface AttachProps {
  onTake: (given: Given, as?: "photo" | "file") => void;
  small?: boolean;
  keys?: string;
}

/** Ask for files; the choices of a finger are beside an element. */
export function useAsking(onTake: AttachProps["onTake"]): (at: Element) => void {
  const { t } = useWords();
  const { openMenu } = useLayers();
  return (at) => {
    if (!byTouch()) return pick("files", onTake);
    openMenu({
      label: t("tray.attach"),
      at,
      items: [
        { label: t("tray.pictures"), icon: "image", run: () => pick("pictures", (given) => onTake(given, "photo")) },
        { label: t("tray.camera"), icon: "camera", run: () => pick("camera", (given) => onTake(given, "photo")) },
        { label: t("tray.file"), icon: "file", run: () => pick("files", (given) => onTake(given, "file")) },
      ],
    });
  };
}

export function Attach({ onTake, small = false, keys }: AttachProps) {
  const { t } = useWords();
  const ask = useAsking(onTake);
  return (
    <IconButton
      class="attach"
      icon="attach"
      small={small}
      label={t("tray.attach")}
      {...(keys !== undefined && { keys })}
      onClick={(event) => ask(event.currentTarget)}
    />
  );
}
