// How much is unread, where the system has a place for it: the dock, the launcher, the task bar.

import { crc32, deflateSync } from "node:zlib";
import type { Machine, Modules, Window } from "./electron.ts";
import type { Words } from "./words.ts";

const SIDE = 32;
const RED = [217, 45, 32, 255];
const WHITE = [255, 255, 255, 255];
/** Three by five. */
const DIGITS: Record<string, string> = {
  "0": "111101101101111",
  "1": "010110010010111",
  "2": "111001111100111",
  "3": "111001111001111",
  "4": "101101111001001",
  "5": "111100111001111",
  "6": "111100111101111",
  "7": "111001010010010",
  "8": "111101111101111",
  "9": "111101111001111",
  "+": "000010111010000",
};

export function showUnread({ app, nativeImage }: Modules, platform: Machine["platform"], windows: readonly Window[], unread: number, { t }: Words): void {
  if (platform === "darwin") app.dock?.setBadge(unread === 0 ? "" : shortened(unread));
  else if (platform === "linux") app.setBadgeCount(unread);
  else {
    const picture = unread === 0 ? null : nativeImage.createFromDataURL(`data:image/png;base64,${drawn(shortened(unread)).toString("base64")}`);
    for (const window of windows) window.setOverlayIcon(picture as never, unread === 0 ? "" : t("desktop.unread", { count: unread }));
  }
}

function shortened(count: number): string {
  return count > 99 ? "99+" : String(count);
}

/** A red disc with a few signs on it, as PNG (RFC 2083). */
export function drawn(signs: string): Buffer {
  const lines: Buffer[] = [];
  const scale = signs.length === 1 ? 4 : signs.length === 2 ? 3 : 2;
  const width = signs.length * 4 * scale - scale;
  const left = Math.round((SIDE - width) / 2);
  const top = Math.round((SIDE - 5 * scale) / 2);
  for (let y = 0; y < SIDE; y++) {
    const line = [0];
    for (let x = 0; x < SIDE; x++) {
      const column = Math.floor((x - left) / scale);
      const row = Math.floor((y - top) / scale);
      const bits = DIGITS[signs[Math.floor(column / 4)] ?? ""] ?? "";
      const lit = column >= 0 && column % 4 < 3 && row >= 0 && row < 5 && bits[row * 3 + (column % 4)] === "1";
      const inside = (x - 15.5) ** 2 + (y - 15.5) ** 2 <= 15.5 ** 2;
      line.push(...(lit ? WHITE : inside ? RED : [0, 0, 0, 0]));
    }
    lines.push(Buffer.from(line));
  }
  const head = Buffer.alloc(13);
  head.writeUInt32BE(SIDE, 0);
  head.writeUInt32BE(SIDE, 4);
  head.set([8, 6, 0, 0, 0], 8);
  const signature = Buffer.from([137, 80, 78, 71, 13, 10, 26, 10]);
  return Buffer.concat([signature, chunk("IHDR", head), chunk("IDAT", deflateSync(Buffer.concat(lines))), chunk("IEND", Buffer.alloc(0))]);
}

function chunk(name: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(name, "latin1"), data]);
  const size = Buffer.alloc(4);
  const check = Buffer.alloc(4);
  size.writeUInt32BE(data.length);
  check.writeUInt32BE(crc32(body));
  return Buffer.concat([size, body, check]);
}
