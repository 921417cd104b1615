import assert from "node:assert/strict";
import { test } from "node:test";
import { browserOf, isApple } from "./push.ts";

const CHROME = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/150.0 Safari/537.36";
const SAFARI = "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.4 Safari/605.1.15";

test("each browser is told where it keeps what a site may do", () => {
  const of = (userAgent: string, maxTouchPoints = 0) => browserOf({ userAgent, maxTouchPoints });
  assert.equal(of(CHROME), "chrome");
  assert.equal(of(`${CHROME} Edg/150.0`), "edge");
  assert.equal(of("Mozilla/5.0 (Android 15; Mobile; rv:150.0) Gecko/150.0 Firefox/150.0"), "firefox");
  assert.equal(of(CHROME.replace("X11; Linux x86_64", "Linux; Android 15; Pixel 9"), 5), "android");
  assert.equal(of(SAFARI), "safari");
  assert.equal(of(SAFARI, 5), "ios");
  assert.equal(of("Mozilla/5.0 (iPhone; CPU iPhone OS 18_4 like Mac OS X) Version/18.4 Safari/604.1", 5), "ios");
});

test("an iPad that says it is a Mac has fingers", () => {
  assert.equal(isApple({ userAgent: SAFARI, maxTouchPoints: 5 }), true);
  assert.equal(isApple({ userAgent: SAFARI, maxTouchPoints: 0 }), false);
});
