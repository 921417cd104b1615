// A user name suggested by a person's name: «Анна Соколова» → anna.sokolova.

const LATIN: Record<string, string> = {
  а: "a", б: "b", в: "v", г: "g", д: "d", е: "e", ё: "e", ж: "zh", з: "z", и: "i", й: "y", к: "k",
  л: "l", м: "m", н: "n", о: "o", п: "p", р: "r", с: "s", т: "t", у: "u", ф: "f", х: "kh", ц: "ts",
  ч: "ch", ш: "sh", щ: "sch", ъ: "", ы: "y", ь: "", э: "e", ю: "yu", я: "ya",
};
const AT_MOST = 32;

export function usernameFrom(name: string): string {
  const latin = [...name.toLowerCase()].map((letter) => LATIN[letter] ?? letter).join("");
  const plain = latin.normalize("NFD").replace(/[^a-z0-9\s.-]/g, "");
  return plain.trim().replace(/[\s.-]+/g, ".").slice(0, AT_MOST).replace(/^\.+|\.+$/g, "");
}
