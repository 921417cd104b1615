// Why one was notified of a message, or was not: the server's answer in words.

import "./why.css";
import { useWords, useAccount, useModel } from "../hooks/context.ts";
import { useLoaded } from "../hooks/loaded.ts";
import { ApiError } from "../../lib/errors.ts";
import type { Key } from "../../lib/locale.ts";
import type { Why as Answer } from "../../models/types.ts";
import { Button, Dialog, ErrorState, Skeleton } from "../common/index.ts";

export interface WhyProps {
  chat_id: number;
  seq: number;
  onClose: () => void;
}

export default function Why({ chat_id, seq, onClose }: WhyProps) {
  const { http } = useAccount();
  const { router } = useModel();
  const { t } = useWords();
  const { value, error, load } = useLoaded(() => answerOf(http.get<Answer>("/push/why", { chat_id, seq })));
  const settings = (): void => {
    onClose();
    router.go({ name: "settings", section: "notices" });
  };
  return (
    <Dialog
      title={t("why.title")}
      size="small"
      onClose={onClose}
      footer={<Button onClick={settings}>{t("why.settings")}</Button>}
    >
      {error !== null && <ErrorState error={error} retry={load} />}
      {error === null && value === null && <Skeleton rows={2} />}
      {value === "unknown" && <p role="status">{t("why.unknown")}</p>}
      {value !== null && value !== "unknown" && <Said answer={value} />}
    </Dialog>
  );
}

/** What nobody is told of has no answer. */
async function answerOf(asked: Promise<Answer>): Promise<Answer | "unknown"> {
  try {
    return await asked;
  } catch (error) {
    if (error instanceof ApiError && error.code === "not_found") return "unknown";
    throw error;
  }
}

function Said({ answer: { verdict, then, devices } }: { answer: Answer }) {
  const { t } = useWords();
  const { cause, reason, telling } = verdict;
  const told = reason === "told";
  const why: Key = told ? (telling === "silent" ? "why.told_silent" : "why.told_alert") : `why.${reason}`;
  const named = cause !== null && reason !== "own" && reason !== "no_cause";
  return (
    <div class="why" role="status">
      <p class="why-verdict">{t(why)}</p>
      {named && <p>{t("why.cause", { cause: t(`notices.cause_${cause}`) })}</p>}
      {told && <p>{devices === 0 ? t("why.no_devices") : t("why.devices", { count: devices })}</p>}
      <p class="why-when">{t(then ? "why.then" : "why.now")}</p>
    </div>
  );
}
