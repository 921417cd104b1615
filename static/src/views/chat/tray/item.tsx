// One file in the tray: a picture of it or its icon, its name and size; a menu for everything else.

import { useRef, useState } from "preact/hooks";
import type { LocalFile } from "../../../models/local-files.ts";
import { goesAsPhoto, isPicture, photosOf } from "../../../models/uploads/photos.ts";
import { Icon, IconButton, type MenuItem, useLayers, useMenuGesture } from "../../common/index.ts";
import { FileName } from "../../files/file-name.tsx";
import { FileTile } from "../../files/tile.tsx";
import { useAccount, useWords } from "../../hooks/context.ts";
import type { TrayActions } from "./actions.ts";
import { Rename } from "./rename.tsx";

export interface TrayItemProps {
  file: LocalFile;
  place: { index: number; count: number };
  large: boolean;
  /** The Tab key stops here. */
  stop: boolean;
  actions: TrayActions;
}

export function TrayItem({ file, place, large, stop, actions }: TrayItemProps) {
  const { t } = useWords();
  const { openMenu } = useLayers();
  const button = useRef<HTMLButtonElement>(null);
  const [renaming, setRenaming] = useState(false);
  const about = useAbout(file);
  const rename = (): void => setRenaming(true);
  const items = useItems(file, place, actions, rename);
  const gesture = useMenuGesture((at) => openMenu({ label: file.name, items: items(), at }));
  const pressed = (event: KeyboardEvent): void => {
    if (actions.pressed(event, file.id)) return;
    if (event.key === "F2") rename();
    else if (event.key === "Delete" || event.key === "Backspace") actions.remove(file.id);
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  const renamed = (name: string | null): void => {
    // At once, for the next key; not when it is elsewhere, by a click.
    if (document.activeElement?.closest("li")?.contains(button.current)) button.current?.focus();
    setRenaming(false);
    if (name !== null) actions.rename(file.id, name);
  };
  const named = t(isPicture(file) && file.shown_as !== "file" ? "tray.photo_of" : "tray.file_of", {
    index: place.index + 1,
    of: place.count,
    name: file.name,
    about,
  });
  return (
    <li class={`tray-item ${large ? "tray-item-large" : ""}`} data-id={file.id}>
      <button
        type="button"
        class="tray-tile"
        ref={button}
        tabIndex={stop ? 0 : -1}
        aria-label={large ? `${named}. ${t("tray.large_one")}` : named}
        aria-haspopup="menu"
        onClick={(event) => openMenu({ label: file.name, items: items(), at: event.currentTarget })}
        onKeyDown={pressed}
        {...gesture}
      >
        <Look file={file} />
      </button>
      {renaming ? (
        <Rename name={file.name} onDone={renamed} />
      ) : (
        <span class="tray-words" aria-hidden="true">
          <FileName name={file.name} />
          <span class="tray-about number">{about}</span>
        </span>
      )}
      <IconButton
        small
        class="tray-remove"
        icon="close"
        tabIndex={-1}
        label={t("tray.remove_named", { name: file.name })}
        onClick={() => actions.remove(file.id)}
      />
    </li>
  );
}

function Look({ file }: { file: LocalFile }) {
  const photos = photosOf(useAccount());
  const small = isPicture(file) ? photos.of(file.id).small.value : null;
  const working = goesAsPhoto(file) && photos.of(file.id).photo.value === undefined;
  return (
    <span class={`tray-look ${working ? "tray-look-working" : ""}`}>
      {small === null ? (
        <span class="tray-icon">
          <FileTile file={file} />
        </span>
      ) : (
        <img class="tray-picture" src={small} alt="" draggable={false} />
      )}
      {isPicture(file) && file.shown_as === "file" && (
        <span class="tray-sign">
          <Icon name="file" size={16} />
        </span>
      )}
    </span>
  );
}

/** «1,2 МБ», and what will be done with it. */
function useAbout(file: LocalFile): string {
  const { t, size } = useWords();
  const bytes = size(photosOf(useAccount()).bytes(file) ?? file.size);
  return file.unpack ? t("tray.unpacked", { size: bytes }) : bytes;
}

function useItems(file: LocalFile, { index, count }: TrayItemProps["place"], actions: TrayActions, rename: () => void) {
  const { t } = useWords();
  const { id, shown_as, unpack } = file;
  return (): MenuItem[] => [
    isPicture(file) && {
      label: t("tray.uncompressed"),
      icon: "file",
      checked: shown_as === "file",
      run: () => actions.show(id, shown_as === "file" ? "photo" : "file"),
    },
    unpack !== undefined && {
      label: t("tray.unpack"),
      icon: "archive",
      checked: unpack,
      run: () => actions.unpack(id, !unpack),
    },
    { label: t("tray.rename"), icon: "edit", keys: "f2", run: rename },
    index > 0 && { label: t("tray.forwards"), icon: "back", keys: "alt+arrowleft", run: () => actions.step(id, -1) },
    index < count - 1 && { label: t("tray.backwards"), icon: "next", keys: "alt+arrowright", run: () => actions.step(id, 1) },
    "line",
    { label: t("tray.remove"), icon: "trash", keys: "delete", danger: true, run: () => actions.remove(id) },
  ];
}
