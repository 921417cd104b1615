// The questions that a chat's menu asks: its new name, whom to add, and whether to leave for good.

import { useState } from "preact/hooks";
import { useAccount, useModel, useWords } from "../hooks/context.ts";
import { useLocalDraft } from "../hooks/local-draft.ts";
import type { ChatEntry } from "../../models/entries.ts";
import { PeoplePicker } from "../chats/picker.tsx";
import { AvatarEditor } from "../common/avatar-editor.tsx";
import { Button, Confirm, Dialog, Field, Restored, useFailure } from "../common/index.ts";
import { Face } from "./face.tsx";
import { titleOf } from "./title.ts";

export type Asked = "rename" | "picture" | "people" | "leave" | "delete";

interface Given {
  entry: ChatEntry;
  onClose: () => void;
}

export interface ChatDialogsProps extends Given {
  asked: Asked;
}

export default function ChatDialogs({ asked, ...given }: ChatDialogsProps) {
  if (asked === "rename") return <Rename {...given} />;
  if (asked === "picture") return <Picture {...given} />;
  if (asked === "people") return <AddPeople {...given} />;
  if (asked === "leave") return <Leave {...given} />;
  return <Delete {...given} />;
}

function Rename({ entry, onClose }: Given) {
  const { writing } = useAccount();
  const words = useWords();
  const { t } = words;
  // As it is now: what comes from others meanwhile is not what one saw when one began.
  const [{ before, seen }] = useState({ before: titleOf(entry, words), seen: entry.chat.title });
  const draft = useLocalDraft(`chat.${entry.id}.title`, before, { title: seen });
  const [title, setTitle] = useState(draft.text);
  const save = (event: Event): void => {
    event.preventDefault();
    const wanted = title.trim();
    if (wanted === "") return;
    draft.drop();
    if (wanted !== before) writing.rename(entry.id, wanted, String(draft.base?.["title"] ?? seen ?? ""));
    onClose();
  };
  return (
    <Dialog
      title={t("chat.rename")}
      size="small"
      onClose={onClose}
      footer={
        <Button kind="main" type="submit" form="chat-rename" disabled={title.trim() === ""}>
          {t("app.save")}
        </Button>
      }
    >
      <form id="chat-rename" onSubmit={save}>
        <Field
          label={t("chats.new_title")}
          value={title}
          maxLength={100}
          autofocus
          onInput={(event) => {
            setTitle(event.currentTarget.value);
            draft.keep(event.currentTarget.value);
          }}
        />
        {draft.restored && (
          <Restored
            onDiscard={() => {
              draft.drop();
              setTitle(before);
            }}
          />
        )}
      </form>
    </Dialog>
  );
}

function Picture({ entry, onClose }: Given) {
  const words = useWords();
  return (
    <Dialog title={words.t("avatar.of_chat")} size="small" onClose={onClose}>
      <ChatPicture entry={entry} />
    </Dialog>
  );
}

export function ChatPicture({ entry }: { entry: ChatEntry }) {
  const words = useWords();
  return (
    <AvatarEditor whose={{ chat_id: entry.id }} url={entry.chat.avatar_url}>
      <Face entry={entry} title={titleOf(entry, words)} size={96} />
    </AvatarEditor>
  );
}

export function AddPeople({ entry, onClose }: Given) {
  const { chats, writing } = useAccount();
  const { t } = useWords();
  const [chosen, setChosen] = useState<number[]>([]);
  const members = chats.members(entry.id).value.map((member) => member.user_id);
  const add = (): void => {
    writing.addMembers(entry.id, chosen);
    onClose();
  };
  return (
    <Dialog
      title={t("chat.add_people")}
      full
      onClose={onClose}
      footer={
        <Button kind="main" disabled={chosen.length === 0} onClick={add}>
          {chosen.length === 0 ? t("chat.add") : t("chat.add_count", { count: chosen.length })}
        </Button>
      }
    >
      <PeoplePicker chosen={chosen} onChange={setChosen} without={members} />
    </Dialog>
  );
}

function Leave({ entry, onClose }: Given) {
  const { writing } = useAccount();
  const { router } = useModel();
  const { t } = useWords();
  const leave = (): void => {
    writing.leave(entry.id);
    onClose();
    router.go({ name: "chats" });
  };
  return (
    <Confirm
      title={t("chat.leave_ask", { title: entry.title })}
      text={t(entry.my.role === "owner" ? "chat.leave_owner" : "chat.leave_text")}
      action={t("chat.leave")}
      danger
      onConfirm={leave}
      onClose={onClose}
    />
  );
}

function Delete({ entry, onClose }: Given) {
  const { writing } = useAccount();
  const { router } = useModel();
  const words = useWords();
  const fail = useFailure();
  const [busy, setBusy] = useState(false);
  const remove = async (): Promise<void> => {
    setBusy(true);
    try {
      await writing.deleteChat(entry.id);
      router.go({ name: "chats" });
    } catch (error) {
      fail(error);
      onClose();
    }
  };
  return (
    <Confirm
      title={words.t("chat.delete_ask", { title: entry.title })}
      text={words.t("chat.delete_text")}
      action={words.t("app.delete")}
      danger
      busy={busy}
      onConfirm={() => void remove()}
      onClose={onClose}
    />
  );
}
