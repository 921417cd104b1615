// What keys do while writing.

import { useModel, useWords } from "../hooks/context.ts";
import { Button } from "../common/button.tsx";
import { Switch } from "../common/field.tsx";
import { useLayers } from "../common/layers.ts";

export function Writing() {
  const { preferences } = useModel();
  const { t } = useWords();
  const { show } = useLayers();
  const { enterSends } = preferences;
  return (
    <div class="settings-form">
      <Switch
        label={t("settings.enter_sends")}
        hint={t("settings.enter_sends_hint")}
        checked={enterSends.value}
        onChange={(on) => (enterSends.value = on)}
      />
      <Button icon="keyboard" onClick={() => show("keys")}>
        {t("settings.all_keys")}
      </Button>
    </div>
  );
}
