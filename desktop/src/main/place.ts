// Where a window stands: as it was left, on a display that is still there.

import { join } from "node:path";
import type { Rectangle } from "electron";
import type { Modules, Window } from "./electron.ts";
import { readJson, writeWhole } from "./files.ts";

export interface Stand {
  bounds: Rectangle;
  maximized: boolean;
}

const USUAL = { width: 1200, height: 800 };
export const SMALLEST = { width: 400, height: 480 };
/** So much of a window must be on a display for somebody to take hold of it. */
const SEEN = 80;

/** How a window is to stand, with the displays that are there now. */
export function standing(screen: Modules["screen"], left: Stand | null): Stand {
  const area = screen.getPrimaryDisplay().workArea;
  const width = Math.min(left?.bounds.width ?? USUAL.width, area.width);
  const height = Math.min(left?.bounds.height ?? USUAL.height, area.height);
  if (left !== null && screen.getAllDisplays().some(({ workArea }) => isSeen(left.bounds, workArea))) return left;
  const x = area.x + Math.round((area.width - width) / 2);
  const y = area.y + Math.round((area.height - height) / 2);
  return { bounds: { x, y, width, height }, maximized: left?.maximized ?? false };
}

function isSeen(bounds: Rectangle, area: Rectangle): boolean {
  const across = Math.min(bounds.x + bounds.width, area.x + area.width) - Math.max(bounds.x, area.x);
  // Its upper edge is where it is taken hold of.
  const above = bounds.y >= area.y - SEEN / 2 && bounds.y <= area.y + area.height - SEEN;
  return across >= SEEN && above;
}

export class Places {
  readonly #path: string;

  constructor(userData: string) {
    this.#path = join(userData, "window.json");
  }

  read(): Stand | null {
    const found = readJson(this.#path) as Partial<Stand> | null;
    const { x, y, width, height } = found?.bounds ?? ({} as Partial<Rectangle>);
    if (![x, y, width, height].every((each) => Number.isSafeInteger(each))) return null;
    const bounds = { x: x!, y: y!, width: Math.max(width!, SMALLEST.width), height: Math.max(height!, SMALLEST.height) };
    return { bounds, maximized: found?.maximized === true };
  }

  keep(window: Window): void {
    if (window.isMinimized() || window.isFullScreen()) return;
    try {
      writeWhole(this.#path, JSON.stringify({ bounds: window.getNormalBounds(), maximized: window.isMaximized() }));
    } catch {
      // A full disk: the window stands in the middle next time.
    }
  }
}
