// A chat's files in the side panel: photos and videos, documents, links, voice messages; by month.

import "./files-panel.css";
import { useEffect, useState } from "preact/hooks";
import { usePlace } from "../hooks/place.ts";
import { useAccount, useModel, useWords } from "../hooks/context.ts";
import type { FilesTab } from "../../lib/router.ts";
import { Field, Panel, SegmentedTabs } from "../common/index.ts";
import { Missing } from "../common/missing.tsx";
import { useTitleOf } from "../chat/title.ts";
import { FileList } from "./file-list.tsx";
import { LinkList } from "./link-list.tsx";

const TABS: readonly FilesTab[] = ["media", "documents", "links", "voice"];
/** Long enough to have typed a word. */
const RESTS_MS = 250;

export default function FilesScreen() {
  const place = usePlace("files");
  return place && <Files key={place.chat_id} chat_id={place.chat_id} tab={place.tab} />;
}

function Files({ chat_id, tab }: { chat_id: number; tab: FilesTab }) {
  const { router } = useModel();
  const { chats } = useAccount();
  const { t } = useWords();
  const title = useTitleOf(chat_id);
  const [wanted, setWanted] = useState("");
  const name = useRested(wanted.trim());
  if (chats.of(chat_id).value === null) return chats.complete.value ? <Missing chat_id={chat_id} /> : null;
  const named = tab === "media" || tab === "documents";
  return (
    <Panel title={`${t("chat.files")}, ${title}`} head={<h2 class="panel-title">{t("chat.files")}</h2>} onClose={() => router.back()}>
      <div class="files-panel">
        <div class="files-panel-head">
          <SegmentedTabs
            wide
            label={t("chat.files")}
            value={tab}
            options={TABS.map((value) => ({ value, label: t(`filespanel.${value}`) }))}
            onChange={(value) => router.go({ name: "files", chat_id, tab: value }, { replace: true })}
          />
          {named && (
            <Field
              label={t("filespanel.find")}
              bare
              type="search"
              placeholder={t("filespanel.find")}
              value={wanted}
              onInput={(event) => setWanted(event.currentTarget.value)}
            />
          )}
        </div>
        {tab === "links" ? (
          <LinkList key={tab} chat_id={chat_id} />
        ) : (
          <FileList key={tab} chat_id={chat_id} tab={tab} name={named ? name : ""} onAll={() => setWanted("")} />
        )}
      </div>
    </Panel>
  );
}

/** What was typed, once the hand rests. */
function useRested(text: string): string {
  const [rested, setRested] = useState(text);
  useEffect(() => {
    const timer = setTimeout(() => setRested(text), RESTS_MS);
    return () => clearTimeout(timer);
  }, [text]);
  return rested;
}
