// What the shell's own pages may ask of the main process.

import { PAGES_ASK, TELL_PAGE } from "../shared/messages.ts";
import type { Electron } from "./client.ts";

export interface ShellPage {
  ask(channel: string, message?: unknown): Promise<unknown>;
  hear(listener: (told: unknown) => void): void;
}

export const SHELL_ORIGIN = "app://shell";

export function exposePage({ contextBridge, ipcRenderer }: Electron, origin: string): void {
  if (origin !== SHELL_ORIGIN) return;
  const page: ShellPage = {
    ask(channel, message) {
      if (!Object.hasOwn(PAGES_ASK, channel)) return Promise.reject(new Error(`unknown message: ${channel}`));
      return ipcRenderer.invoke(channel, PAGES_ASK[channel as keyof typeof PAGES_ASK](message));
    },
    hear: (listener) => void ipcRenderer.on(TELL_PAGE, (_event, told) => listener(told)),
  };
  contextBridge.exposeInMainWorld("shellPage", page);
}
