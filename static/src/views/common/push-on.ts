// Switching notifications on, by a click: what comes of it is said.

import { useState } from "preact/hooks";
import { pushOf } from "../../models/push.ts";
import { useAccount, useWords } from "../hooks/context.ts";
import { useFailure } from "./failure.ts";
import { useLayers } from "./layers.ts";

export function useSwitchOn() {
  const { t, locale } = useWords();
  const push = pushOf(useAccount());
  const { toast } = useLayers();
  const fail = useFailure();
  const [busy, setBusy] = useState(false);
  const switchOn = async (): Promise<void> => {
    setBusy(true);
    try {
      await push.on(locale.peek());
      if (push.state.peek() === "on") toast(t("push.on_now"));
    } catch (error) {
      fail(error);
    } finally {
      setBusy(false);
    }
  };
  return { switchOn, busy, fail };
}
