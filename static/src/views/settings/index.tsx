// Settings: the account and this device. On a phone each section is a place of its own.

import "./settings.css";
import "../common/more-icons.ts";
import type { ComponentType } from "preact";
import { useEffect } from "preact/hooks";
import { useAccount, useModel, useWords } from "../hooks/context.ts";
import { usePlace } from "../hooks/place.ts";
import { useBreakpoint } from "../hooks/breakpoint.ts";
import type { Key } from "../../lib/locale.ts";
import { Avatar } from "../common/avatar.tsx";
import { BackButton } from "../common/back.tsx";
import { Icon, type IconName } from "../common/icon.tsx";
import { Devices } from "./devices.tsx";
import { Leave } from "./leave.tsx";
import { Look } from "./look.tsx";
import { Notices } from "./notices.tsx";
import { TakeAlong } from "./own-export.tsx";
import { Password } from "./password.tsx";
import { Profile } from "./profile.tsx";
import { Writing } from "./writing.tsx";

interface Section {
  name: string;
  title: Key;
  icon: IconName;
  shown: ComponentType;
}

const SECTIONS: Section[] = [
  { name: "profile", title: "settings.profile", icon: "person", shown: Profile },
  { name: "look", title: "settings.look", icon: "palette", shown: Look },
  { name: "writing", title: "settings.writing", icon: "keyboard", shown: Writing },
  { name: "notices", title: "settings.notices", icon: "bell", shown: Notices },
  { name: "devices", title: "settings.devices", icon: "monitor", shown: Devices },
  { name: "password", title: "settings.password", icon: "key", shown: Password },
  { name: "export", title: "export.title", icon: "download", shown: TakeAlong },
  { name: "leave", title: "settings.leave", icon: "leave", shown: Leave },
];

export default function SettingsScreen() {
  const { router } = useModel();
  const { t } = useWords();
  const asked = usePlace("settings")?.section;
  const phone = useBreakpoint() === "phone";
  const found = SECTIONS.find(({ name }) => name === asked);
  const section = found ?? (phone ? undefined : SECTIONS[0]);
  // On a phone a section is a place with a way back and nothing else: one that is none would be a dead end.
  const astray = asked !== undefined && found === undefined;
  useEffect(() => {
    if (astray) router.go({ name: "settings" }, { replace: true });
  }, [astray, router]);
  const Shown = section?.shown;
  const Title = phone ? "h1" : "h2";
  return (
    <div class="settings">
      {!(phone && section) && <Sections chosen={section?.name} />}
      {section && Shown && (
        <section class="settings-section" aria-labelledby="settings-section">
          <header class="settings-head">
            {phone && <BackButton />}
            <Title class="settings-title" id="settings-section">
              {t(section.title)}
            </Title>
          </header>
          <div class="settings-body">
            <Shown />
          </div>
        </section>
      )}
    </div>
  );
}

function Sections({ chosen }: { chosen: string | undefined }) {
  const { router } = useModel();
  const { user_id, people } = useAccount();
  const { t } = useWords();
  const me = people.me.value;
  return (
    <nav class="settings-nav" aria-labelledby="settings-title">
      <h1 class="settings-title" id="settings-title">
        {t("settings.title")}
      </h1>
      <a class="settings-me" href={router.href({ name: "person", user_id })}>
        <Avatar user_id={user_id} size={48} />
        <span>
          <span class="settings-name" dir="auto">{me.display_name}</span>
          <span class="settings-username">@{me.username}</span>
        </span>
      </a>
      <ul class="settings-list">
        {SECTIONS.map(({ name, title, icon }) => (
          <li key={name}>
            <a
              class="settings-link"
              href={router.href({ name: "settings", section: name })}
              aria-current={name === chosen ? "page" : undefined}
            >
              <Icon name={icon} />
              {t(title)}
            </a>
          </li>
        ))}
        {me.role === "admin" && (
          <li>
            <a class="settings-link" href={router.href({ name: "admin" })}>
              <Icon name="shield" />
              {t("settings.admin")}
            </a>
          </li>
        )}
      </ul>
    </nav>
  );
}
