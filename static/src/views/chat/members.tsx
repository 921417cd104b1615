// The people of a chat: who leads it, who is here; adding and removing for those who may.

import "./members.css";
import { useEffect, useState } from "preact/hooks";
import { useAccount, useModel, useWords } from "../hooks/context.ts";
import type { MemberRole } from "../../models/contract.ts";
import type { Member } from "../../models/types.ts";
import { Avatar, Button, EmptyState, Field, MenuButton, type MenuItem, Panel } from "../common/index.ts";
import { AddPeople, ChatPicture } from "./chat-dialogs.tsx";
import { usePanelClose } from "./panel.ts";
import type { ChatState } from "./state.ts";

const RANK: Record<MemberRole, number> = { owner: 0, admin: 1, member: 2 };
/** With more people than this one searches instead of scrolling. */
const MANY = 15;
const SHOWN_AT_MOST = 200;

export default function MembersPanel({ state }: { state: ChatState }) {
  const { chats, people, presence } = useAccount();
  const { t } = useWords();
  const [wanted, setWanted] = useState("");
  const [adding, setAdding] = useState(false);
  const close = usePanelClose(state, "members");
  const id = state.chat_id;
  const entry = chats.of(id).value;
  const members = chats.members(id).value;
  const folded = wanted.trim().toLocaleLowerCase();
  const found = members
    .filter(({ user_id }) => people.name(user_id).toLocaleLowerCase().includes(folded))
    .sort(
      (one, other) =>
        RANK[one.role] - RANK[other.role] || people.name(one.user_id).localeCompare(people.name(other.user_id)),
    )
    .slice(0, SHOWN_AT_MOST);
  const shown = found.map((member) => member.user_id).join();
  useEffect(() => presence.watch(shown === "" ? [] : shown.split(",").map(Number)), [presence, shown]);
  if (entry === null) return null;
  return (
    <Panel title={t("chat.members_count", { count: members.length })} onClose={close}>
      <div class="members">
        {chats.may(id, "edit_chat") && <ChatPicture entry={entry} />}
        {chats.may(id, "members") && (
          <Button wide icon="personAdd" onClick={() => setAdding(true)}>
            {t("chat.add_people")}
          </Button>
        )}
        {members.length > MANY && (
          <Field
            label={t("chat.find_member")}
            bare
            type="search"
            placeholder={t("chat.find_member")}
            value={wanted}
            onInput={(event) => setWanted(event.currentTarget.value)}
          />
        )}
        {found.length === 0 && wanted !== "" && (
          <EmptyState small icon="search" title={t("chats.nobody")}>
            <Button onClick={() => setWanted("")}>{t("people.show_all")}</Button>
          </EmptyState>
        )}
        <ul class="members-list">
          {found.map((member) => (
            <Row key={member.user_id} member={member} own={entry.my.role} />
          ))}
        </ul>
      </div>
      {adding && <AddPeople entry={entry} onClose={() => setAdding(false)} />}
    </Panel>
  );
}

function Row({ member, own }: { member: Member; own: MemberRole }) {
  const { people, user_id } = useAccount();
  const { router } = useModel();
  const { t } = useWords();
  const items = useMemberMenu(member, own);
  const me = member.user_id === user_id;
  return (
    <li class="members-person">
      <Avatar user_id={member.user_id} size={40} presence />
      <div class="members-words">
        <a class="members-name" href={router.href({ name: "person", user_id: member.user_id })}>
          {people.name(member.user_id)}
        </a>
        <span class="members-role">
          {[me && t("chat.you"), member.role !== "member" && t(`chat.role_${member.role}`)].filter(Boolean).join(", ")}
        </span>
      </div>
      {items.length > 0 && (
        <MenuButton icon="more" label={t("chat.member_menu", { name: people.name(member.user_id) })} items={() => items} />
      )}
    </li>
  );
}

function useMemberMenu(member: Member, own: MemberRole): MenuItem[] {
  const { chats, writing, user_id: me } = useAccount();
  const { t } = useWords();
  const { chat_id, user_id, role } = member;
  if (user_id === me || !chats.may(chat_id, "members")) return [];
  // Whom an owner has made one, only an owner can change.
  if (role === "owner" && own !== "owner") return [];
  const choice = (wanted: MemberRole): MenuItem => ({
    label: t(`chat.role_${wanted}`),
    checked: role === wanted,
    run: () => writing.setRole(chat_id, user_id, wanted),
  });
  return [
    own === "owner" && choice("owner"),
    choice("admin"),
    choice("member"),
    "line",
    {
      label: t("chat.remove_member"),
      icon: "leave",
      danger: true,
      run: () => writing.removeMember(chat_id, user_id),
    },
  ];
}
