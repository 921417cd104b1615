// Who has begun with the first steps goes on with them, here or on another device.

import type { Router } from "../lib/router.ts";
import type { Account } from "../models/account.ts";
import { adminOf } from "../models/admin.ts";
import { stageOf } from "../views/hooks/beginning.ts";

export async function resume({ people, http, user_id }: Account, router: Router): Promise<void> {
  const go = (): void => {
    if (router.place.peek().name === "chats") router.go({ name: "welcome" }, { replace: true });
  };
  const stage = stageOf(user_id).peek();
  if (stage === "steps") return go();
  if (stage !== null || people.me.peek().role !== "admin") return;
  // Without a connection, or a right to ask: the next start.
  const held = await adminOf(http).organisation().catch(() => null);
  if (held !== null && held.setup !== null && held.setup !== "done") go();
}
