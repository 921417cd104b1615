// The organisation itself: its name, its colour, its language.

import { useEffect, useState } from "preact/hooks";
import { useAdmin } from "../hooks/admin.ts";
import { useModel, useWords } from "../hooks/context.ts";
import type { Organisation, OrganisationChange } from "../../models/types.ts";
import { useFailure } from "../common/failure.ts";
import { useLayers } from "../common/layers.ts";
import { ErrorState, Skeleton } from "../common/states.tsx";
import { NameStep } from "../welcome/name.tsx";

export function OrganisationForm() {
  const admin = useAdmin();
  const { organisation } = useModel();
  const { toast } = useLayers();
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
  if (held === null) return <Skeleton rows={4} kind="text" />;
  const save = async (given: OrganisationChange): Promise<boolean> => {
    try {
      organisation.keep(await admin.setOrganisation(given));
      toast(t("settings.saved"));
      return true;
    } catch (error) {
      fail(error);
      return false;
    }
  };
  return <NameStep held={held} save={save} alone />;
}
