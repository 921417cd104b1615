// Where notifications come: one's devices, what became of the last push, and a test of each.

import { useEffect, useState } from "preact/hooks";
import type { Words } from "../../lib/locale.ts";
import { reason } from "../../lib/reasons.ts";
import { type Failure, pushOf, type Tried } from "../../models/push.ts";
import type { PushSubscription } from "../../models/types.ts";
import { Button } from "../common/button.tsx";
import { useFailure } from "../common/failure.ts";
import { Icon } from "../common/icon.tsx";
import { useLayers } from "../common/layers.ts";
import { ErrorState, Skeleton } from "../common/states.tsx";
import { useAccount, useWords } from "../hooks/context.ts";
import { useLoaded } from "../hooks/loaded.ts";
import { Part } from "./part.tsx";

export function PushDevices() {
  const { t, locale } = useWords();
  const push = pushOf(useAccount());
  const { toast } = useLayers();
  const fail = useFailure();
  const { value, error, load } = useLoaded(() => push.devices(locale.peek()));
  const state = push.state.value;
  useEffect(() => {
    if (state !== "looking") load();
  }, [state, load]);
  const remove = async (device: PushSubscription): Promise<void> => {
    try {
      await push.remove(device);
      toast(t("push.removed"));
    } catch (problem) {
      fail(problem);
    }
    load();
  };
  if (value?.length === 0) return null;
  return (
    <Part title={t("push.devices")}>
      {error !== null && <ErrorState error={error} retry={load} />}
      {error === null && value === null && <Skeleton rows={2} />}
      {value !== null && (
        <ul class="settings-devices">
          {value.map((device) => (
            <Device key={device.id} device={device} remove={() => void remove(device)} tried={load} />
          ))}
        </ul>
      )}
    </Part>
  );
}

interface DeviceProps {
  device: PushSubscription;
  remove: () => void;
  tried: () => void;
}

function Device({ device, remove, tried }: DeviceProps) {
  const { t } = useWords();
  const { outcome, busy, test } = useTest(device, tried);
  const name = device.device;
  return (
    <li class="settings-device push-device">
      <Icon name={/Android|iPhone|iPad/.test(name + device.user_agent) ? "chat" : "monitor"} />
      <span class="settings-device-words">
        <span class="settings-device-name">{name}</span>
        {device.current && <span class="settings-device-here"> · {t("settings.this_device")}</span>}
        <Became device={device} />
      </span>
      <span class="push-device-acts">
        <Button small busy={busy} aria-label={t("push.test_of", { device: name })} onClick={() => void test()}>
          {t("push.test")}
        </Button>
        <Button small kind="quiet" aria-label={t("push.remove_of", { device: name })} onClick={remove}>
          {t("push.remove")}
        </Button>
      </span>
      <p class={`push-outcome ${outcome?.good ? "push-outcome-good" : ""}`} role="status">
        {outcome?.text}
      </p>
    </li>
  );
}

/** What became of the last push. */
function Became({ device }: { device: PushSubscription }) {
  const { error, error_code: code, error_status: status, failed_at, succeeded_at } = device;
  const words = useWords();
  const { t, ago } = words;
  return (
    <>
      <span class="settings-device-time push-became">
        {succeeded_at === null ? t("push.none_yet") : t("push.last", { ago: ago(succeeded_at) })}
      </span>
      {error !== null && failed_at !== null && (
        <span class="settings-device-time push-became push-became-bad">
          {t("push.failed", { ago: ago(failed_at), error: why({ code, status, error }, words) })}
        </span>
      )}
    </>
  );
}

/** The server's reason in one's language. */
function why({ code, status, error }: Failure, { t }: Words): string {
  if (code === "status") return t("push.error_status", { status: status ?? "" });
  // From before there were codes it is in English.
  return code ? t(`push.error_${code}`) : (error ?? "");
}

interface Outcome {
  text: string;
  good: boolean;
}

function useTest(device: PushSubscription, tried: () => void) {
  const words = useWords();
  const push = pushOf(useAccount());
  const [outcome, setOutcome] = useState<Outcome | null>(null);
  const [busy, setBusy] = useState(false);
  const { service } = device;
  const said = (got: Tried): Outcome => {
    const { t } = words;
    if (!got.taken) return { text: t("push.test_refused", { service, error: why(got, words) }), good: false };
    return got.came ? { text: t("push.test_came"), good: true } : { text: t("push.test_taken", { service }), good: false };
  };
  const test = async (): Promise<void> => {
    setBusy(true);
    setOutcome(null);
    try {
      setOutcome(said(await push.test(device)));
    } catch (error) {
      setOutcome({ text: reason(error, words), good: false });
    }
    setBusy(false);
    tried();
  };
  return { outcome, busy, test };
}
