// The MSI takes an administrator's preset as properties, which software distribution can set:
// `msiexec /i Messenger-….msi /qn SERVER=https://chat.example.org LOCKED=1`. They are left in the registry,
// where the program looks (src/main/preset.ts), and go with it. electron-builder has no option for that:
// its project (WiX) is completed before it is compiled.

import { readFileSync, writeFileSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { createRequire } from "node:module";
import { join } from "node:path";
import type { Configuration } from "app-builder-lib";

const KEY = "Software\\Messenger";

interface Kept {
  property: string;
  /** Of the value in the registry. */
  name: string;
  /** Of the component: another one would be another component to Windows, left behind by an update. */
  guid: string;
}

/** No `UPDATES`: what came as MSI is replaced by an MSI, not by the program itself. */
export const KEPT: readonly Kept[] = [
  { property: "SERVER", name: "Servers", guid: "7C7B2B0E-6C1C-4C39-9E0A-5C6F0D4E3A11" },
  { property: "LOCKED", name: "Locked", guid: "7C7B2B0E-6C1C-4C39-9E0A-5C6F0D4E3A12" },
  { property: "PROXY", name: "Proxy", guid: "7C7B2B0E-6C1C-4C39-9E0A-5C6F0D4E3A13" },
  { property: "DICTIONARIES", name: "Dictionaries", guid: "7C7B2B0E-6C1C-4C39-9E0A-5C6F0D4E3A14" },
];

// What an earlier installation left holds for an update that says nothing: it is looked for into a property
// of another name, as the search would replace what the command line says.
const asked = ({ property, name }: Kept): string => `
    <Property Id="${property}" Secure="yes"/>
    <Property Id="KEPT${property}" Secure="yes">
      <RegistrySearch Id="Kept${name}" Root="HKLM" Key="${KEY}" Name="${name}" Type="raw"/>
    </Property>
    <SetProperty Id="${property}" Value="[KEPT${property}]" After="AppSearch" Sequence="both">NOT ${property} AND KEPT${property}</SetProperty>
`;

const left = ({ property, name, guid }: Kept): string => `
      <Component Id="Preset${name}" Guid="${guid}">
        <Condition>${property}</Condition>
        <RegistryValue Root="HKLM" Key="${KEY}" Name="${name}" Type="string" Value="[${property}]" KeyPath="yes"/>
      </Component>
`;

const FEATURE = '<ComponentGroupRef Id="ProductComponents"/>';
const END = "</Product>";

/** A project of electron-builder's with the preset; raises where it no longer has the places for it. */
export function withPreset(project: string): string {
  if (!project.includes(FEATURE) || !project.includes(END)) throw new Error("electron-builder's WiX project is another one now: look at desktop/msi.ts");
  const references = KEPT.map(({ name }) => `<ComponentRef Id="Preset${name}"/>`).join("");
  const added = `${KEPT.map(asked).join("")}    <DirectoryRef Id="APPLICATIONFOLDER">${KEPT.map(left).join("")}    </DirectoryRef>\n  `;
  return project.replace(FEATURE, () => FEATURE + references).replace(END, () => added + END);
}

export function completeMsi(path: string): void {
  writeFileSync(path, withPreset(readFileSync(path, "utf8")));
}

const require = createRequire(import.meta.url);

/** The project that electron-builder would compile for a folder of files, by its own template. */
export async function projectOf(directory: string, config: Configuration, version: string): Promise<string> {
  // Its modules need one another in a circle, and it is whole when it is begun at its own beginning.
  require("app-builder-lib");
  const { default: MsiTarget } = require("app-builder-lib/out/targets/MsiTarget.js") as { default: new (packager: object, out: string) => any };
  const { getEffectiveOptions } = require("app-builder-lib/out/options/CommonWindowsInstallerConfiguration.js");
  const { Arch } = require("builder-util") as { Arch: { x64: number } };
  const { productName = "", appId = "" } = config;
  const appInfo = {
    id: appId,
    productName,
    productFilename: productName,
    sanitizedProductName: productName,
    companyName: productName,
    description: "",
    getVersionInWeirdWindowsForm: () => `${version}.0`,
  };
  const packager = { appInfo, config: { ...config, msi: { ...config.msi } }, platformSpecificBuildOptions: {}, fileAssociations: [], compression: "normal", getIconPath: async () => null };
  await mkdir(directory, { recursive: true });
  const target = new MsiTarget(packager, directory);
  return target.writeManifest(join(directory), Arch.x64, getEffectiveOptions(target.options, packager));
}
