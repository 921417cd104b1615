// The files of a message that is being written: how many, whether they can be sent, and sending them.

import { useMemo } from "preact/hooks";
import type { LocalFile } from "../../../models/local-files.ts";
import { filesOf } from "../../../models/uploads/files.ts";
import { photosOf } from "../../../models/uploads/photos.ts";
import { useLayers } from "../../common/layers.ts";
import type { Given } from "../../files/takers.ts";
import { useAccount, useModel, useWords } from "../../hooks/context.ts";
import { limitsOf, take } from "./take.ts";

export interface TrayState {
  where: string;
  files: LocalFile[];
  /** Ids of those that are too large as they would be sent now. */
  large: Set<string>;
  /** Bytes that a file may have. */
  most: number;
  /** How many photos are still being made ready. */
  working: number;
  add: (given: Given, as?: "photo" | "file") => void;
}

export function useTray(name: number | string): TrayState {
  const account = useAccount();
  const { session } = useModel();
  const words = useWords();
  const layers = useLayers();
  const where = String(name);
  const tray = useMemo(() => filesOf(account).tray(where), [account, where]);
  const files = tray.files.value;
  const limits = limitsOf(session.settings);
  const photos = photosOf(account);
  const bytes = files.map((file) => [file, photos.bytes(file)] as const);
  const most = ({ unpack }: LocalFile): number => (unpack ? limits.zip : limits.file);
  return {
    where,
    files,
    large: new Set(bytes.flatMap(([file, size]) => (size !== null && size > most(file) ? [file.id] : []))),
    most: limits.file,
    working: bytes.filter(([, size]) => size === null).length,
    add: (given, as) => void take({ account, settings: session.settings, layers, words }, where, given, as),
  };
}
