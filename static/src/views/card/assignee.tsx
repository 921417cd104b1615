// Who does it: the people of the chat, by name.

import { useEffect, useRef, useState } from "preact/hooks";
import { useAccount, useWords } from "../hooks/context.ts";
import type { User } from "../../models/types.ts";
import { Avatar, Field, Icon } from "../common/index.ts";

const FEW = 7;
const MOST = 50;

export interface AssigneeChoicesProps {
  chat_id: number;
  value: number | null;
  onChoose: (user_id: number | null) => void;
}

export function AssigneeChoices({ chat_id, value, onChoose }: AssigneeChoicesProps) {
  const { user_id: own, people: all } = useAccount();
  const { t } = useWords();
  const [text, setText] = useState("");
  const people = usePeopleOf(chat_id);
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => box.current?.querySelector<HTMLElement>("input, button")?.focus(), []);
  const found = people.filter((user) => matches(user, text)).slice(0, MOST);
  return (
    <div class="card-row-list" ref={box}>
      {people.length > FEW && (
        <Field
          label={t("card.find_person")}
          bare
          placeholder={t("card.find_person")}
          value={text}
          onInput={(event) => setText(event.currentTarget.value)}
        />
      )}
      <div class="card-choices" role="group" aria-label={t("card.assignee")}>
        {value !== null && text === "" && (
          <button type="button" class="card-choice" onClick={() => onChoose(null)}>
            <Icon name="close" />
            {t("card.nobody")}
          </button>
        )}
        {found.map((user) => (
          <button
            type="button"
            key={user.id}
            class="card-choice"
            aria-pressed={user.id === value}
            onClick={() => onChoose(user.id)}
          >
            <Avatar user_id={user.id} size={24} />
            <span>
              <bdi>{all.nameOf(user)}</bdi>
              {user.id === own && ` (${t("card.me").toLowerCase()})`}
            </span>
            {user.id === value && <Icon name="check" />}
          </button>
        ))}
        {found.length === 0 && <p class="card-row-none">{t("card.nobody_found")}</p>}
      </div>
    </div>
  );
}

/** The people of a chat, oneself first. */
export function usePeopleOf(chat_id: number): User[] {
  const { chats, people, user_id: own } = useAccount();
  const users = chats
    .members(chat_id)
    .value.flatMap((member) => people.of(member.user_id).value ?? [])
    .filter((user) => user.disabled_at === null);
  return users.sort((one, other) => {
    if (one.id === own || other.id === own) return one.id === own ? -1 : 1;
    return one.display_name.localeCompare(other.display_name);
  });
}

function matches(user: User, text: string): boolean {
  const fold = (words: string): string => words.toLocaleLowerCase().replaceAll("ё", "е");
  return fold(`${user.display_name} ${user.username}`).includes(fold(text.trim()));
}
