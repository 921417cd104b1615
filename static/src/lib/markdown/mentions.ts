// Whom a run of words mentions. The server decides for a whole text (messenger/rules/mentions.py), the
// client for what is left of it without code; tests/vectors/mentions.json holds both to one definition.

export interface Mention {
  from: number;
  to: number;
  name: string;
}

// What is skipped whole: an address, and where a link leads.
const ADDRESS = /(?:https?:\/\/|www\.|mailto:)[^\s<]*|\]\([^\s()]*/giu;
const NAME = /[\p{L}\p{N}\p{M}._-]/u;
// Not in the middle of a word, an address or a path; underscores before it are emphasis.
const FOUND = /(?<=^|[^\p{L}\p{N}\p{M}._@/+-]|(?:^|[^\p{L}\p{N}\p{M}._@/+-])_{1,3})@(?=[\p{L}\p{N}])/gu;
const HOST = /^@[\p{L}\p{N}_][\p{L}\p{N}_-]{0,62}\.[\p{L}\p{N}_]/u;
const LONGEST = 64;

export function mentionsIn(words: string): Mention[] {
  if (!words.includes("@")) return [];
  // As long as before: places stay what they are.
  const bare = words.replace(ADDRESS, (address) => " ".repeat(address.length));
  const found: Mention[] = [];
  for (const { index: from } of bare.matchAll(FOUND)) {
    let to = from + 1;
    for (const character of bare.slice(to, to + LONGEST)) {
      if (!NAME.test(character)) break;
      to += character.length;
    }
    const name = bare.slice(from + 1, to).replace(/[._-]+$/, "");
    // With a host behind it, it is an address: `@name@example.org`.
    if (name === "" || HOST.test(bare.slice(to, to + 70))) continue;
    found.push({ from, to: from + 1 + name.length, name });
  }
  return found;
}
