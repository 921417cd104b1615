// The invitations there are: for how many, who came, and taking one back.

import { useState } from "preact/hooks";
import { useAdmin } from "../hooks/admin.ts";
import { useAccount, useWords } from "../hooks/context.ts";
import type { ListedInvite } from "../../models/types.ts";
import { Button } from "../common/button.tsx";
import { CopyButton } from "../common/copy.tsx";
import { ErrorState, Refused, Skeleton } from "../common/states.tsx";
import { SegmentedTabs } from "../common/tabs.tsx";
import type { Pages } from "./pages.ts";

interface InviteListProps {
  list: Pages<ListedInvite>;
  /** Only those that can be used still. */
  good: boolean;
  onGood: (good: boolean) => void;
}

export function InviteList({ list, good, onGood }: InviteListProps) {
  const { t } = useWords();
  const { rows, error, reload, more, change } = list;
  if (error !== null) return <ErrorState error={error} retry={reload} />;
  if (rows === null) return <Skeleton />;
  const revoked = (id: string): void => {
    const gone = { good: false, url: null, revoked_at: new Date().toISOString() };
    change((all) => all.map((each) => (each.id === id ? { ...each, ...gone } : each)));
  };
  return (
    <section>
      <div class="admin-list-head">
        <h2>{t("admin.invites_all")}</h2>
        <SegmentedTabs
          label={t("admin.invites_which")}
          value={good ? "good" : "all"}
          options={(["good", "all"] as const).map((value) => ({ value, label: t(`admin.invites_${value}_ones`) }))}
          onChange={(value) => onGood(value === "good")}
        />
      </div>
      {rows.length === 0 && <p class="admin-text">{t(good ? "admin.invites_none_good" : "admin.invites_none")}</p>}
      <ol class="admin-rows">
        {rows.map((invite) => (
          <Row key={invite.id} invite={invite} onRevoked={() => revoked(invite.id)} />
        ))}
      </ol>
      {more && <Button onClick={() => void more()}>{t("admin.more")}</Button>}
    </section>
  );
}

function Row({ invite, onRevoked }: { invite: ListedInvite; onRevoked: () => void }) {
  const admin = useAdmin();
  const { people } = useAccount();
  const { t, moment } = useWords();
  const [problem, setProblem] = useState<unknown>(null);
  const revoke = (): Promise<void> => admin.revokeInvite(invite.id).then(onRevoked, setProblem);
  const used = invite.uses - invite.uses_left;
  const maker = invite.created_by === null ? t("admin.by_server") : people.name(invite.created_by);
  const names = invite.user_ids.map((id) => people.name(id)).join(", ");
  return (
    <li class="admin-row admin-invite">
      <div class="admin-words">
        <span class="admin-name">
          {invite.email && `${invite.email} · `}
          {t(`people.role.${invite.role}`)} · {t("admin.invite_used", { used, uses: invite.uses })}
        </span>
        <span class="admin-more">
          {maker}, {moment(invite.created_at)} · <State invite={invite} />
        </span>
        {names !== "" && <span class="admin-more">{t("admin.invite_came", { names })}</span>}
        {problem !== null && <Refused error={problem} />}
      </div>
      {invite.url !== null && (
        <span class="admin-actions">
          <CopyButton text={invite.url}>{t("admin.invite_copy")}</CopyButton>
          <Button kind="danger" onClick={() => void revoke()}>
            {t("admin.invite_revoke")}
          </Button>
        </span>
      )}
    </li>
  );
}

function State({ invite }: { invite: ListedInvite }) {
  const { t, moment } = useWords();
  if (invite.good) return <>{t("admin.invite_until", { when: moment(invite.expires_at) })}</>;
  if (invite.uses_left === 0) return <>{t("admin.invite_spent")}</>;
  if (invite.revoked_at !== null) return <>{t("admin.invite_revoked")}</>;
  return <>{t("admin.invite_over")}</>;
}
