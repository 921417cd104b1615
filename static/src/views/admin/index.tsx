// Administration: one page for each question; what needs attention stands on the first.

import "./admin.css";
import "../common/more-icons.ts";
import type { ComponentType } from "preact";
import { useAccount, useModel, useWords } from "../hooks/context.ts";
import { usePlace } from "../hooks/place.ts";
import { BackButton } from "../common/back.tsx";
import { Button } from "../common/button.tsx";
import { EmptyState, Skeleton } from "../common/states.tsx";
import { SegmentedTabs } from "../common/tabs.tsx";
import { Audit } from "./audit.tsx";
import { Chats } from "./chats.tsx";
import { Data } from "./data.tsx";
import { Doctor } from "./doctor.tsx";
import { Invites } from "./invites.tsx";
import { People } from "./people.tsx";
import { Settings } from "./settings.tsx";
import { Status } from "./status.tsx";
import { useAdminWords } from "./words.ts";

const SECTIONS = {
  status: Status,
  people: People,
  invites: Invites,
  chats: Chats,
  settings: Settings,
  data: Data,
  doctor: Doctor,
  audit: Audit,
} satisfies Record<string, ComponentType>;
type Section = keyof typeof SECTIONS;
/** What sections were called before. */
const BEFORE: Record<string, Section> = { organisation: "settings" };

export default function AdminScreen() {
  const { router } = useModel();
  const { people } = useAccount();
  const { t } = useWords();
  const ready = useAdminWords();
  const given = usePlace("admin")?.section ?? "status";
  const asked = BEFORE[given] ?? given;
  const section = asked in SECTIONS ? (asked as Section) : "status";
  if (!ready) return <Skeleton />;
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
