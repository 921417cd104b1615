// The list under the box, and what is to be said of it: how many, whose answer it is, why there is none.

import { useEffect, useRef } from "preact/hooks";
import { useAccount, useWords } from "../hooks/context.ts";
import { recentOf } from "../../models/search/of.ts";
import type { Searching } from "../../models/search/searching.ts";
import { Unreachable } from "../../lib/errors.ts";
import { Avatar, Button, EmptyState, ErrorState, Icon, IconButton, RequestId, Skeleton } from "../common/index.ts";
import type { Chosen } from "./choosing.ts";
import type { Item, ItemGroup } from "./items.ts";
import { HitRow } from "./row.tsx";

export interface ResultsProps {
  groups: ItemGroup[];
  list: string;
  chosen: Chosen;
  searching: Searching;
  q: string;
  sort: "best" | "new";
  setSort: (sort: "best" | "new") => void;
  onClear: () => void;
}

export function Results({ groups, list, chosen, searching, q, sort, setSort, onClear }: ResultsProps) {
  const { t } = useWords();
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => {
    box.current?.querySelector('[aria-selected="true"]')?.scrollIntoView({ block: "nearest" });
  }, [chosen.at]);
  const items = groups.flatMap((group) => group.items);
  const hits = items.filter(({ kind }) => kind === "hit").length;
  const asked = searching.source.value !== "none" || searching.busy.value || searching.error.value !== null;
  return (
    <div class="search-results" ref={box} tabIndex={-1} aria-busy={searching.busy.value}>
      <div class="search-inside">
        <Said searching={searching} hits={hits} asked={asked} />
        {hits > 0 && <Sort sort={sort} setSort={setSort} />}
        {items.length > 0 && (
          <div id={list} role="listbox" aria-label={t("search.results")}>
            {groups.map((group) => (
              <Group key={group.name} {...{ group, list, items, chosen, q }} />
            ))}
          </div>
        )}
        {!asked && items.length === 0 && q.trim() !== "" && <TooLittle />}
        {asked && hits === 0 && <None searching={searching} onClear={onClear} />}
        {hits > 0 && searching.more.value && (
          <div class="search-more">
            <Button busy={searching.busy.value} onClick={() => void searching.next()}>
              {t("search.more")}
            </Button>
          </div>
        )}
      </div>
    </div>
  );
}

/** For readers the count, for all where the answer comes from, if not from the server. */
function Said({ searching, hits, asked }: { searching: Searching; hits: number; asked: boolean }) {
  const { t } = useWords();
  const local = searching.source.value === "local";
  const away = searching.error.value instanceof Unreachable;
  const corrected = searching.corrected.value;
  return (
    <>
      <p class="for-readers" role="status">
        {asked && !searching.busy.value && t("search.found", { count: hits })}
      </p>
      {local && away && hits > 0 && (
        <p class="search-note search-offline">
          <Icon name="offline" size={16} />
          {t(searching.whole.value ? "search.offline" : "search.offline_part")}
        </p>
      )}
      {corrected !== null && <p class="search-note">{t("search.corrected", { words: corrected })}</p>}
      {local && hits > 0 && searching.error.value !== null && !away && (
        <p class="search-note search-offline" role="alert">
          <Icon name="warning" size={16} />
          <span>{t("search.only_here")}</span>
          <Button small kind="quiet" icon="retry" onClick={() => searching.again()}>
            {t("app.retry")}
          </Button>
          <RequestId error={searching.error.value} />
        </p>
      )}
    </>
  );
}

/** Nothing is asked for: one letter, a picture, only what is not wanted. */
function TooLittle() {
  const { t } = useWords();
  return (
    <p class="search-note search-too-little" role="status">
      {t("search.too_little")}
    </p>
  );
}

function Sort({ sort, setSort }: Pick<ResultsProps, "sort" | "setSort">) {
  const { t } = useWords();
  return (
    <div class="search-sort" role="group" aria-label={t("search.sort")}>
      {(["best", "new"] as const).map((each) => (
        <button key={each} type="button" aria-pressed={sort === each} onClick={() => setSort(each)}>
          {t(`search.sort_${each}`)}
        </button>
      ))}
    </div>
  );
}

function None({ searching, onClear }: Pick<ResultsProps, "searching" | "onClear">) {
  const { t } = useWords();
  const error = searching.error.value;
  if (searching.busy.value) return <Skeleton rows={5} />;
  if (error !== null && !(error instanceof Unreachable)) {
    return <ErrorState error={error} retry={() => searching.again()} title={t("search.failed")} />;
  }
  const words = searching.strange.value;
  const why = words === "" ? t("search.nothing_text") : t("search.strange", { words });
  return (
    <EmptyState icon="search" title={t("search.nothing")} text={error === null ? why : t("search.nothing_here")}>
      {error === null ? (
        <Button onClick={onClear}>{t("search.clear")}</Button>
      ) : (
        <Button icon="retry" onClick={() => searching.again()}>
          {t("app.retry")}
        </Button>
      )}
    </EmptyState>
  );
}

interface GroupProps {
  group: ItemGroup;
  list: string;
  items: Item[];
  chosen: Chosen;
  q: string;
}

function Group({ group, list, items, chosen, q }: GroupProps) {
  const { t } = useWords();
  return (
    <div role="group" aria-label={group.title}>
      <div class="search-group">
        <span aria-hidden="true">{group.title}</span>
        {group.all && (
          <button type="button" class="search-all" tabIndex={-1} onClick={group.all}>
            {t("search.show_all")}
          </button>
        )}
      </div>
      {group.items.map((item) => {
        const index = items.indexOf(item);
        const shared = {
          id: `${list}-${index}`,
          role: "option" as const,
          "aria-selected": index === chosen.at,
          tabIndex: -1,
          onPointerMove: () => index !== chosen.at && chosen.choose(index),
        };
        return <Row key={item.key} item={item} shared={shared} q={q} />;
      })}
    </div>
  );
}

function Row({ item, shared, q }: { item: Item; shared: object; q: string }) {
  const account = useAccount();
  const { t } = useWords();
  if (item.kind === "hit") {
    return (
      <a {...shared} class={`search-item search-${item.hit.kind}`} href={item.href} onClick={() => recentOf(account).note(q)}>
        <HitRow hit={item.hit} />
      </a>
    );
  }
  return (
    <div {...shared} class="search-item search-plain" onClick={item.run}>
      <span class="search-side">
        {item.user_id === undefined ? <Icon name={item.icon} /> : <Avatar user_id={item.user_id} size={24} />}
      </span>
      <bdi class="search-plain-text">{item.text}</bdi>
      {item.more !== undefined && <span class="search-plain-more">{item.more}</span>}
      {item.rename && (
        <IconButton
          small
          icon="edit"
          tabIndex={-1}
          label={t("search.rename", { name: item.text })}
          keys="f2"
          onClick={(event) => {
            event.stopPropagation();
            item.rename?.();
          }}
        />
      )}
      {item.drop && (
        <IconButton
          small
          icon="close"
          tabIndex={-1}
          label={t("search.drop", { name: item.text })}
          onClick={(event) => {
            event.stopPropagation();
            item.drop?.();
          }}
        />
      )}
    </div>
  );
}
