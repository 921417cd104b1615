// Icons: strokes on a grid of 20, in the colour of the text around them. Here are those of the first
// screen; all others are in `more-icons.ts`, which screens import that have some.

import "./icon.css";
import { drawn } from "./drawn-icons.ts";
import type { MoreName } from "./more-icons.ts";

const PATHS = {
  at: "M13 10a3 3 0 1 1-6 0 3 3 0 0 1 6 0zM13 7v4.2c0 2.6 3.5 2.3 3.5-1.2A6.5 6.5 0 1 0 13.6 15.4",
  back: "M12 4.5L6.5 10l5.5 5.5",
  bell: "M5.5 8.5a4.5 4.5 0 0 1 9 0c0 4 1.5 5 1.5 5H4s1.5-1 1.5-5zM8.5 16.3a1.7 1.7 0 0 0 3 0",
  bellOff: "M7 4.8a4.5 4.5 0 0 1 7.5 3.7c0 1.3.2 2.3.4 3.1M13.5 13.5H4s1.5-1 1.5-5c0-.5.1-1 .2-1.5M8.5 16.3a1.7 1.7 0 0 0 3 0M3 3l14 14",
  board: "M3.5 4h3.8v12H3.5zM8.2 4H12v8H8.2zM12.9 4h3.6v5.5h-3.6z",
  bolt: "M11 3l-6 8h4.5L9 17l6-8h-4.5z",
  chat: "M4 4.5h12a1 1 0 0 1 1 1v7.5a1 1 0 0 1-1 1H9l-4 3.2V14H4a1 1 0 0 1-1-1V5.5a1 1 0 0 1 1-1z",
  check: "M4.5 10.5l3.5 3.5 7.5-8",
  close: "M5 5l10 10M15 5L5 15",
  copy: "M7.5 7.5h8.5V16H7.5zM12.5 7.5V4H4v8.5h3.5",
  down: "M5.5 8l4.5 4.5L14.5 8",
  download: "M10 3.5v9M6 9l4 4 4-4M4 16.5h12",
  eye: "M2.5 10S5 5 10 5s7.5 5 7.5 5-2.5 5-7.5 5-7.5-5-7.5-5zM12 10a2 2 0 1 1-4 0 2 2 0 0 1 4 0z",
  eyeOff: "M4.5 7C3.2 8.4 2.5 10 2.5 10S5 15 10 15c1 0 1.9-.2 2.7-.5M8 5.2C8.6 5.1 9.3 5 10 5c5 0 7.5 5 7.5 5s-.7 1.4-2 2.7M3 3l14 14",
  keyboard: "M2.5 5.5h15v9h-15zM5.5 8.3v.01M8.5 8.3v.01M11.5 8.3v.01M14.5 8.3v.01M6.5 11.7h7",
  leave: "M8.5 3.5h-4v13h4M8 10h9M13.5 6.5L17 10l-3.5 3.5",
  list: "M3.5 5.5h.01M7 5.5h9.5M3.5 10h.01M7 10h9.5M3.5 14.5h.01M7 14.5h9.5",
  moon: "M15.5 12.2A6.3 6.3 0 0 1 7.8 4.5a6.3 6.3 0 1 0 7.7 7.7z",
  note: "M5 3.5h10v13H5zM8 7h4M8 10h4",
  offline: "M3 3l14 14M6.2 8A4 4 0 0 0 6.5 15.5h7.5M9.5 5.6a4 4 0 0 1 4.8 3.4 3 3 0 0 1 2.5 4.7",
  people: "M10.5 7a2.5 2.5 0 1 1-5 0 2.5 2.5 0 0 1 5 0zM3 16c0-2.8 2-4.5 5-4.5s5 1.7 5 4.5M12.5 4.8a2.4 2.4 0 0 1 0 4.5M15 11.8c1.3.7 2 2 2 4.2",
  person: "M13 7a3 3 0 1 1-6 0 3 3 0 0 1 6 0zM4.5 16.5c0-3 2.2-4.8 5.5-4.8s5.5 1.8 5.5 4.8",
  pin: "M7.5 3.5h5l-.5 5 2.5 2.5v1.5h-9V11L8 8.5zM10 12.5V17",
  plus: "M10 4.5v11M4.5 10h11",
  retry: "M16 10a6 6 0 1 1-1.8-4.3M16 3v3.5h-3.5",
  search: "M13.5 8.8a4.8 4.8 0 1 1-9.6 0 4.8 4.8 0 0 1 9.6 0zM12.2 12.3l4.3 4.3",
  settings: "M3 6.5h7.5M14.5 6.5H17M3 13.5h2.5M9.5 13.5H17M14.5 6.5a2 2 0 1 1-4 0 2 2 0 0 1 4 0zM9.5 13.5a2 2 0 1 1-4 0 2 2 0 0 1 4 0z",
  shield: "M10 3l5.5 2v4.5c0 3.5-2.2 6-5.5 7.5-3.3-1.5-5.5-4-5.5-7.5V5z",
  sun: "M12.8 10a2.8 2.8 0 1 1-5.6 0 2.8 2.8 0 0 1 5.6 0zM10 2.8v1.5M10 15.7v1.5M2.8 10h1.5M15.7 10h1.5M4.9 4.9L6 6M14 14l1.1 1.1M4.9 15.1L6 14M14 6l1.1-1.1",
  task: "M3.5 3.5h13v13h-13zM7 10.3l2.2 2.2L13.5 8",
  undo: "M7 4.5L3.5 8 7 11.5M3.5 8h8a4.5 4.5 0 0 1 0 9H8",
  unpin: "M7.5 3.5h5l-.5 5 2.5 2.5v1.5H12M8 8.5L5.5 11v1.5h3M10 12.5V17M3 3l14 14",
  warning: "M10 3.5l7.5 13h-15zM10 8.5v3.5M10 14.2v.01",
} as const;

export type IconName = keyof typeof PATHS | MoreName;

/** `label` only where no text says the same; without it the icon is not read out. */
export function Icon({ name, size = 20, label }: { name: IconName; size?: number; label?: string }) {
  const named = label === undefined ? { "aria-hidden": true } : { role: "img" as const, "aria-label": label };
  const paths: Record<string, string> = PATHS;
  const path = paths[name] ?? drawn.value[name];
  if (path === undefined) void import("./more-icons.ts");
  return (
    <svg class="icon" viewBox="0 0 20 20" width={size} height={size} {...named}>
      <path d={path} />
    </svg>
  );
}
