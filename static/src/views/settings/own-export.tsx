// All that is one's own, in one file: asked for, made in a while, here for a day.

import { useEffect, useState } from "preact/hooks";
import { useAccount, useWords } from "../hooks/context.ts";
import { useLoaded } from "../hooks/loaded.ts";
import { BASE } from "../../lib/http.ts";
import type { OwnExport } from "../../models/types.ts";
import { Button } from "../common/button.tsx";
import { useFailure } from "../common/failure.ts";
import { Icon } from "../common/icon.tsx";
import { useLayers } from "../common/layers.ts";
import { ErrorState, Skeleton } from "../common/states.tsx";

const LOOK_MS = 1500;
const ADDRESS = "/users/me/export";

export function TakeAlong() {
  const { http } = useAccount();
  const { t } = useWords();
  const { toast } = useLayers();
  const fail = useFailure();
  const { value, error, load } = useLoaded(() => http.get<OwnExport>(ADDRESS));
  const [last, setLast] = useState<OwnExport | null>(null);
  const [busy, setBusy] = useState(false);
  useEffect(() => {
    if (value === null) return;
    if (last?.state === "waiting" && value.state === "ready") toast(t("export.ready_now"));
    setLast(value);
  }, [value]);
  const waits = value?.state === "waiting";
  useEffect(() => {
    if (!waits) return;
    const timer = setInterval(load, LOOK_MS);
    return () => clearInterval(timer);
  }, [waits, load]);
  const change = async (method: "POST" | "DELETE"): Promise<void> => {
    setBusy(true);
    try {
      await http.change(method, ADDRESS, undefined, crypto.randomUUID());
      load();
    } catch (failure) {
      fail(failure);
    }
    setBusy(false);
  };
  if (error !== null) return <ErrorState error={error} retry={load} />;
  const shown = value ?? last;
  if (shown === null) return <Skeleton rows={3} />;
  return (
    <div class="settings-form">
      <p class="settings-text">{t("export.text")}</p>
      <p class="settings-text">{t("export.not_in_it")}</p>
      {shown.state === "ready" ? (
        <Ready shown={shown} remove={() => void change("DELETE")} />
      ) : (
        <>
          {shown.state === "failed" && (
            <p class="settings-text" role="alert">
              {t("export.failed")}
            </p>
          )}
          {shown.state === "waiting" ? (
            <p class="settings-text" role="status">
              {t("export.waiting")}
            </p>
          ) : (
            <div>
              <Button kind="main" icon="download" busy={busy} onClick={() => void change("POST")}>
                {t("export.ask")}
              </Button>
            </div>
          )}
        </>
      )}
    </div>
  );
}

function Ready({ shown, remove }: { shown: OwnExport; remove: () => void }) {
  const { t, size, moment } = useWords();
  return (
    <>
      <p class="settings-text" role="status">
        {t("export.ready", { when: moment(shown.until ?? "") })}
      </p>
      <div class="settings-export">
        <a class="button button-main" href={`${BASE}/files/exports/${shown.id}`} download>
          <Icon name="download" />
          {t("export.fetch", { size: size(shown.bytes ?? 0) })}
        </a>
        <Button kind="quiet" onClick={remove}>
          {t("export.remove")}
        </Button>
      </div>
    </>
  );
}
