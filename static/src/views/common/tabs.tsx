// One of a few: as places (`href`), or as a choice. Arrows move in a choice.

import "./tabs.css";
import { useRef } from "preact/hooks";
import { Icon, type IconName } from "./icon.tsx";

export interface Option<V extends string> {
  value: V;
  label: string;
  icon?: IconName | undefined;
  href?: string | undefined;
  count?: number | undefined;
}

export interface SegmentedTabsProps<V extends string> {
  label: string;
  value: V;
  options: Option<V>[];
  /** Not needed where every option has its own address. */
  onChange?: ((value: V) => void) | undefined;
  wide?: boolean | undefined;
}

export function SegmentedTabs<V extends string>(props: SegmentedTabsProps<V>) {
  const { label, value, options, onChange, wide } = props;
  const box = useRef<HTMLDivElement>(null);
  const many = options.length > 2 ? "segmented-tabs-many" : "";
  const names = `segmented-tabs ${wide ? "segmented-tabs-wide" : ""} ${many}`;
  if (options.every((option) => option.href !== undefined)) {
    return (
      <nav class={names} aria-label={label}>
        {options.map((option) => (
          <a
            key={option.value}
            class="segmented-tab"
            href={option.href ?? "/"}
            aria-current={option.value === value ? "page" : undefined}
          >
            <Inside option={option} />
          </a>
        ))}
      </nav>
    );
  }
  const step = (event: KeyboardEvent): void => {
    const by = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
    if (by === undefined) return;
    event.preventDefault();
    const at = options.findIndex((option) => option.value === value);
    const next = (at + by + options.length) % options.length;
    const option = options[next];
    if (option) onChange?.(option.value);
    box.current?.querySelectorAll<HTMLElement>("[role=radio]")[next]?.focus();
  };
  return (
    <div class={names} role="radiogroup" aria-label={label} ref={box} onKeyDown={step}>
      {options.map((option) => (
        <button
          key={option.value}
          type="button"
          role="radio"
          class="segmented-tab"
          aria-checked={option.value === value}
          tabIndex={option.value === value ? 0 : -1}
          onClick={() => onChange?.(option.value)}
        >
          <Inside option={option} />
        </button>
      ))}
    </div>
  );
}

function Inside({ option }: { option: Option<string> }) {
  return (
    <>
      {option.icon !== undefined && <Icon name={option.icon} />}
      <span class="segmented-tab-label" data-label={option.label}>
        {option.label}
      </span>
      {option.count !== undefined && option.count > 0 && <span class="segmented-tab-count">{option.count}</span>}
    </>
  );
}
