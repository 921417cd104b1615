// The menu of the right button: what is misspelled first, then what can be done with text, links and
// pictures. And which languages are checked.

import type { ContextMenuParams, MenuItemConstructorOptions } from "electron";
import { mayOpenOutside } from "./address.ts";
import type { Contents, Machine, Modules, Store } from "./electron.ts";
import type { Words } from "./words.ts";

const SUGGESTED = 6;
/** Those of the two languages of the product that there are dictionaries of. */
const LANGUAGES = ["ru", "en-US", "en-GB"];

/** `dictionaries` is where they are fetched from; null: where Chromium has them from. */
export function checkSpelling(store: Store, platform: Machine["platform"], dictionaries: string | null): void {
  // macOS finds out by itself which language it is.
  if (platform === "darwin") return;
  if (dictionaries !== null) store.setSpellCheckerDictionaryDownloadURL(dictionaries);
  const known = new Set(store.availableSpellCheckerLanguages);
  store.setSpellCheckerLanguages(LANGUAGES.filter((language) => known.has(language)).slice(0, 2));
}

export interface ContextParts {
  modules: Pick<Modules, "Menu" | "clipboard">;
  words: Words;
  outside: (address: string) => void;
}

export function offerMenu(contents: Contents, { modules, words, outside }: ContextParts): void {
  contents.on("context-menu", (_event, params) => {
    const template = contextMenu(params, contents, { modules, words, outside });
    if (template.length > 0) modules.Menu.buildFromTemplate(template).popup();
  });
}

export function contextMenu(params: ContextMenuParams, contents: Contents, { modules, words, outside }: ContextParts): MenuItemConstructorOptions[] {
  const { t } = words;
  const groups: MenuItemConstructorOptions[][] = [
    spelling(params, contents, t),
    [
      ...(mayOpenOutside(params.linkURL) ? [{ label: t("desktop.open_link"), click: () => outside(params.linkURL) }] : []),
      ...(/^(https?|mailto):/.test(params.linkURL) ? [{ label: t("desktop.copy_link"), click: () => modules.clipboard.writeText(params.linkURL) }] : []),
    ],
    params.mediaType === "image" && params.hasImageContents
      ? [
          { label: t("desktop.copy_picture"), click: () => contents.copyImageAt(params.x, params.y) },
          { label: t("desktop.save_picture"), click: () => contents.downloadURL(params.srcURL) },
        ]
      : [],
    editing(params, t),
  ];
  return groups
    .filter((group) => group.length > 0)
    .flatMap((group, index) => (index === 0 ? group : [{ type: "separator" as const }, ...group]));
}

function spelling({ misspelledWord, dictionarySuggestions }: ContextMenuParams, contents: Contents, t: Words["t"]): MenuItemConstructorOptions[] {
  if (misspelledWord === "") return [];
  const suggested = dictionarySuggestions.slice(0, SUGGESTED).map((word) => ({ label: word, click: () => contents.replaceMisspelling(word) }));
  const none: MenuItemConstructorOptions = { label: t("desktop.no_suggestion"), enabled: false };
  const add = { label: t("desktop.add_word"), click: () => void contents.session.addWordToSpellCheckerDictionary(misspelledWord) };
  return [...(suggested.length > 0 ? suggested : [none]), add];
}

function editing({ isEditable, editFlags, selectionText }: ContextMenuParams, t: Words["t"]): MenuItemConstructorOptions[] {
  if (!isEditable) return selectionText.trim() === "" ? [] : [{ role: "copy", label: t("desktop.copy") }];
  return [
    { role: "cut", label: t("desktop.cut"), enabled: editFlags.canCut },
    { role: "copy", label: t("desktop.copy"), enabled: editFlags.canCopy },
    { role: "paste", label: t("desktop.paste"), enabled: editFlags.canPaste },
    { role: "pasteAndMatchStyle", label: t("desktop.paste_plain"), enabled: editFlags.canPaste },
    { role: "selectAll", label: t("desktop.select_all"), enabled: editFlags.canSelectAll },
  ];
}
