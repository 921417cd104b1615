// The build: one chunk for each screen, hashed names for the server to serve for ever, and the
// service worker, which is told what to keep for being offline.

import { createHash } from "node:crypto";
import { defineConfig, type Plugin } from "vite";

/** Puts the list of what was built into the service worker, in place of two free identifiers. */
function precache(): Plugin {
  return {
    name: "precache",
    enforce: "post",
    generateBundle(_options, bundle) {
      const files = Object.keys(bundle).filter((name) => name.startsWith("assets/"));
      const worker = bundle["sw.js"];
      if (worker?.type !== "chunk") throw new Error("sw.js was not built");
      // It is no module: what it shared with a page would be an import that it cannot have.
      if (worker.imports.length > 0) throw new Error(`sw.js imports ${worker.imports.join(", ")}`);
      const version = createHash("sha256").update(files.join()).update(worker.code);
      const put = (name: string, value: unknown): void => {
        // Free identifiers: a string constant would have been folded away before this runs.
        const code = worker.code.replaceAll(name, () => JSON.stringify(value));
        if (code === worker.code) throw new Error(`${name} is not in sw.js`);
        worker.code = code;
      };
      put("__FILES__", files.map((name) => `/${name}`).sort());
      put("__VERSION__", version.digest("hex").slice(0, 12));
    },
  };
}

/** From the weakest: what stands in a later layer counts more, whatever the selectors. */
const LAYERS = ["base", "common", "views", "print"] as const;

/** Puts each style sheet into the layer of its room: in which order screens are fetched says nothing. */
function layers(): Plugin {
  const layerOf = (file: string): (typeof LAYERS)[number] => {
    if (file.endsWith("/styles/print.css")) return "print";
    if (file.includes("/src/styles/")) return "base";
    return file.includes("/views/common/") ? "common" : "views";
  };
  return {
    name: "layers",
    enforce: "pre",
    transform(code, id) {
      const [file = ""] = id.split("?");
      if (!/\/src\/.*\.css$/.test(file)) return null;
      return { code: `@layer ${LAYERS.join(", ")};\n@layer ${layerOf(file)} {\n${code}\n}\n`, map: null };
    },
  };
}

/** Models that a list of chats does without. */
const NOT_AT_FIRST = [
  "admin",
  "apply",
  "avatars",
  "feed",
  "merge",
  "notif",
  "push",
  "rebase",
  "search",
  "undo",
  "uploads",
];
const CORE = new RegExp(
  `node_modules.(preact|@preact|idb)|src.lib.(?!markdown|backoff|attention|pictures|push|search|systems)|src.models.(?!${NOT_AT_FIRST.join("|")})`,
);
const SHARED = /preload-helper|src.(app.(?!edge|desktop)|views.(hooks.(?!admin|local-draft|loaded)|common.(?!notices|looking|push-on|more-icons|avatar-|name-dialog|dialog|panel|tabs|confirm|restored)))/;
/** What no list of chats shows: it comes with the first screen that does. */
const LATER = /src.models.avatars|src.views.(common.(avatar-editor|name-dialog|dialog|panel|tabs|confirm|restored)|hooks.(local-draft|loaded))/;

/** What several screens share, in two files: many of a few hundred bytes cost more round trips than they
 * save bytes. */
const PIECES = [
  { name: "core", test: CORE, minShareCount: 2, priority: 2 },
  { name: "later", test: LATER, minShareCount: 2, priority: 0 },
  { name: "shared", test: SHARED, minShareCount: 2, priority: 1 },
];
/** For tests in a browser with `--whole`, to which the fetching of many files is two fifths of a page. */
const WHOLE = [{ name: "whole", test: /src.(?!sw)|node_modules/, minShareCount: 1, priority: 2 }];

export default defineConfig(({ mode }) => ({
  plugins: [layers(), precache()],
  build: {
    target: "es2024",
    manifest: true,
    modulePreload: { polyfill: false },
    cssCodeSplit: true,
    rolldownOptions: {
      input: { main: "src/app/main.tsx", sw: "src/sw/sw.ts" },
      output: {
        entryFileNames: ({ name }) => (name === "sw" ? "sw.js" : "assets/[name]-[hash].js"),
        chunkFileNames: "assets/[name]-[hash].js",
        // The service worker finds a language's words by their name: a screen's own are named after it.
        assetFileNames: ({ originalFileNames }) =>
          originalFileNames.some((each) => /locales.admin/.test(each))
            ? "assets/admin-[name]-[hash][extname]"
            : "assets/[name]-[hash][extname]",
        codeSplitting: {
          includeDependenciesRecursively: false,
          groups: mode === "whole" ? WHOLE : PIECES,
        },
      },
    },
  },
  server: {
    proxy: { "/api": { target: "http://127.0.0.1:8000", ws: true } },
  },
}));
