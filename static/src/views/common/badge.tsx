// A number on something: unread, mentions.

import "./badge.css";

export interface BadgeProps {
  count: number;
  /** `quiet`: of a chat that is muted. */
  kind?: "accent" | "quiet" | "danger" | undefined;
  /** For readers: what is counted. */
  label?: string | undefined;
  /** Instead of the number: `@`. */
  sign?: string | undefined;
  /** Beyond it the badge says `99+`: where little room is. */
  most?: number | undefined;
}

export function Badge({ count, kind = "accent", label, sign, most = 999 }: BadgeProps) {
  if (count <= 0) return null;
  return (
    <span class={`badge badge-${kind}`}>
      <span aria-hidden={label !== undefined}>{sign ?? (count > most ? `${most}+` : count)}</span>
      {label !== undefined && <span class="for-readers">{label}</span>}
    </span>
  );
}

/** That there is something, without a number. */
export function Dot({ kind = "accent", label }: { kind?: "accent" | "quiet"; label: string }) {
  return (
    <span class={`badge badge-dot badge-${kind}`}>
      <span class="for-readers">{label}</span>
    </span>
  );
}
