// A name in one line: where it is too long, the "(@username)" that tells two of one name apart stays.

import "./named.css";

export function Named({ name }: { name: string }) {
  const { head, tail } = namedParts(name);
  if (tail === "") return <>{name}</>;
  return (
    <span class="named">
      <span class="named-head">{head}</span>
      <span class="named-tail" dir="ltr">
        {tail}
      </span>
    </span>
  );
}

/** What may be cut of a name, and what tells whose it is, as `People.nameOf` adds it. */
export function namedParts(name: string): { head: string; tail: string } {
  const tail = / \(@\w+\)$/.exec(name)?.[0] ?? "";
  return { head: name.slice(0, name.length - tail.length), tail };
}
