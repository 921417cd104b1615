// What crosses between processes, checked where it arrives: a page that was taken over by somebody
// else's script still gets nothing done that is not written here.

export type Check<T> = (given: unknown) => T;
type Checked<S> = { [name in keyof S]: S[name] extends Check<infer T> ? T : never };

export class Malformed extends Error {
  constructor(wanted: string) {
    super(`malformed message: ${wanted} expected`);
    this.name = "Malformed";
  }
}

export function text(longest: number): Check<string> {
  return (given) => {
    if (typeof given !== "string" || given.length > longest) throw new Malformed(`text of up to ${longest}`);
    return given;
  };
}

export function matching(pattern: RegExp): Check<string> {
  return (given) => {
    if (typeof given !== "string" || given.length > 4096 || !pattern.test(given)) throw new Malformed(String(pattern));
    return given;
  };
}

export function whole(most: number = Number.MAX_SAFE_INTEGER): Check<number> {
  return (given) => {
    if (!Number.isSafeInteger(given) || (given as number) < 0 || (given as number) > most) throw new Malformed("number");
    return given as number;
  };
}

export const flag: Check<boolean> = (given) => {
  if (typeof given !== "boolean") throw new Malformed("boolean");
  return given;
};

export function oneOf<const T extends string>(...known: T[]): Check<T> {
  return (given) => {
    if (!known.includes(given as T)) throw new Malformed(known.join(" or "));
    return given as T;
  };
}

export function orNull<T>(check: Check<T>): Check<T | null> {
  return (given) => (given === null || given === undefined ? null : check(given));
}

/** An object of exactly these fields. */
export function fields<S extends Record<string, Check<unknown>>>(shape: S): Check<Checked<S>> {
  return (given) => {
    if (typeof given !== "object" || given === null || Array.isArray(given)) throw new Malformed("object");
    const unknown = Object.keys(given).find((name) => !Object.hasOwn(shape, name));
    if (unknown !== undefined) throw new Malformed(`no field ${unknown.slice(0, 40)}`);
    const found = Object.entries(shape).map(([name, check]) => [name, check((given as Record<string, unknown>)[name])]);
    return Object.fromEntries(found) as Checked<S>;
  };
}

export const nothing: Check<undefined> = (given) => {
  if (given !== undefined) throw new Malformed("nothing");
  return undefined;
};
