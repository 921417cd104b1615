// Files of one kind: photos and videos as a grid, documents as rows, voice messages with their player.

import { useEffect, useMemo } from "preact/hooks";
import { useAccount, useModel, useWords } from "../hooks/context.ts";
import type { ChatFile } from "../../models/types.ts";
import { Button, EmptyState, type IconName, type MenuItem, MenuButton } from "../common/index.ts";
import { FileRow, isPicture, isViewed, saving, Sound } from "../files/index.ts";
import { openViewer } from "../viewer/open.ts";
import { ByMonth } from "./by-month.tsx";
import { Cell } from "./cell.tsx";
import { type FileTab, filesIn, filesOf, followMessages } from "./sources.ts";

export interface FileListProps {
  chat_id: number;
  tab: FileTab;
  /** A part of the names that are wanted. */
  name: string;
  onAll: () => void;
}

const ICONS: Record<FileTab, IconName> = { media: "image", documents: "file", voice: "mic" };

export function FileList({ chat_id, tab, name, onAll }: FileListProps) {
  const { router } = useModel();
  const account = useAccount();
  const listing = useMemo(() => filesOf(account, chat_id, tab, name), [account, chat_id, tab, name]);
  useEffect(
    () =>
      followMessages(account, chat_id, (message) =>
        listing.change(({ seq }) => seq === message.seq, filesIn(message, tab, name)),
      ),
    [account, listing],
  );
  const goTo = (seq: number): void => router.go({ name: "chat", chat_id, seq });
  const open = useOpening(chat_id, listing.items.value);
  return (
    <ByMonth
      listing={listing}
      class={tab === "media" ? "files-grid" : ""}
      goTo={(id) => goTo(listing.items.peek().find((file) => file.id === id)?.seq ?? 0)}
      empty={<Nothing tab={tab} name={name} chat_id={chat_id} onAll={onAll} />}
    >
      {(file) =>
        tab === "media" ? (
          <Cell file={file} onOpen={() => open(file)} />
        ) : (
          <Row file={file} tab={tab} onOpen={isViewed(file) ? () => open(file) : undefined} onMessage={() => goTo(file.seq)} />
        )
      }
    </ByMonth>
  );
}

/** With what its message has besides, so that the viewer counts them. */
function useOpening(chat_id: number, items: readonly ChatFile[]): (file: ChatFile) => void {
  const { database } = useAccount();
  return (file) => {
    const { seq } = file;
    const here = items.filter((each) => each.seq === seq).toReversed();
    const show = (found: readonly ChatFile[] | undefined): void => {
      const same = found?.some(({ id }) => id === file.id) ? found : here;
      const shown = isPicture(file) ? same.filter(isPicture) : [file];
      const index = shown.findIndex(({ id }) => id === file.id);
      openViewer(shown, Math.max(0, index), { chat_id, seq });
    };
    database.get("messages", [chat_id, seq]).then(
      (row) => show(row?.files.map((each) => ({ ...each, seq }))),
      () => show(undefined),
    );
  };
}

interface RowProps {
  file: ChatFile;
  tab: FileTab;
  onOpen: (() => void) | undefined;
  onMessage: () => void;
}

function Row({ file, tab, onOpen, onMessage }: RowProps) {
  const { people } = useAccount();
  const { t, size, date } = useWords();
  const about = `${people.name(file.uploader_id)} · ${date(file.created_at)}`;
  const save = (): void => Object.assign(document.createElement("a"), saving(file)).click();
  const items = (): MenuItem[] => [
    { label: t("viewer.message"), icon: "chat", keys: "g", run: onMessage },
    { label: t("files.save"), icon: "download", run: save },
  ];
  const menu = <MenuButton icon="more" label={t("filespanel.actions", { name: file.name })} data-aside tabIndex={-1} items={items} />;
  if (tab === "voice") {
    return (
      <div class="files-voice">
        <div class="files-voice-words">
          <Sound file={file} spot={{ chat_id: file.chat_id, seq: file.seq }} aside />
          <span class="files-about">{about}</span>
        </div>
        {menu}
      </div>
    );
  }
  return <FileRow file={file} aside about={`${size(file.size)} · ${about}`} onOpen={onOpen} action={menu} />;
}

function Nothing({ tab, name, chat_id, onAll }: Omit<FileListProps, "name"> & { name: string }) {
  const { router } = useModel();
  const { t } = useWords();
  if (name !== "") {
    return (
      <EmptyState icon="search" title={t("filespanel.not_found", { name })}>
        <Button onClick={onAll}>{t("filespanel.all")}</Button>
      </EmptyState>
    );
  }
  return (
    <EmptyState icon={ICONS[tab]} title={t(`filespanel.no_${tab}`)} text={t(`filespanel.no_${tab}_text`)}>
      <Button icon="chat" onClick={() => router.go({ name: "chat", chat_id })}>
        {t("filespanel.to_chat")}
      </Button>
    </EmptyState>
  );
}
