// What the list under the box offers, in groups: what goes on with what is typed, what was looked for before,
// what was found.

import type { Hit } from "../../models/search/hits.ts";
import type { IconName } from "../common/index.ts";

export type Item =
  | { kind: "hit"; key: string; href: string; hit: Hit; run: () => void }
  | { kind: "text"; key: string; icon: IconName; text: string; more?: string | undefined; user_id?: number; run: () => void; drop?: () => void; rename?: () => void };

export interface ItemGroup {
  name: string;
  title: string;
  items: Item[];
  /** To all of its kind. */
  all?: (() => void) | undefined;
}
