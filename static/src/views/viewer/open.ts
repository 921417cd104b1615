// What the viewer shows: asked for by whatever has files, shown over everything by `index.tsx`.

import { type ReadonlySignal, signal } from "@preact/signals";
import type { ShownFile } from "../files/shown.ts";

export interface Where {
  /** The chat whose other photos follow; without it there are these files only. */
  chat_id?: number | undefined;
  /** The message that has these files; without it it waits, or they are not a message's. */
  seq?: number | undefined;
  /** The card that has them, where `seq` is no message's but where they were attached to it. */
  task_id?: number | null | undefined;
  attached_at?: string | undefined;
}

export interface Viewing {
  files: readonly ShownFile[];
  index: number;
  where: Where;
}

const asked = signal<Viewing | null>(null);
export const viewing: ReadonlySignal<Viewing | null> = asked;

/** `openViewer(message.files, 2, {chat_id, seq})` */
export function openViewer(files: readonly ShownFile[], index: number, where: Where = {}): void {
  asked.value = { files, index, where };
}

export function closeViewer(): void {
  asked.value = null;
}
