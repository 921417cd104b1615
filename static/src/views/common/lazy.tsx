// A component that is fetched when it is first shown; a skeleton only when that takes a moment.

import { type ComponentType, createElement } from "preact";
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import { composing } from "../../lib/keys.ts";
import { useWords } from "../hooks/context.ts";
import { fetchLater } from "../../lib/idle.ts";
import { fetchStylesAnew } from "./styles.ts";

type Load<P> = () => Promise<{ default: ComponentType<P> }>;

const SKELETON_AFTER_MS = 150;

/**
 * `quiet`: what is missed by nobody until it is there comes later, without a skeleton or a word.
 * `meanwhile`: what stands in its place until it is there.
 */
export function lazy<P extends object>(load: Load<P>, quiet = false, meanwhile?: ComponentType<P>): ComponentType<P> {
  let loaded: ComponentType<P> | null = null;
  return function Lazy(props: P) {
    const [found, setFound] = useState<{ made: ComponentType<P> } | null>(
      loaded && { made: loaded },
    );
    const [late, setLate] = useState(false);
    const [failed, setFailed] = useState(false);
    const again = useRef(false);
    useEffect(() => {
      if (found !== null || failed) return;
      if (quiet) {
        return fetchLater(load, (module) => {
          loaded = module.default;
          setFound({ made: module.default });
        });
      }
      const timer = setTimeout(() => setLate(true), SKELETON_AFTER_MS);
      load().then(
        (module) => {
          loaded = module.default;
          setFound({ made: module.default });
        },
        () => {
          setFailed(true);
          if (again.current) void reloadIfReachable();
          again.current = true;
        },
      );
      return () => clearTimeout(timer);
    }, [found, failed]);
    useGivingUp(found === null ? props : {});
    if (found !== null) return createElement(found.made, props);
    if (quiet) return null;
    if (failed) return <LoadFailed again={() => setFailed(false)} />;
    if (meanwhile) return createElement(meanwhile, props);
    return late ? <div class="screen-loading" aria-busy="true" /> : null;
  };
}

/**
 * A browser may remember for as long as the page lives that a script could not be fetched, and not ask for
 * it again (HTML, "fetch a single module script": its module map). What was typed is kept on the device.
 */
async function reloadIfReachable(): Promise<void> {
  const answer = await fetch("/", { cache: "no-store" }).catch(() => null);
  if (answer?.ok) location.reload();
}

/** What Esc closes is given up by Esc while it is still on its way. */
function useGivingUp({ onClose }: { onClose?: () => void }): void {
  useLayoutEffect(() => {
    if (onClose === undefined) return;
    const heard = (event: KeyboardEvent): void => {
      if (event.key !== "Escape" || composing(event)) return;
      event.preventDefault();
      event.stopPropagation();
      onClose();
    };
    addEventListener("keydown", heard, true);
    return () => removeEventListener("keydown", heard, true);
  });
}

function LoadFailed({ again }: { again: () => void }) {
  const { t } = useWords();
  useEffect(() => {
    addEventListener("online", again);
    return () => removeEventListener("online", again);
  });
  const retry = (): void => {
    fetchStylesAnew();
    again();
  };
  return (
    <div class="screen-failed" role="alert">
      <p>{t("app.screen_failed")}</p>
      <button type="button" class="button" onClick={retry}>
        {t("app.retry")}
      </button>
    </div>
  );
}
