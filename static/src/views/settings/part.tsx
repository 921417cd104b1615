// A part of a section of the settings, with a heading of its own.

import type { ComponentChildren } from "preact";
import { useId } from "preact/hooks";
import { useBreakpoint } from "../hooks/breakpoint.ts";

export function Part({ title, children }: { title: string; children: ComponentChildren }) {
  const id = useId();
  // On a phone the section is the place, and its title the first heading.
  const Title = useBreakpoint() === "phone" ? "h2" : "h3";
  return (
    <section class="settings-part" aria-labelledby={id}>
      <Title class="settings-part-title" id={id}>
        {title}
      </Title>
      {children}
    </section>
  );
}
