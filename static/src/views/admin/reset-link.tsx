// A link with which a person chooses a new password: shown once, to be handed on.

import { useAdmin } from "../hooks/admin.ts";
import { useWords } from "../hooks/context.ts";
import { useLoaded } from "../hooks/loaded.ts";
import type { Me } from "../../models/types.ts";
import { CopyButton } from "../common/copy.tsx";
import { Dialog } from "../common/dialog.tsx";
import { Field } from "../common/field.tsx";
import { ErrorState, Skeleton } from "../common/states.tsx";

export function ResetLink({ user, onClose }: { user: Me; onClose: () => void }) {
  const admin = useAdmin();
  const { t, moment } = useWords();
  const { value, error, load } = useLoaded(() => admin.resetLink(user.id));
  return (
    <Dialog title={t("admin.link", { name: user.display_name })} size="small" onClose={onClose}>
      {error !== null ? (
        <ErrorState error={error} retry={load} />
      ) : value === null ? (
        <Skeleton rows={2} kind="text" />
      ) : (
        <div class="admin-form">
          <p class="admin-text">{t("admin.link_text", { name: user.display_name })}</p>
          <Field
            label={t("admin.invite_until", { when: moment(value.expires_at) })}
            value={value.url}
            readOnly
            onFocus={(event) => event.currentTarget.select()}
          />
          <CopyButton kind="main" text={value.url} autofocus>
            {t("admin.invite_copy")}
          </CopyButton>
        </div>
      )}
    </Dialog>
  );
}
