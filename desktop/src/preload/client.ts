// What the client's page gets of the desktop: functions that send what `shared/messages.ts` knows, and
// nothing of Electron itself. Runs sandboxed, in a world of its own.

import type { Beginning, Notice, State, Told } from "../shared/messages.ts";
import { ASKED, SAID, TELL } from "../shared/messages.ts";

/** The part of Electron's renderer modules that is used. */
export interface Electron {
  contextBridge: { exposeInMainWorld(name: string, api: unknown): void };
  ipcRenderer: {
    send(channel: string, ...args: unknown[]): void;
    invoke(channel: string, ...args: unknown[]): Promise<unknown>;
    on(channel: string, listener: (event: unknown, ...args: unknown[]) => void): unknown;
  };
}

export interface Desktop {
  /** The server's origin: of addresses that are given to others. */
  server: string;
  /** Where the WebSocket is. */
  socket: string;
  platform: string;
  started(): Promise<Beginning>;
  state(state: State): void;
  notify(notice: Notice): void;
  withdraw(tag: string, seq: number): void;
  fetch(id: string, name: string): void;
  drag(id: string, name: string): void;
  left(): void;
  hear(listener: (told: Told) => void): void;
}

/** Put `window.messengerDesktop` into a page of `app://messenger`, and into no other. */
export function expose({ contextBridge, ipcRenderer }: Electron, argv: readonly string[], origin: string): void {
  const server = given(argv, "server");
  if (server === undefined || origin !== given(argv, "origin")) return;
  const say = (channel: keyof typeof SAID, message?: unknown): void => {
    // What is malformed is the page's mistake, and stays in the page.
    ipcRenderer.send(channel, SAID[channel](message));
  };
  const heard: Told[] = [];
  let listener: ((told: Told) => void) | null = null;
  ipcRenderer.on(TELL, (_event, told) => {
    if (listener === null) heard.push(told as Told);
    else listener(told as Told);
  });
  const desktop: Desktop = {
    server,
    socket: `${server.replace(/^http/, "ws")}/api/v1/ws`,
    platform: given(argv, "platform") ?? "",
    started: () => ipcRenderer.invoke("client:started", ASKED["client:started"](undefined)) as Promise<Beginning>,
    state: (state) => say("client:state", state),
    notify: (notice) => say("client:notify", notice),
    withdraw: (tag, seq) => say("client:withdraw", { tag, seq }),
    fetch: (id, name) => say("client:fetch", { id, name }),
    drag: (id, name) => say("client:drag", { id, name }),
    left: () => say("client:left"),
    hear(listening) {
      listener = listening;
      for (const told of heard.splice(0)) listening(told);
    },
  };
  contextBridge.exposeInMainWorld("messengerDesktop", desktop);
}

/** `--messenger-NAME=…`, which the main process puts behind the renderer's own arguments. */
function given(argv: readonly string[], name: string): string | undefined {
  const sign = `--messenger-${name}=`;
  return argv.find((each) => each.startsWith(sign))?.slice(sign.length);
}
