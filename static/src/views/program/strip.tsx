// A link from elsewhere that was handed over to the program, as somebody chose: said, and taken back here.

import { useEffect, useState } from "preact/hooks";
import { IconButton } from "../common/button.tsx";
import { Icon } from "../common/icon.tsx";
import { useWords } from "../hooks/context.ts";
import { handOver, takeLinks } from "./known.ts";
import { type Load, linkedPlace } from "./linked.ts";

/** Once for each load of the page. */
let followed = false;

function follow(): boolean {
  if (followed) return false;
  followed = true;
  const [load] = performance.getEntriesByType("navigation") as unknown as Load[];
  const place = linkedPlace(load, document.referrer, matchMedia("(display-mode: standalone)").matches);
  if (place !== null) handOver(place);
  return place !== null;
}

export default function ProgramStrip() {
  const { t } = useWords();
  const [shown, setShown] = useState(false);
  useEffect(() => setShown(follow()), []);
  if (!shown) return null;
  const close = (): void => setShown(false);
  const stop = (): void => {
    takeLinks(false);
    close();
  };
  return (
    <div class="strip strip-news" role="status">
      <Icon name="info" size={16} />
      <span class="strip-text">{t("program.handed")}</span>
      <button type="button" class="strip-button" onClick={stop}>
        {t("program.stop")}
      </button>
      <IconButton small icon="close" label={t("app.close")} onClick={close} />
    </div>
  );
}
