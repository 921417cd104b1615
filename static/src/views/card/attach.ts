// Attaches files that were chosen, dropped or pasted to a task, and says what stays outside and why.

import type { Words } from "../../lib/locale.ts";
import type { Account } from "../../models/account.ts";
import type { TaskView } from "../../models/overlays/tasks.ts";
import type { Model } from "../../models/model.ts";
import { localOf } from "../../models/uploads/choosing.ts";
import { filesOf } from "../../models/uploads/files.ts";
import { limitsOf, sentences, typed, withName } from "../chat/tray/take.ts";
import type { Layers } from "../common/layers.ts";
import type { Given } from "../files/takers.ts";

/** The server's: files of one task. */
const MOST = 100;

export interface AttachParts {
  account: Account;
  model: Pick<Model, "session" | "preferences">;
  layers: Pick<Layers, "toast">;
  words: Words;
}

/** The result is how many are on their way. As they are: a card keeps originals. */
export function attachTo({ account, model, layers, words }: AttachParts, task: TaskView, given: Given): number {
  const limits = limitsOf(model.session.settings);
  const files = given.pasted ? given.files.map((file) => withName(file, words)) : given.files;
  const empty = files.filter(({ size }) => size === 0);
  const large = files.filter(({ size }) => size > limits.file);
  const fitting = files.filter((file) => !empty.includes(file) && !large.includes(file));
  const room = Math.max(0, MOST - task.files.length - task.attaching.flatMap((each) => each.files).length);
  const taken = fitting.slice(0, room);
  // A ZIP on a card stays one.
  const chosen = taken.map((blob) => ({ file: { ...localOf(blob, false, limits), unpack: false }, blob: typed(blob) }));
  if (chosen.length > 0) {
    const id = account.tasks.real(task.id);
    filesOf(account).attach({ id, chat_id: task.chat_id }, chosen, model.preferences.coverFirst.peek());
  }
  const left = { empty, large, more: [], there: [], folders: given.folders, count: taken.length };
  const full = fitting.length > room ? words.t("card.files_full", { count: fitting.length - room }) : "";
  const said = [sentences(left, { ...limits, zip: limits.file }, words), full].filter((each) => each !== "").join(" ");
  if (said !== "") layers.toast({ text: said, kind: taken.length === 0 ? "error" : "plain" });
  return taken.length;
}
