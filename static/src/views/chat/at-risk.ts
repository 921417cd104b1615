// Files for which the device has no room go while a tab is open: who closes it is asked before.

import { useEffect } from "preact/hooks";
import { filesOf } from "../../models/uploads/files.ts";
import { useAccount } from "../hooks/context.ts";

export function useFilesAtRisk(): void {
  const files = filesOf(useAccount());
  const noRoom = files.noRoom.value;
  useEffect(() => {
    if (!noRoom) return;
    const ask = (event: BeforeUnloadEvent): void => {
      if (files.atRisk) event.preventDefault();
    };
    window.addEventListener("beforeunload", ask);
    return () => window.removeEventListener("beforeunload", ask);
  }, [files, noRoom]);
}
