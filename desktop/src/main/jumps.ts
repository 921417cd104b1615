// Ways to a place from the task bar and the dock, each a link of ours.

import type { JumpListCategory } from "electron";
import { LINK } from "./address.ts";
import type { Machine, Modules } from "./electron.ts";
import type { Words } from "./words.ts";

const PLACES = ["chats", "tasks", "people"] as const;

export function offerJumps({ app, Menu }: Modules, machine: Machine, { t }: Words, open: (place: string) => void): void {
  const places = PLACES.map((name) => ({ place: name === "chats" ? "/" : `/${name}`, title: t(`desktop.jump_${name}`) }));
  if (machine.platform === "win32") {
    const items = places.map(({ place, title }) => ({
      type: "task" as const,
      program: machine.execPath,
      args: `${LINK}:/${place}`,
      title,
      description: title,
      iconPath: machine.execPath,
      iconIndex: 0,
    }));
    app.setJumpList([{ type: "tasks", items } satisfies JumpListCategory]);
  } else if (machine.platform === "darwin") {
    app.dock?.setMenu(Menu.buildFromTemplate(places.map(({ place, title }) => ({ label: title, click: () => open(place) }))) as never);
  }
}
