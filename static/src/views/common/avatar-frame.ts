// Which square of a picture is in the frame, and how a hand moves it. In pixels of the picture. Pure.

export interface Size {
  width: number;
  height: number;
}

export interface Frame {
  left: number;
  top: number;
  side: number;
}

/** So much can be enlarged, as long as a square has so many pixels. */
const LARGEST = 8;
const LEAST_PIXELS = 64;

/** As much as fits, from the middle. */
export function middle({ width, height }: Size): Frame {
  const side = Math.min(width, height);
  return { left: (width - side) / 2, top: (height - side) / 2, side };
}

export function moved(frame: Frame, size: Size, right: number, down: number): Frame {
  return within({ ...frame, left: frame.left + right, top: frame.top + down }, size);
}

/** Enlarged about a point of the frame, given in parts of its side; the middle without one. */
export function enlarged(frame: Frame, size: Size, by: number, at = { x: 0.5, y: 0.5 }): Frame {
  const side = clamp(frame.side / by, sideOf(size, 1), sideOf(size, 0));
  const more = frame.side - side;
  return within({ left: frame.left + more * at.x, top: frame.top + more * at.y, side }, size);
}

/** How far it is enlarged, from 0 to 1, in even steps for the hand. */
export function enlargement(frame: Frame, size: Size): number {
  const [whole, least] = [sideOf(size, 0), sideOf(size, 1)];
  return whole === least ? 0 : Math.log(whole / frame.side) / Math.log(whole / least);
}

/** The side of a frame that is enlarged so far. */
export function sideOf({ width, height }: Size, part: number): number {
  const whole = Math.min(width, height);
  const least = Math.min(whole, Math.max(whole / LARGEST, LEAST_PIXELS));
  return whole * (least / whole) ** part;
}

/** In parts of the picture's sides, as the server takes it. */
export function square(frame: Frame, { width, height }: Size): { x: number; y: number; size: number } {
  const part = (value: number): number => clamp(Math.round(value * 1e5) / 1e5, 0, 1);
  return { x: part(frame.left / width), y: part(frame.top / height), size: part(frame.side / Math.min(width, height)) };
}

function within(frame: Frame, { width, height }: Size): Frame {
  return {
    side: frame.side,
    left: clamp(frame.left, 0, width - frame.side),
    top: clamp(frame.top, 0, height - frame.side),
  };
}

function clamp(value: number, least: number, most: number): number {
  return Math.min(most, Math.max(least, value));
}
