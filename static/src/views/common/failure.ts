// What to say when something was refused: the reason, and the request's id to copy for who looks into it.

import { useWords } from "../hooks/context.ts";
import { reason } from "../../lib/reasons.ts";
import { ApiError } from "../../lib/errors.ts";
import { useLayers } from "./layers.ts";

export function useFailure(): (error: unknown) => void {
  const { toast } = useLayers();
  const words = useWords();
  return (error) => {
    const request = error instanceof ApiError ? error.requestId : null;
    toast({ text: reason(error, words), kind: "error", ...(request !== null && { request }) });
  };
}
