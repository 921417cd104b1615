// Names and addresses out of a text that was pasted: by lines, commas or semicolons, each once. Pure.

export function namesIn(text: string): string[] {
  const found = text
    .split(/[\n,;]+/)
    .map((name) => name.trim().replace(/\s+/g, " "))
    .filter((name) => name !== "");
  return [...new Map(found.map((name) => [name.toLocaleLowerCase(), name])).values()];
}
