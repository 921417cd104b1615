// "Open in the app": of the menus of a chat and of a card.

import { useEffect } from "preact/hooks";
import { whenIdle } from "../../lib/idle.ts";
import type { Place } from "../../lib/router.ts";
import { type MenuItem, useLayers } from "../common/layers.ts";
import { useAccount, useModel, useWords } from "../hooks/context.ts";
import { handOver, look, takeLinks, takesLinks, there } from "./known.ts";

export function useProgramItem(): (place: Place) => MenuItem {
  const { settings } = useAccount();
  const { router } = useModel();
  const { toast } = useLayers();
  const { t } = useWords();
  useEffect(() => whenIdle(() => void look(() => settings.sessions())), [settings]);
  const always = (): void => {
    takeLinks(true);
    toast(t("program.links_on"));
  };
  const open = (place: Place): void => {
    handOver(router.href(place));
    const action = takesLinks.value ? undefined : { label: t("program.always"), run: always };
    toast({ text: t("program.opening"), action });
  };
  return (place) => there.value && { label: t("program.open"), icon: "monitor", run: () => open(place) };
}
