// A list by months: more of it as one comes near its end, by keys, with what is said when there is nothing.

import type { ComponentChildren } from "preact";
import { useEffect, useMemo, useRef } from "preact/hooks";
import { Unreachable } from "../../lib/errors.ts";
import { useConnected } from "../hooks/connected.ts";
import { useWords } from "../hooks/context.ts";
import { Button, EmptyState, ErrorState, Skeleton } from "../common/index.ts";
import type { Listing } from "./listing.ts";
import { byMonth } from "./months.ts";
import { useItemKeys } from "./item-keys.ts";

export interface ByMonthProps<T> {
  listing: Listing<T>;
  /** Of whatever has the focus among them. */
  goTo: (item: T) => void;
  /** How the items of a month stand together. */
  class?: string;
  empty: ComponentChildren;
  children: (item: T, at: number) => ComponentChildren;
}

export function ByMonth<T>(props: ByMonthProps<T>) {
  const { listing, goTo, empty, children } = props;
  const { locale, today } = useWords();
  const box = useRef<HTMLDivElement>(null);
  const items = listing.items.value;
  const state = listing.state.value;
  const months = useMemo(
    () => byMonth(items, (item) => listing.at(item), locale.value, today.value),
    [items, listing, locale.value, today.value],
  );
  useItemKeys(box, (id) => {
    const item = listing.items.peek().find((each) => listing.id(each) === id);
    if (item !== undefined) goTo(item);
  });
  useEffect(() => void listing.load(), [listing]);
  useConnected(() => {
    if (listing.state.peek() === "failed") void listing.load();
  });
  if (items.length === 0) {
    if (state === "loading" || (state === "ready" && listing.more.value)) return <Waiting listing={listing} />;
    return state === "failed" ? <Failed listing={listing} /> : <>{empty}</>;
  }
  return (
    <div class="files-months" ref={box}>
      {months.map(({ key, title, items: held }) => (
        <section key={key} class="files-month" aria-label={title}>
          <h3 class="files-month-title">{title}</h3>
          <ul class={`files-month-items ${props.class ?? ""}`}>
            {held.map((item, at) => (
              <li key={listing.id(item)} class="files-item" data-item={listing.id(item)}>
                {children(item, at)}
              </li>
            ))}
          </ul>
        </section>
      ))}
      <End listing={listing} />
    </div>
  );
}

/** All of a page may be none that is shown. */
function Waiting<T>({ listing }: { listing: Listing<T> }) {
  const state = listing.state.value;
  useEffect(() => {
    if (state === "ready") void listing.load();
  }, [listing, state]);
  return <Skeleton />;
}

function Failed<T>({ listing }: { listing: Listing<T> }) {
  const { t } = useWords();
  const error = listing.error.value;
  const again = (): void => void listing.load();
  if (!(error instanceof Unreachable)) return <ErrorState error={error} retry={again} />;
  return (
    <EmptyState icon="offline" title={t("filespanel.offline")} text={t("filespanel.offline_text")}>
      <Button icon="retry" onClick={again}>
        {t("app.retry")}
      </Button>
    </EmptyState>
  );
}

/** Near it the next page is fetched; where that fails, it says so. */
function End<T>({ listing }: { listing: Listing<T> }) {
  const { t } = useWords();
  const end = useRef<HTMLDivElement>(null);
  const more = listing.more.value;
  const failed = listing.state.value === "failed";
  const count = listing.items.value.length;
  useEffect(() => {
    const element = end.current;
    if (element === null || !more || failed) return undefined;
    const root = element.closest(".panel-body");
    const observer = new IntersectionObserver(([entry]) => entry?.isIntersecting && void listing.load(), {
      root,
      rootMargin: "800px 0px",
    });
    observer.observe(element);
    return () => observer.disconnect();
    // Watched anew after each page: one that did not fill the screen leaves its end in view.
  }, [listing, more, failed, count]);
  if (!more) return null;
  return (
    <div ref={end} class="files-end" role="status">
      {failed ? (
        <>
          {t(listing.error.value instanceof Unreachable ? "filespanel.more_offline" : "filespanel.more_failed")}
          <Button small icon="retry" onClick={() => void listing.load()}>
            {t("app.retry")}
          </Button>
        </>
      ) : (
        <Skeleton rows={2} />
      )}
    </div>
  );
}
