// What a slide has that is no picture: a document, what cannot be fetched, what is not there any more.

import "./instead.css";
import { render } from "preact";
import type { Words } from "../../lib/locale.ts";
import { Button } from "../common/button.tsx";
import { Icon, type IconName } from "../common/icon.tsx";
import { previewUrl } from "../files/addresses.ts";
import { FileName } from "../files/file-name.tsx";
import { isPlayedVideo } from "../files/kinds.ts";
import { saving } from "../files/row.tsx";
import { isPhoto } from "../files/shown.ts";
import { FileTile } from "../files/tile.tsx";
import { opensPages, showPages } from "./pages.ts";
import type { Item } from "./strip.ts";

/** Null where the slide has its picture or video. */
export function insteadOf(item: Item, words: Words, retry: () => void): HTMLElement | null {
  const { file, gone, failed } = item;
  if (gone === undefined && !failed && (isPhoto(file) || isPlayedVideo(file.mime))) return null;
  const box = document.createElement("div");
  box.className = "viewer-instead";
  if (gone !== undefined) render(<Gone item={item} words={words} />, box);
  else if (failed) render(<Failed words={words} retry={retry} />, box);
  else render(<Document item={item} words={words} />, box);
  return box;
}

function Gone({ item, words }: { item: Item; words: Words }) {
  return <Said icon="trash" text={words.t(item.gone === "left" ? "viewer.left" : "viewer.deleted")} />;
}

function Failed({ words, retry }: { words: Words; retry: () => void }) {
  return (
    <>
      <Said icon={navigator.onLine ? "warning" : "offline"} text={words.t(navigator.onLine ? "viewer.failed" : "viewer.offline")} />
      <Button icon="retry" onClick={retry}>
        {words.t("app.retry")}
      </Button>
    </>
  );
}

function Said({ icon, text }: { icon: IconName; text: string }) {
  return (
    <p class="viewer-said">
      <Icon name={icon} size={32} />
      {text}
    </p>
  );
}

function Document({ item: { file }, words }: { item: Item; words: Words }) {
  const pages = opensPages(file);
  return (
    <>
      {file.preview === true ? (
        <img class="viewer-page" src={previewUrl(file.id, 1600)} alt="" draggable={false} />
      ) : (
        <span class="viewer-tile">
          <FileTile file={file} />
        </span>
      )}
      <div class="viewer-words">
        <FileName name={file.name} />
        <span class="viewer-size">{words.size(file.size)}</span>
      </div>
      <div class="viewer-choices">
        {pages && (
          <Button kind="main" icon="file" onClick={() => showPages(file)}>
            {words.t("viewer.pages")}
          </Button>
        )}
        <a class="button button-plain" {...saving(file)}>
          <Icon name="download" />
          {words.t("files.save")}
        </a>
      </div>
    </>
  );
}
