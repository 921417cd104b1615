// What can be done with one file of a message: that which was pointed at, or the only one.

import type { Words } from "../../lib/locale.ts";
import type { File } from "../../models/types.ts";
import type { Layers, MenuItem } from "../common/index.ts";
import { fileUrl, isPhoto, isViewed, saving, viewedOf } from "../files/index.ts";
import { openViewer } from "../viewer/open.ts";
import { site } from "../../lib/desktop.ts";

/** A place of the screen, or what the menu hangs on. */
type At = Element | { x: number; y: number };

interface Of {
  chat_id: number;
  seq: number;
  files: readonly File[];
}

export function fileItems({ files, ...where }: Of, at: At, { t }: Words, { toast }: Pick<Layers, "toast">): MenuItem[] {
  const file = fileAt(files, at);
  if (file === null) return [];
  const viewed = viewedOf(files);
  const put = async (work: Promise<void>, said: string): Promise<void> => {
    try {
      await work;
      toast(said);
    } catch {
      toast({ text: t("files.copy_failed"), kind: "error" });
    }
  };
  const copyPicture = (): Promise<void> => import("../viewer/copy.ts").then((module) => module.copyPicture(file));
  const copyLink = (): Promise<void> => navigator.clipboard.writeText(new URL(fileUrl(file.id), site).href);
  return [
    "line",
    isViewed(file) && { label: t("files.open"), icon: "eye", run: () => openViewer(viewed, viewed.indexOf(file), where) },
    { label: t("files.save"), icon: "download", run: () => save(file) },
    isPhoto(file) && { label: t("files.copy_picture"), icon: "image", run: () => void put(copyPicture(), t("app.copied")) },
    { label: t("files.copy_link"), icon: "link", run: () => void put(copyLink(), t("chat.link_copied")) },
  ];
}

function fileAt(files: readonly File[], at: At): File | null {
  const [only] = files;
  if (files.length === 1 && only !== undefined) return only;
  if (at instanceof Element) return null;
  const element = document.elementFromPoint(at.x, at.y)?.closest<HTMLElement>("[data-file]");
  return files.find(({ id }) => id === element?.dataset["file"]) ?? null;
}

function save(file: File): void {
  Object.assign(document.createElement("a"), saving(file)).click();
}
