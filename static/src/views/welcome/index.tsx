// The first minutes: whoever sets the organisation up names it, brings people and makes the first
// project; who is new comes in. Every step can be skipped, and none comes again.

import "./welcome.css";
import "../common/more-icons.ts";
import { useEffect, useState } from "preact/hooks";
import { useAdmin } from "../hooks/admin.ts";
import { useAccount, useModel, useWords } from "../hooks/context.ts";
import { useBeginning } from "../hooks/beginning.ts";
import type { SetupStep } from "../../models/organisation.ts";
import type { Organisation, OrganisationChange } from "../../models/types.ts";
import { ErrorState, Skeleton, useFailure } from "../common/index.ts";
import { NameStep } from "./name.tsx";
import { Newcomer } from "./newcomer.tsx";
import { PeopleStep } from "./people.tsx";
import { ProjectStep } from "./project.tsx";

export default function WelcomeScreen() {
  const { people } = useAccount();
  return people.me.value.role === "admin" ? <Founding /> : <Newcomer />;
}

const STEPS = ["name", "people", "project"] as const;

function Founding() {
  const admin = useAdmin();
  const { people } = useAccount();
  const { organisation, router } = useModel();
  const { go } = useBeginning();
  const { t } = useWords();
  const fail = useFailure();
  const [held, setHeld] = useState<Organisation | null>(null);
  const [problem, setProblem] = useState<unknown>(null);
  const load = (): void => {
    setProblem(null);
    admin.organisation().then(setHeld, setProblem);
  };
  useEffect(load, [admin]);
  if (problem !== null) return <ErrorState error={problem} retry={load} />;
  if (held === null) return <Skeleton rows={5} kind="text" />;
  const others = people.all.value.length > 1;
  // An administrator of an organisation that stands is new to it as anybody.
  if (held.setup === "done" || (held.setup === null && others)) return <Newcomer />;
  const step = held.setup ?? "name";
  const save = async (changes: OrganisationChange): Promise<boolean> => {
    try {
      const now = await admin.setOrganisation(changes);
      organisation.keep(now);
      setHeld(now);
      return true;
    } catch (error) {
      fail(error);
      return false;
    }
  };
  const next = (setup: SetupStep): Promise<boolean> => save({ setup });
  const end = async (chat_id?: number): Promise<void> => {
    if (!(await next("done"))) return;
    go(null);
    router.go(chat_id === undefined ? { name: "chats" } : { name: "board", chat_id, filters: {} }, { replace: true });
  };
  const at = STEPS.indexOf(step);
  return (
    <section class="welcome" aria-labelledby="welcome-title">
      <div class="welcome-box">
        <p class="welcome-step">{t("welcome.step", { at: at + 1, of: STEPS.length })}</p>
        {step === "name" && <NameStep held={held} save={(given) => save({ ...given, setup: "people" })} />}
        {step === "people" && <PeopleStep back={() => void next("name")} next={() => void next("project")} />}
        {step === "project" && <ProjectStep back={() => void next("people")} end={end} />}
      </div>
    </section>
  );
}
