// One figure of the last hour as a line, with what it is now and what it was at most.

import { useWords } from "../hooks/context.ts";
import { type Point, pathOf } from "./graph-path.ts";

export interface GraphProps {
  name: string;
  points: Point[];
  say: (value: number) => string;
  /** What fills the height where the most of the hour does not: a disk's size, a whole core. */
  most?: number;
  /** Said below, for what has no plain name. */
  hint?: string;
}

export function Graph({ name, points, say, most, hint }: GraphProps) {
  const { t } = useWords();
  const known = points.filter((value) => value !== null);
  const now = known.at(-1);
  const top = Math.max(...known, 0);
  const { line, area } = pathOf(points, Math.max(top, most ?? 0));
  return (
    <figure class="graph">
      <figcaption>
        <span class="graph-name">{name}</span>
        <strong class="graph-now">{now === undefined ? "—" : say(now)}</strong>
      </figcaption>
      <svg class="graph-picture" viewBox="0 0 120 40" preserveAspectRatio="none" role="img" aria-label={t("health.most", { value: say(top) })}>
        <path class="graph-area" d={area} />
        <path class="graph-line" d={line} />
      </svg>
      <span class="graph-hint">{hint ?? (known.length > 0 ? t("health.most", { value: say(top) }) : t("health.soon"))}</span>
    </figure>
  );
}
