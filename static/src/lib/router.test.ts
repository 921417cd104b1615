import assert from "node:assert/strict";
import { test } from "node:test";
import { type Frame, hrefOf, type Place, placeOf, Router } from "./router.ts";

const ORIGIN = "https://chat.example";

const PLACES: [string, Place][] = [
  ["/", { name: "chats" }],
  ["/chat/17", { name: "chat", chat_id: 17 }],
  ["/chat/17/341", { name: "chat", chat_id: 17, seq: 341 }],
  [
    "/board/17?mine=1&label=oak",
    { name: "board", chat_id: 17, filters: { mine: "1", label: "oak" } },
  ],
  ["/task/123", { name: "task", task_id: 123 }],
  ["/task/-9", { name: "task", task_id: -9 }],
  ["/tasks", { name: "tasks", filters: {} }],
  ["/tasks?due=today", { name: "tasks", filters: { due: "today" } }],
  ["/chat/17/341?find=oak", { name: "chat", chat_id: 17, seq: 341, find: "oak" }],
  ["/people", { name: "people" }],
  ["/people/5", { name: "person", user_id: 5 }],
  ["/search?q=%D0%B4%D1%83%D0%B1", { name: "search", q: "дуб" }],
  ["/search?q=oak&kind=task", { name: "search", q: "oak", kind: "task" }],
  ["/settings", { name: "settings" }],
  ["/settings/keys", { name: "settings", section: "keys" }],
  ["/admin/people", { name: "admin", section: "people" }],
  ["/sign-in", { name: "sign-in" }],
  ["/register", { name: "register" }],
  ["/#/invite/abc", { name: "invite", code: "abc" }],
];

test("an address is a place and a place an address", () => {
  for (const [href, place] of PLACES) {
    assert.deepEqual(placeOf(new URL(href, ORIGIN)), place, href);
    assert.equal(hrefOf(place), href);
  }
});

test("an address that means nothing is missing", () => {
  for (const href of ["/chat", "/chat/x", "/chat/0", "/nowhere", "/task/1.5"]) {
    assert.deepEqual(placeOf(new URL(href, ORIGIN)), { name: "missing" }, href);
  }
});

test("what a chat has of files has an address for each kind", () => {
  const place = { name: "files", chat_id: 17, tab: "links" } as const;
  assert.equal(hrefOf(place), "/chat/17/links");
  assert.deepEqual(placeOf(new URL("/chat/17/links", ORIGIN)), place);
  assert.deepEqual(placeOf(new URL("/chat/17/other", ORIGIN)), { name: "chat", chat_id: 17 });
});

test("an invitation is also read from the path", () => {
  assert.deepEqual(placeOf(new URL("/invite/abc", ORIGIN)), { name: "invite", code: "abc" });
});

function frameAt(href: string) {
  const entries: { url: string; state: unknown }[] = [{ url: ORIGIN + href, state: null }];
  let popped = (): void => {};
  const frame: Frame = {
    location: {
      get href() {
        return entries.at(-1)?.url ?? "";
      },
      origin: ORIGIN,
    },
    history: {
      pushState: (state, _unused, url) => void entries.push({ url: ORIGIN + url, state }),
      replaceState: (state, _unused, url) =>
        void entries.splice(-1, 1, { url: ORIGIN + url, state }),
      back: () => {
        entries.pop();
        popped();
      },
      get length() {
        return entries.length;
      },
      get state() {
        return entries.at(-1)?.state;
      },
    },
    addEventListener: (_type, listener) => {
      popped = listener;
    },
  };
  return { frame, entries };
}

test("going somewhere changes address and place; back leads back", () => {
  const { frame } = frameAt("/");
  const router = new Router(frame);
  router.go({ name: "chat", chat_id: 17 });
  assert.equal(frame.location.href, `${ORIGIN}/chat/17`);
  router.back();
  assert.deepEqual(router.place.value, { name: "chats" });
});

test("back from a step that has the same address leaves the place the one it was", () => {
  const { frame } = frameAt("/chat/17");
  const router = new Router(frame);
  const place = router.place.value;
  frame.history.pushState({ inside: true }, "", "/chat/17");
  router.back();
  assert.equal(router.place.value, place);
});

/** What covers a place: steps say so, and `open` how many of them are there. */
function covered(href: string) {
  const { frame, entries } = frameAt("/");
  const open = new Set<number>();
  const router = new Router(frame, (state) => {
    const { over, left } = (state ?? {}) as { over?: number; left?: boolean };
    return left === true || (over !== undefined && !open.has(over));
  });
  router.follow(href);
  return { router, open, entries, at: () => frame.location.href.slice(ORIGIN.length) };
}

test("back passes over what covered a chat when one went on to another", () => {
  const { router, open, at, entries } = covered("/chat/17");
  for (const over of [1, 2]) {
    open.add(over);
    router.cover({ over });
  }
  router.go({ name: "chat", chat_id: 18 });
  open.clear();
  router.back();
  assert.deepEqual([at(), entries.length], ["/chat/17", 2]);
  router.back();
  assert.equal(at(), "/");
});

test("back leaves a chat at once when what covered it was closed in another way", () => {
  const { router, open, at } = covered("/chat/17");
  open.add(1);
  router.cover({ over: 1 });
  router.cover({ left: true }, { replace: true });
  router.back();
  assert.equal(at(), "/");
});

test("back closes what covers a chat, and no more", () => {
  const { router, open, at, entries } = covered("/chat/17");
  open.add(1);
  router.cover({ over: 1 });
  router.back();
  assert.deepEqual([at(), entries.length], ["/chat/17", 2]);
});

test("back from a message of a chat passes over the chat as it was before", () => {
  const { router, open, at } = covered("/chat/17");
  open.add(1);
  router.cover({ over: 1 });
  router.go({ name: "chat", chat_id: 17, seq: 5 }, { replace: true });
  open.clear();
  router.go({ name: "task", task_id: 3 });
  router.back();
  assert.equal(at(), "/chat/17/5");
  router.back();
  assert.equal(at(), "/");
});

test("back is never led out of the app", () => {
  const { frame, entries } = frameAt("/chat/17");
  const router = new Router(frame, () => true);
  router.cover({ left: true });
  router.back();
  assert.equal(entries.length, 1);
});

test("going where one is adds nothing to the way back", () => {
  const { frame, entries } = frameAt("/chat/17");
  new Router(frame).go({ name: "chat", chat_id: 17 });
  assert.equal(entries.length, 1);
});

test("back from a place one came to from outside stays inside", () => {
  const { frame, entries } = frameAt("/chat/17");
  const router = new Router(frame);
  router.back();
  assert.deepEqual(router.place.value, { name: "chats" });
  assert.equal(entries.length, 1);
});

test("only links to places of one's own are followed", () => {
  const { frame } = frameAt("/");
  const router = new Router(frame);
  assert.equal(router.follow("https://other.example/chat/17"), false);
  assert.equal(router.follow("/docs"), false);
  assert.equal(router.follow("/chat/17"), true);
});

test("back is to the very place one came from, where the browser can be told", () => {
  const { frame } = frameAt("/");
  const asked: string[] = [];
  frame.navigation = {
    entries: () => [{ key: "first" }, { key: "second" }],
    currentEntry: { index: 1 },
    traverseTo: (key) => {
      asked.push(key);
      return {};
    },
  };
  const router = new Router(frame);
  router.go({ name: "chat", chat_id: 17 });
  router.back();
  assert.deepEqual(asked, ["first"]);
});
