// Step three: the first project, with three cards that teach what a board is for.

import { useRef, useState } from "preact/hooks";
import { useAccount, useWords } from "../hooks/context.ts";
import { makeSample } from "../../models/samples.ts";
import { Button, Icon, useFailure } from "../common/index.ts";

const CARDS = ["drag", "open", "talk"] as const;

export interface ProjectStepProps {
  back: () => void;
  /** With the chat that was made, if one was. */
  end: (chat_id?: number) => Promise<void>;
}

export function ProjectStep({ back, end }: ProjectStepProps) {
  const { http } = useAccount();
  const { t } = useWords();
  const fail = useFailure();
  const [busy, setBusy] = useState(false);
  // The same for every try: it is made once.
  const key = useRef(crypto.randomUUID());
  const make = async (): Promise<void> => {
    setBusy(true);
    const cards = CARDS.map((card) => ({
      title: t(`welcome.card_${card}`),
      description: t(`welcome.card_${card}_text`),
    }));
    try {
      await end(await makeSample(http, t("welcome.project_name"), cards, key.current));
    } catch (error) {
      fail(error);
    }
    setBusy(false);
  };
  return (
    <div class="welcome-form">
      <h1 class="welcome-title" id="welcome-title">
        {t("welcome.project_title")}
      </h1>
      <p class="welcome-text">{t("welcome.project_text")}</p>
      <ul class="welcome-cards">
        {CARDS.map((card) => (
          <li key={card}>
            <Icon name="task" size={16} />
            {t(`welcome.card_${card}`)}
          </li>
        ))}
      </ul>
      <div class="welcome-actions">
        <Button kind="quiet" disabled={busy} onClick={back}>
          {t("app.back")}
        </Button>
        <Button kind="quiet" disabled={busy} onClick={() => void end()}>
          {t("welcome.skip")}
        </Button>
        <Button kind="main" icon="board" busy={busy} onClick={() => void make()}>
          {t("welcome.project_make")}
        </Button>
      </div>
    </div>
  );
}
