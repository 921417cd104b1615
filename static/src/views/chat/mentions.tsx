// Whom one may mean by @: the members of the chat, while the name is typed.

import "./mentions.css";
import { useId, useState } from "preact/hooks";
import { useAccount, useWords } from "../hooks/context.ts";
import type { User } from "../../models/types.ts";
import { Avatar, Icon } from "../common/index.ts";
import { typeInto } from "../common/typing.ts";
import { typedName } from "./typed-name.ts";

const AT_MOST = 6;

interface Asked {
  from: number;
  wanted: string;
  index: number;
}

type Found = { username: string; user: User | null };

export interface MentionsState {
  id: string;
  found: Found[];
  index: number;
  attributes: Record<string, string | undefined>;
  /** Read again what stands before the caret. */
  look: () => void;
  close: () => void;
  /** True when the key was for the list. */
  pressed: (event: KeyboardEvent) => boolean;
  choose: (found: Found) => void;
}

export function useMentions(
  chat_id: number,
  field: { current: HTMLTextAreaElement | null },
): MentionsState {
  const id = useId();
  const [asked, setAsked] = useState<Asked | null>(null);
  const all = useCandidates(chat_id, asked !== null);
  const found = asked === null ? [] : matching(all, asked.wanted).slice(0, AT_MOST);
  const index = Math.min(asked?.index ?? 0, found.length - 1);
  const look = (): void => {
    const element = field.current;
    const before = element?.value.slice(0, element.selectionStart) ?? "";
    const typed = typedName(before);
    setAsked(typed === null ? null : { from: before.length - typed.length, wanted: typed, index: 0 });
  };
  const choose = ({ username }: Found): void => {
    const element = field.current;
    if (element === null || asked === null) return;
    const { selectionStart: to, value } = element;
    // A space that is there already is the one after the name; the end of a line stays.
    typeInto(element, asked.from, value[to] === " " ? to + 1 : to, `${username} `);
    setAsked(null);
  };
  const pressed = (event: KeyboardEvent): boolean => {
    const chosen = found[index];
    if (asked === null || chosen === undefined) return false;
    if (event.altKey || event.ctrlKey || event.metaKey) return false;
    const by = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (by !== undefined) setAsked({ ...asked, index: (index + by + found.length) % found.length });
    // With Shift they break the line, and go back.
    else if (!event.shiftKey && (event.key === "Enter" || event.key === "Tab")) choose(chosen);
    else if (event.key === "Escape") setAsked(null);
    else return false;
    event.preventDefault();
    event.stopPropagation();
    return true;
  };
  const open = found.length > 0;
  return {
    id,
    found,
    index,
    look,
    close: () => setAsked(null),
    choose,
    pressed,
    attributes: {
      "aria-autocomplete": "list",
      "aria-controls": open ? id : undefined,
      "aria-activedescendant": open ? `${id}-${index}` : undefined,
    },
  };
}

export function Mentions({ mentions }: { mentions: MentionsState }) {
  const { t } = useWords();
  const { id, found, index, choose } = mentions;
  if (found.length === 0) return null;
  return (
    <ul class="mentions" id={id} role="listbox" aria-label={t("chat.mention")}>
      {found.map((each, at) => (
        <li
          key={each.username}
          id={`${id}-${at}`}
          class="mentions-person"
          role="option"
          aria-selected={at === index}
          // Before the field loses the focus.
          onPointerDown={(event) => {
            event.preventDefault();
            choose(each);
          }}
        >
          {each.user === null ? <Icon name="people" /> : <Avatar user_id={each.user.id} size={24} />}
          <span class="mentions-name" dir="auto">{each.user?.display_name ?? t("chat.everybody")}</span>
          <span class="mentions-username">@{each.username}</span>
        </li>
      ))}
    </ul>
  );
}

/** Members, and `@all` where there are more than two. */
function useCandidates(chat_id: number, wanted: boolean): Found[] {
  const { chats, people, user_id } = useAccount();
  if (!wanted) return [];
  const kind = chats.of(chat_id).value?.chat.kind;
  const members = chats.members(chat_id).value.filter((member) => member.user_id !== user_id);
  const users = members.flatMap((member) => people.of(member.user_id).value ?? []);
  const found = users
    .filter((user) => user.disabled_at === null)
    .map((user) => ({ username: user.username, user }));
  return kind === "direct" ? found : [...found, { username: "all", user: null }];
}

function matching(all: Found[], typed: string): Found[] {
  const wanted = typed.toLocaleLowerCase();
  const rank = ({ username, user }: Found): number => {
    const name = user?.display_name.toLocaleLowerCase() ?? "";
    if (username.startsWith(wanted) || name.startsWith(wanted)) return 0;
    return name.split(/\s+/).some((word) => word.startsWith(wanted)) ? 1 : 2;
  };
  return all
    .map((found) => ({ found, at: rank(found) }))
    .filter(({ at }) => at < 2)
    .sort((one, other) => one.at - other.at)
    .map(({ found }) => found);
}
