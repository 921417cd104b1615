// The addresses in a chat's messages: where each leads, in which words it was given, and by whom.

import { useEffect, useMemo } from "preact/hooks";
import { useAccount, useModel, useWords } from "../hooks/context.ts";
import { plainText } from "../../lib/markdown.ts";
import { Button, EmptyState, Icon, IconButton } from "../common/index.ts";
import { ByMonth } from "./by-month.tsx";
import { type ChatLink, followMessages, linksOf, webLinks } from "./sources.ts";

export function LinkList({ chat_id }: { chat_id: number }) {
  const { router } = useModel();
  const account = useAccount();
  const { t } = useWords();
  const listing = useMemo(() => linksOf(account, chat_id), [account, chat_id]);
  useEffect(
    () =>
      followMessages(account, chat_id, (message) =>
        listing.change(({ seq }) => seq === message.seq, message.deleted_at === null ? webLinks(message) : []),
      ),
    [account, listing],
  );
  const goTo = (seq: number): void => router.go({ name: "chat", chat_id, seq });
  return (
    <ByMonth
      listing={listing}
      goTo={({ seq }) => goTo(seq)}
      empty={
        <EmptyState icon="link" title={t("filespanel.no_links")} text={t("filespanel.no_links_text")}>
          <Button icon="chat" onClick={() => router.go({ name: "chat", chat_id })}>
            {t("filespanel.to_chat")}
          </Button>
        </EmptyState>
      }
    >
      {(link) => <Row link={link} onMessage={() => goTo(link.seq)} />}
    </ByMonth>
  );
}

function Row({ link, onMessage }: { link: ChatLink; onMessage: () => void }) {
  const { people } = useAccount();
  const { t, date } = useWords();
  const { host, rest } = partsOf(link.href);
  const words = useMemo(() => plainText(link.text), [link.text]);
  return (
    <div class="files-link">
      <a class="files-link-main" href={link.href} target="_blank" rel="noopener noreferrer" tabIndex={-1}>
        <span class="files-link-icon">
          <Icon name="link" />
        </span>
        <span class="files-link-words">
          <span class="files-link-host" dir="ltr">
            {host}
            <span class="files-link-rest">{rest}</span>
          </span>
          {words !== link.href && <span class="files-link-text" dir="auto">{words}</span>}
          <span class="files-about">
            {people.name(link.sender_id)} · {date(link.created_at)}
          </span>
        </span>
      </a>
      <IconButton icon="chat" label={t("viewer.message")} keys="g" data-aside tabIndex={-1} onClick={onMessage} />
    </div>
  );
}

/** What one reads an address by: its host, then the rest of it. */
function partsOf(href: string): { host: string; rest: string } {
  // As it was written: of a parsed one the letters of a host are coded.
  const [, host = href, rest = ""] = /^https?:\/\/([^/?#]+)(.*)$/is.exec(href) ?? [];
  return { host: host.replace(/^www\./, ""), rest: rest === "/" ? "" : decoded(rest) };
}

function decoded(text: string): string {
  try {
    const read = decodeURIComponent(text);
    // What turns the way of writing misleads about where it leads.
    return /[\u200e\u200f\u202a-\u202e\u2066-\u2069]/.test(read) ? text : read;
  } catch {
    return text;
  }
}
