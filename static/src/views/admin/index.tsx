// Administration: accounts, invitations, the audit trail, the state of the instance.

import "./admin.css";
import "../common/more-icons.ts";
import type { ComponentType } from "preact";
import { useAccount, useModel, useWords } from "../hooks/context.ts";
import { usePlace } from "../hooks/place.ts";
import { BackButton } from "../common/back.tsx";
import { Button } from "../common/button.tsx";
import { EmptyState } from "../common/states.tsx";
import { SegmentedTabs } from "../common/tabs.tsx";
import { Accounts } from "./accounts.tsx";
import { Audit } from "./audit.tsx";
import { Data } from "./data.tsx";
import { Invites } from "./invites.tsx";
import { OrganisationForm } from "./organisation.tsx";
import { Status } from "./status.tsx";

const SECTIONS = { people: Accounts, invites: Invites, organisation: OrganisationForm, audit: Audit, data: Data, status: Status } satisfies Record<
  string,
  ComponentType
>;
type Section = keyof typeof SECTIONS;

export default function AdminScreen() {
  const { router } = useModel();
  const { people } = useAccount();
  const { t } = useWords();
  const asked = usePlace("admin")?.section ?? "people";
  const section = asked in SECTIONS ? (asked as Section) : "people";
  if (people.me.value.role !== "admin") {
    return (
      <EmptyState icon="shield" title={t("admin.forbidden")}>
        <Button onClick={() => router.go({ name: "chats" })}>{t("app.to_chats")}</Button>
      </EmptyState>
    );
  }
  const Shown = SECTIONS[section];
  const options = (Object.keys(SECTIONS) as Section[]).map((value) => ({
    value,
    label: t(`admin.${value}`),
    href: router.href({ name: "admin", section: value }),
  }));
  return (
    <section class="admin" aria-labelledby="admin-title">
      <header class="admin-head">
        <BackButton />
        <h1 class="admin-title" id="admin-title">
          {t("admin.title")}
        </h1>
      </header>
      <div class="admin-tabs">
        <SegmentedTabs label={t("admin.title")} value={section} options={options} />
      </div>
      <div class="admin-body">
        <Shown />
      </div>
    </section>
  );
}
