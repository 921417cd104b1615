// The reactions to a message: how many of each, whose; a press gives one or takes it back.

import "./reactions.css";
import { useAccount, useWords } from "../hooks/context.ts";
import type { Shown } from "../../models/overlays/messages.ts";
import type { Reaction } from "../../models/types.ts";
import { Icon, tip, useLayers } from "../common/index.ts";
import { emojiMenu } from "./emoji.tsx";

export function Reactions({ message }: { message: Shown }) {
  const { writing } = useAccount();
  const { t } = useWords();
  const { openMenu } = useLayers();
  const { chat_id, seq } = message;
  const react = (emoji: string): void => void writing.react(chat_id, seq, emoji);
  return (
    <div class="reactions" role="group" aria-label={t("chat.reactions")}>
      {message.reactions.map((reaction) => (
        <Given key={reaction.emoji} reaction={reaction} onPress={() => react(reaction.emoji)} />
      ))}
      <button
        type="button"
        class="reaction reaction-add"
        {...tip(t("chat.react"))}
        aria-label={t("chat.react")}
        onClick={(event) => openMenu(emojiMenu(t("chat.react"), event.currentTarget, react))}
      >
        <Icon name="smile" size={16} />
      </button>
    </div>
  );
}

function Given({ reaction, onPress }: { reaction: Reaction; onPress: () => void }) {
  const { user_id, people } = useAccount();
  const { t } = useWords();
  const { emoji, count, user_ids } = reaction;
  const mine = user_ids.includes(user_id);
  const names = user_ids.map((id) => (id === user_id ? t("chat.you") : people.name(id)));
  const more = count - names.length;
  const whose = more > 0 ? t("chat.and_more", { names: names.join(", "), count: more }) : names.join(", ");
  return (
    <button
      type="button"
      class="reaction"
      aria-pressed={mine}
      aria-label={`${emoji} ${count}: ${whose}`}
      {...tip(whose)}
      onClick={onPress}
    >
      <span class="reaction-emoji">{emoji}</span>
      <span class="number">{count}</span>
    </button>
  );
}
