// Which kind of things is wanted, and operators to begin with, as chips.

import { useWords } from "../hooks/context.ts";
import type { Key } from "../../lib/locale.ts";
import { type Op, written } from "../../lib/search/query.ts";
import type { HitKind } from "../../models/search/hits.ts";
import { Icon, type IconName } from "../common/index.ts";

export const KINDS = ["message", "comment", "task", "file", "person", "chat"] as const satisfies HitKind[];
const ADDED: readonly [op: Op, icon: IconName][] = [
  ["from", "person"],
  ["in", "chat"],
  ["has", "attach"],
  ["on", "calendar"],
];

export function isKind(kind: string | undefined): kind is HitKind {
  return (KINDS as readonly (string | undefined)[]).includes(kind);
}

interface KindsProps {
  kind: HitKind | null;
  onKind: (kind: HitKind | null) => void;
  onAdd: (text: string) => void;
}

export function Kinds({ kind, onKind, onAdd }: KindsProps) {
  const { t, locale } = useWords();
  return (
    <div class="search-kinds">
      <div class="search-kinds-group" role="group" aria-label={t("search.kinds")}>
        {[null, ...KINDS].map((each) => (
          <button
            key={each}
            type="button"
            class="search-kind"
            aria-pressed={each === kind}
            onClick={() => onKind(each === kind ? null : each)}
          >
            {t(`search.kind.${each ?? "all"}` as Key)}
          </button>
        ))}
      </div>
      <div class="search-kinds-group" role="group" aria-label={t("search.narrow")}>
        {ADDED.map(([op, icon]) => (
          <button key={op} type="button" class="search-kind search-kind-add" onClick={() => onAdd(written(op, "", locale.peek()))}>
            <Icon name={icon} size={16} />
            {t(`search.add.${op}` as Key)}
          </button>
        ))}
      </div>
    </div>
  );
}
