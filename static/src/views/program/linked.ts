// Whether a page was opened by a link from elsewhere: a mail, a document, another site.

/** The part of the browser's own account of the load that is used (Navigation Timing). */
export interface Load {
  /** The address it was loaded by. */
  name: string;
  type: string;
}

/** The chat, board or task that such a link led to; null for a reload, a way back, or a move within the client. */
export function linkedPlace(load: Load | undefined, referrer: string, standalone: boolean): string | null {
  if (load === undefined || load.type !== "navigate" || standalone) return null;
  const { pathname, origin } = new URL(load.name);
  if (referrer !== "" && new URL(referrer).origin === origin) return null;
  return /^\/(chat|board|task)\/\d/.test(pathname) ? pathname : null;
}
