// The build: one chunk for each screen, hashed names for the server to serve for ever, and the
// service worker, which is told what to keep for being offline.

import { createHash } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
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

/** Puts each hashed file's compressed one beside it: the server keeps no other in memory. */
function compressed(): Plugin {
  return {
    name: "compressed",
    writeBundle({ dir = "" }, bundle) {
      for (const name of Object.keys(bundle).filter((each) => each.startsWith("assets/"))) {
        const path = join(dir, name);
        writeFileSync(`${path}.gz`, gzipSync(readFileSync(path), { level: 9 }));
      }
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

/** Modules below any of these, whatever follows. */
function below(...begun: string[]): RegExp {
  return new RegExp(begun.join("|"));
}

/** What no first load needs, of rooms that are in it otherwise. */
const NOT_AT_FIRST = {
  lib: "attention|backoff|chime|markdown|pictures|push|search|systems",
  models: "admin|apply|avatars|feed|merge|notif|push|rebase|search|snapshots|undo|uploads",
  hooks: "admin|loaded|local-draft",
  common:
    "avatar-|confirm|dialog|looking|menu-open|menu.css|more-icons|name-dialog|notices|panel|push-on|qr|restored|tabs|tips-host|tips.css",
};

/** What several screens share, in a few files: many small ones cost more round trips, and more of a slow
 * device's time, than they save bytes. The first that takes a module has it; `minShareCount: 1` is of those
 * that are one file however few ask for them. */
const PIECES = [
  {
    name: "core",
    test: below(
      "preload-helper",
      "node_modules.(preact|@preact|idb)",
      `src.lib.(?!${NOT_AT_FIRST.lib})`,
      `src.models.(?!${NOT_AT_FIRST.models})`,
      "src.app.(early-drops|screen|touch)",
      `src.views.hooks.(?!${NOT_AT_FIRST.hooks})`,
      `src.views.common.(?!${NOT_AT_FIRST.common})`,
      "src.views.(chat.(face|marks|title|typing)|chats.direct|viewer.open)\\.",
    ),
    minShareCount: 2,
  },
  {
    // Keeps the connection, and sends over it: after the first paint.
    name: "link",
    test: below(
      "src.lib.(socket|transfer)",
      "src.models.(apply|delivery|following|gaps|inflow|lanes|loading|read-ahead|sending|signals|sync)\\.",
      "src.models.uploads.(engine|requests|upload)\\.",
    ),
    minShareCount: 1,
  },
  {
    // Comes by itself for everybody who is signed in, when there is time.
    name: "soon",
    test: below(
      "src.app.(desktop|edge|incoming|kept|push-offer|resume|strips|tab-icon)",
      "src.lib.(chime|push)",
      "src.models.(notif|push)",
      "src.views.common.(looking|menu-open|menu.css|notices|push-on|tips-host|tips.css)",
      "src.views.(files.player-s(ession|peed|trip)|program.(linked|strip))",
    ),
    minShareCount: 1,
  },
  {
    // What a chat and a board have in common, with each other or with `link` and `soon`.
    name: "common",
    test: below(
      "thumbhash",
      "src.lib.(attention|backoff)",
      "src.models.(feed|merge|rebase|snapshots|undo|uploads.(blobs|sweep))",
      "src.views.(card.due|chat.(chat-menu|header|view-tabs)|program.(item|known))",
      "src.views.files.(addresses|given|placeholder|player(-times)?\\.|takers)",
    ),
    minShareCount: 2,
  },
  {
    // Of most screens, but not of the list of chats.
    name: "later",
    test: below(
      "src.models.(admin|avatars)",
      "src.views.common.(avatar-editor|confirm|dialog|more-icons|name-dialog|panel|restored|tabs)",
      "src.views.(card.gendered|hooks.(loaded|local-draft))",
    ),
    minShareCount: 1,
  },
  {
    name: "text",
    test: below(
      "node_modules.(linkify-it|marked|uc.micro)",
      "src.lib.markdown",
      "src.views.(chat.prose|files.(kinds|name|said|shown|words))",
    ),
    minShareCount: 2,
  },
  {
    // Of a chat and of a card.
    name: "talk",
    test: below(
      "src.lib.pictures",
      "src.models.uploads",
      "src.views.(chat\\W(?!chat-dialogs|selection|voice)|files\\W|card.attach)",
    ),
    minShareCount: 2,
  },
  { name: "cards", test: below("src.views.(board|card)\\W"), minShareCount: 2 },
  { name: "searching", test: below("src.(lib|models).search.(?!layout)", "stemmers"), minShareCount: 2 },
  { name: "outside", test: below("src.views.entry\\W"), minShareCount: 2 },
];

export default defineConfig({
  plugins: [layers(), precache(), compressed()],
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
          groups: PIECES,
        },
      },
    },
  },
  server: {
    proxy: { "/api": { target: "http://127.0.0.1:8000", ws: true } },
  },
});
