// A phone's columns are pages; their names in a line say where one is and lead to each.

import "./pages.css";
import type { RefObject } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { useWords } from "../hooks/context.ts";
import type { ColumnView } from "../../models/overlays/tasks.ts";

export function Pages({ box, columns }: { box: RefObject<HTMLDivElement | null>; columns: ColumnView[] }) {
  const { t } = useWords();
  const [here, setHere] = useState(0);
  const line = useRef<HTMLElement>(null);
  const ids = columns.map(({ column }) => column.id).join();
  useEffect(() => {
    const sections = box.current?.querySelectorAll<HTMLElement>("[data-column]") ?? [];
    const seen = new IntersectionObserver(
      (entries) => {
        const entry = entries.find((each) => each.isIntersecting);
        if (entry) setHere(Number((entry.target as HTMLElement).dataset["column"]));
      },
      { root: box.current, threshold: 0.6 },
    );
    for (const section of sections) seen.observe(section);
    return () => seen.disconnect();
  }, [box, ids]);
  useEffect(() => {
    const current = line.current?.querySelector<HTMLElement>("[aria-current]");
    if (current) line.current?.scrollTo({ left: current.offsetLeft - 48, behavior: "smooth" });
  }, [here]);
  const show = (id: number): void => {
    const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
    const section = box.current?.querySelector(`[data-column="${id}"]`);
    section?.scrollIntoView({ inline: "center", block: "nearest", behavior: calm ? "auto" : "smooth" });
  };
  return (
    <nav class="pages" ref={line} aria-label={t("board.columns")}>
      {columns.map(({ column, tasks }) => (
        <button
          type="button"
          key={column.id}
          class="pages-page"
          aria-current={column.id === here ? "true" : undefined}
          onClick={() => show(column.id)}
        >
          {column.title}
          <span class="pages-count">{tasks.length}</span>
        </button>
      ))}
    </nav>
  );
}
