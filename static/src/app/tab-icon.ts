// The icon of the tab: a red dot on it as long as something is unread.

const DOT = '<circle cx="400" cy="112" r="104" fill="#d92d20" stroke="#fff" stroke-width="24"/></svg>';
let plain: Promise<string> | undefined;

export async function mark(unread: boolean): Promise<void> {
  const link = document.querySelector<HTMLLinkElement>('link[rel="icon"]');
  if (link === null) return;
  if (!unread) {
    link.href = "/icon.svg";
    return;
  }
  try {
    plain ??= fetch("/icon.svg").then((answer) => answer.text());
    const drawn = (await plain).replace("</svg>", DOT);
    link.href = `data:image/svg+xml,${encodeURIComponent(drawn)}`;
  } catch {
    // Offline before the icon was ever fetched: the title says it too.
    plain = undefined;
  }
}
