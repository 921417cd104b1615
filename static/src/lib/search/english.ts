// The English stemmer of Snowball 3 ("Porter 2"): https://snowballstem.org/algorithms/english/stemmer.html
// The kept packages have Porter's first one, or its revision of 2002; the server's is newer.

const SPECIAL: Record<string, string> = {
  skis: "ski",
  skies: "sky",
  idly: "idl",
  gently: "gentl",
  ugly: "ugli",
  early: "earli",
  only: "onli",
  singly: "singl",
};
const UNCHANGED = new Set(["andes", "atlas", "bias", "cosmos", "howe", "news", "sky"]);
const BEGINS = /^(?:arsen|commun|emerg|gener|inter|later|organ|past|univers)/;
const VOWEL = /[aeiouy]/;
/** Where a region begins: behind the first consonant that follows a vowel. */
const REGION = /[aeiouy][^aeiouy]/g;
const SHORT = /(?:[^aeiouy][aeiouy][^aeiouywxY]|^[aeiouy][^aeiouy]|past)$/;
const DOUBLED = /(?:bb|dd|ff|gg|mm|nn|pp|rr|tt)$/;

const SECOND: Record<string, string> = {
  tional: "tion",
  enci: "ence",
  anci: "ance",
  abli: "able",
  entli: "ent",
  izer: "ize",
  ization: "ize",
  ational: "ate",
  ation: "ate",
  ator: "ate",
  alism: "al",
  aliti: "al",
  alli: "al",
  fulness: "ful",
  fulli: "ful",
  ousli: "ous",
  ousness: "ous",
  iveness: "ive",
  iviti: "ive",
  biliti: "ble",
  bli: "ble",
  ogist: "og",
  lessli: "less",
};
const THIRD: Record<string, string> = {
  ational: "ate",
  tional: "tion",
  alize: "al",
  icate: "ic",
  iciti: "ic",
  ical: "ic",
  ful: "",
  ness: "",
};
const FOURTH = "ement ance ence able ible ment ant ent ism ate iti ous ive ize ion al er ic".split(" ");

/** Where the two regions begin; the end of the word where there is none. */
interface Regions {
  first: number;
  second: number;
}

/** The stem of a word of small Latin letters. */
export function english(given: string): string {
  const special = SPECIAL[given];
  if (special !== undefined) return special;
  if (given.length < 3 || UNCHANGED.has(given)) return given;
  // A y that is a consonant.
  let word = given.replace(/^y/, "Y").replace(/([aeiouy])y/g, "$1Y");
  const regions = regionsOf(word);
  word = inflected(plural(word), regions);
  if (/.[^aeiouy][yY]$/.test(word)) word = `${word.slice(0, -1)}i`;
  word = fourth(third(second(word, regions), regions), regions);
  return last(word, regions).toLowerCase();
}

function regionsOf(word: string): Regions {
  const begin = BEGINS.exec(word)?.[0].length;
  const first = begin ?? behind(word, 0);
  return { first, second: behind(word, first) };
}

function behind(word: string, from: number): number {
  REGION.lastIndex = from;
  return REGION.test(word) ? REGION.lastIndex : word.length;
}

function plural(word: string): string {
  if (word.endsWith("sses")) return word.slice(0, -2);
  if (/(?:ied|ies)$/.test(word)) return word.slice(0, word.length > 4 ? -2 : -1);
  if (/(?:us|ss)$/.test(word) || !word.endsWith("s")) return word;
  return VOWEL.test(word.slice(0, -2)) ? word.slice(0, -1) : word;
}

function inflected(word: string, { first }: Regions): string {
  const eed = /(?:eedly|eed)$/.exec(word);
  if (eed !== null) {
    const stem = word.slice(0, eed.index);
    return eed.index >= first && !/^(?:succ|proc|exc)$/.test(stem) ? `${stem}ee` : word;
  }
  const found = /(?:ingly|edly|ing|ed)$/.exec(word);
  if (found === null) return word;
  const stem = word.slice(0, found.index);
  if (found[0] === "ing") {
    if (/^[^aeiouy]y$/.test(stem)) return `${stem[0]}ie`;
    if (/^(?:even|cann|inn|earr|herr|out)$/.test(stem)) return word;
  }
  if (!VOWEL.test(stem)) return word;
  if (/(?:at|bl|iz)$/.test(stem)) return `${stem}e`;
  if (DOUBLED.test(stem)) return /^[aeo]..$/.test(stem) ? stem : stem.slice(0, -1);
  return stem.length === first && SHORT.test(stem) ? `${stem}e` : stem;
}

function second(word: string, { first }: Regions): string {
  const suffix = longest(word, [...Object.keys(SECOND), "ogi", "li"]);
  if (suffix === null || word.length - suffix.length < first) return word;
  const stem = word.slice(0, -suffix.length);
  if (suffix === "ogi") return stem.endsWith("l") ? `${stem}og` : word;
  if (suffix === "li") return /[cdeghkmnrt]$/.test(stem) ? stem : word;
  return stem + (SECOND[suffix] ?? "");
}

function third(word: string, { first, second: later }: Regions): string {
  const suffix = longest(word, [...Object.keys(THIRD), "ative"]);
  if (suffix === null || word.length - suffix.length < first) return word;
  const stem = word.slice(0, -suffix.length);
  if (suffix === "ative") return stem.length >= later ? stem : word;
  return stem + (THIRD[suffix] ?? "");
}

function fourth(word: string, { second: later }: Regions): string {
  const suffix = longest(word, FOURTH);
  if (suffix === null || word.length - suffix.length < later) return word;
  const stem = word.slice(0, -suffix.length);
  return suffix === "ion" && !/[st]$/.test(stem) ? word : stem;
}

function last(word: string, { first, second: later }: Regions): string {
  const stem = word.slice(0, -1);
  if (word.endsWith("e")) {
    const goes = stem.length >= later || (stem.length >= first && !SHORT.test(stem));
    return goes ? stem : word;
  }
  return word.endsWith("ll") && stem.length >= later ? stem : word;
}

function longest(word: string, suffixes: readonly string[]): string | null {
  let found: string | null = null;
  for (const suffix of suffixes) {
    if (word.endsWith(suffix) && suffix.length > (found?.length ?? 0)) found = suffix;
  }
  return found;
}
