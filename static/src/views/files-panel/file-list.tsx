// Files of one kind: photos and videos as a grid, documents as rows, voice messages with their player.

import { useEffect, useMemo } from "preact/hooks";
import { useAccount, useModel, useWords } from "../hooks/context.ts";
import type { ChatFile } from "../../models/types.ts";
import { Button, EmptyState, Icon, type IconName, type MenuItem, MenuButton } from "../common/index.ts";
import { FileRow, isPicture, isViewed, saving, Sound } from "../files/index.ts";
import { openViewer } from "../viewer/open.ts";
import { ByMonth } from "./by-month.tsx";
import { Cell } from "./cell.tsx";
import { type FileTab, filesIn, filesOf, filesOfMessage, followCards, followMessages } from "./sources.ts";

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
  const { t } = useWords();
  const listing = useMemo(() => filesOf(account, chat_id, tab, name), [account, chat_id, tab, name]);
  useEffect(
    () =>
      followMessages(account, chat_id, (message) =>
        listing.change(({ seq }) => seq === message.seq, filesIn(message, tab, name)),
      ),
    [account, listing],
  );
  useEffect(() => followCards(account, chat_id, tab, name, listing), [account, listing]);
  const titles = useTitles(chat_id);
  const cardOf = ({ task_id }: ChatFile): string | undefined =>
    task_id === null ? undefined : (titles.get(task_id) ?? t("card.title"));
  const goTo = ({ task_id, seq }: ChatFile): void =>
    router.go(task_id === null ? { name: "chat", chat_id, seq } : { name: "task", task_id });
  const open = useOpening(chat_id, listing.items.value);
  return (
    <ByMonth
      listing={listing}
      class={tab === "media" ? "files-grid" : ""}
      goTo={goTo}
      empty={<Nothing tab={tab} name={name} chat_id={chat_id} onAll={onAll} />}
    >
      {(file) =>
        tab === "media" ? (
          <Cell file={file} card={cardOf(file)} onOpen={() => open(file)} />
        ) : (
          <Row
            file={file}
            card={cardOf(file)}
            tab={tab}
            onOpen={isViewed(file) ? () => open(file) : undefined}
            onGo={() => goTo(file)}
          />
        )
      }
    </ByMonth>
  );
}

/** With what its message has besides, or came to its card with it, so that the viewer counts them. */
function useOpening(chat_id: number, items: readonly ChatFile[]): (file: ChatFile) => void {
  const { database } = useAccount();
  return (file) => {
    const { seq, task_id, attached_at } = file;
    const here = items.filter((each) => each.seq === seq).toReversed();
    const show = (found: readonly ChatFile[] | undefined): void => {
      const same = found?.some(({ id }) => id === file.id) ? found : here;
      const shown = isPicture(file) ? same.filter(isPicture) : [file];
      const index = shown.findIndex(({ id }) => id === file.id);
      openViewer(shown, Math.max(0, index), { chat_id, seq, task_id, attached_at });
    };
    database.get("messages", [chat_id, seq]).then(
      (row) => show(row && filesOfMessage(row)),
      () => show(undefined),
    );
  };
}

/** Of the cards that this device has. */
function useTitles(chat_id: number): ReadonlyMap<number, string> {
  const cards = useAccount().tasks.inChat(chat_id).value;
  return useMemo(() => new Map(cards.map(({ id, title }) => [id, title])), [cards]);
}

interface RowProps {
  file: ChatFile;
  /** What the card is called that has it. */
  card: string | undefined;
  tab: FileTab;
  onOpen: (() => void) | undefined;
  /** To its message, or its card. */
  onGo: () => void;
}

function Row({ file, card, tab, onOpen, onGo }: RowProps) {
  const { people } = useAccount();
  const { t, size, date } = useWords();
  const about = (
    <>
      {tab !== "voice" && `${size(file.size)} · `}
      {people.name(file.uploader_id)} · {date(file.attached_at)}
      {card !== undefined && (
        <span class="files-card">
          <Icon name="task" size={16} />
          <span class="for-readers">{t("filespanel.on_card")}</span>
          <span class="files-card-title" dir="auto">
            {card}
          </span>
        </span>
      )}
    </>
  );
  const save = (): void => Object.assign(document.createElement("a"), saving(file)).click();
  const items = (): MenuItem[] => [
    card === undefined
      ? { label: t("viewer.message"), icon: "chat", keys: "g", run: onGo }
      : { label: t("chat.open_task"), icon: "task", keys: "g", run: onGo },
    { label: t("files.save"), icon: "download", run: save },
  ];
  const menu = <MenuButton icon="more" label={t("filespanel.actions", { name: file.name })} data-aside tabIndex={-1} items={items} />;
  if (tab === "voice") {
    return (
      <div class="files-voice">
        <div class="files-voice-words">
          <Sound file={file} spot={{ chat_id: file.chat_id, seq: card === undefined ? file.seq : undefined }} aside />
          <span class="files-about">{about}</span>
        </div>
        {menu}
      </div>
    );
  }
  return <FileRow file={file} aside about={about} onOpen={onOpen} action={menu} />;
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
