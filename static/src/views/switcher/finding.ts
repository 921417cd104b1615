// Everything that can be found by name, best first, in groups.

import { useAccount, useModel, useWords } from "../hooks/context.ts";
import type { Key, Words } from "../../lib/locale.ts";
import type { Place } from "../../lib/router.ts";
import type { ChatEntry } from "../../models/entries.ts";
import type { TaskView } from "../../models/overlays/tasks.ts";
import type { User } from "../../models/types.ts";
import { useDirect } from "../chats/direct.ts";
import { type Command, useCommands } from "./commands.ts";
import { score } from "./match.ts";

export type Thing =
  | { kind: "chat"; name: string; chat: ChatEntry; board: boolean }
  | { kind: "person"; name: string; user: User }
  | { kind: "task"; name: string; task: TaskView }
  | { kind: "command"; name: string; command: Command };

export interface Group {
  title: Key;
  things: Thing[];
}

const EACH = 6;
const RECENT = 12;

export function useFound(typed: string): Group[] {
  const { chats, people, tasks } = useAccount();
  const { router } = useModel();
  const { t } = useWords();
  const commands = useCommands();
  const q = typed.trim();
  const everywhere: Command = {
    name: t("search.everywhere_for", { words: q }),
    icon: "search",
    keys: "ctrl+shift+f",
    run: () => router.go({ name: "search", q }),
  };
  const chatThings = chats.list.value.map((chat): Thing => ({ kind: "chat", name: nameOf(chat, t), chat, board: false }));
  if (typed.trim() === "") {
    return [
      { title: "switcher.recent", things: chatThings.slice(0, 7) },
      { title: "switcher.commands", things: commands.slice(0, 5).map(asThing) },
    ];
  }
  const boards = chats.list.value
    .filter((chat) => chat.chat.board)
    .map((chat): Thing => ({ kind: "chat", name: t("command.board", { title: nameOf(chat, t) }), chat, board: true }));
  // Somebody with whom there is a chat is that chat: one is found once.
  const met = new Set(chats.list.value.flatMap(({ other }) => other?.id ?? []));
  const others = people.all.value.filter((user) => !met.has(user.id));
  const groups: [Key, Thing[]][] = [
    ["switcher.chats", best(typed, [...chatThings, ...boards])],
    ["switcher.people", best(typed, others.map((user) => ({ kind: "person", name: people.nameOf(user), user })))],
    ["switcher.tasks", bestTasks(typed, tasks.all.value)],
    ["switcher.commands", best(typed, commands.map(asThing))],
  ];
  const found = groups
    .filter(([, things]) => things.length > 0)
    .map(([title, things]) => ({ title, things, top: rank(typed, things[0]) }))
    .sort((one, other) => other.top - one.top);
  return found.length === 0 ? [] : [...found, { title: "switcher.further", things: [asThing(everywhere)] }];
}

/** The chats one may write in besides one; the last active first, or the best found. */
export function useChatsFound(typed: string, besides: number): Group[] {
  const { chats } = useAccount();
  const { t } = useWords();
  const all = chats.list.value
    .filter((chat) => chat.id !== besides)
    .map((chat): Thing => ({ kind: "chat", name: nameOf(chat, t), chat, board: false }));
  const things = typed.trim() === "" ? all.slice(0, RECENT) : best(typed, all);
  const title = typed.trim() === "" ? "switcher.recent" : "switcher.chats";
  return things.length === 0 ? [] : [{ title, things }];
}

function nameOf(chat: ChatEntry, t: Words["t"]): string {
  return chat.notebook ? t("chats.notebook") : chat.title || t("chats.common");
}

function asThing(command: Command): Thing {
  return { kind: "command", name: command.name, command };
}

function rank(typed: string, thing: Thing | undefined): number {
  return thing === undefined ? 0 : rankOf(typed, thing);
}

function rankOf(typed: string, thing: Thing): number {
  if (thing.kind === "task" && /^[#№]\d+$/.test(typed.trim())) return 100;
  const byName = score(thing.name, typed);
  const known = thing.kind === "person" ? thing.user : thing.kind === "chat" && !thing.board ? thing.chat.other : null;
  if (known) return Math.max(byName, score(known.username, typed.replace(/^@/, "")));
  if (thing.kind !== "command") return byName;
  // Of equals, commands come last; where they are counts less than what they are called.
  const { within, also = [] } = thing.command;
  const there = also.map((name) => score(name, typed) * 0.9);
  return Math.max(byName * 0.95, within === undefined ? 0 : score(within, typed) * 0.5, ...there);
}

function best(typed: string, things: Thing[]): Thing[] {
  return things
    .map((thing) => ({ thing, rank: rankOf(typed, thing) }))
    .filter((each) => each.rank > 0)
    .sort((one, other) => other.rank - one.rank)
    .slice(0, EACH)
    .map((each) => each.thing);
}

/** By a part of the title, or by `#123`: that one first, then those that begin so. */
function bestTasks(typed: string, tasks: readonly TaskView[]): Thing[] {
  const number = /^[#№]?(\d+)$/.exec(typed.trim())?.[1];
  const asThings = (found: readonly TaskView[]): Thing[] =>
    found.map((task) => ({ kind: "task", name: task.title, task }));
  if (number === undefined) return best(typed, asThings(tasks));
  const numbered = tasks
    .filter((task) => String(task.number).startsWith(number))
    .sort((one, other) => one.number - other.number);
  const others = /^\d/.test(typed.trim()) ? tasks.filter((task) => !numbered.includes(task)) : [];
  return [...asThings(numbered), ...best(typed, asThings(others))].slice(0, EACH);
}

/** What choosing one does. */
export function useChoose(): (thing: Thing) => void {
  const { router, session } = useModel();
  const { user_id } = useAccount();
  const direct = useDirect();
  return (thing) => {
    switch (thing.kind) {
      case "chat":
        if (thing.board) return router.go({ name: "board", chat_id: thing.chat.id, filters: {} });
        return router.go({ name: "chat", chat_id: thing.chat.id });
      case "person": {
        const profile: Place = { name: "person", user_id: thing.user.id };
        const may = (session.settings.direct_chats ?? true) || thing.user.id === user_id;
        if (!may) return router.go(profile);
        return void direct(thing.user.id);
      }
      case "task":
        return router.go({ name: "task", task_id: thing.task.id });
      case "command":
        return thing.command.run();
    }
  };
}
