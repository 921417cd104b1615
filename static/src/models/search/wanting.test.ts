import assert from "node:assert/strict";
import { test } from "node:test";
import { namedHits } from "./named.ts";
import { wantedOf } from "./wanting.ts";

const NOW = new Date(2026, 10, 18, 12);
const people = [
  { id: 1, username: "alice", display_name: "Алиса Смирнова" },
  { id: 2, username: "anna", display_name: "Анна Петрова" },
] as never;
const chats = [
  { id: 17, title: "Новый сайт", chat: { title: "Новый сайт" }, other: null },
  { id: 18, title: "Анна Петрова", chat: { title: "" }, other: { id: 2 } },
] as never;
const known = { people, chats, own: 1, now: NOW };

const ASKED: [q: string, found: object | null][] = [
  ["от:@anna", { from: [2] }],
  ["from:me", { from: [1] }],
  ["от:петр", { from: [2] }],
  ["-от:@anna", { not_from: [2] }],
  ["in:17", { chats: [17] }],
  ['в:"новый сайт"', { chats: [17] }],
  ["в:@anna", { chats: [18] }],
  ["есть:картинка -has:link", { has: ["image"], not_has: ["link"] }],
  ["это:мое is:открыта", { is: ["mine", "open"] }],
  ["вид:файл", { kind: "file" }],
  ["срок:нет", { due: "none" }],
  ["срок:сегодня", { due: { from: "2026-11-18", to: "2026-11-19" } }],
  ["before:вчера", { until: new Date(2026, 10, 17).getTime() }],
  ["за:2026-11-10", { since: new Date(2026, 10, 10).getTime(), until: new Date(2026, 10, 11).getTime() }],
  ["от:никто", null],
  ["has:nothing", null],
  ["after:когда-нибудь", null],
];

for (const [q, expected] of ASKED) {
  test(`${q} asks the device for ${JSON.stringify(expected)}`, () => {
    const wanted = wantedOf(q, null, known) as unknown as Record<string, unknown> | null;
    const some = wanted && expected && Object.fromEntries(Object.keys(expected).map((name) => [name, wanted[name]]));
    assert.deepEqual(some, expected);
  });
}

const NAMED: [q: string, keys: string[]][] = [
  ["анн", ["person:2"]],
  ["anna", ["person:2"]],
  ["новые сайты", ["chat:17"]],
  ["вид:чат сайт", ["chat:17"]],
  ["вид:чат анна", []],
  ["от:@anna сайт", []],
  ["вид:файл сайт", []],
];

for (const [q, keys] of NAMED) {
  test(`${q} finds by name ${keys.join()}`, () => {
    const wanted = wantedOf(q, null, known);
    assert.deepEqual(wanted && namedHits(wanted, known).map(({ key }) => key), keys);
  });
}
