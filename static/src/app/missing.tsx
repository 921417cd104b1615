// An address that leads nowhere, or to something one may not see.

import { Button, EmptyState } from "../views/common/index.ts";
import { useModel, useWords } from "./context.ts";

export function Missing() {
  const { router } = useModel();
  const { t } = useWords();
  return (
    <EmptyState icon="search" title={t("app.missing_title")} text={t("app.missing")}>
      <Button kind="main" onClick={() => router.go({ name: "chats" })}>
        {t("app.to_chats")}
      </Button>
    </EmptyState>
  );
}
