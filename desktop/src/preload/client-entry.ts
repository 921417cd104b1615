// Bundled into one file: a sandboxed preload can require Electron and nothing else.

import { contextBridge, ipcRenderer } from "electron";
import { expose } from "./client.ts";

expose({ contextBridge, ipcRenderer }, process.argv, location.origin);
