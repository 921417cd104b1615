// Choosing people: by name, one (a press) or several (ticks).

import "./picker.css";
import { useState } from "preact/hooks";
import { useAccount, useWords } from "../hooks/context.ts";
import { composing } from "../../lib/keys.ts";
import type { User } from "../../models/types.ts";
import { Avatar, Field, Icon } from "../common/index.ts";

const AT_MOST = 50;

interface Without {
  /** Not to be chosen: they are in it already. */
  without: number[];
}

export function PeoplePicker(props: Without & { chosen: number[]; onChange: (chosen: number[]) => void }) {
  const { chosen, onChange, without } = props;
  const { t } = useWords();
  const { found, search } = usePeople(without);
  const toggle = (id: number): void =>
    onChange(chosen.includes(id) ? chosen.filter((each) => each !== id) : [...chosen, id]);
  return (
    <fieldset class="picker">
      <legend class="picker-title">{t("chats.new_people")}</legend>
      {chosen.length > 0 && (
        <div class="picker-chosen">
          {chosen.map((id) => (
            <Chip key={id} id={id} onClick={() => toggle(id)} />
          ))}
        </div>
      )}
      {search}
      <ul class="picker-list">
        {found.map((user) => (
          <li key={user.id}>
            <label class="picker-person">
              <Person user={user} />
              <input
                type="checkbox"
                class="picker-box"
                checked={chosen.includes(user.id)}
                onChange={() => toggle(user.id)}
              />
            </label>
          </li>
        ))}
      </ul>
      {found.length === 0 && <p class="picker-none">{t("chats.nobody")}</p>}
    </fieldset>
  );
}

interface OnePersonProps {
  title: string;
  chosen: number | null;
  onChange: (chosen: number | null) => void;
}

/** Nobody is chosen at first: the first of a list is seldom whom one means. */
export function OnePerson({ title, chosen, onChange }: OnePersonProps) {
  return (
    <fieldset class="picker">
      <legend class="picker-title">{title}</legend>
      {chosen === null ? (
        <PersonList without={[]} onChoose={onChange} />
      ) : (
        <div class="picker-chosen">
          <Chip id={chosen} shown={focus} onClick={() => onChange(null)} />
        </div>
      )}
    </fieldset>
  );
}

/** The list that was pressed is gone: the focus goes on from whom it gave. */
function focus(chip: HTMLElement | null): void {
  chip?.focus();
}

interface ChipProps {
  id: number;
  shown?: (chip: HTMLElement | null) => void;
  onClick: () => void;
}

function Chip({ id, shown, onClick }: ChipProps) {
  const { people } = useAccount();
  const { t } = useWords();
  const name = people.name(id);
  return (
    <button
      type="button"
      class="picker-chip"
      ref={shown ?? null}
      aria-label={t("chats.unpick", { name })}
      onClick={onClick}
    >
      <Avatar user_id={id} size={24} />
      {name}
      <Icon name="close" size={16} />
    </button>
  );
}

export function PersonList({ without, onChoose }: Without & { onChoose: (id: number) => void }) {
  const { t } = useWords();
  const { found, search } = usePeople(without, (user) => onChoose(user.id));
  return (
    <div class="picker">
      {search}
      <ul class="picker-list">
        {found.map((user) => (
          <li key={user.id}>
            <button type="button" class="picker-person" onClick={() => onChoose(user.id)}>
              <Person user={user} />
            </button>
          </li>
        ))}
      </ul>
      {found.length === 0 && <p class="picker-none">{t("chats.nobody")}</p>}
    </div>
  );
}

function Person({ user }: { user: User }) {
  return (
    <>
      <Avatar user_id={user.id} size={32} />
      <span class="picker-name" dir="auto">{user.display_name}</span>
      <span class="picker-username">@{user.username}</span>
    </>
  );
}

function usePeople(without: number[], onEnter?: (user: User) => void) {
  const { people } = useAccount();
  const { t } = useWords();
  const [wanted, setWanted] = useState("");
  const left = new Set(without);
  const found = people
    .find(wanted, AT_MOST + left.size)
    .filter((user) => !left.has(user.id))
    .slice(0, AT_MOST);
  const search = (
    <Field
      label={t("chats.find_people")}
      bare
      type="search"
      placeholder={t("chats.find_people")}
      autocomplete="off"
      value={wanted}
      onInput={(event) => setWanted(event.currentTarget.value)}
      onKeyDown={(event) => {
        if (event.key !== "Enter" || composing(event)) return;
        // Not the form's: one is still choosing.
        event.preventDefault();
        const [first] = found;
        if (first !== undefined && wanted.trim() !== "") onEnter?.(first);
      }}
    />
  );
  return { found, search };
}
