// Russian and Latin letters that share a key.

const EN = "`qwertyuiop[]asdfghjkl;'zxcvbnm,." + '~{}:"<>';
/** The last ones are those with Shift: Жанна begins with a colon. */
const RU = "ёйцукенгшщзхъфывапролджэячсмитьбю" + "ёхъжэбю";

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
