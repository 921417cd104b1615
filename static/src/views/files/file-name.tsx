// A file's name in one line, cut in its middle where it is too long for its place.

import "./file-name.css";
import { nameParts } from "./name.ts";

export function FileName({ name }: { name: string }) {
  const { head, tail } = nameParts(name);
  return (
    <span class="file-name" dir="auto" title={name}>
      {head !== "" && <span class="file-name-head">{head}</span>}
      <span class="file-name-tail">{tail}</span>
    </span>
  );
}
