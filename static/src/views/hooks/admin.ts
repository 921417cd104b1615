import { type Admin, adminOf } from "../../models/admin.ts";
import { useAccount } from "./context.ts";

/** What administrators do; not in the first load. */
export function useAdmin(): Admin {
  return adminOf(useAccount().http);
}
