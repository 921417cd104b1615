// The one way an emoji is written (UTS #51, "fully qualified"): keyboards write the same one with and
// without its selector. tests/vectors/emoji.json holds server and client to one definition.

const SELECTORS = /[\uFE0E\uFE0F]/g;
// Shown as text unless U+FE0F or a tone follows.
const TEXTUAL = /[\p{Emoji}--\p{Emoji_Presentation}--[0-9#*]](?!\p{Emoji_Modifier})/gv;
const KEYCAP = /^([0-9#*])\u20E3$/;

export function emojiKey(emoji: string): string {
  const bare = emoji.replace(SELECTORS, "");
  return bare.replace(TEXTUAL, "$&\uFE0F").replace(KEYCAP, "$1\uFE0F\u20E3");
}
