// The files of a task: to look at, save, make the cover and take off; and those on their way to it.

import "./attachments.css";
import { useState } from "preact/hooks";
import type { TaskView } from "../../models/overlays/tasks.ts";
import type { File } from "../../models/types.ts";
import { useAsking } from "../chat/tray/attach.tsx";
import { Button, Icon, IconButton, MenuButton, type MenuItem, Switch, useLayers } from "../common/index.ts";
import { FileRow, isViewed, saving } from "../files/index.ts";
import { useAccount, useModel, useWords } from "../hooks/context.ts";
import { byTouch } from "../hooks/breakpoint.ts";
import { openViewer } from "../viewer/open.ts";
import { useCardActions } from "./actions.ts";
import { Attaching } from "./attaching.tsx";
import { useRights } from "./rights.ts";
import { useAttaching } from "./taking.ts";

/** More of them are behind a button. */
const MOST = 6;

export function Attachments({ task }: { task: TaskView }) {
  const { t } = useWords();
  const { edit } = useRights(task);
  const [all, setAll] = useState(false);
  const ask = useAsking(useAttaching(task));
  const count = task.files.length + task.attaching.reduce((sum, { files }) => sum + files.length, 0);
  if (!edit && count === 0) return null;
  const pictured = task.files.some(canBeCover) || task.attaching.some(({ files }) => files.some(isImage));
  const shown = all || task.files.length <= MOST + 1 ? task.files : task.files.slice(0, MOST);
  return (
    <section class="card-part attachments" aria-label={t("card.files")}>
      <div class="attachments-head">
        <h3 class="card-part-title">{t("card.files")}</h3>
        {count > 0 && (
          <span class="card-part-count" role="status">
            <span aria-hidden="true">{count}</span>
            <span class="for-readers">{t("board.files", { count })}</span>
          </span>
        )}
        {edit && count > 0 && (
          <IconButton
            small
            class="attachments-add"
            icon="attach"
            label={t("card.attach")}
            onClick={(event) => ask(event.currentTarget)}
          />
        )}
      </div>
      {count > 0 && (
        <ul class="attachments-list">
          {shown.map((file) => (
            <Attachment key={file.id} task={task} file={file} edit={edit} />
          ))}
          {task.attaching.map((item) => item.files.map((file) => <Attaching key={file.id} item={item} file={file} />))}
        </ul>
      )}
      {shown.length < task.files.length && (
        <Button small kind="quiet" icon="list" onClick={() => setAll(true)}>
          {t("card.files_all", { count: task.files.length })}
        </Button>
      )}
      {edit && count === 0 && (
        <button type="button" class="attachments-empty" onClick={(event) => ask(event.currentTarget)}>
          <Icon name="attach" />
          {t(byTouch() ? "card.attach_hint_touch" : "card.attach_hint")}
        </button>
      )}
      {edit && task.cover_file_id === null && pictured && <CoverFirst />}
    </section>
  );
}

/** Remembered on the device: who does not want covers says so once. */
function CoverFirst() {
  const { coverFirst } = useModel().preferences;
  const { t } = useWords();
  return (
    <Switch label={t("card.cover_first")} checked={coverFirst.value} onChange={(on) => void (coverFirst.value = on)} />
  );
}

function Attachment({ task, file, edit }: { task: TaskView; file: File; edit: boolean }) {
  const { people } = useAccount();
  const { t, size, moment } = useWords();
  const cover = task.cover_file_id === file.id;
  const viewed = task.files.filter(isViewed);
  const open = isViewed(file) ? () => openViewer(viewed, viewed.indexOf(file)) : undefined;
  const items = useItems(task, file, edit, open);
  const about = (
    <>
      {size(file.size)} ·{" "}
      <time dateTime={file.created_at} title={people.name(file.uploader_id)}>
        {moment(file.created_at)}
      </time>
      {cover && <span class="attachments-cover">{t("card.cover")}</span>}
    </>
  );
  return (
    <li>
      <FileRow
        file={file}
        onOpen={open}
        about={about}
        action={<MenuButton icon="more" label={t("card.file_menu", { name: file.name })} items={items} />}
      />
    </li>
  );
}

function useItems(task: TaskView, file: File, edit: boolean, open?: () => void): () => MenuItem[] {
  const { tasks } = useAccount();
  const { t } = useWords();
  const { toast } = useLayers();
  const { set } = useCardActions();
  const cover = task.cover_file_id === file.id;
  const remove = (): void => {
    focusBeside(document.activeElement);
    toast({ text: t("card.file_removed", { name: file.name }), undo: tasks.detach(task.id, file.id) });
  };
  return () => [
    open !== undefined && { label: t("card.file_open"), icon: "eye", run: open },
    { label: t("files.save"), icon: "download", run: () => save(file) },
    edit &&
      (cover || canBeCover(file)) && {
        label: t(cover ? "card.uncover" : "card.make_cover"),
        icon: "image",
        run: () => set(task, { cover_file_id: cover ? null : file.id }, "covered"),
      },
    edit && "line",
    edit && { label: t("card.file_remove"), icon: "trash", danger: true, run: remove },
  ];
}

/** What was focused goes: one goes on at the file behind it, or before. */
function focusBeside(focused: Element | null): void {
  const row = focused?.closest("li");
  const beside = row?.nextElementSibling ?? row?.previousElementSibling;
  const list = row?.closest<HTMLElement>(".attachments");
  requestAnimationFrame(() => (beside ?? list)?.querySelector<HTMLElement>(".icon-button, .attachments-empty")?.focus());
}

/** As the server has it. */
function canBeCover(file: File): boolean {
  return file.preview && isImage(file);
}

function isImage({ mime }: { mime: string }): boolean {
  return mime.startsWith("image/");
}

function save(file: File): void {
  const link = document.createElement("a");
  Object.assign(link, saving(file));
  link.click();
}
