import { contextBridge, ipcRenderer } from "electron";
import { exposePage } from "./page.ts";

exposePage({ contextBridge, ipcRenderer }, location.origin);
