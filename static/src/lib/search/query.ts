// What somebody asks for: words, "phrases", -without, or, and operators such as from:@anna in either
// language. Pure. The server reads the same language (docs/search.md); here it is read for the chips, for
// what is offered while one types, and for what is found without a connection.

export type Op = "from" | "in" | "has" | "is" | "before" | "after" | "on" | "label" | "due" | "type";
/** Names with blanks between them. */
type Names = Record<"en" | "ru", string>;

/** The first name in each language is the one that is written here. */
export const OPERATORS: Record<Op, Names> = {
  from: { en: "from", ru: "от автор" },
  in: { en: "in", ru: "в чат" },
  has: { en: "has", ru: "есть" },
  is: { en: "is", ru: "это" },
  before: { en: "before", ru: "до" },
  after: { en: "after", ru: "после" },
  on: { en: "on", ru: "за когда" },
  label: { en: "label", ru: "метка тег" },
  due: { en: "due", ru: "срок" },
  type: { en: "type kind", ru: "вид" },
};

/** What may stand behind some of them, by the one name that it has in every language. */
export const VALUES = {
  has: {
    file: { en: "file files", ru: "файл файлы вложение вложения" },
    image: { en: "image images picture photo", ru: "картинка картинки фото изображение" },
    link: { en: "link links url", ru: "ссылка ссылки" },
    task: { en: "task tasks", ru: "задача задачи" },
  },
  is: {
    mine: { en: "mine", ru: "моё мой моя мои" },
    pinned: { en: "pinned", ru: "закреплено закреплен закреплена закрепленное закрепленные" },
    task: { en: "task tasks", ru: "задача задачи" },
    open: { en: "open", ru: "открыта открыто открыт открытые открытая" },
    done: { en: "done", ru: "готова готово готов готовые сделано сделана закрыта закрыто выполнено" },
  },
  due: {
    overdue: { en: "overdue", ru: "просрочен просрочена просрочено просрочены" },
    today: { en: "today", ru: "сегодня" },
    tomorrow: { en: "tomorrow", ru: "завтра" },
    none: { en: "none no", ru: "нет без" },
  },
  type: {
    message: { en: "message messages", ru: "сообщение сообщения" },
    comment: { en: "comment comments", ru: "комментарий комментарии" },
    task: { en: "task tasks", ru: "задача задачи" },
    file: { en: "file files", ru: "файл файлы" },
    person: { en: "person people", ru: "человек люди" },
    chat: { en: "chat chats", ru: "чат чаты" },
  },
} as const satisfies Partial<Record<Op, Record<string, Names>>>;

/** How a name is written in a language. */
export function nameIn(locale: string, names: Names): string {
  return names[locale === "ru" ? "ru" : "en"].split(" ")[0] ?? "";
}

function namesOf({ en, ru }: Names): string[] {
  return `${en} ${ru}`.split(" ");
}

/** The one name of a value; null where it is none that is known. */
export function valueOf(op: keyof typeof VALUES, value: string): string | null {
  const wanted = plain(value);
  const found = Object.entries<Names>(VALUES[op]).find(([, names]) => namesOf(names).some((name) => plain(name) === wanted));
  return found?.[0] ?? null;
}

function plain(text: string): string {
  return text.trim().toLowerCase().replaceAll("ё", "е");
}

const OP_OF = new Map<string, Op>(
  Object.entries(OPERATORS).flatMap(([op, names]) => namesOf(names).map((name): [string, Op] => [name, op as Op])),
);

export interface Range {
  from: number;
  to: number;
}

export type Piece = Range & { not: boolean } & (
    | { kind: "word" | "phrase"; text: string }
    | { kind: "filter"; op: Op; value: string }
    | { kind: "or" }
  );
export type Filter = Extract<Piece, { kind: "filter" }>;

const SPACE = /\s/;
const OR = /^(?:or|или|\|)$/i;
const QUOTES: Record<string, string> = { '"': '"', "«": "»", "“": "”", "„": "“" };

