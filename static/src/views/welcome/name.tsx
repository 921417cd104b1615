// What the organisation is called, its colour, its language: the first step, and a form later.

import "./welcome.css";
import { useState } from "preact/hooks";
import { useModel, useWords } from "../hooks/context.ts";
import { LOCALES } from "../../lib/locale.ts";
import { ACCENTS } from "../../models/organisation.ts";
import type { Organisation, OrganisationChange } from "../../models/types.ts";
import { Button, Field, SegmentedTabs } from "../common/index.ts";

const NAMES: Record<(typeof LOCALES)[number], string> = { ru: "Русский", en: "English" };

export interface NameStepProps {
  held: Organisation;
  save: (given: OrganisationChange) => Promise<boolean>;
  /** Not a step of several: a form that stays. */
  alone?: boolean;
}

export function NameStep({ held, save, alone = false }: NameStepProps) {
  const { words } = useModel();
  const { t } = useWords();
  const [name, setName] = useState(held.name);
  const [accent, setAccent] = useState(held.accent);
  const [locale, setLocale] = useState(held.locale);
  // What is read right now, until another is chosen.
  const spoken = locale ?? LOCALES.find((each) => each === words.locale.value) ?? "en";
  const [busy, setBusy] = useState(false);
  const go = async (given: OrganisationChange): Promise<void> => {
    setBusy(true);
    if (!(await save(given)) || alone) setBusy(false);
  };
  return (
    <form
      class={`welcome-form ${alone ? "welcome-form-alone" : ""}`}
      onSubmit={(event) => {
        event.preventDefault();
        void go({ name: name.trim(), accent, locale: spoken });
      }}
    >
      {!alone && (
        <h1 class="welcome-title" id="welcome-title">
          {t("welcome.name_title")}
        </h1>
      )}
      {!alone && <p class="welcome-text">{t("welcome.name_text")}</p>}
      <Field
        label={t("welcome.name")}
        placeholder={t("welcome.name_hint")}
        value={name}
        maxLength={64}
        autocomplete="organization"
        autofocus={!alone}
        onInput={(event) => setName(event.currentTarget.value)}
      />
      <fieldset class="welcome-colours">
        <legend class="welcome-label">{t("welcome.accent")}</legend>
        {ACCENTS.map((each) => (
          <label key={each} class="welcome-colour" data-accent={each}>
            <input
              type="radio"
              name="accent"
              class="for-readers"
              checked={accent === each}
              onChange={() => setAccent(each)}
            />
            <span class="welcome-swatch" aria-hidden="true" />
            <span class="welcome-colour-name">{t(`welcome.accent_${each}`)}</span>
          </label>
        ))}
      </fieldset>
      <div>
        <span class="welcome-label" aria-hidden="true">
          {t("settings.language")}
        </span>
        <SegmentedTabs
          label={t("settings.language")}
          value={spoken}
          options={LOCALES.map((value) => ({ value, label: NAMES[value] }))}
          onChange={setLocale}
        />
      </div>
      <div class="welcome-actions">
        {!alone && (
          <Button kind="quiet" disabled={busy} onClick={() => void go({})}>
            {t("welcome.skip")}
          </Button>
        )}
        <Button kind="main" type="submit" busy={busy}>
          {t(alone ? "app.save" : "welcome.next")}
        </Button>
      </div>
    </form>
  );
}
