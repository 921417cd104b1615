// What electron-builder makes of `dist/`, for each system. Signing takes its certificates from the
// environment (README, "Signing"); without them everything else is made.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Configuration } from "app-builder-lib";
import { completeMsi } from "./msi.ts";

const HERE = import.meta.dirname;

/** The server's version is this client's. */
export function versionOf(root = join(HERE, "..")): string {
  const found = /^version = (\S+)$/m.exec(readFileSync(join(root, "setup.cfg"), "utf8"))?.[1];
  if (found === undefined) throw new Error("setup.cfg has no version");
  return found;
}

/** The version of Electron that package.json names, and that the types are of. */
export function electronVersion(): string {
  const { devDependencies } = JSON.parse(readFileSync(join(HERE, "package.json"), "utf8")) as { devDependencies: Record<string, string> };
  return devDependencies["electron"] as string;
}

const NAME = "Messenger-${version}-${os}-${arch}.${ext}";

/** `output` is where installers are put. */
export function configuration(output = "release"): Configuration {
  return {
    appId: "org.messenger.desktop",
    productName: "Messenger",
    artifactName: NAME,
    directories: { output, buildResources: "build" },
    // Everything is in `dist/` already: no package of npm's travels.
    files: ["dist/**/*", "package.json", "!node_modules/**/*", "!**/*.map"],
    extraMetadata: { version: versionOf() },
    electronVersion: electronVersion(),
    electronLanguages: ["en-US", "ru"],
    asar: true,
    npmRebuild: false,
    nodeGypRebuild: false,
    buildDependenciesFromSource: false,
    removePackageScripts: true,
    removePackageKeywords: true,
    electronFuses: {
      runAsNode: false,
      enableCookieEncryption: true,
      enableNodeOptionsEnvironmentVariable: false,
      enableNodeCliInspectArguments: false,
      enableEmbeddedAsarIntegrityValidation: true,
      onlyLoadAppFromAsar: true,
      loadBrowserProcessSpecificV8Snapshot: false,
      grantFileProtocolExtraPrivileges: false,
      resetAdHocDarwinSignature: true,
    },
    protocols: [{ name: "Messenger", schemes: ["messenger"] }],
    // Makes `latest.yml` beside the installers. The address is never asked: the real one comes from the
    // administrator (`updates` of the preset), and without it nothing is.
    publish: { provider: "generic", url: "https://localhost/downloads", channel: "latest" },
    icon: "icon.png",
    win: {
      target: [
        { target: "nsis", arch: ["x64", "arm64"] },
        { target: "msi", arch: ["x64", "arm64"] },
      ],
      verifyUpdateCodeSignature: true,
      legalTrademarks: "Messenger",
    },
    nsis: {
      artifactName: NAME,
      oneClick: false,
      perMachine: false,
      allowElevation: true,
      allowToChangeInstallationDirectory: true,
      deleteAppDataOnUninstall: false,
      createDesktopShortcut: true,
      multiLanguageInstaller: true,
      installerLanguages: ["en_US", "ru_RU"],
      displayLanguageSelector: false,
      include: "build/installer.nsh",
      differentialPackage: true,
    },
    msiProjectCreated: completeMsi,
    msi: { artifactName: NAME, perMachine: true, oneClick: true, createDesktopShortcut: true, runAfterFinish: false },
    linux: {
      target: ["AppImage", "deb", "rpm"].map((target) => ({ target, arch: ["x64", "arm64"] })) as never,
      category: "Network",
      maintainer: "Messenger",
      vendor: "Messenger",
      synopsis: "Chats, tasks and boards of one organisation",
      mimeTypes: ["x-scheme-handler/messenger"],
      desktop: {
        entry: {
          Name: "Messenger",
          "Name[ru]": "Мессенджер",
          Comment: "Chats, tasks and boards of one organisation",
          "Comment[ru]": "Чаты, задачи и доски одной организации",
          Categories: "Network;InstantMessaging;",
          StartupWMClass: "Messenger",
          Keywords: "chat;messenger;tasks;board;",
        },
      },
    },
    deb: { depends: ["libgtk-3-0", "libnotify4", "libnss3", "libxss1", "libxtst6", "xdg-utils", "libatspi2.0-0", "libuuid1", "libsecret-1-0"] },
    mac: {
      target: [{ target: "dmg", arch: ["x64", "arm64"] }, { target: "zip", arch: ["x64", "arm64"] }],
      category: "public.app-category.business",
      hardenedRuntime: true,
      gatekeeperAssess: false,
      entitlements: "build/entitlements.mac.plist",
      entitlementsInherit: "build/entitlements.mac.plist",
      minimumSystemVersion: "12.0",
      electronLanguages: ["en", "ru"],
      extendInfo: {
        NSMicrophoneUsageDescription: "Voice messages are recorded with the microphone.",
        NSUserNotificationAlertStyle: "alert",
        CFBundleLocalizations: ["en", "ru"],
        // What is saved from here is asked about before it runs, as what a browser saved.
        LSFileQuarantineEnabled: true,
      },
    },
    dmg: { writeUpdateInfo: true },
  };
}