/** The pieces of what was typed, in their order; never fails, whatever is typed. */
export function piecesOf(text: string): Piece[] {
  const pieces: Piece[] = [];
  let at = 0;
  while (at < text.length) {
    if (SPACE.test(text[at] ?? "")) {
      at += 1;
      continue;
    }
    const piece = pieceAt(text, at);
    pieces.push(piece);
    at = piece.to;
  }
  return pieces;
}

function pieceAt(text: string, from: number): Piece {
  const not = text[from] === "-" && from + 1 < text.length && !SPACE.test(text[from + 1] ?? " ");
  const start = from + (not ? 1 : 0);
  const quoted = quotedAt(text, start);
  if (quoted !== null) return { kind: "phrase", text: quoted.value, not, from, to: quoted.to };
  const end = endOf(text, start);
  const raw = text.slice(start, end);
  const colon = raw.indexOf(":");
  const op = colon > 0 ? OP_OF.get(raw.slice(0, colon).toLowerCase()) : undefined;
  if (op === undefined) {
    if (!not && OR.test(raw)) return { kind: "or", not, from, to: end };
    return { kind: "word", text: raw, not, from, to: end };
  }
  const value = quotedAt(text, start + colon + 1);
  if (value !== null) return { kind: "filter", op, value: value.value, not, from, to: value.to };
  return { kind: "filter", op, value: raw.slice(colon + 1), not, from, to: end };
}

/** What stands in quotes; those that are not closed go on to the end. */
function quotedAt(text: string, at: number): { value: string; to: number } | null {
  const close = QUOTES[text[at] ?? ""];
  if (close === undefined) return null;
  const end = text.indexOf(close, at + 1);
  if (end === -1) return { value: text.slice(at + 1), to: text.length };
  return { value: text.slice(at + 1, end), to: end + 1 };
}

function endOf(text: string, from: number): number {
  let at = from;
  while (at < text.length && !SPACE.test(text[at] ?? "")) at += 1;
  return at;
}

/** An operator as it is written; a value with a space in it stands in quotes. */
export function written(op: Op, value: string, locale: string, not = false): string {
  const name = nameIn(locale, OPERATORS[op]);
  const plain = value.replaceAll('"', "");
  return `${not ? "-" : ""}${name}:${/\s/.test(plain) ? `"${plain}"` : plain}`;
}

/** The box with chips in it: operators that are whole, and the rest as it is being typed. */
export interface Box {
  chips: Filter[];
  text: string;
}

/** Split what stands in an address: its operators are chips. */
export function boxOf(q: string): Box {
  const chips = piecesOf(q).filter(isFilter).filter(({ value }) => value !== "");
  return { chips, text: withoutRanges(q, chips).trim() };
}

/** Take the operators that are whole, with a space behind them, out of the text into chips. */
export function gathered(box: Box): Box {
  const whole = piecesOf(box.text)
    .filter(isFilter)
    .filter(({ value, to }) => value !== "" && SPACE.test(box.text[to] ?? ""));
  if (whole.length === 0) return box;
  return { chips: [...box.chips, ...whole], text: withoutRanges(box.text, whole).trimStart() };
}

/** What the box asks for, as one text. */
export function queryOf({ chips, text }: Box, locale: string): string {
  const filters = chips.map(({ op, value, not }) => written(op, value, locale, not));
  return [...filters, text.trim()].filter((part) => part !== "").join(" ");
}

function isFilter(piece: Piece): piece is Filter {
  return piece.kind === "filter";
}

function withoutRanges(text: string, ranges: Range[]): string {
  let rest = "";
  let at = 0;
  for (const { from, to } of ranges) {
    rest += text.slice(at, from);
    at = SPACE.test(text[to] ?? "") && (rest === "" || SPACE.test(rest.at(-1) ?? "")) ? to + 1 : to;
  }
  return rest + text.slice(at);
}
