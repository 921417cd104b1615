// Where a person is signed in, and ending it.

import { useAdmin } from "../hooks/admin.ts";
import { useWords } from "../hooks/context.ts";
import { useLoaded } from "../hooks/loaded.ts";
import type { Me } from "../../models/types.ts";
import { Button } from "../common/button.tsx";
import { Dialog } from "../common/dialog.tsx";
import { useFailure } from "../common/failure.ts";
import { ErrorState, Skeleton } from "../common/states.tsx";

export function Sessions({ user, onClose }: { user: Me; onClose: () => void }) {
  const admin = useAdmin();
  const { t, ago } = useWords();
  const fail = useFailure();
  const { value, error, load } = useLoaded(() => admin.sessions(user.id));
  const end = (session?: string): void => void admin.endSessions(user.id, session).then(load, fail);
  const footer = value !== null && value.length > 1 && (
    <Button kind="danger" onClick={() => end()}>
      {t("admin.sessions_end_all")}
    </Button>
  );
  return (
    <Dialog title={t("admin.sessions", { name: user.display_name })} size="small" footer={footer || undefined} onClose={onClose}>
      {error !== null ? (
        <ErrorState error={error} retry={load} />
      ) : value === null ? (
        <Skeleton rows={2} />
      ) : value.length === 0 ? (
        <p class="admin-text">{t("admin.sessions_none")}</p>
      ) : (
        <ul class="admin-rows">
          {value.map((session) => (
            <li class="admin-row" key={session.id}>
              <span class="admin-words">
                <span class="admin-name">{session.device}</span>
                <time class="admin-more">{ago(session.last_used_at)}</time>
              </span>
              <Button small aria-label={t("settings.end_session_of", { device: session.device })} onClick={() => end(session.id)}>
                {t("settings.end_session")}
              </Button>
            </li>
          ))}
        </ul>
      )}
    </Dialog>
  );
}
