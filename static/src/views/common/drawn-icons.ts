// The icons that are here beside those of the first screen, once they are.

import { signal } from "@preact/signals";

/** What is drawn for a name. */
export const drawn = signal<Record<string, string>>({});
