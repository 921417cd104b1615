// The picture of oneself or of a chat: chosen or taken, cropped, set; taken away, with a way back.

import "./avatar-editor.css";
import "./more-icons.ts";
import type { ComponentChildren } from "preact";
import { useRef, useState } from "preact/hooks";
import { ApiError } from "../../lib/errors.ts";
import type { Key } from "../../lib/locale.ts";
import { avatarAt, removeAvatar, setAvatar, type Square, type Whose } from "../../models/avatars.ts";
import { byTouch } from "../hooks/breakpoint.ts";
import { useAccount, useWords } from "../hooks/context.ts";
import type { AvatarCropProps } from "./avatar-crop.tsx";
import { Button } from "./button.tsx";
import { useFailure } from "./failure.ts";
import { useLayers } from "./layers.ts";
import { lazy } from "./lazy.tsx";

const AvatarCrop = lazy<AvatarCropProps>(() => import("./avatar-crop.tsx"));

export interface AvatarEditorProps {
  whose: Whose;
  /** `avatar_url`, as it is now. */
  url: string | null;
  /** The face. */
  children: ComponentChildren;
}

export function AvatarEditor({ whose, url, children }: AvatarEditorProps) {
  const { t } = useWords();
  const { save, remove } = useAvatar(whose, url);
  const [file, setFile] = useState<File | null>(null);
  const label = t(whose === "me" ? "avatar.mine" : "avatar.of_chat");
  return (
    <div class="avatar-editor" role="group" aria-label={label}>
      {children}
      <div class="avatar-editor-ways">
        <Pick icon="image" onPick={setFile}>
          {t(url === null ? "avatar.choose" : "avatar.change")}
        </Pick>
        {byTouch() && (
          <Pick icon="camera" camera onPick={setFile}>
            {t("avatar.take")}
          </Pick>
        )}
        {url !== null && (
          <Button kind="quiet" icon="trash" onClick={() => void remove()}>
            {t("avatar.remove")}
          </Button>
        )}
      </div>
      {file !== null && (
        <AvatarCrop file={file} round={whose === "me"} save={save} onClose={() => setFile(null)} />
      )}
    </div>
  );
}

interface PickProps {
  icon: "image" | "camera";
  camera?: boolean;
  onPick: (file: File) => void;
  children: string;
}

function Pick({ icon, camera = false, onPick, children }: PickProps) {
  const input = useRef<HTMLInputElement>(null);
  return (
    <>
      <Button icon={icon} onClick={() => input.current?.click()}>
        {children}
      </Button>
      <input
        ref={input}
        type="file"
        accept="image/*"
        hidden
        {...(camera ? { capture: "user" as const } : {})}
        onChange={({ currentTarget }) => {
          const [file] = currentTarget.files ?? [];
          // The same one may be chosen again.
          currentTarget.value = "";
          if (file) onPick(file);
        }}
      />
    </>
  );
}

/** So long a picture can be put back that was taken away. */
const UNDO_MS = 8000;
const WORDS: Partial<Record<string, Key>> = {
  unsupported_type: "avatar.not_picture",
  payload_too_large: "avatar.too_large",
  too_large: "avatar.too_large",
  validation_failed: "avatar.damaged",
  quota_exceeded: "avatar.no_room",
  storage_full: "avatar.no_room",
};

function useAvatar(whose: Whose, url: string | null) {
  const { http } = useAccount();
  const { t } = useWords();
  const { toast } = useLayers();
  const fail = useFailure();
  const failed = (error: unknown): void => {
    const known = error instanceof ApiError ? WORDS[error.code] : undefined;
    if (known === undefined) fail(error);
    else toast({ text: t(known), kind: "error" });
  };
  /** Whether it was taken. */
  const save = async (picture: Blob, square: Square | null): Promise<boolean> => {
    try {
      await setAvatar(http, whose, picture, square);
      toast(t("avatar.saved"));
      return true;
    } catch (error) {
      failed(error);
      return false;
    }
  };
  const remove = async (): Promise<void> => {
    try {
      const before = url && (await avatarAt(url));
      await removeAvatar(http, whose);
      const back = before ? { until: Date.now() + UNDO_MS, undo: () => void save(before, null) } : undefined;
      toast({ text: t("avatar.removed"), undo: back });
    } catch (error) {
      failed(error);
    }
  };
  return { save, remove };
}
