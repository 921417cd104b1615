// Where one is signed in.

import { useEffect } from "preact/hooks";
import { useAccount, useWords } from "../hooks/context.ts";
import { useLoaded } from "../hooks/loaded.ts";
import type { DeviceSession } from "../../models/contract.ts";
import { Button } from "../common/button.tsx";
import { CopyButton } from "../common/copy.tsx";
import { Icon } from "../common/icon.tsx";
import { useFailure } from "../common/failure.ts";
import { Switch } from "../common/field.tsx";
import { useLayers } from "../common/layers.ts";
import { ErrorState, Skeleton } from "../common/states.tsx";
import { site } from "../../lib/desktop.ts";
import { look, takeLinks, takesLinks, there } from "../program/known.ts";

export function Devices() {
  const { settings } = useAccount();
  const words = useWords();
  const { t } = words;
  const { toast } = useLayers();
  const fail = useFailure();
  const { value, error, load } = useLoaded(() => settings.sessions());
  const end = async (sessions: DeviceSession[]): Promise<void> => {
    try {
      for (const { id } of sessions) await settings.endSession(id);
      toast(t("settings.ended"));
    } catch (problem) {
      fail(problem);
    }
    load();
  };
  if (error !== null) return <ErrorState error={error} retry={load} />;
  if (value === null) return <Skeleton rows={3} />;
  const others = value.filter((session) => !session.current);
  return (
    <>
      <p class="settings-text">{t("settings.devices_text")}</p>
      <ul class="settings-devices">
        {value.map((session) => (
          <Device key={session.id} session={session} end={() => void end([session])} />
        ))}
      </ul>
      {others.length === 0 && (
        <>
          <p class="settings-text">{t("settings.only_here")}</p>
          <div>
            <CopyButton text={site}>{t("settings.copy_address")}</CopyButton>
          </div>
        </>
      )}
      {others.length > 1 && (
        <div>
          <Button kind="danger" onClick={() => void end(others)}>
            {t("settings.end_others")}
          </Button>
        </div>
      )}
      <Links />
    </>
  );
}

/** Where links that open in this browser go. */
function Links() {
  const { settings } = useAccount();
  const { t } = useWords();
  useEffect(() => void look(() => settings.sessions()), [settings]);
  if (!there.value && !takesLinks.value) return null;
  return <Switch label={t("program.links")} hint={t("program.links_hint")} checked={takesLinks.value} onChange={takeLinks} />;
}

function Device({ session, end }: { session: DeviceSession; end: () => void }) {
  const { t, ago } = useWords();
  const { device, current, last_used_at } = session;
  return (
    <li class="settings-device">
      <Icon name={/Android|iPhone|iPad/.test(device) ? "chat" : "monitor"} />
      <span class="settings-device-words">
        <span class="settings-device-name">{device}</span>
        <br />
        <time class="settings-device-time">{ago(last_used_at)}</time>
      </span>
      {current ? (
        <span class="settings-device-here">{t("settings.this_device")}</span>
      ) : (
        <Button small aria-label={t("settings.end_session_of", { device })} onClick={end}>
          {t("settings.end_session")}
        </Button>
      )}
    </li>
  );
}
