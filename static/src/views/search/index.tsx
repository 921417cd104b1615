// Search as a place of its own: what was typed stands in the address; what is found is chosen by arrows.

import "./search.css";
import "../common/more-icons.ts";
import { useEffect, useId, useRef, useState } from "preact/hooks";
import { useAccount, useModel, useWords } from "../hooks/context.ts";
import { usePlace } from "../hooks/place.ts";
import { type Box, boxOf, gathered, queryOf } from "../../lib/search/query.ts";
import type { HitKind } from "../../models/search/hits.ts";
import { savedOf, searchingOf } from "../../models/search/of.ts";
import type { SavedSearch } from "../../models/types.ts";
import { BackButton, useLayers } from "../common/index.ts";
import { NameDialog } from "../common/name-dialog.tsx";
import { SearchBox } from "./box.tsx";
import { isKind, Kinds } from "./kinds.tsx";
import { Results } from "./results.tsx";
import { useChosen } from "./choosing.ts";
import { useGroups } from "./groups.ts";

export default function SearchScreen() {
  const { router } = useModel();
  const account = useAccount();
  const { t, locale } = useWords();
  const place = usePlace("search");
  const kind = isKind(place?.kind) ? place.kind : null;
  const { box, setBox, q } = useBox(place?.q ?? "");
  const [sort, setSort] = useState<"best" | "new">("best");
  const [naming, setNaming] = useState<SavedSearch | null>(null);
  const searching = searchingOf(account);
  const field = useRef<HTMLInputElement>(null);
  useEffect(() => searching.open(), [searching]);
  useEffect(() => searching.ask({ q, kind, sort }), [searching, q, kind, sort]);
  useEffect(() => field.current?.focus({ preventScroll: true }), []);
  const go = (next: { q?: string; kind?: HitKind | null }): void => {
    const to = { q, kind, ...next };
    router.go({ name: "search", q: to.q, ...(to.kind && { kind: to.kind }) }, { replace: true });
  };
  const change = (next: Box): void => {
    const whole = gathered(next);
    setBox(whole);
    go({ q: queryOf(whole, locale.peek()) });
  };
  const begin = (text: string): void => {
    change({ ...box, text: `${box.text.trimEnd()} ${text}`.trimStart() });
    field.current?.focus();
  };
  const clear = (): void => {
    setBox({ chips: [], text: "" });
    go({ q: "", kind: null });
    field.current?.focus();
  };
  const groups = useGroups({ box, q, kind, searching, change, onKind: (to) => go({ kind: to }), onRename: setNaming });
  const list = useId();
  const chosen = useChosen(groups.flatMap(({ items }) => items), q, box.text);
  return (
    <section class="search" aria-label={t("rail.search")}>
      <header class="search-top">
        <h1 class="for-readers">{t("rail.search")}</h1>
        <BackButton />
        <SearchBox
          box={box}
          onChange={change}
          onClear={clear}
          onKey={chosen.press}
          list={list}
          active={chosen.item && `${list}-${chosen.at}`}
          expanded={groups.length > 0}
          field={field}
          {...useSaving(q)}
        />
      </header>
      <Kinds kind={kind} onKind={(to) => go({ kind: to })} onAdd={begin} />
      <Results {...{ groups, list, chosen, searching, q, sort, setSort }} onClear={clear} />
      {naming !== null && (
        <NameDialog
          title={t("search.saved_name")}
          name={naming.name}
          onName={(name) => {
            savedOf(account).rename(naming, name);
            setNaming(null);
          }}
          onClose={() => setNaming(null)}
        />
      )}
    </section>
  );
}

/** What is in the box; where the address says otherwise, that. */
function useBox(q: string): { box: Box; setBox: (box: Box) => void; q: string } {
  const { locale } = useWords();
  const [box, setBox] = useState(() => boxOf(q));
  const own = queryOf(box, locale.peek());
  const last = useRef(own);
  if (q !== last.current && q !== own) {
    const next = boxOf(q);
    last.current = q;
    setBox(next);
    return { box: next, setBox, q };
  }
  last.current = own;
  return { box, setBox, q: own };
}

function useSaving(q: string): { saved: boolean; onSave: () => void } {
  const account = useAccount();
  const { toast } = useLayers();
  const { t } = useWords();
  const all = savedOf(account);
  const found = all.of("search").find((each) => each.q === q.trim());
  const onSave = (): void => {
    if (found !== undefined) all.remove(found.id);
    else all.add("search", q.trim(), q.trim());
    toast(t(found === undefined ? "search.saved_done" : "search.unsaved_done"));
  };
  return { saved: found !== undefined, onSave };
}
