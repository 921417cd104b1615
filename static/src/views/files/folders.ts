// The folders that the files of a message came in, as a tree. Pure.

import type { ShownFile } from "./shown.ts";

export interface Folder<F extends ShownFile = ShownFile> {
  /** Of several that hold nothing but one another: `a / b`. */
  name: string;
  path: string;
  folders: Folder<F>[];
  files: F[];
  /** How many files it has, with those of its folders. */
  count: number;
}

export function treeOf<F extends ShownFile>(files: readonly F[]): Folder<F> {
  const root: Folder<F> = { name: "", path: "", folders: [], files: [], count: 0 };
  const made = new Map([["", root]]);
  const folderAt = (path: string): Folder<F> => {
    const found = made.get(path);
    if (found !== undefined) return found;
    const at = path.lastIndexOf("/");
    const folder = { name: path.slice(at + 1), path, folders: [], files: [], count: 0 };
    made.set(path, folder);
    folderAt(at === -1 ? "" : path.slice(0, at)).folders.push(folder);
    return folder;
  };
  for (const file of files) folderAt(file.folder ?? "").files.push(file);
  return tidied(root);
}

function tidied<F extends ShownFile>(folder: Folder<F>): Folder<F> {
  const folders = folder.folders.map((each) => tidied(each));
  folders.sort((one, other) => one.name.localeCompare(other.name, undefined, { numeric: true }));
  const count = folders.reduce((sum, each) => sum + each.count, folder.files.length);
  const [only] = folders;
  if (only !== undefined && folders.length === 1 && folder.files.length === 0) {
    return { ...only, name: folder.name === "" ? only.name : `${folder.name} / ${only.name}` };
  }
  return { ...folder, folders, count };
}
