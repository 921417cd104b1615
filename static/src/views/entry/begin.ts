// What the entry learns of a person and the account is to know.

import { signal } from "@preact/signals";
import type { Model } from "../../models/model.ts";
import { setStage } from "../hooks/beginning.ts";

/** Whose account is older than this and has to choose a password again has been here before. */
const NEW_MS = 30 * 24 * 3600 * 1000;

/** The language that was chosen here, by whoever signs in now. */
export const chosenLocale = signal<string | null>(null);

/** Somebody new is in: the first steps, in the language they came in by, and by their own clock. */
export function begin({ account, router }: Model, locale: string): void {
  const theirs = account.peek();
  if (theirs === null) return;
  // The server knows neither; the browser does.
  const time_zone = new Intl.DateTimeFormat().resolvedOptions().timeZone;
  theirs.settings.update({ locale, time_zone });
  setStage(theirs.user_id, "steps");
  // Who came by a link to something sees that first.
  const { name } = router.place.peek();
  if (name !== "task" && name !== "chat" && name !== "board") router.go({ name: "welcome" }, { replace: true });
}

/** In by a password that somebody else made: an account of these days is somebody new. */
export function beginIfNew(model: Model, locale: string): void {
  const me = model.account.peek()?.people.me.peek();
  if (me !== undefined && Date.now() - Date.parse(me.created_at) < NEW_MS) begin(model, locale);
  else keepLocale(model);
}

/** Who has been here before keeps the language they chose on the way in. */
export function keepLocale({ account }: Model): void {
  const theirs = account.peek();
  const locale = chosenLocale.peek();
  if (theirs === null || locale === null) return;
  chosenLocale.value = null;
  if (theirs.people.me.peek().locale !== locale) theirs.settings.update({ locale });
}
