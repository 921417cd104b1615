// Places in an order that seldom needs renumbering: strings, compared byte by byte. The server's rules,
// `messenger/rules/positions.py`; tests/vectors/positions.json holds both to the same results.
// A position is a whole number of variable length, whose first letter says how long it is (`a0`,
// `a1` … `az`, `b00` …; downwards `Zz`, `Zy` …), and then, only where needed, a fraction.

const DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
const FIRST_DIGIT = "0";
const LAST_DIGIT = "z";
const ZERO = "a0";
const SMALLEST = `A${FIRST_DIGIT.repeat(26)}`;

/** A position after `low` and before `high`; null is the end of the order. */
export function between(low: string | null, high: string | null): string {
  if (low !== null && high !== null && low >= high) {
    throw new RangeError(`${low} does not come before ${high}`);
  }
  if (low === null) return high === null ? ZERO : before(high);
  const [whole, fraction] = split(low);
  const following = next(whole);
  if (high === null) return following ?? whole + middle(fraction, "");
  const [highWhole, highFraction] = split(high);
  if (whole === highWhole) return whole + middle(fraction, highFraction);
  if (following !== null && following < high) return following;
  return whole + middle(fraction, "");
}

/** The order of positions; those without come last. */
export function compare(one: string | null, other: string | null): number {
  if (one === other) return 0;
  if (one === null || other === null) return one === null ? 1 : -1;
  return one < other ? -1 : 1;
}

function before(high: string): string {
  const [whole, fraction] = split(high);
  if (whole === SMALLEST) return whole + middle("", fraction);
  if (whole < high) return whole;
  const preceding = previous(whole);
  // The smallest number alone is no position: nothing would come before it.
  return preceding === null || preceding === SMALLEST ? SMALLEST + middle("", "") : preceding;
}

/** The whole number and the fraction; raises RangeError for what is no position. */
function split(position: string): [string, string] {
  const head = position.charCodeAt(0);
  let length = 0;
  if (head >= 97 && head <= 122) length = head - 97 + 2;
  else if (head >= 65 && head <= 90) length = 90 - head + 2;
  // Before a fraction's last zero there is no room: `a00` comes right after `a0`.
  const ends = position === SMALLEST || (position.length > length && position.endsWith(FIRST_DIGIT));
  if (length === 0 || position.length < length || ends || !/^[0-9A-Za-z]+$/.test(position)) {
    throw new RangeError(`${position} is no position`);
  }
  return [position.slice(0, length), position.slice(length)];
}

/** The whole number after this one; null past the largest. */
function next(whole: string): string | null {
  const [head, digits, carried] = step(whole, 1);
  if (!carried) return head + digits;
  if (head === "z") return null;
  if (head === "Z") return ZERO;
  const size = digits.length + (head >= "a" ? 1 : -1);
  return String.fromCharCode(head.charCodeAt(0) + 1) + FIRST_DIGIT.repeat(size);
}

/** The whole number before this one; null below the smallest. */
function previous(whole: string): string | null {
  const [head, digits, carried] = step(whole, -1);
  if (!carried) return head + digits;
  if (head === "A") return null;
  if (head === "a") return `Z${LAST_DIGIT}`;
  const size = digits.length + (head <= "Z" ? 1 : -1);
  return String.fromCharCode(head.charCodeAt(0) - 1) + LAST_DIGIT.repeat(size);
}

/** Count the digits up or down by one; the last says whether they ran over. */
function step(whole: string, by: 1 | -1): [string, string, boolean] {
  const [full, empty] = by === 1 ? [LAST_DIGIT, FIRST_DIGIT] : [FIRST_DIGIT, LAST_DIGIT];
  const digits = [...whole.slice(1)];
  for (let place = digits.length - 1; place >= 0; place -= 1) {
    const digit = digits[place] ?? full;
    if (digit !== full) {
      digits[place] = DIGITS.charAt(DIGITS.indexOf(digit) + by);
      return [whole.charAt(0), digits.join(""), false];
    }
    digits[place] = empty;
  }
  return [whole.charAt(0), digits.join(""), true];
}

/** A fraction strictly between two; an empty `high` is one. Never ends in the lowest digit. */
function middle(low: string, high: string): string {
  let same = 0;
  while (same < high.length && (low.charAt(same) || FIRST_DIGIT) === high.charAt(same)) same += 1;
  if (same > 0) return high.slice(0, same) + middle(low.slice(same), high.slice(same));
  const first = low === "" ? 0 : DIGITS.indexOf(low.charAt(0));
  const last = high === "" ? DIGITS.length : DIGITS.indexOf(high.charAt(0));
  if (last - first > 1) return DIGITS.charAt(Math.floor((first + last) / 2));
  if (high.length > 1) return high.charAt(0);
  return DIGITS.charAt(first) + middle(low.slice(1), "");
}
