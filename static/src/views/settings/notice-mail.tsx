// What comes by mail, where the server sends any: what one missed, and one's tasks of the week.

import { useAccount, useModel, useWords } from "../hooks/context.ts";
import { notificationsOf } from "../../models/notifications.ts";
import type { NotifySettings } from "../../models/types.ts";
import { Select, Switch } from "../common/field.tsx";
import { Part } from "./part.tsx";

const DIGESTS = ["off", "1h", "8h", "daily"] as const satisfies NotifySettings["mail_digest"][];

export function NoticeMail() {
  const { session } = useModel();
  const account = useAccount();
  const { t } = useWords();
  if (!session.settings.mail) return null;
  const me = account.people.me.value;
  const notifications = notificationsOf(account);
  const { mail_digest = "off", mail_weekly = false } = notifications.chosen.value;
  return (
    <Part title={t("notices.mail")}>
      {me.email_verified_at ? (
        <p class="settings-text">{t("notices.mail_text", { email: me.email ?? "" })}</p>
      ) : (
        <p class="settings-text">
          {t(me.email ? "notices.mail_unproved" : "notices.mail_none")}{" "}
          <a href="/settings/profile">{t("settings.profile")}</a>
        </p>
      )}
      <Select
        label={t("notices.digest")}
        hint={t("notices.digest_hint")}
        value={mail_digest}
        options={DIGESTS.map((value) => ({ value, label: t(`notices.digest_${value}`) }))}
        disabled={!me.email_verified_at}
        onChange={(chosen) => notifications.set({ mail_digest: chosen })}
      />
      <Switch
        label={t("notices.weekly")}
        hint={t("notices.weekly_hint")}
        checked={mail_weekly}
        disabled={!me.email_verified_at}
        onChange={(on) => notifications.set({ mail_weekly: on })}
      />
    </Part>
  );
}
