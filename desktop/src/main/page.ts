// The client's page, made here of what was packed in: the same head that the server makes, and a policy
// that lets it talk to its own server and run its own scripts, and nothing else.

import type { Server } from "./servers.ts";
import { socketOrigin } from "./address.ts";

export interface Chunk {
  file: string;
  css?: string[];
  imports?: string[];
  assets?: string[];
}

export type Manifest = Record<string, Chunk>;

const ENTRY = "src/app/main.tsx";

export function policyFor(address: string): string {
  return [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self' data: blob:",
    "media-src 'self' blob:",
    "font-src 'self'",
    "worker-src 'self'",
    "manifest-src 'none'",
    `connect-src 'self' ${socketOrigin(address)}`,
    "object-src 'none'",
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
  ].join("; ");
}

/** Of the shell's own pages: they talk to nobody. */
export const SHELL_POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

export function clientPage(manifest: Manifest, server: Server): string {
  const entry = manifest[ENTRY];
  if (entry === undefined) throw new Error(`${ENTRY} is not in the build that was packed in`);
  const loaded = closure(manifest, ENTRY);
  const styles = loaded.flatMap(({ css = [] }) => css).map((file) => `<link rel="stylesheet" href="/${file}">`);
  const preloads = loaded.slice(1).map(({ file }) => `<link rel="modulepreload" href="/${file}">`);
  const { organisation, default_locale } = server.about.settings;
  return `<!doctype html>
<html lang="${escaped(organisation.locale || default_locale)}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="settings" content="${escaped(JSON.stringify(server.about.settings))}">
<title>Messenger</title>
<link rel="icon" href="/icon.svg" type="image/svg+xml">
${[...new Set(styles), ...preloads].join("\n")}
<script type="module" src="/${entry.file}"></script>
</head>
<body><div id="app"></div></body>
</html>
`;
}

function closure(manifest: Manifest, start: string): Chunk[] {
  const found = new Map<string, Chunk>();
  const add = (name: string): void => {
    const chunk = manifest[name];
    if (chunk === undefined || found.has(name)) return;
    found.set(name, chunk);
    for (const imported of chunk.imports ?? []) add(imported);
  };
  add(start);
  return [...found.values()];
}

export function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`);
}
