// What of the client is kept: the build puts the list in the place of the free identifier.

declare const __FILES__: string[];

export const FILES = __FILES__;
