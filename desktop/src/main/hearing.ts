// What pages say and ask, and who in the program it is for.

import { join } from "node:path";
import type { Answers } from "./answers.ts";
import type { Client } from "./client.ts";
import { listen } from "./ipc.ts";
import type { Program } from "./program.ts";
import type { Beginning } from "../shared/messages.ts";

export function hearPages(program: Program, answers: Answers): void {
  listen({
    ipcMain: program.modules.ipcMain,
    log: program.log,
    client: {
      "client:started": (from): Beginning => program.by(from).started(),
      "client:state": (from, state) => {
        program.by(from).state = state;
        if (program.words.choose(state.locale)) program.offerJumps();
        program.say();
      },
      "client:notify": (from, notice) => {
        const client = program.by(from);
        program.notices.show(client.id, notice);
        client.flash();
      },
      "client:withdraw": (from, { tag, seq }) => program.notices.withdraw(program.by(from).id, tag, seq),
      "client:fetch": (from, { id, name }) => void program.by(from).fetchFile(id, name).catch(() => program.log.info("a file was not fetched")),
      "client:drag": (from, { id, name }) => void drag(program, program.by(from), id, name),
      "client:left": (from) => program.notices.clear(program.by(from).id),
    },
    pages: {
      "page:begin": (from) => answers.beginPage(from),
      "page:try": (_from, { address }) => answers.try(address),
      "page:add": (from, { address }) => answers.add(from, address),
      "page:show": (from, { id }) => {
        program.show(id);
        answers.page(from).done(null);
      },
      "page:remove": (_from, { id }) => answers.remove(id),
      "page:proxy": (_from, { rules }) => answers.setProxy(rules),
      "page:diagnose": () => answers.diagnose(),
      "page:copy": (_from, { text }) => program.modules.clipboard.writeText(text),
      "page:find": (_from, { text, forward, next }) => answers.find(text, forward, next),
      "page:answer": (from, login) => answers.page(from).done(login),
      "page:choose": (from, { index }) => answers.page(from).done(index),
      "page:close": (from) => answers.page(from).done(null),
    },
  });
}

async function drag(program: Program, client: Client, id: string, name: string): Promise<void> {
  try {
    const path = await client.fetchFile(id, name);
    const contents = client.window?.webContents;
    if (contents !== undefined) program.drags.start(contents, path, join(program.machine.dist, "icons", "file.png"));
  } catch {
    program.log.info("a file was not dragged out");
  }
}
