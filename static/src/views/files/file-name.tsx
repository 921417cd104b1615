// A file's name in one line, cut in its middle where it is too long for its place.

import "./file-name.css";
import { useLayoutEffect, useRef } from "preact/hooks";
import { nameParts } from "./name.ts";
import { closeUp } from "./close-up.ts";

export function FileName({ name }: { name: string }) {
  const { head, tail } = nameParts(name);
  const cut = useRef<HTMLSpanElement>(null);
  useLayoutEffect(() => (cut.current === null ? undefined : closeUp(cut.current)), [name]);
  return (
    <span class="file-name" dir="auto" title={name}>
      {head !== "" && (
        <span class="file-name-head" ref={cut}>
          {head}
        </span>
      )}
      <span class="file-name-tail">{tail}</span>
    </span>
  );
}
