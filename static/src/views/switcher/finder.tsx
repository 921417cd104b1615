// A field and what is found by it: arrows choose, Enter goes.

import "./finder.css";
import type { ComponentChildren } from "preact";
import { useEffect, useId, useRef, useState } from "preact/hooks";
import { useAccount, useModel, useWords } from "../hooks/context.ts";
import { composing } from "../../lib/keys.ts";
import { cut } from "../../lib/text.ts";
import { Avatar, ChatFace } from "../common/avatar.tsx";
import { Badge } from "../common/badge.tsx";
import { Button, IconButton } from "../common/button.tsx";
import { Icon } from "../common/icon.tsx";
import { Kbd } from "../common/keyboard.tsx";
import { EmptyState } from "../common/states.tsx";
import { type Group, type Thing, useChoose, useFound } from "./finding.ts";

export interface FinderProps {
  typed: string;
  onType: (typed: string) => void;
  /** What is asked for; what Enter does with it. */
  label: string;
  action: string;
  groups: Group[];
  onChoose: (thing: Thing) => void;
  onDone: () => void;
  /** Of a dialog: how a finger leaves it. */
  onClose?: (() => void) | undefined;
  /** What is shown where nothing is found. */
  nothing: ComponentChildren;
}

/** The finder of everything: it goes there, or does it. */
export function FinderOfAll({ typed, ...rest }: Pick<FinderProps, "typed" | "onType" | "onDone" | "onClose">) {
  const { t } = useWords();
  return (
    <Finder
      {...rest}
      typed={typed}
      label={t("switcher.placeholder")}
      action={t("switcher.open")}
      groups={useFound(typed)}
      onChoose={useChoose()}
      nothing={<Nothing typed={typed} onDone={rest.onClose} />}
    />
  );
}

export function Finder(props: FinderProps) {
  const { typed, onType, label, action, groups, onChoose, onDone, onClose, nothing } = props;
  const { t } = useWords();
  const [at, setAt] = useState(0);
  const id = useId();
  const box = useRef<HTMLDivElement>(null);
  const things = groups.flatMap((group) => group.things);
  const chosen = Math.min(at, things.length - 1);
  useEffect(() => setAt(0), [typed]);
  useEffect(() => {
    box.current?.querySelector('[aria-selected="true"]')?.scrollIntoView({ block: "nearest" });
  }, [chosen]);
  const done = (thing: Thing | undefined): void => {
    if (thing === undefined) return;
    onDone();
    // After the dialog has given the focus back.
    setTimeout(() => onChoose(thing));
  };
  const press = (event: KeyboardEvent): void => {
    if (composing(event)) return;
    const by = { ArrowDown: 1, ArrowUp: -1, PageDown: 5, PageUp: -5 }[event.key];
    if (by !== undefined) {
      event.preventDefault();
      const step = Math.abs(by) === 1 ? (chosen + by + things.length) % things.length : chosen + by;
      setAt(Math.max(0, Math.min(things.length - 1, step)));
    }
    if (event.key === "Enter") {
      event.preventDefault();
      done(things[chosen]);
    }
  };
  return (
    <div class="finder">
      <div class="finder-field">
        <Icon name="search" />
        <input
          dir="auto"
          class="finder-input"
          type="text"
          role="combobox"
          aria-label={label}
          aria-expanded={things.length > 0}
          aria-controls={id}
          aria-activedescendant={things.length > 0 ? `${id}-${chosen}` : undefined}
          placeholder={label}
          autocomplete="off"
          spellcheck={false}
          enterkeyhint="go"
          autofocus
          value={typed}
          onInput={(event) => onType(event.currentTarget.value)}
          onKeyDown={press}
        />
        {onClose && <IconButton class="finder-close" icon="close" label={t("app.close")} onClick={onClose} />}
      </div>
      <p class="for-readers" role="status">
        {typed !== "" && t("switcher.found", { count: things.length })}
      </p>
      <div class="finder-results" ref={box} tabIndex={-1}>
        {things.length === 0 ? (
          nothing
        ) : (
          <div id={id} role="listbox" aria-label={t("switcher.results")}>
            {groups.map((group) => (
              <Found key={group.title} {...{ group, id, things, chosen, setAt, done }} />
            ))}
          </div>
        )}
      </div>
      <footer class="finder-foot" aria-hidden="true">
        <Kbd combo="arrowup" /> <Kbd combo="arrowdown" /> {t("switcher.choose")}
        <span class="finder-gap" />
        <Kbd combo="enter" /> {action}
      </footer>
    </div>
  );
}

