// Files whose bytes are on this device: those that wait, and those that were sent from it a moment ago,
// which go on being shown from here, so that nothing blinks when the message is stored.

import { useEffect, useLayoutEffect, useMemo, useState } from "preact/hooks";
import { whenIdle } from "../../lib/idle.ts";
import type { LocalFile } from "../../models/local-files.ts";
import type { Shown } from "../../models/overlays/messages.ts";
import { filesOf } from "../../models/uploads/files.ts";
import type { File } from "../../models/types.ts";
import { previewUrl } from "../files/addresses.ts";
import type { ShownFile } from "../files/index.ts";
import { isDrawn } from "../files/kinds.ts";
import { useAccount } from "../hooks/context.ts";

const NOTHING: LocalFile[] = [];
const NONE: readonly (string | null)[] = [];

/** Of a message that waits. */
export function useLocal(files: readonly LocalFile[]): readonly ShownFile[] {
  const urls = useUrls(useMemo(() => files.map(({ id }) => id), [files]));
  return useSame(files.map((file, index) => ({ ...file, url: urls[index] ?? null })));
}

/** Of a message that is stored, with those that a change on its way adds to it. */
export function useFiles({ files, adding = NOTHING }: Shown, own: boolean): readonly ShownFile[] {
  const stored = useTakenOver(files, own);
  const added = useLocal(adding);
  return useMemo(() => (added.length === 0 ? stored : [...stored, ...added]), [stored, added]);
}

function useTakenOver(files: readonly File[], own: boolean): readonly ShownFile[] {
  const account = useAccount();
  // Of each once: later the server's picture would blink into the place of this one.
  const [decided] = useState(() => new Map<string, string | null>());
  const ids = useMemo(() => {
    if (!own || files.length === 0) return NONE;
    for (const { id } of files) if (!decided.has(id)) decided.set(id, filesOf(account).localOf(id));
    return files.map((file) => (isShownByServer(file) ? null : (decided.get(file.id) ?? null)));
  }, [own, files]);
  useKept(files, decided);
  const urls = useUrls(ids);
  const here = files.map((file, index) => {
    const url = urls[index];
    return url ? { ...file, url } : file;
  });
  const same = useSame(here);
  return ids === NONE ? files : same;
}

/** The worker keeps the server's small pictures of what was sent from here: else there is none without a
 * connection, once this page is loaded anew. */
function useKept(files: readonly File[], decided: ReadonlyMap<string, string | null>): void {
  useEffect(() => {
    const sent = files.filter(({ id, preview }) => preview && decided.get(id));
    if (sent.length === 0 || !navigator.serviceWorker?.controller) return;
    return whenIdle(() => {
      for (const { id } of sent) fetch(previewUrl(id, 320), { priority: "low" }).catch(() => {});
    });
  }, [files, decided]);
}

/** A photo that not every browser draws, as a HEIC: of those the server has one that is drawn. */
function isShownByServer({ mime, preview }: File): boolean {
  return preview && mime.startsWith("image/") && !isDrawn(mime);
}

/** The addresses of local files, good for as long as they are shown. */
function useUrls(ids: readonly (string | null)[]): (string | null)[] {
  const account = useAccount();
  const held = ids.some((id) => id !== null) ? filesOf(account).urls : null;
  useLayoutEffect(() => {
    const ends = held === null ? [] : ids.filter((id) => id !== null).map((id) => held.hold(id));
    return () => ends.forEach((end) => end());
  }, [held, ids]);
  return ids.map((id) => (id === null || held === null ? null : held.of(id).value));
}

/** The same array until one of its files is another. */
function useSame(files: readonly ShownFile[]): readonly ShownFile[] {
  const [kept] = useState<{ files: readonly ShownFile[] }>({ files });
  const same =
    kept.files.length === files.length &&
    kept.files.every((file, index) => file.id === files[index]?.id && file.url === files[index]?.url);
  if (!same) kept.files = files;
  return kept.files;
}
