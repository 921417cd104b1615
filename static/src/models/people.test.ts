import assert from "node:assert/strict";
import { test } from "node:test";
import { computed, signal } from "@preact/signals-core";
import type { Http } from "../lib/http.ts";
import type { Change } from "./changes.ts";
import type { Outbox } from "./outbox.ts";
import { People } from "./people.ts";
import type { Replica } from "./replica.ts";
import type { Me, User } from "./types.ts";

const [ALICE, BOB, CAROL] = [1, 2, 3];

function known() {
  let hear = (_changes: Change[]): void => {};
  const replica = { changes: { hear: (told: typeof hear) => (hear = told) } } as unknown as Replica;
  const outbox = { items: signal([]) } as unknown as Outbox;
  const people = new People(replica, {} as Http, outbox, { id: ALICE } as Me);
  const call = (id: number, display_name: string): void => {
    const user = { id, display_name, username: `user${id}`, disabled_at: null } as User;
    hear([{ kind: "user", user } as Change]);
  };
  return { people, call };
}

test("two who have the same name are told apart by their user names, as long as they have it", () => {
  const { people, call } = known();
  call(BOB, "Alex  Kim");
  assert.equal(people.name(BOB), "Alex  Kim");
  call(CAROL, "alex kim");
  assert.deepEqual([people.name(BOB), people.name(CAROL)], ["Alex  Kim (@user2)", "alex kim (@user3)"]);
  assert.equal(people.initials(people.of(BOB).value ?? assert.fail()), "AK");
  call(CAROL, "Carol");
  assert.deepEqual([people.name(BOB), people.name(CAROL)], ["Alex  Kim", "Carol"]);
});

test("what does not concern somebody's name shows it anew to nobody", () => {
  const { people, call } = known();
  call(BOB, "Bob");
  let shown = 0;
  const name = computed(() => (shown++, people.name(BOB)));
  name.subscribe(() => {});
  call(CAROL, "Carol");
  assert.equal(shown, 1);
});