/** What is not found can be written down as a task; without a notebook, it is looked for in everything. */
function Nothing({ typed, onDone }: { typed: string; onDone?: (() => void) | undefined }) {
  const { tasks, chats, user_id } = useAccount();
  const { router } = useModel();
  const { t } = useWords();
  const notebook = chats.list.value.find((chat) => chat.notebook);
  const write = (): void => {
    if (notebook === undefined) return;
    onDone?.();
    const title = cut(typed.trim(), 200);
    router.go({ name: "task", task_id: tasks.create({ title, chat_id: notebook.id, assigned_to: user_id }) });
  };
  const seek = (): void => {
    onDone?.();
    router.go({ name: "search", q: typed.trim() });
  };
  return (
    <EmptyState small icon="search" title={t("switcher.nothing")} text={t("switcher.nothing_text")}>
      {notebook ? (
        <Button icon="task" onClick={write}>
          {t("switcher.make_task")}
        </Button>
      ) : (
        <Button icon="search" onClick={seek}>
          {t("chats.search_everywhere")}
        </Button>
      )}
    </EmptyState>
  );
}

interface FoundProps {
  group: Group;
  id: string;
  things: Thing[];
  chosen: number;
  setAt: (at: number) => void;
  done: (thing: Thing) => void;
}

function Found({ group, id, things, chosen, setAt, done }: FoundProps) {
  const { t } = useWords();
  return (
    <div role="group" aria-label={t(group.title)}>
      <div class="finder-group" aria-hidden="true">
        {t(group.title)}
      </div>
      {group.things.map((thing) => {
        const index = things.indexOf(thing);
        return (
          <div
            key={index}
            id={`${id}-${index}`}
            class="finder-thing"
            role="option"
            aria-selected={index === chosen}
            onPointerMove={() => index !== chosen && setAt(index)}
            onClick={() => done(thing)}
          >
            <One thing={thing} />
          </div>
        );
      })}
    </div>
  );
}

function One({ thing }: { thing: Thing }) {
  const { t } = useWords();
  switch (thing.kind) {
    case "chat": {
      const { chat } = thing;
      const icon = thing.board ? "board" : chat.notebook ? "note" : chat.chat.kind === "org" ? "people" : undefined;
      return (
        <>
          {chat.other && !thing.board ? (
            <Avatar user_id={chat.other.id} size={32} />
          ) : (
            <ChatFace
              id={chat.id}
              title={thing.name}
              icon={icon}
              url={thing.board ? null : chat.chat.avatar_url}
              size={32}
            />
          )}
          <span class="finder-name">{thing.name}</span>
          <Badge count={chat.unread} kind={chat.muted ? "quiet" : "accent"} label={t("chats.unread", { count: chat.unread })} />
        </>
      );
    }
    case "person":
      return (
        <>
          <Avatar user_id={thing.user.id} size={32} />
          <span class="finder-name">{thing.name}</span>
          <span class="finder-more">@{thing.user.username}</span>
        </>
      );
    case "task":
      return (
        <>
          <span class="finder-icon">
            <Icon name={thing.task.status === "done" ? "circleCheck" : "task"} />
          </span>
          <span class="finder-name">{thing.name}</span>
          {thing.task.number > 0 && <span class="finder-more number">#{thing.task.number}</span>}
        </>
      );
    case "command":
      return (
        <>
          <span class="finder-icon">
            <Icon name={thing.command.icon} />
          </span>
          <span class="finder-name">{thing.name}</span>
          {thing.command.within !== undefined && <span class="finder-more">{thing.command.within}</span>}
          {thing.command.keys !== undefined && <Kbd combo={thing.command.keys} />}
        </>
      );
  }
}
