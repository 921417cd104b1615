// "Why did I not get a notification?": the newest messages of others, to be asked about.

import { useState } from "preact/hooks";
import { useAccount, useWords } from "../hooks/context.ts";
import { titleOf } from "../chat/title.ts";
import { Icon } from "../common/icon.tsx";
import { lazy } from "../common/lazy.tsx";
import { saidIn } from "../files/said.ts";
import type { WhyProps } from "../why/why.tsx";
import { Part } from "./part.tsx";

const Why = lazy<WhyProps>(() => import("../why/why.tsx"));
const MOST = 5;

export function NoticeWhy() {
  const { chats, people, user_id } = useAccount();
  const words = useWords();
  const { t, ago } = words;
  const [asked, setAsked] = useState<{ chat_id: number; seq: number } | null>(null);
  const newest = chats.list.value
    .filter(({ last }) => last !== null && last.sender_id !== user_id && last.deleted_at === null)
    .sort((one, other) => Date.parse(other.last?.created_at ?? "") - Date.parse(one.last?.created_at ?? ""))
    .slice(0, MOST);
  return (
    <Part title={t("why.ask")}>
      <p class="settings-text">{t(newest.length > 0 ? "why.text" : "why.none")}</p>
      <ul class="notice-why">
        {newest.map((entry) => {
          const { last } = entry;
          if (last === null) return null;
          const who = entry.other === null ? `${titleOf(entry, words)} · ` : "";
          return (
            <li key={entry.id}>
              <button
                type="button"
                class="notice-why-message"
                onClick={() => setAsked({ chat_id: entry.id, seq: last.seq })}
              >
                <span class="notice-why-who" dir="auto">
                  {who}
                  {people.name(last.sender_id)} · {ago(last.created_at)}
                </span>
                <span class="notice-why-text" dir="auto">
                  {saidIn(last, words)}
                </span>
                <Icon name="info" size={16} />
              </button>
            </li>
          );
        })}
      </ul>
      {asked !== null && <Why {...asked} onClose={() => setAsked(null)} />}
    </Part>
  );
}
