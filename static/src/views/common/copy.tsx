// A button that copies something and says that it did.

import { useEffect, useState } from "preact/hooks";
import { useWords } from "../hooks/context.ts";
import { Button, type ButtonProps } from "./button.tsx";
import { useLayers } from "./layers.ts";

const SAID_MS = 2000;

export function CopyButton({ text, children, ...rest }: Omit<ButtonProps, "onClick" | "icon"> & { text: string }) {
  const { t } = useWords();
  const { toast } = useLayers();
  const [copied, setCopied] = useState(false);
  useEffect(() => {
    if (!copied) return;
    const timer = setTimeout(() => setCopied(false), SAID_MS);
    return () => clearTimeout(timer);
  }, [copied]);
  const copy = async (): Promise<void> => {
    try {
      await navigator.clipboard.writeText(text);
      setCopied(true);
    } catch {
      // Without https there is no clipboard.
      toast({ text: t("app.copy_failed"), kind: "error" });
    }
  };
  return (
    <Button {...rest} icon={copied ? "check" : "copy"} onClick={() => void copy()}>
      {copied ? <span role="status">{t("app.copied")}</span> : (children ?? t("app.copy"))}
    </Button>
  );
}
