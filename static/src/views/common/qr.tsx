// An address as a square for a phone's camera. The library comes with it: imported when it is shown.

import "./qr.css";
import qrcode from "qrcode-generator";
import { useMemo } from "preact/hooks";
import { useWords } from "../hooks/context.ts";

/** Modules of white that a camera needs around it. */
const QUIET = 4;

export default function Qr({ text }: { text: string }) {
  const { t } = useWords();
  const { path, size } = useMemo(() => drawn(text), [text]);
  return (
    <svg class="qr" viewBox={`0 0 ${size} ${size}`} role="img" aria-label={t("welcome.qr")} shape-rendering="crispEdges">
      <rect class="qr-ground" width={size} height={size} />
      <path class="qr-ink" d={path} />
    </svg>
  );
}

function drawn(text: string): { path: string; size: number } {
  const code = qrcode(0, "M");
  code.addData(text);
  code.make();
  const count = code.getModuleCount();
  let path = "";
  for (let row = 0; row < count; row++) {
    for (let column = 0; column < count; column++) {
      if (code.isDark(row, column)) path += `M${column + QUIET} ${row + QUIET}h1v1h-1z`;
    }
  }
  return { path, size: count + 2 * QUIET };
}
