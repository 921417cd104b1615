// Which of one's tasks are shown, and the views of them that one keeps.

import "../board/filters-bar.css";
import "./filters-bar.css";
import { useState } from "preact/hooks";
import { useAccount, useWords } from "../hooks/context.ts";
import { savedOf } from "../../models/search/of.ts";
import type { TaskView } from "../../models/overlays/tasks.ts";
import type { SavedSearch } from "../../models/types.ts";
import { DUES } from "../board/filters.ts";
import { titleOf } from "../chat/title.ts";
import { Button, Icon, IconButton, type MenuItem, useLayers } from "../common/index.ts";
import { NameDialog } from "../common/name-dialog.tsx";
import { ALL, readFrom, type TaskFilters, writtenOf } from "./filters.ts";

interface FiltersBarProps {
  filters: TaskFilters;
  /** All there are to choose among. */
  tasks: TaskView[];
  onChange: (filters: TaskFilters) => void;
}

export function FiltersBar({ filters, tasks, onChange }: FiltersBarProps) {
  const account = useAccount();
  const words = useWords();
  const { t } = words;
  const [naming, setNaming] = useState<SavedSearch | "new" | null>(null);
  const saved = savedOf(account);
  const views = saved.of("tasks");
  const q = writtenOf(filters);
  const current = views.find((view) => view.q === q);
  const set = (changes: Partial<TaskFilters>): void => onChange({ ...filters, ...changes });
  const named = (name: string): void => {
    if (naming === "new") saved.add("tasks", name, q);
    else if (naming !== null) saved.rename(naming, name);
    setNaming(null);
  };
  return (
    <div class="filters-bar tasks-filters" role="group" aria-label={t("tasks.filters")}>
      {views.map((view) => (
        <View key={view.id} view={view} on={view === current} onOpen={() => onChange(view === current ? ALL : readFrom(view.q))} onRename={() => setNaming(view)} />
      ))}
      <Choices filters={filters} tasks={tasks} set={set} />
      {q !== "" && current === undefined && (
        <Button small kind="quiet" icon="star" onClick={() => setNaming("new")}>
          {t("tasks.view_save")}
        </Button>
      )}
      {q !== "" && (
        <Button small kind="quiet" onClick={() => onChange(ALL)}>
          {t("board.filter_clear")}
        </Button>
      )}
      {naming !== null && (
        <NameDialog title={t("tasks.view_name")} name={naming === "new" ? "" : naming.name} onName={named} onClose={() => setNaming(null)} />
      )}
    </div>
  );
}

interface ViewProps {
  view: SavedSearch;
  on: boolean;
  onOpen: () => void;
  onRename: () => void;
}

function View({ view, on, onOpen, onRename }: ViewProps) {
  const account = useAccount();
  const { openMenu, toast } = useLayers();
  const { t } = useWords();
  const saved = savedOf(account);
  const remove = (): void => {
    saved.remove(view.id);
    toast({ text: t("tasks.view_removed", { name: view.name }), action: { label: t("app.undo"), run: () => saved.restore(view) } });
  };
  const items: MenuItem[] = [
    { label: t("tasks.view_rename"), icon: "edit", run: onRename },
    { label: t("tasks.view_remove"), icon: "trash", danger: true, run: remove },
  ];
  return (
    <span class="tasks-view">
      <button type="button" class="filters-bar-choice" aria-pressed={on} onClick={onOpen}>
        <Icon name="star" size={16} />
        <bdi>{view.name}</bdi>
      </button>
      {on && (
        <IconButton small icon="more" label={t("tasks.view_more", { name: view.name })} onClick={(event) => openMenu({ label: view.name, items, at: event.currentTarget })} />
      )}
    </span>
  );
}

function Choices({ filters, tasks, set }: { filters: TaskFilters; tasks: TaskView[]; set: (changes: Partial<TaskFilters>) => void }) {
  const { chats } = useAccount();
  const words = useWords();
  const { t } = words;
  const labels = [...new Set(tasks.flatMap((task) => task.labels))].sort();
  const title = (id: number): string => {
    const entry = chats.of(id).value;
    return entry === null ? "" : titleOf(entry, words);
  };
  const ids = [...new Set(tasks.map((task) => task.chat_id))];
  return (
    <>
      <Choice
        name={t("board.filter_due")}
        value={filters.due && t(`board.due_${filters.due}`)}
        items={DUES.map((due) => ({ label: t(`board.due_${due}`), checked: due === filters.due, run: () => set({ due }) }))}
        any={() => set({ due: null })}
      />
      {labels.length > 0 && (
        <Choice
          name={t("board.filter_label")}
          value={filters.label}
          items={labels.map((label) => ({ label, checked: label === filters.label, run: () => set({ label }) }))}
          any={() => set({ label: null })}
        />
      )}
      {(ids.length > 1 || filters.chat_id !== null) && (
        <Choice
          name={t("tasks.filter_chat")}
          value={filters.chat_id && title(filters.chat_id)}
          items={ids.map((id) => ({ label: title(id), checked: id === filters.chat_id, run: () => set({ chat_id: id }) }))}
          any={() => set({ chat_id: null })}
        />
      )}
    </>
  );
}

interface ChoiceProps {
  name: string;
  value: string | 0 | null;
  items: MenuItem[];
  any: () => void;
}

function Choice({ name, value, items, any }: ChoiceProps) {
  const { openMenu } = useLayers();
  const { t } = useWords();
  const all: MenuItem[] = [{ label: t("board.filter_any"), checked: !value, run: any }, ...items];
  return (
    <button
      type="button"
      class={`filters-bar-choice ${value ? "filters-bar-on" : ""}`}
      aria-haspopup="menu"
      onClick={(event) => openMenu({ label: name, items: all, at: event.currentTarget })}
    >
      {value ? `${name}: ${value}` : name}
      <Icon name="down" size={16} />
    </button>
  );
}
