// A label: its bar of colour, always the same for the same word, and the word.

import "./label.css";

const COLOURS = 12;
const known = new Map<string, number>();

export function Label({ name }: { name: string }) {
  return <span class={`label label-${colourOf(name)}`}>{name}</span>;
}

function colourOf(name: string): number {
  let colour = known.get(name);
  if (colour === undefined) {
    let sum = 7;
    for (const sign of name) sum = (sum * 31 + (sign.codePointAt(0) ?? 0)) % 100_003;
    known.set(name, (colour = sum % COLOURS));
  }
  return colour;
}
