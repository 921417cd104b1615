// A new account made by an administrator; its one-time password is shown here and nowhere else.

import { useRef, useState } from "preact/hooks";
import { useAdmin } from "../hooks/admin.ts";
import { useModel, useWords } from "../hooks/context.ts";
import { useLocalDraft } from "../hooks/local-draft.ts";
import type { AddedUser } from "../../models/types.ts";
import type { Role } from "../../models/contract.ts";
import { Button } from "../common/button.tsx";
import { CopyButton } from "../common/copy.tsx";
import { Dialog } from "../common/dialog.tsx";
import { Field, Select } from "../common/field.tsx";
import { Refused } from "../common/states.tsx";
import { type Trouble, troubleOf } from "../entry/trouble.ts";
import { usernameFrom } from "../entry/username.ts";
import { site } from "../../lib/desktop.ts";

interface AddPersonProps {
  onAdded: () => void;
  onClose: () => void;
}

export function AddPerson({ onAdded, onClose }: AddPersonProps) {
  const [added, setAdded] = useState<AddedUser | null>(null);
  if (added !== null) return <Added added={added} onClose={onClose} />;
  const done = (made: AddedUser): void => {
    setAdded(made);
    onAdded();
  };
  return <Ask onDone={done} onClose={onClose} />;
}

function Ask({ onDone, onClose }: { onDone: (added: AddedUser) => void; onClose: () => void }) {
  const admin = useAdmin();
  const words = useWords();
  const { t } = words;
  const form = useRef<HTMLFormElement>(null);
  const draft = useLocalDraft("person");
  const kept = (draft.base ?? {}) as Partial<Record<"username" | "email", string>>;
  const [username, setUsername] = useState(kept.username ?? "");
  const [own, setOwn] = useState(draft.restored);
  const [role, setRole] = useState<Role>("user");
  const [trouble, setTrouble] = useState<Trouble | null>(null);
  const [busy, setBusy] = useState(false);
  const wrong = (field: string): string | undefined => (trouble?.field === field ? trouble.text : undefined);

  const keep = (): void => {
    if (form.current === null) return;
    const read = reader(form.current);
    draft.keep(read("display_name"), { username: read("username"), email: read("email") });
  };
  const add = async (event: SubmitEvent): Promise<void> => {
    event.preventDefault();
    if (form.current === null) return;
    const read = reader(form.current);
    const email = read("email");
    setBusy(true);
    setTrouble(null);
    try {
      const added = await admin.addUser({
        username: read("username"),
        display_name: read("display_name"),
        role,
        ...(email === "" ? {} : { email }),
      });
      draft.drop();
      onDone(added);
    } catch (error) {
      setTrouble(troubleOf(error, words));
      setBusy(false);
    }
  };
  return (
    <Dialog title={t("admin.add")} size="small" onClose={onClose}>
      {/* Heard here after the fields have: the username may follow from the name. */}
      <form class="admin-form" ref={form} onSubmit={(event) => void add(event)} onInput={() => queueMicrotask(keep)}>
        <p class="admin-text">{t("admin.add_text")}</p>
        <Field
          label={t("settings.name")}
          name="display_name"
          autocomplete="off"
          maxLength={64}
          error={wrong("display_name")}
          defaultValue={draft.text}
          onInput={(event) => own || setUsername(usernameFrom(event.currentTarget.value))}
          required
          autofocus
        />
        <Field
          label={t("entry.username")}
          name="username"
          autocomplete="off"
          autocapitalize="none"
          spellcheck={false}
          maxLength={32}
          error={wrong("username")}
          value={username}
          onInput={(event) => {
            setOwn(event.currentTarget.value !== "");
            setUsername(event.currentTarget.value);
          }}
          required
        />
        <Field
          label={t("admin.email_optional")}
          name="email"
          type="email"
          autocomplete="off"
          defaultValue={kept.email ?? ""}
          error={wrong("email")}
        />
        <Roles label={t("people.role")} value={role} onChange={setRole} />
        {draft.restored && <p class="field-hint">{t("app.restored")}</p>}
        {trouble?.field === null && <Refused error={trouble.error} text={trouble.text} />}
        <Button kind="main" type="submit" wide busy={busy}>
          {t("admin.add_submit")}
        </Button>
      </form>
    </Dialog>
  );
}

function reader(form: HTMLFormElement): (name: string) => string {
  const data = new FormData(form);
  return (name) => String(data.get(name) ?? "").trim();
}

export function Roles(props: { label: string; value: Role; onChange: (role: Role) => void }) {
  const { t } = useWords();
  const roles: Role[] = ["user", "guest", "admin"];
  return <Select {...props} options={roles.map((value) => ({ value, label: t(`people.role.${value}`) }))} />;
}

function Added({ added, onClose }: { added: AddedUser; onClose: () => void }) {
  const { t } = useWords();
  const { router } = useModel();
  const { user, password } = added;
  const both = `${site}${router.href({ name: "sign-in" })}\n${user.username}\n${password ?? ""}`;
  const footer = (
    <>
      <CopyButton text={both}>{t("admin.copy_both")}</CopyButton>
      <Button kind="main" onClick={onClose}>
        {t("app.done")}
      </Button>
    </>
  );
  return (
    <Dialog title={t("admin.added", { name: user.display_name })} size="small" footer={footer} onClose={onClose}>
      <p class="admin-text">{t("admin.password_once")}</p>
      <dl class="admin-secret">
        <dt>{t("entry.username")}</dt>
        <dd>{user.username}</dd>
        <dt>{t("entry.password")}</dt>
        <dd>{password}</dd>
      </dl>
    </Dialog>
  );
}
