// What moves a picture in its frame: a drag, two fingers, the wheel, keys.

import type { TargetedKeyboardEvent, TargetedPointerEvent } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { enlarged, type Frame, middle, moved, type Size } from "./avatar-frame.ts";

export interface HandParts {
  box: { current: HTMLElement | null };
  /** The frame within it. */
  hole: { current: HTMLElement | null };
  /** Of the picture; null until it is here. */
  size: Size | null;
  setFrame: (change: (frame: Frame) => Frame) => void;
  onEnter: () => void;
}

interface Point {
  x: number;
  y: number;
}

const STEP = 0.05;
const LONG_STEP = 0.2;
const KEY_ENLARGES = 1.15;
const WHEEL_ENLARGES = 0.002;
const ARROWS: Record<string, Point> = {
  ArrowLeft: { x: -1, y: 0 },
  ArrowRight: { x: 1, y: 0 },
  ArrowUp: { x: 0, y: -1 },
  ArrowDown: { x: 0, y: 1 },
};

/** Attributes for the box. */
export function useFrameHand({ box, hole, size, setFrame, onEnter }: HandParts) {
  const fingers = useRef(new Map<number, Point>());
  const inFrame = ({ x, y }: Point): Point => {
    const { left, top, width } = (hole.current as HTMLElement).getBoundingClientRect();
    return { x: (x - left) / width, y: (y - top) / width };
  };
  const change = (work: (frame: Frame, size: Size) => Frame): void => {
    if (size !== null) setFrame((frame) => work(frame, size));
  };
  /** The picture goes with the hand: the frame goes the other way. By parts of the frame. */
  const move = (right: number, down: number): void =>
    change((frame, whole) => moved(frame, whole, -right * frame.side, -down * frame.side));
  useEffect(() => {
    const heard = (event: WheelEvent): void => {
      event.preventDefault();
      const at = inFrame({ x: event.clientX, y: event.clientY });
      change((frame, whole) => enlarged(frame, whole, Math.exp(-event.deltaY * WHEEL_ENLARGES), at));
    };
    const { current } = box;
    current?.addEventListener("wheel", heard, { passive: false });
    return () => current?.removeEventListener("wheel", heard);
  }, [size]);
  return {
    onPointerDown: (event: TargetedPointerEvent<HTMLElement>) => {
      event.currentTarget.setPointerCapture(event.pointerId);
      fingers.current.set(event.pointerId, inFrame({ x: event.clientX, y: event.clientY }));
    },
    onPointerMove: (event: TargetedPointerEvent<HTMLElement>) => {
      const held = fingers.current;
      if (!held.has(event.pointerId)) return;
      const before = gathered([...held.values()]);
      held.set(event.pointerId, inFrame({ x: event.clientX, y: event.clientY }));
      const now = gathered([...held.values()]);
      move(now.at.x - before.at.x, now.at.y - before.at.y);
      if (before.apart > 0) change((frame, whole) => enlarged(frame, whole, now.apart / before.apart, now.at));
    },
    onLostPointerCapture: (event: TargetedPointerEvent<HTMLElement>) => {
      fingers.current.delete(event.pointerId);
    },
    onKeyDown: (event: TargetedKeyboardEvent<HTMLElement>) => {
      if (event.ctrlKey || event.metaKey || event.altKey) return;
      const arrow = ARROWS[event.key];
      const step = event.shiftKey ? LONG_STEP : STEP;
      if (arrow !== undefined) move(arrow.x * step, arrow.y * step);
      else if (event.key === "+" || event.key === "=") change((frame, whole) => enlarged(frame, whole, KEY_ENLARGES));
      else if (event.key === "-") change((frame, whole) => enlarged(frame, whole, 1 / KEY_ENLARGES));
      else if (event.key === "0") change((_, whole) => middle(whole));
      else if (event.key === "Enter") onEnter();
      else return;
      event.preventDefault();
    },
  };
}

/** Where the fingers are together, and how far two are apart. */
function gathered(points: Point[]): { at: Point; apart: number } {
  const [first = { x: 0, y: 0 }, second] = points;
  if (second === undefined) return { at: first, apart: 0 };
  const at = { x: (first.x + second.x) / 2, y: (first.y + second.y) / 2 };
  return { at, apart: Math.hypot(first.x - second.x, first.y - second.y) };
}
