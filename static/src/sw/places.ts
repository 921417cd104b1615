// Which addresses of this server are the client's.

/** The first part of a place's address: of places that are one, and of those that are many. */
const SINGLE = new Set(["", "tasks", "welcome", "search", "sign-in", "register"]);
const MANY = new Set(["chat", "board", "task", "people", "settings", "admin", "invite"]);

/** The pages that are places of the client; the server has others (its documentation). */
export function isPlace(path: string): boolean {
  const [first = "", ...more] = path.slice(1).split("/");
  return SINGLE.has(first) ? more.length === 0 : MANY.has(first);
}
