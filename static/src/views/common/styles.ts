// Style sheets that could not be fetched. The bundler's loader asks for each once: a screen that is
// tried again would be shown without its style.

const failed = new Set<HTMLLinkElement>();

export function fetchStylesAnew(): void {
  for (const link of failed) link.replaceWith(link.cloneNode());
  failed.clear();
}

// Not heard on the document: a failed fetch does not bubble.
addEventListener(
  "error",
  ({ target }) => {
    if (target instanceof HTMLLinkElement && target.rel === "stylesheet") failed.add(target);
  },
  true,
);
addEventListener("online", fetchStylesAnew);
