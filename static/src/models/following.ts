// The connection, and what keeps the local data up to date over it: fetched while the local data is
// opened, which is shown without them.

import { Socket, type SocketParts } from "../lib/socket.ts";
import { Sync, type SyncParts } from "./sync.ts";

export type FollowingParts = SocketParts & Omit<SyncParts, "socket">;

export interface Following {
  socket: Socket;
  sync: Sync;
}

/** Nothing is opened before `sync.start`. */
export function following(parts: FollowingParts): Following {
  const socket = new Socket(parts);
  socket.onRefused = parts.onRevoked;
  return { socket, sync: new Sync({ ...parts, socket }) };
}
