// What stands under the box: how to go on, what was found by kind, or, as long as nothing is asked, what one
// keeps, what one looked for last, and what one can ask.

import { useAccount, useModel, useWords } from "../hooks/context.ts";
import type { Key, Words } from "../../lib/locale.ts";
import type { Place } from "../../lib/router.ts";
import { type Box, boxOf, piecesOf } from "../../lib/search/query.ts";
import type { Hit, HitKind } from "../../models/search/hits.ts";
import { recentOf, savedOf } from "../../models/search/of.ts";
import type { SavedSearch } from "../../models/types.ts";
import type { Searching } from "../../models/search/searching.ts";
import type { Item, ItemGroup } from "./items.ts";
import { useLayers } from "../common/index.ts";
import { KINDS } from "./kinds.tsx";
import { suggestionsOf } from "./suggest.ts";

export interface GroupsAsked {
  box: Box;
  q: string;
  kind: HitKind | null;
  searching: Searching;
  change: (box: Box) => void;
  onKind: (kind: HitKind) => void;
  onRename: (saved: SavedSearch) => void;
}

/** Messages are last: they are many. */
const ORDER = ["person", "chat", "task", "file", "comment", "message"] as const satisfies typeof KINDS[number][];
/** Of each kind so many stand beside the others. */
const EACH = 5;

export function useGroups(asked: GroupsAsked): ItemGroup[] {
  const suggested = useSuggested(asked);
  const beginning = useBeginning(asked);
  const found = useFound(asked);
  const nothing = asked.box.chips.length === 0 && asked.box.text.trim() === "";
  return [...suggested, ...(nothing ? beginning : found)];
}

function useSuggested({ box, change }: GroupsAsked): ItemGroup[] {
  const account = useAccount();
  const words = useWords();
  const start = piecesOf(box.text).at(-1)?.from ?? 0;
  const items = suggestionsOf(box.text, account, words).map((each): Item => ({
    kind: "text",
    key: `suggest ${each.text}`,
    icon: "filter",
    text: each.label,
    more: each.more,
    ...(each.user_id === undefined ? {} : { user_id: each.user_id }),
    run: () => change({ ...box, text: `${box.text.slice(0, start)}${each.text}${each.whole ? " " : ""}` }),
  }));
  return items.length === 0 ? [] : [{ name: "suggested", title: words.t("search.suggested"), items }];
}

function useFound({ q, kind, searching, onKind }: GroupsAsked): ItemGroup[] {
  const { t } = useWords();
  const { router } = useModel();
  const words = searching.corrected.value ?? wordsOf(q);
  const hits = searching.hits.value;
  const item = (hit: Hit): Item => {
    const place = placeOf(hit, words);
    return { kind: "hit", key: hit.key, href: router.href(place), hit, run: () => router.go(place) };
  };
  if (kind !== null) return hits.length === 0 ? [] : [{ name: kind, title: t(`search.kind.${kind}` as Key), items: hits.map(item) }];
  return ORDER.flatMap((each) => {
    const some = hits.filter((hit) => hit.kind === each);
    if (some.length === 0) return [];
    const last = each === "message";
    const items = (last ? some : some.slice(0, EACH)).map(item);
    return [{ name: each, title: t(`search.kind.${each}` as Key), items, ...(last ? {} : { all: () => onKind(each) }) }];
  });
}

/** What a chat marks of what was asked: its words, without the operators. */
function wordsOf(q: string): string {
  return boxOf(q).text;
}

function placeOf(hit: Hit, find: string): Place {
  const { chat_id, seq, task_id, user } = hit;
  if (hit.kind === "person" && user !== null) return { name: "person", user_id: user.id };
  if (task_id !== null && (hit.kind === "task" || seq === null)) return { name: "task", task_id };
  if (chat_id === null) return { name: "search", q: find };
  return { name: "chat", chat_id, ...(seq === null ? {} : { seq, ...(find !== "" && hit.kind !== "file" && { find }) }) };
}

function useBeginning({ change, onRename }: GroupsAsked): ItemGroup[] {
  const account = useAccount();
  const words = useWords();
  const { t } = words;
  const { toast } = useLayers();
  const [saved, recent] = [savedOf(account), recentOf(account)];
  const ask = (q: string) => (): void => change(boxOf(q));
  const groups: ItemGroup[] = [
    {
      name: "saved",
      title: t("search.saved"),
      items: saved.of("search").map((each) => ({
        kind: "text",
        key: `saved ${each.id}`,
        icon: "star",
        text: each.name,
        run: ask(each.q),
        drop: () => {
          saved.remove(each.id);
          toast({ text: t("search.unsaved_done"), action: { label: t("app.undo"), run: () => saved.restore(each) } });
        },
        rename: () => onRename(each),
      })),
    },
    {
      name: "recent",
      title: t("search.recent"),
      items: recent.all.value.map((q) => ({ kind: "text", key: `recent ${q}`, icon: "clock", text: q, run: ask(q), drop: () => recent.forget(q) })),
    },
    { name: "lessons", title: t("search.lessons"), items: lessons(words, change) },
  ];
  return groups.filter(({ items }) => items.length > 0);
}

/** Three that are worth knowing: each begins one. */
function lessons({ t }: Words, change: (box: Box) => void): Item[] {
  const shown = [
    ["from", "person"],
    ["has", "attach"],
    ["on", "calendar"],
  ] as const;
  return shown.map(([op, icon]) => {
    const example = t(`search.lesson.${op}`);
    return {
      kind: "text",
      key: `lesson ${op}`,
      icon,
      text: example,
      more: t(`search.lesson_of.${op}`),
      run: () => change({ chips: [], text: `${example.slice(0, example.indexOf(":") + 1)}` }),
    };
  });
}
