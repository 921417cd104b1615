// What the board shows: mine, somebody's, a label's, what is due, what has a word in it.

import "./filters-bar.css";
import { useRef } from "preact/hooks";
import { useAccount, useKey, useModel, useWords } from "../hooks/context.ts";
import { usePeopleOf } from "../card/assignee.tsx";
import { useLabelsOf } from "../card/label-choices.tsx";
import { Button, Icon, type MenuItem, useLayers } from "../common/index.ts";
import { DUES, type Filters, isFiltered, NO_FILTERS, queryOf } from "./filters.ts";

export function FiltersBar({ chat_id, filters }: { chat_id: number; filters: Filters }) {
  const { people } = useAccount();
  const { router } = useModel();
  const { t } = useWords();
  const field = useRef<HTMLInputElement>(null);
  const members = usePeopleOf(chat_id);
  const labels = useLabelsOf(chat_id);
  const set = (changes: Partial<Filters>): void =>
    router.go({ name: "board", chat_id, filters: queryOf({ ...filters, ...changes }) }, { replace: true });
  useKey({ combo: "/", name: "board.key_find", group: "board.keys_group", run: () => field.current?.focus() });
  useKey({ combo: "q", name: "board.key_mine", group: "board.keys_group", run: () => set({ mine: !filters.mine }) });
  const any = (on: boolean, run: () => void): MenuItem => ({ label: t("board.filter_any"), checked: on, run });
  return (
    <div class="filters-bar" role="group" aria-label={t("board.filters")}>
      <button
        type="button"
        class="filters-bar-choice"
        aria-pressed={filters.mine}
        onClick={() => set({ mine: !filters.mine })}
      >
        {t("board.filter_mine")}
      </button>
      <Choice
        name={t("board.filter_person")}
        value={filters.person === null ? null : people.name(filters.person)}
        items={[
          any(filters.person === null, () => set({ person: null })),
          ...members.map((user) => ({
            label: people.nameOf(user),
            checked: user.id === filters.person,
            run: () => set({ person: user.id }),
          })),
        ]}
      />
      {labels.length > 0 && (
        <Choice
          name={t("board.filter_label")}
          value={filters.label}
          items={[
            any(filters.label === null, () => set({ label: null })),
            ...labels.map((label) => ({ label, checked: label === filters.label, run: () => set({ label }) })),
          ]}
        />
      )}
      <Choice
        name={t("board.filter_due")}
        value={filters.due === null ? null : t(`board.due_${filters.due}`)}
        items={[
          any(filters.due === null, () => set({ due: null })),
          ...DUES.map((due) => ({
            label: t(`board.due_${due}`),
            checked: due === filters.due,
            run: () => set({ due }),
          })),
        ]}
      />
      <span class="filters-bar-find">
        <Icon name="search" size={16} />
        <input
          dir="auto"
          ref={field}
          class="filters-bar-field"
          type="search"
          aria-label={t("board.filter_text")}
          placeholder={t("board.filter_text")}
          value={filters.text}
          onInput={(event) => set({ text: event.currentTarget.value })}
          onKeyDown={(event) => {
            if (event.key !== "Escape") return;
            event.stopPropagation();
            set({ text: "" });
            event.currentTarget.blur();
          }}
        />
      </span>
      {isFiltered(filters) && (
        <Button small kind="quiet" onClick={() => set(NO_FILTERS)}>
          {t("board.filter_clear")}
        </Button>
      )}
    </div>
  );
}

function Choice({ name, value, items }: { name: string; value: string | null; items: MenuItem[] }) {
  const { openMenu } = useLayers();
  return (
    <button
      type="button"
      class={`filters-bar-choice ${value === null ? "" : "filters-bar-on"}`}
      aria-haspopup="menu"
      onClick={(event) => openMenu({ label: name, items, at: event.currentTarget })}
    >
      {value === null ? name : `${name}: ${value}`}
      <Icon name="down" size={16} />
    </button>
  );
}
