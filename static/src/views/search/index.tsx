// Search as a place of its own, with what was typed in the address.

import { useModel, useWords } from "../hooks/context.ts";
import { usePlace } from "../hooks/place.ts";
import { FinderOfAll } from "../switcher/finder.tsx";

export default function SearchScreen() {
  const { router } = useModel();
  const { t } = useWords();
  const q = usePlace("search")?.q ?? "";
  return (
    <>
      <h1 class="for-readers">{t("rail.search")}</h1>
      <FinderOfAll
        typed={q}
        onType={(typed) => router.go({ name: "search", q: typed }, { replace: true })}
        onDone={() => {}}
      />
    </>
  );
}
