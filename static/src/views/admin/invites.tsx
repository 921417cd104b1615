// Invitations: a link that makes an account.

import { useEffect, useRef, useState } from "preact/hooks";
import { useAdmin } from "../hooks/admin.ts";
import { useAccount, useModel, useWords } from "../hooks/context.ts";
import type { InviteLink, ListedInvite } from "../../models/types.ts";
import type { Role } from "../../models/contract.ts";
import { Button } from "../common/button.tsx";
import { CopyButton } from "../common/copy.tsx";
import { Field } from "../common/field.tsx";
import { EmptyState, Refused } from "../common/states.tsx";
import { type Trouble, troubleOf } from "../entry/trouble.ts";
import { Roles } from "./add-person.tsx";
import { InviteList } from "./invite-list.tsx";
import { usePages } from "./pages.ts";

export function Invites() {
  const { session, router } = useModel();
  const admin = useAdmin();
  const { people } = useAccount();
  const { t } = useWords();
  const [made, setMade] = useState<InviteLink | null>(null);
  const [good, setGood] = useState(true);
  const list = usePages<ListedInvite, string>((next) => admin.invites(good, next));
  const { reload } = list;
  const first = useRef(true);
  useEffect(() => {
    if (!first.current) reload();
    first.current = false;
  }, [good, reload]);
  if (session.settings.registration === "closed") {
    return (
      <EmptyState icon="lock" title={t("admin.invites_closed")} text={t("admin.invite_closed")}>
        <Button icon="people" onClick={() => router.go({ name: "admin", section: "people" })}>
          {t("admin.people")}
        </Button>
      </EmptyState>
    );
  }
  const onMade = (invite: InviteLink): void => {
    setMade(invite);
    list.reload();
  };
  const alone = people.all.value.length === 1;
  return (
    <>
      {alone && <p class="admin-first">{t("admin.first")}</p>}
      {made === null ? <Ask onMade={onMade} /> : <Made invite={made} another={() => setMade(null)} />}
      <InviteList list={list} good={good} onGood={setGood} />
    </>
  );
}

function Ask({ onMade }: { onMade: (invite: InviteLink) => void }) {
  const admin = useAdmin();
  const { session } = useModel();
  const words = useWords();
  const { t } = words;
  const [email, setEmail] = useState("");
  const [role, setRole] = useState<Role>("user");
  const [uses, setUses] = useState(10);
  const [days, setDays] = useState(7);
  const [trouble, setTrouble] = useState<Trouble | null>(null);
  const [busy, setBusy] = useState(false);
  const make = async (event: SubmitEvent): Promise<void> => {
    event.preventDefault();
    setBusy(true);
    setTrouble(null);
    try {
      onMade(await admin.invite(email === "" ? { role, uses, days } : { role, uses: 1, days, email }));
    } catch (error) {
      setTrouble(troubleOf(error, words));
      setBusy(false);
    }
  };
  return (
    <form class="admin-form" onSubmit={(event) => void make(event)}>
      <p class="admin-text">{t("admin.invite_text")}</p>
      <Roles label={t("admin.invite_role")} value={role} onChange={setRole} />
      {session.settings.mail && (
        <Field
          label={t("admin.invite_email")}
          hint={t("admin.invite_email_hint")}
          name="email"
          type="email"
          autocomplete="off"
          error={trouble?.field === "email" ? trouble.text : undefined}
          value={email}
          onInput={(event) => setEmail(event.currentTarget.value.trim())}
        />
      )}
      <div class="admin-pair">
        <Field
          label={t("admin.invite_uses")}
          type="number"
          min={1}
          max={1000}
          required
          disabled={email !== ""}
          value={email === "" ? uses : 1}
          onInput={(event) => setUses(Number(event.currentTarget.value))}
        />
        <Field
          label={t("admin.invite_days")}
          type="number"
          min={1}
          max={365}
          required
          value={days}
          onInput={(event) => setDays(Number(event.currentTarget.value))}
        />
      </div>
      {trouble !== null && trouble.field !== "email" && <Refused error={trouble.error} text={trouble.text} />}
      <div>
        <Button kind="main" icon="link" type="submit" busy={busy}>
          {t(email === "" ? "admin.invite_make" : "admin.invite_send")}
        </Button>
      </div>
    </form>
  );
}

function Made({ invite, another }: { invite: InviteLink; another: () => void }) {
  const { t, moment } = useWords();
  return (
    <div class="admin-form" role="status">
      <h2>{invite.email ? t("admin.invite_mailed", { email: invite.email }) : t("admin.invite_made")}</h2>
      <Field
        label={t("admin.invite_until", { when: moment(invite.expires_at) })}
        value={invite.url}
        readOnly
        onFocus={(event) => event.currentTarget.select()}
      />
      <div class="admin-actions">
        <CopyButton kind="main" text={invite.url} autofocus>
          {t("admin.invite_copy")}
        </CopyButton>
        <Button onClick={another}>{t("admin.invite_another")}</Button>
      </div>
    </div>
  );
}
