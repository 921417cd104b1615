// What stands in the composer's place while one speaks, and until what was said is sent.

import "./voice-strip.css";
import "../common/more-icons.ts";
import { useState } from "preact/hooks";
import type { LocalFile } from "../../models/local-files.ts";
import type { ChatState } from "./state.ts";
import type { Hold } from "./voice-hold.ts";
import { Kept } from "./voice-kept.tsx";
import { Now } from "./voice-now.tsx";
import type { Refusal } from "./voice-recording.ts";
import { Refused } from "./voice-refused.tsx";

export interface VoiceStripProps {
  state: ChatState;
  /** The tray of what was recorded and not sent. */
  where: string;
  kept: LocalFile | null;
  /** Recording has begun: by a finger that holds, or by a press. */
  begun: { hold: Hold | null } | null;
  onEnd: () => void;
}

export default function VoiceStrip({ state, where, kept, begun, onEnd }: VoiceStripProps) {
  const [refusal, setRefusal] = useState<Refusal | null>(null);
  if (refusal !== null) return <Refused refusal={refusal} onClose={onEnd} />;
  if (begun !== null) return <Now {...{ state, where, onEnd }} hold={begun.hold} onRefused={setRefusal} />;
  return kept && <Kept key={kept.id} {...{ state, where, kept }} />;
}
