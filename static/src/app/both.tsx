// A chat and its board side by side, where there is room for both and one wants it so. Each is the screen
// it is alone, with a place of its own; the address is that of the one that was asked for.

import "./both.css";
import { useMemo, useRef } from "preact/hooks";
import type { Place } from "../lib/router.ts";
import { useModel, useWords } from "../views/hooks/context.ts";
import Edge from "./edge.tsx";
import { Screen } from "./screen.tsx";

export interface BothProps {
  place: Extract<Place, { name: "chat" | "board" }>;
}

export default function Both({ place }: BothProps) {
  const { preferences } = useModel();
  const { t } = useWords();
  const { chat_id } = place;
  const filters = useRef<{ of: number; filters: Record<string, string> }>({ of: chat_id, filters: {} });
  if (place.name === "board") filters.current = { of: chat_id, filters: place.filters };
  else if (filters.current.of !== chat_id) filters.current = { of: chat_id, filters: {} };
  const kept = filters.current.filters;
  const chat = useMemo<Place>(() => (place.name === "chat" ? place : { name: "chat", chat_id }), [place, chat_id]);
  const board = useMemo<Place>(() => ({ name: "board", chat_id, filters: kept }), [chat_id, kept]);
  return (
    <div class={`both both-at-${place.name}`} style={{ "--both": `${preferences.bothWidth.value}px` }}>
      <div class="both-chat">
        <Screen place={chat} />
        <Edge label={t("rail.both_width")} width={preferences.bothWidth} narrowest={360} widest={640} usual={440} />
      </div>
      <div class="both-board">
        <Screen place={board} />
      </div>
    </div>
  );
}
