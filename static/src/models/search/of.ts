// What of the search is one for each account, made when it is first asked for.

import type { Account } from "../account.ts";
import { Recent } from "./recent.ts";
import { Saved } from "./saved.ts";
import { Searching } from "./searching.ts";

function once<T>(make: (account: Account) => T): (account: Account) => T {
  const made = new WeakMap<Account, T>();
  return (account) => {
    let found = made.get(account);
    if (found === undefined) made.set(account, (found = make(account)));
    return found;
  };
}

/** The search of the search place: what it found is there again when one comes back. */
export const searchingOf = once((account) => new Searching(account));
export const recentOf = once((account) => new Recent(account));
export const savedOf = once((account) => new Saved(account));
