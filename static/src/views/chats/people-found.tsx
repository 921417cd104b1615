// People whose names were searched for: a press opens the chat with them, made when there is none.

import { useAccount, useModel, useWords } from "../hooks/context.ts";
import { Avatar, Button, EmptyState, Icon } from "../common/index.ts";
import { useDirect } from "./direct.ts";

const AT_MOST = 5;

export interface PeopleFoundProps {
  wanted: string;
  nothing: boolean;
  onDone: () => void;
}

export default function PeopleFound(props: PeopleFoundProps) {
  const { people, chats, user_id } = useAccount();
  const { router } = useModel();
  const { t } = useWords();
  const direct = useDirect();
  const held = new Set(chats.list.value.flatMap(({ other }) => other?.id ?? []));
  const found = people
    .find(props.wanted, AT_MOST + held.size)
    .filter(({ id }) => id !== user_id && !held.has(id))
    .slice(0, AT_MOST);
  if (found.length === 0) {
    return props.nothing ? (
      <EmptyState small icon="search" title={t("chats.not_found")} text={t("chats.not_found_text")}>
        <Button icon="search" onClick={() => router.go({ name: "search", q: props.wanted.trim() })}>
          {t("chats.search_everywhere")}
        </Button>
      </EmptyState>
    ) : (
      <Everywhere wanted={props.wanted} />
    );
  }
  return (
    <section class="chats-people">
      <h3 class="chats-people-title">{t("chats.people")}</h3>
      <ul class="chats-list">
        {found.map((user) => (
          <li key={user.id}>
            <button
              type="button"
              class="chats-person"
              data-found
              onClick={() => void direct(user.id).then((went) => went && props.onDone())}
            >
              <Avatar user_id={user.id} size={40} />
              <span class="chats-name" dir="auto">{people.nameOf(user)}</span>
            </button>
          </li>
        ))}
      </ul>
      <Everywhere wanted={props.wanted} />
    </section>
  );
}

/** In messages, tasks and files as well. */
function Everywhere({ wanted }: { wanted: string }) {
  const { router } = useModel();
  const { t } = useWords();
  return (
    <a class="chats-everywhere" href={router.href({ name: "search", q: wanted.trim() })}>
      <Icon name="search" size={16} />
      {t("search.everywhere_for", { words: wanted.trim() })}
    </a>
  );
}
