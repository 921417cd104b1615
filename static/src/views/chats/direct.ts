// To the chat with somebody, or to the notebook; it is made when there is none, with a connection.

import { useAccount, useModel } from "../hooks/context.ts";
import { useFailure } from "../common/index.ts";

/** Resolves to whether one is there. */
export function useDirect(): (user_id: number) => Promise<boolean> {
  const { writing } = useAccount();
  const { router } = useModel();
  const fail = useFailure();
  return async (user_id) => {
    try {
      router.go({ name: "chat", chat_id: await writing.direct(user_id) });
      return true;
    } catch (error) {
      fail(error);
      return false;
    }
  };
}
