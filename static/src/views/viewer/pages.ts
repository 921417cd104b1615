// A PDF's pages, in the browser's own viewer. The server hands a PDF out to be saved, never to be shown under
// its address: so its bytes are fetched, and shown as what they were found to be.

import { saving } from "../files/row.tsx";
import type { ShownFile } from "../files/shown.ts";

const KEPT_MS = 60_000;

export function opensPages({ mime }: ShownFile): boolean {
  return mime === "application/pdf" && navigator.pdfViewerEnabled;
}

/** In a tab of its own; saved where the browser opens none. */
export function showPages(file: ShownFile): void {
  // At once: later no press would stand for it.
  const tab = window.open("", "_blank");
  if (tab === null) return save(file);
  tab.document.title = file.name;
  void fetch(saving(file).href)
    .then((answer) => (answer.ok ? answer.blob() : Promise.reject(new Error(answer.statusText))))
    .then((bytes) => {
      const address = URL.createObjectURL(new Blob([bytes], { type: "application/pdf" }));
      tab.location.replace(address);
      setTimeout(() => URL.revokeObjectURL(address), KEPT_MS);
    })
    .catch(() => {
      tab.close();
      save(file);
    });
}

export function save(file: ShownFile): void {
  const link = document.createElement("a");
  Object.assign(link, saving(file));
  link.click();
}
