// The shell's own pages, of plain elements: which of them it is, the main process says.

import type { ShellPage } from "../preload/page.ts";
import type { Row } from "../main/diagnostics.ts";

declare global {
  interface Window {
    shellPage: ShellPage;
  }
}

interface Begun {
  kind: "connect" | "diagnose" | "find" | "login" | "certificate";
  data: { address?: string; host?: string; realm?: string; again?: boolean; offered?: string[] };
  locale: string;
  words: Record<string, string>;
  servers: { id: string; name: string; address: string }[];
  locked: boolean;
  proxy: string;
}

type Tried = { address: string; name: string } | { problem: string; detail: string };

const { ask } = window.shellPage;
let begun: Begun;

function t(key: string, values: Record<string, string> = {}): string {
  return (begun.words[`desktop.${key}`] ?? key).replace(/\{(\w+)\}/g, (whole, name: string) => values[name] ?? whole);
}

type Content = Node | string;

function make<K extends keyof HTMLElementTagNameMap>(name: K, given: Partial<HTMLElementTagNameMap[K]> = {}, ...content: Content[]): HTMLElementTagNameMap[K] {
  const element = Object.assign(document.createElement(name), given);
  element.append(...content);
  return element;
}

function button(label: string, run: () => void, main = false): HTMLButtonElement {
  return make("button", { type: "button", className: main ? "main" : "", onclick: run }, label);
}

function field(label: string, id: string, given: Partial<HTMLInputElement> = {}): [HTMLLabelElement, HTMLInputElement] {
  return [make("label", { htmlFor: id }, label), make("input", { id, spellcheck: false, ...given })];
}

function form(submit: () => void, ...content: Content[]): HTMLFormElement {
  const made = make("form", {}, ...content);
  made.onsubmit = (event) => {
    event.preventDefault();
    submit();
  };
  return made;
}

const PAGES: Record<Begun["kind"], () => void> = { connect, diagnose, find, login, certificate };

function connect(): void {
  const [label, address] = field(t("address"), "address", { value: begun.data.address ?? "", autocomplete: "off", inputMode: "url", placeholder: "chat.example.org", required: true });
  const said = make("p", { className: "said", role: "status", hidden: true });
  const submit = make("button", { className: "main" }, t("connect"));
  const say = (text: string, kind: string): void => {
    Object.assign(said, { hidden: false, textContent: text, className: `said ${kind}` });
  };
  const tried = (answer: Tried): boolean => {
    if ("problem" in answer) say([t(`problem_${answer.problem}`), answer.detail && `(${answer.detail})`].filter(Boolean).join(" "), "bad");
    else say(answer.name === "" ? t("found_unnamed") : t("found", { name: answer.name }), "good");
    return !("problem" in answer);
  };
  const run = async (channel: "page:try" | "page:add"): Promise<void> => {
    submit.disabled = true;
    say(t("running"), "");
    try {
      tried((await ask(channel, { address: address.value })) as Tried);
    } finally {
      submit.disabled = false;
    }
  };
  const check = button(t("check"), () => void run("page:try"));
  document.body.append(
    make("h1", {}, t("connect_title")),
    make("p", {}, t("connect_text")),
    form(() => void run("page:add"), label, address, make("div", { className: "row" }, submit, check)),
    said,
    ...known(),
    ...proxy(),
  );
  address.focus();
}

function known(): Node[] {
  if (begun.servers.length === 0) return [];
  const lines = begun.servers.map(({ id, name, address }) => {
    const line = make("li", { className: "row" });
    const remove = button(t("remove"), () => {
      if (remove.dataset["sure"] !== "yes") {
        remove.dataset["sure"] = "yes";
        remove.textContent = t("remove_sure");
        return;
      }
      void ask("page:remove", { id }).then(() => line.remove());
    });
    line.append(make("div", { className: "wide" }, name, make("div", { className: "quiet" }, address)), button(t("open"), () => void ask("page:show", { id })), remove);
    return line;
  });
  return [make("h2", {}, t("servers")), make("ul", {}, ...lines)];
}

