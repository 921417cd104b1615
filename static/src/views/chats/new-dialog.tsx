// The questions before a new chat: with whom, what it is called, whether it has a board.

import { useRef, useState } from "preact/hooks";
import { useAccount, useModel, useWords } from "../hooks/context.ts";
import { useLocalDraft } from "../hooks/local-draft.ts";
import { Button, Dialog, Field, Refused, Restored, Switch } from "../common/index.ts";
import { useDirect } from "./direct.ts";
import { PeoplePicker, PersonList } from "./picker.tsx";

export type NewKind = "direct" | "group" | "project";

export interface NewChatProps {
  kind: NewKind;
  onClose: () => void;
}

export default function NewChatDialog({ kind, onClose }: NewChatProps) {
  return kind === "direct" ? <NewDirect onClose={onClose} /> : <NewGroup board={kind === "project"} onClose={onClose} />;
}

function NewDirect({ onClose }: { onClose: () => void }) {
  const { t } = useWords();
  const { user_id } = useAccount();
  const direct = useDirect();
  const choose = (id: number): void => void direct(id).then((went) => went && onClose());
  return (
    <Dialog title={t("chats.new_direct")} full onClose={onClose}>
      <PersonList without={[user_id]} onChoose={choose} />
    </Dialog>
  );
}

function NewGroup({ board: withBoard, onClose }: { board: boolean; onClose: () => void }) {
  const { writing, user_id } = useAccount();
  const { router } = useModel();
  const { t } = useWords();
  const draft = useLocalDraft(withBoard ? "project" : "group");
  const [title, setTitle] = useState(draft.text);
  const [member_ids, setMembers] = useState<number[]>((draft.base?.["member_ids"] ?? []) as number[]);
  const keep = (text: string, ids: number[]): void => {
    setTitle(text);
    setMembers(ids);
    if (text === "" && ids.length === 0) draft.drop();
    else draft.keep(text, { member_ids: ids });
  };
  const [board, setBoard] = useState(withBoard);
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<unknown>(null);
  const field = useRef<HTMLInputElement>(null);
  const create = async (event: Event): Promise<void> => {
    event.preventDefault();
    if (title.trim() === "" || busy) return;
    setBusy(true);
    setProblem(null);
    try {
      const chat_id = await writing.create({ title: title.trim(), member_ids, board });
      draft.drop();
      onClose();
      router.go({ name: "chat", chat_id });
    } catch (error) {
      setBusy(false);
      setProblem(error);
      field.current?.focus();
    }
  };
  return (
    <Dialog
      title={t(withBoard ? "chats.new_project" : "chats.new_group")}
      full
      onClose={onClose}
      footer={
        <Button kind="main" type="submit" form="new-chat" busy={busy} disabled={title.trim() === ""}>
          {t("chats.create")}
        </Button>
      }
    >
      <form id="new-chat" class="chats-new" onSubmit={(event) => void create(event)}>
        <Field
          label={t("chats.new_title")}
          placeholder={t(withBoard ? "chats.new_project_hint" : "chats.new_group_hint")}
          value={title}
          maxLength={100}
          inputRef={field}
          autofocus
          onInput={(event) => keep(event.currentTarget.value, member_ids)}
        />
        {problem !== null && <Refused error={problem} />}
        {draft.restored && (
          <Restored
            onDiscard={() => {
              keep("", []);
              draft.drop();
            }}
          />
        )}
        <Switch label={t("chats.new_board")} hint={t("chats.new_board_hint")} checked={board} onChange={setBoard} />
        <PeoplePicker chosen={member_ids} onChange={(ids) => keep(title, ids)} without={[user_id]} />
      </form>
    </Dialog>
  );
}
