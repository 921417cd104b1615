// Why a write with files was not taken: with the name of the file, where it is because of one.

import { ApiError } from "../../lib/errors.ts";
import type { Words } from "../../lib/locale.ts";
import { reason } from "../../lib/reasons.ts";
import type { LocalFile } from "../../models/local-files.ts";
import type { Item } from "../../models/rows.ts";
import { shortened } from "./name.ts";

export function refusal(error: Item["error"], files: readonly LocalFile[], words: Words): string {
  const why = error === null ? "" : reason(new ApiError(error), words);
  const name = files.find(({ id }) => id === error?.file)?.name;
  if (name === undefined) return words.t("chat.not_sent", { reason: why });
  return words.t("chat.file_not_sent", { name: shortened(name), reason: why });
}
