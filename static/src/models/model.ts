// The whole of what views are given. Built once, in app/main.tsx.

import type { ReadonlySignal } from "@preact/signals-core";
import type { Keys } from "../lib/keys.ts";
import type { Key, Words } from "../lib/locale.ts";
import type { Router } from "../lib/router.ts";
import type { Account } from "./account.ts";
import type { Organisation } from "./organisation.ts";
import type { Preferences } from "./preferences.ts";
import type { Session } from "./session.ts";

export interface Model {
  session: Session;
  router: Router;
  keys: Keys<Key>;
  words: Words;
  preferences: Preferences;
  organisation: Organisation;
  account: ReadonlySignal<Account | null>;
  /** A new version of the client waits; call it to have that. */
  update: ReadonlySignal<(() => void) | null>;
}
