// Messages of pages: heard from the main frame of a page of ours alone, in the shape that is written in
// `shared/messages.ts`. Anything else is dropped and logged, without what was in it.

import type { IpcMainEvent, IpcMainInvokeEvent } from "electron";
import { CLIENT, SHELL } from "./address.ts";
import type { Modules } from "./electron.ts";
import type { Log } from "./log.ts";
import { ASKED, type Asked, PAGES_ASK, type PagesAsk, SAID, type Said } from "../shared/messages.ts";
import { isOwn } from "./security.ts";

type From = Pick<IpcMainEvent | IpcMainInvokeEvent, "sender" | "senderFrame">;

export type Hears = { [channel in keyof Said]: (from: number, message: Said[channel]) => void };
export type Answers = { [channel in keyof Asked]: (from: number, message: Asked[channel]) => unknown };
export type PageAnswers = { [channel in keyof PagesAsk]: (from: number, message: PagesAsk[channel]) => unknown };

/** Whether a message comes from where it must: not from a frame in a page, nor from another page. */
export function isFrom({ senderFrame }: From, origin: string): boolean {
  return senderFrame !== null && senderFrame.parent === null && isOwn(senderFrame.url, origin);
}

export interface IpcParts {
  ipcMain: Modules["ipcMain"];
  log: Log;
  client: Hears & Answers;
  pages: PageAnswers;
}

export function listen({ ipcMain, log, client, pages }: IpcParts): void {
  const refused = (channel: string, why: string): void => log.warn("a message was refused", { channel, why });
  for (const [channel, check] of Object.entries(SAID)) {
    ipcMain.on(channel, (event, ...given) => {
      if (!isFrom(event, CLIENT)) return refused(channel, "sender");
      try {
        const message = given.length > 1 ? fail() : check(given[0]);
        (client[channel as keyof Said] as (from: number, message: unknown) => void)(event.sender.id, message);
      } catch (error) {
        refused(channel, nameOf(error));
      }
    });
  }
  const answer = (channel: string, check: (given: unknown) => unknown, origin: string, work: (from: number, message: never) => unknown): void => {
    ipcMain.handle(channel, async (event, ...given) => {
      try {
        if (!isFrom(event, origin) || given.length > 1) fail();
        return await work(event.sender.id, check(given[0]) as never);
      } catch (error) {
        refused(channel, nameOf(error));
        // What went wrong inside is not for a page.
        throw new Error("refused");
      }
    });
  };
  for (const [channel, check] of Object.entries(ASKED)) answer(channel, check, CLIENT, client[channel as keyof Asked]);
  for (const [channel, check] of Object.entries(PAGES_ASK)) answer(channel, check, SHELL, pages[channel as keyof PagesAsk]);
}

function fail(): never {
  throw new TypeError("not from a page of ours, or too much of it");
}

function nameOf(error: unknown): string {
  return error instanceof Error ? error.name : "unknown";
}
