// Where a file's bytes and its small pictures are. The browser's cookie of files opens them: no header.

import type { ShownFile } from "./shown.ts";

const BASE = "/api/v1/files";

export function fileUrl(id: string): string {
  return `${BASE}/${id}`;
}

/** A WebP with so many pixels on its longer side, at the most. */
export function previewUrl(id: string, size: 320 | 1600): string {
  return `${BASE}/${id}/preview?size=${size}`;
}

/** How much longer than wide a photo may be, or the other way, for the smaller picture to fill a square. */
const LONGEST = 2;

/** The picture that is sharp in a small square: of a panorama the smaller one is a strip. */
export function squareUrl({ id, width, height }: ShownFile): string {
  const long = !!width && !!height && Math.max(width, height) > LONGEST * Math.min(width, height);
  return previewUrl(id, long ? 1600 : 320);
}

/** The smaller picture where it is sharp enough, by width: the browser knows its screen. */
export function sourceSet({ id, width, height }: ShownFile): string | undefined {
  if (!width || !height || Math.max(width, height) <= 320) return undefined;
  const wide = (side: number): number => Math.round(width * Math.min(1, side / Math.max(width, height)));
  return `${previewUrl(id, 320)} ${wide(320)}w, ${previewUrl(id, 1600)} ${wide(1600)}w`;
}
