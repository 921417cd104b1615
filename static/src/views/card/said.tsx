// A text about a task, as people read it: its description, a comment; and the files of a comment.

import "./said.css";
import { useProse } from "../chat/prose.ts";
import { Files, type FilesProps } from "../chat/files.tsx";
import { Aside } from "../files/aside.ts";

export function Said({ text, chat_id }: { text: string; chat_id: number }) {
  return <div class="said">{useProse(text, chat_id)}</div>;
}

export function SaidFiles(props: FilesProps) {
  return (
    <Aside.Provider value={false}>
      <div class="said-files">
        <Files {...props} />
      </div>
    </Aside.Provider>
  );
}
