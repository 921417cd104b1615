// Files that are dragged over the page, dropped or pasted: who takes them is shown, and what nobody takes
// leaves the app on the screen.

import "./incoming.css";
import { letIn } from "./early-drops.ts";
import { type Signal, signal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { isField } from "../lib/keys.ts";
import { Icon } from "../views/common/icon.tsx";
import { type Layers, nothingModal, useLayers } from "../views/common/layers.ts";
import { givenBy, hasFiles, isPictureOnly, mayBePictures } from "../views/files/given.ts";
import { type Given, hasSpots, spotAt, taker, type Zone } from "../views/files/takers.ts";
import { useModel, useWords } from "../views/hooks/context.ts";
import type { Model } from "../models/model.ts";

/** A browser tells of what is dragged at least so often; Safari never tells that it has left. */
const GONE_AFTER_MS = 700;

interface Dragged {
  zones: Zone[];
  /** The one it is over; null over a row of the list, and beside all. */
  over: number | null;
}

const dragged: Signal<Dragged | null> = signal(null);

export default function Incoming() {
  const model = useModel();
  const layers = useLayers();
  useEffect(() => listen(model, layers), [model, layers]);
  const now = dragged.value;
  if (now === null || (now.zones.length === 0 && hasSpots())) return null;
  return <Zones dragged={now} />;
}

function Zones({ dragged: { zones, over } }: { dragged: Dragged }) {
  const { t } = useWords();
  const shown = taker.peek()?.box?.() ?? document.getElementById("place");
  const box = shown?.getBoundingClientRect();
  const { top = 0, left = 0, width = innerWidth, height = innerHeight } = box ?? {};
  const place = { top: `${top}px`, left: `${left}px`, width: `${width}px`, height: `${height}px` };
  return (
    <div class="incoming" style={place}>
      {zones.length === 0 && <p class="incoming-nowhere">{t("tray.drop_nowhere")}</p>}
      {zones.map(({ icon, title, hint }, index) => (
        <div key={title} class={`incoming-zone ${index === over ? "incoming-zone-over" : ""}`} data-zone={index}>
          <Icon name={icon} size={32} />
          <p class="incoming-title">{title}</p>
          {hint !== undefined && <p class="incoming-hint">{hint}</p>}
        </div>
      ))}
    </div>
  );
}

function listen(model: Model, layers: Layers): () => void {
  letIn();
  const end = new AbortController();
  const { signal: ended } = end;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const hide = (): void => {
    clearTimeout(timer);
    dragged.value = null;
    showRow(null);
  };
  const over = (event: DragEvent): void => {
    if (!strays(event)) return;
    event.preventDefault();
    const data = event.dataTransfer;
    if (data === null || !hasFiles(data)) return;
    clearTimeout(timer);
    timer = setTimeout(hide, GONE_AFTER_MS);
    data.dropEffect = show(event.target, mayBePictures(data)) ? "copy" : "none";
  };
  addEventListener("dragenter", over, { signal: ended });
  addEventListener("dragover", over, { signal: ended });
  addEventListener("dragend", hide, { signal: ended });
  addEventListener("drop", (event) => dropped(event, model, layers, hide), { signal: ended });
  addEventListener("paste", (event) => pasted(event, model, layers), { signal: ended });
  return () => {
    end.abort();
    hide();
  };
}

/** What nobody took, and a field would not: text may be dropped into one. */
function strays(event: DragEvent): boolean {
  if (event.defaultPrevented) return false;
  return hasFiles(event.dataTransfer) || !isField(event.target);
}

/** The chat in the list, or the card, that something is over. */
function rowAt(target: EventTarget | null): HTMLElement | null {
  const row = target instanceof Element ? target.closest<HTMLElement>("[data-takes]") : null;
  return row ?? spotAt(target)?.element ?? null;
}

function showRow(row: HTMLElement | null): void {
  for (const each of document.querySelectorAll(".takes-now")) if (each !== row) each.classList.remove("takes-now");
  row?.classList.add("takes-now");
}

/** True where it can be dropped. */
function show(target: EventTarget | null, pictures: boolean): boolean {
  if (!nothingModal()) return false;
  const row = rowAt(target);
  showRow(row);
  const before = dragged.peek();
  const zones = before?.zones ?? taker.peek()?.zones(pictures) ?? [];
  const at = zoneAt(target);
  if (before === null || before.over !== at) dragged.value = { zones, over: at };
  return row !== null || at !== null;
}

function zoneAt(target: EventTarget | null): number | null {
  const zone = target instanceof Element ? target.closest<HTMLElement>("[data-zone]") : null;
  return zone === null ? null : Number(zone.dataset["zone"]);
}

function dropped(event: DragEvent, model: Model, layers: Layers, hide: () => void): void {
  const { dataTransfer: data, target } = event;
  const zones = dragged.peek()?.zones;
  hide();
  if (!strays(event)) return;
  // A browser would open it instead of the app.
  event.preventDefault();
  if (data === null || !hasFiles(data)) return;
  const row = rowAt(target);
  const spot = spotAt(target);
  const zone = zones?.[zoneAt(target) ?? -1];
  if (nothingModal() && spot !== null) void givenBy(data).then(spot.take);
  else if (nothingModal() && row !== null) void givenBy(data).then((given) => toChat(model, layers, Number(row.dataset["takes"]), given));
  else if (zone !== undefined) void givenBy(data).then(zone.take);
  else nowhere(model, layers);
}

function nowhere({ words }: Model, { toast }: Layers): void {
  toast(words.t("tray.drop_nowhere"));
}

/** Into its tray, and there: what goes with it is written in the chat. */
async function toChat(model: Model, layers: Layers, chat_id: number, given: Given): Promise<void> {
  const { router, session, words } = model;
  const account = model.account.peek();
  if (account === null) return;
  router.go({ name: "chat", chat_id });
  const { take } = await import("../views/chat/tray/take.ts");
  await take({ account, settings: session.settings, layers, words }, chat_id, given);
}

function pasted(event: ClipboardEvent, model: Model, layers: Layers): void {
  const data = event.clipboardData;
  if (event.defaultPrevented || data === null || !isPictureOnly(data)) return;
  event.preventDefault();
  const given: Given = { files: [...data.files], folders: [], pasted: true };
  const spot = nothingModal() ? spotAt(event.target) : null;
  if (spot !== null) return spot.take(given);
  const takes = nothingModal() ? taker.peek() : null;
  const foreign = isField(event.target) && !takes?.element()?.contains(event.target as Node);
  const zone = foreign ? undefined : takes?.zones(true, event.target)[0];
  if (zone === undefined) return nowhere(model, layers);
  zone.take(given);
}
