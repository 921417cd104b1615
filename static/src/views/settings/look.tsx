// Language, theme, density.

import { useAccount, useModel, useWords } from "../hooks/context.ts";
import { LOCALES } from "../../lib/locale.ts";
import { SegmentedTabs } from "../common/tabs.tsx";

const NAMES: Record<(typeof LOCALES)[number], string> = { ru: "Русский", en: "English" };

export function Look() {
  const { preferences, words } = useModel();
  const { settings } = useAccount();
  const { t } = useWords();
  const { theme, density, locale } = preferences;
  const speak = (wanted: string): void => {
    locale.value = wanted;
    settings.update({ locale: wanted });
    // At once, also without a connection; the account's own follows.
    void words.choose(wanted);
  };
  return (
    <>
      <div class="settings-choice">
        <span class="settings-label" aria-hidden="true">{t("settings.language")}</span>
        <SegmentedTabs
          label={t("settings.language")}
          value={words.locale.value}
          options={LOCALES.map((value) => ({ value, label: NAMES[value] }))}
          onChange={speak}
        />
      </div>
      <div class="settings-choice">
        <span class="settings-label" aria-hidden="true">{t("settings.theme")}</span>
        <SegmentedTabs
          label={t("settings.theme")}
          value={theme.value}
          options={[
            { value: "system", label: t("settings.theme_system"), icon: "monitor" },
            { value: "light", label: t("settings.theme_light"), icon: "sun" },
            { value: "dark", label: t("settings.theme_dark"), icon: "moon" },
          ]}
          onChange={(value) => (theme.value = value)}
        />
      </div>
      <div class="settings-choice">
        <span class="settings-label" aria-hidden="true">{t("settings.density")}</span>
        <SegmentedTabs
          label={t("settings.density")}
          value={density.value}
          options={[
            { value: "comfortable", label: t("settings.comfortable") },
            { value: "compact", label: t("settings.compact") },
          ]}
          onChange={(value) => (density.value = value)}
        />
      </div>
    </>
  );
}
