// Finding by a few letters: beginnings of words count most, then words, then letters in their order.
// What was typed in the wrong layout (ghbdtn for привет) is tried in the other one too.

const EN = "`qwertyuiop[]asdfghjkl;'zxcvbnm,.";
const RU = "ёйцукенгшщзхъфывапролджэячсмитьбю";

export function folded(text: string): string {
  return text.trim().toLocaleLowerCase().replaceAll("ё", "е");
}

/** As if the other layout had been on. */
export function otherLayout(text: string): string {
  return [...text]
    .map((letter) => {
      const en = EN.indexOf(letter);
      if (en >= 0) return RU[en] ?? letter;
      const ru = RU.indexOf(letter);
      return ru >= 0 ? (EN[ru] ?? letter) : letter;
    })
    .join("");
}

/** How well a name answers what was typed: 0 not at all, more is better. */
export function score(name: string, typed: string): number {
  const wanted = folded(typed);
  if (wanted === "") return 1;
  const given = folded(name);
  const straight = scoreOf(given, wanted);
  return straight > 0 ? straight : scoreOf(given, folded(otherLayout(wanted))) * 0.8;
}

function scoreOf(name: string, wanted: string): number {
  if (name === wanted) return 100;
  if (name.startsWith(wanted)) return 90;
  const words = name.split(/[^\p{L}\p{N}]+/u).filter((word) => word !== "");
  if (words.some((word) => word.startsWith(wanted))) return 80;
  const parts = wanted.split(/\s+/);
  if (parts.length > 1 && parts.every((part) => words.some((word) => word.startsWith(part)))) return 75;
  const at = name.indexOf(wanted);
  if (at >= 0) return 60 - Math.min(at, 20);
  // Initials: «нс» for «Новый сайт».
  const initials = words.map((word) => word[0]).join("");
  if (wanted.length > 1 && initials.startsWith(wanted)) return 50;
  return wanted.length > 2 ? scattered(name, wanted) : 0;
}

/** The letters in their order, not too far apart. */
function scattered(name: string, wanted: string): number {
  let from = -1;
  let gaps = 0;
  for (const letter of wanted) {
    const at = name.indexOf(letter, from + 1);
    if (at < 0) return 0;
    if (from >= 0) gaps += at - from - 1;
    from = at;
  }
  return gaps > wanted.length * 2 ? 0 : 30 - gaps;
}
