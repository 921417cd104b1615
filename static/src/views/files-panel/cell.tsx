// A photo or a video in the grid: a square of it.

import { useState } from "preact/hooks";
import { useAccount, useWords } from "../hooks/context.ts";
import type { ChatFile } from "../../models/types.ts";
import { Icon } from "../common/index.ts";
import { averageColour, FileTile, fileUrl, squareUrl } from "../files/index.ts";
import { clockOf } from "../files/player-times.ts";

export interface CellProps {
  file: ChatFile;
  /** What the card is called that has it. */
  card: string | undefined;
  onOpen: () => void;
}

export function Cell({ file, card, onOpen }: CellProps) {
  const { people } = useAccount();
  const { t, date } = useWords();
  const film = file.mime.startsWith("video/");
  const label = t(film ? "files.video" : "files.photo", { name: file.name });
  const about = [label, people.name(file.uploader_id), date(file.attached_at)];
  if (card !== undefined) about.push(t("filespanel.on_card_named", { card }));
  return (
    <button
      type="button"
      class="files-cell"
      data-file={file.id}
      tabIndex={-1}
      aria-label={about.join(", ")}
      style={{ backgroundColor: averageColour(file.placeholder)?.css }}
      onClick={onOpen}
    >
      <Inside file={file} film={film} />
      {film && (
        <span class="files-cell-film">
          <Icon name="play" size={16} />
          {file.duration_ms !== null && clockOf(file.duration_ms / 1000)}
        </span>
      )}
      {card !== undefined && (
        <span class="files-cell-card">
          <Icon name="task" size={16} />
        </span>
      )}
    </button>
  );
}

function Inside({ file, film }: { file: ChatFile; film: boolean }) {
  const [failed, setFailed] = useState(false);
  const fail = (): void => setFailed(true);
  if (failed || (!film && !file.preview)) {
    return (
      <span class="files-cell-tile">
        <FileTile file={file} />
      </span>
    );
  }
  // Safari shows no frame but one that is asked for.
  if (film) return <video class="files-cell-picture" preload="metadata" src={`${fileUrl(file.id)}#t=0.001`} muted playsInline tabIndex={-1} aria-hidden="true" onError={fail} />;
  return (
    <img class="files-cell-picture" src={squareUrl(file)} alt="" loading="lazy" decoding="async" draggable={false} onError={fail} />
  );
}
