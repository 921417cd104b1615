import assert from "node:assert/strict";
import { globSync, readFileSync } from "node:fs";
import { test } from "node:test";
import { type Key, LOCALES, Words } from "./locale.ts";

process.env["TZ"] = "UTC";
const NOW = Date.parse("2026-11-21T12:00:00Z");

function part(name: string): Record<string, string> {
  const path = new URL(`../locales/${name}.json`, import.meta.url);
  return JSON.parse(readFileSync(path, "utf8")) as Record<string, string>;
}

/** What is there at first, and what comes with a screen. */
function catalog(locale: string): Record<string, string> {
  return { ...part(locale), ...part(`admin/${locale}`) };
}

async function words(locale: string): Promise<Words> {
  const made = new Words(
    async (name) => catalog(name),
    () => NOW,
  );
  await made.choose(locale);
  return made;
}

const stems = (locale: string): Set<string> =>
  new Set(Object.keys(catalog(locale)).map((key) => key.split("#")[0] ?? key));

test("every language has every key", () => {
  const all = new Set(LOCALES.flatMap((locale) => [...stems(locale)]));
  for (const locale of LOCALES) {
    const own = stems(locale);
    assert.deepEqual(
      [...all].filter((key) => !own.has(key)),
      [],
      locale,
    );
  }
});

test("every language has all its plural forms, and no others", () => {
  for (const locale of LOCALES) {
    const forms = new Intl.PluralRules(locale).resolvedOptions().pluralCategories.toSorted();
    const plurals = Map.groupBy(
      Object.keys(catalog(locale)).filter((key) => key.includes("#")),
      (key) => key.split("#")[0],
    );
    for (const [stem, keys] of plurals) {
      const found = keys.map((key) => key.split("#")[1]).toSorted();
      assert.deepEqual(found, forms, `${locale}: ${stem}`);
    }
  }
});

test("the same names are filled in in every language", () => {
  const names = (text = ""): string[] =>
    [...text.matchAll(/\{(\w+)\}/g)].map(([, name]) => name ?? "").sort();
  const [ru, en] = [catalog("ru"), catalog("en")];
  for (const key of Object.keys(en)) {
    assert.deepEqual([...new Set(names(ru[key]))], [...new Set(names(en[key]))], key);
  }
});

test("what only a mouse can do is said to no finger", () => {
  const byMouse = /\bdrag|\bpoint at|\bhover|перетащ|наведите на /i;
  for (const locale of LOCALES) {
    const said = catalog(locale);
    const alone = Object.entries(said).filter(
      ([key, text]) =>
        byMouse.test(text) && said[`${key}_touch`] === undefined && !/phone|телефон/i.test(text),
    );
    assert.deepEqual(alone, [], locale);
  }
});

test("what comes with a screen is said by nobody else", () => {
  const views = new URL("../", import.meta.url).pathname;
  const others = globSync("**/*.{ts,tsx}", { cwd: views })
    .filter((file) => !/views.admin|\.test\.ts$/.test(file))
    .map((file) => readFileSync(views + file, "utf8"))
    .join("");
  const stray = Object.keys(part("admin/en")).filter((key) => others.includes(`"${key.split("#")[0] ?? key}"`));
  assert.deepEqual(stray, []);
});

test("words that come with a screen are there in each language that is chosen", async () => {
  const made = new Words(
    async (name) => part(name),
    () => NOW,
  );
  await made.choose("en");
  assert.equal(made.t("admin.add"), "admin.add");
  await made.also(async (name) => part(`admin/${name}`));
  assert.equal(made.t("admin.add"), part("admin/en")["admin.add"]);
  await made.choose("ru");
  assert.equal(made.t("admin.add"), part("admin/ru")["admin.add"]);
  assert.equal(made.t("admin.title"), part("ru")["admin.title"]);
});

test("a number takes its plural form", async () => {
  const { t } = await words("ru");
  const said = [1, 2, 5, 21, 111].map((count) => t("chats.unread", { count }));
  assert.deepEqual(said, [
    "1 непрочитанное сообщение",
    "2 непрочитанных сообщения",
    "5 непрочитанных сообщений",
    "21 непрочитанное сообщение",
    "111 непрочитанных сообщений",
  ]);
});

test("a missing key shows itself", async () => {
  assert.equal((await words("en")).t("no.such" as Key), "no.such");
});

test("times are near ones by name, far ones by date, by 24 hours", async () => {
  const ru = await words("ru");
  assert.equal(ru.moment("2026-11-20T18:40:00Z"), "вчера, 18:40");
  assert.equal(ru.moment("2026-11-21T00:05:00Z"), "сегодня, 00:05");
  assert.equal(ru.day("2026-11-17T10:00:00Z"), "вторник");
  assert.equal(ru.day("2026-03-08T10:00:00Z"), "8 марта");
  const en = await words("en");
  assert.equal(en.time("2026-11-21T18:40:00Z"), "18:40");
  assert.equal(en.ago("2026-11-21T11:55:00Z"), "5 minutes ago");
  assert.equal(ru.ago("2026-11-21T11:59:50Z"), "только что");
  assert.equal(ru.ago("2026-11-21T11:51:00Z"), "9 минут назад");
  assert.equal(en.due({ date: "2026-11-22" }), "tomorrow");
});

test("the first language there is, is taken", async () => {
  const made = await words("en");
  await made.choose("de-DE", "ru-RU", "en");
  assert.equal(made.locale.value, "ru");
});

test("a name keeps to itself within a sentence: from the right, or with quotes of its own", async () => {
  const { t } = await words("en");
  assert.equal(t("chat.leave_ask", { title: "The “Oak” yard" }), "Leave “The ‘Oak’ yard”?");
  assert.equal(t("chat.typing_one", { name: "דנה" }), "\u2068דנה\u2069 is typing…");
  assert.equal(t("chat.typing_one", { name: "Dana" }), "Dana is typing…");
});