function proxy(): Node[] {
  const [label, rules] = field(t("proxy"), "proxy", { value: begun.proxy, autocomplete: "off" });
  const save = make("button", {}, t("save"));
  rules.className = "wide";
  const made = form(
    () => void ask("page:proxy", { rules: rules.value }).then(() => (save.textContent = t("saved_short"))),
    label,
    make("div", { className: "row" }, rules, save),
    make("p", {}, t("proxy_hint")),
  );
  return [made];
}

function diagnose(): void {
  const table = make("table");
  const again = button(t("again"), () => void run(), true);
  const copy = button(t("copy"), () => void ask("page:copy", { text }).then(() => (copy.textContent = t("copied"))));
  let text = "";
  const run = async (): Promise<void> => {
    again.disabled = true;
    again.textContent = t("running");
    const found = (await ask("page:diagnose")) as { rows: Row[]; text: string };
    text = found.text;
    table.replaceChildren(...found.rows.map(lineOf));
    again.disabled = false;
    again.textContent = t("again");
    copy.textContent = t("copy");
  };
  document.body.append(make("h1", {}, t("page_diagnose")), table, make("div", { className: "row" }, again, copy));
  void run();
}

function lineOf({ title, result, detail, hint }: Row): HTMLTableRowElement {
  const sign = { well: "good", ill: "bad", skipped: "quiet" }[result];
  const more = [detail, hint].filter((part) => part !== "").map((part) => make("div", { className: "quiet" }, part));
  return make("tr", {}, make("td", {}, title), make("td", { className: sign }, t(`result_${result}`), ...more));
}

function find(): void {
  document.body.className = "find";
  const text = make("input", { placeholder: t("find_what"), ariaLabel: t("find_what") });
  let before = "";
  const look = (forward: boolean): void => {
    void ask("page:find", { text: text.value, forward, next: text.value === before });
    before = text.value;
  };
  text.oninput = () => look(true);
  text.onkeydown = ({ key, shiftKey }) => {
    if (key === "Enter") look(!shiftKey);
  };
  const small = (label: string, sign: string, run: () => void): HTMLButtonElement => Object.assign(button(sign, run), { title: label, ariaLabel: label });
  document.body.append(
    text,
    small(t("previous"), "↑", () => look(false)),
    small(t("next"), "↓", () => look(true)),
    small(t("close"), "×", () => void ask("page:close")),
  );
  text.focus();
}

function login(): void {
  const { host = "", realm = "", again } = begun.data;
  const [nameLabel, name] = field(t("user"), "name", { autocomplete: "username", required: true });
  const [wordLabel, word] = field(t("password"), "password", { type: "password", autocomplete: "current-password" });
  document.body.append(
    make("h1", {}, t("login_title")),
    make("p", {}, t("login_text", { host, realm })),
    ...(again ? [make("p", { className: "said bad", role: "alert" }, t("login_again"))] : []),
    form(
      () => void ask("page:answer", { name: name.value, password: word.value }),
      nameLabel,
      name,
      wordLabel,
      word,
      make("div", { className: "row" }, make("button", { className: "main" }, t("sign_in")), button(t("cancel"), () => void ask("page:close"))),
    ),
  );
  name.focus();
}

function certificate(): void {
  const { host = "", offered = [] } = begun.data;
  document.body.append(
    make("h1", {}, t("certificate_title")),
    make("p", {}, t("certificate_text", { host })),
    make("ul", {}, ...offered.map((title, index) => make("li", {}, button(title, () => void ask("page:choose", { index }))))),
    button(t("cancel"), () => void ask("page:close")),
  );
}

async function begin(): Promise<void> {
  begun = (await ask("page:begin")) as Begun;
  document.documentElement.lang = begun.locale;
  document.title = t(`page_${begun.kind}`);
  document.body.addEventListener("keydown", ({ key }) => {
    if (key === "Escape") void ask("page:close");
  });
  PAGES[begun.kind]();
}

void begin();
