// The screen of a place, which it can ask for by `usePlace`.

import type { Place } from "../lib/router.ts";
import { lazy } from "../views/common/lazy.tsx";
import { PlaceContext } from "../views/hooks/place.ts";
import { screenOf } from "./screens.ts";

const Missing = lazy(async () => ({ default: (await import("../views/common/missing.tsx")).Missing }));

export function Screen({ place }: { place: Place }) {
  const Found = screenOf(place.name);
  return (
    <PlaceContext.Provider value={place}>{Found === null ? <Missing /> : <Found />}</PlaceContext.Provider>
  );
}
