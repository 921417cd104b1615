// The list of keys that work here and now.

import "./keys.css";
import { useMemo } from "preact/hooks";
import { useModel, useWords } from "../hooks/context.ts";
import type { Binding } from "../../lib/keys.ts";
import type { Key } from "../../lib/locale.ts";
import { Dialog } from "../common/dialog.tsx";
import { Kbd } from "../common/keyboard.tsx";
import type { OverlayProps } from "../common/layers.ts";

export default function KeyList({ onClose }: OverlayProps) {
  const { keys } = useModel();
  const { t } = useWords();
  const groups = useMemo(() => grouped(keys.all.peek()), [keys]);
  return (
    <Dialog title={t("keys.title")} size="large" onClose={onClose}>
      <div class="keys">
        {groups.map(([group, lines]) => (
          <section key={group} class="keys-group">
            <h3 class="keys-title">{t(group)}</h3>
            <dl class="keys-list">
              {lines.map(([name, combos]) => (
                <div key={name} class="keys-line" data-combos={combos.join(" | ")}>
                  <dt>{t(name)}</dt>
                  <dd class="keys-combos">
                    {combos.map((combo) => (
                      <Kbd key={combo} combo={combo} />
                    ))}
                  </dd>
                </div>
              ))}
            </dl>
          </section>
        ))}
      </div>
      <p class="keys-hint">{t("keys.hint")}</p>
    </Dialog>
  );
}

const ORDER: Key[] = ["keys.everywhere", "keys.places", "keys.composer", "keys.message", "keys.chat_list"];

type Line = [name: Key, combos: string[]];

/** By heading, each thing once with all the keys that do it. */
function grouped(bindings: Binding<Key>[]): [Key, Line[]][] {
  const groups = new Map<Key, Map<Key, Set<string>>>();
  for (const { group, name, combo } of bindings) {
    const lines = groups.get(group) ?? new Map<Key, Set<string>>();
    groups.set(group, lines.set(name, (lines.get(name) ?? new Set<string>()).add(combo)));
  }
  const order = (group: Key): number => (ORDER.includes(group) ? ORDER.indexOf(group) : ORDER.length);
  const sorted = [...groups].sort(([one], [other]) => order(one) - order(other));
  return sorted.map(([group, lines]) => [group, [...lines].map(([name, combos]): Line => [name, [...combos]])]);
}
