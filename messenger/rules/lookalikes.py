"""Which characters a user name may have, and which names look alike.

Pure. Follows Unicode Technical Standard #39 in spirit: one script per name,
from the recommended ones, and names with equal skeletons are one name.
"""

import re
import unicodedata
from typing import Final

_RECOMMENDED = """
ARABIC ARMENIAN BENGALI CYRILLIC DEVANAGARI ETHIOPIC GEORGIAN GREEK GUJARATI GURMUKHI HEBREW
KANNADA KHMER LAO LATIN MALAYALAM MYANMAR ORIYA SINHALA TAMIL TELUGU THAANA THAI TIBETAN
"""
# The first word of a character's Unicode name is its script. These are the scripts recommended
# for names (Unicode Standard Annex #31, table 5): what is left out has letters that pass for Latin
# (Cherokee, Lisu, Coptic) or are not written today.
SCRIPTS: Final = {word: word for word in _RECOMMENDED.split()} | dict.fromkeys(
    ("BOPOMOFO", "CJK", "HANGUL", "HIRAGANA", "KATAKANA", "KATAKANA-HIRAGANA", "IDEOGRAPHIC"),
    "EAST ASIAN",  # Chinese, Japanese and Korean words mix these
)
# Of the three alphabets that pass for one another, only what living languages write with; the rest
# are small capitals, phonetic signs and the like, which look like ordinary letters.
LATIN: Final = frozenset("abcdefghijklmnopqrstuvwxyzßæœøłđðþıŋħə")
CYRILLIC: Final = range(0x0400, 0x0530)
GREEK: Final = range(0x0386, 0x03CF)
MARKLESS: Final = frozenset({"LATIN", "CYRILLIC", "GREEK", "ARABIC", "HEBREW"})
"""Marks that stay marks in normal form are decoration here, and hard to see."""

# What looks like what, in small letters. A letter stands here for either of its cases: a name is
# one whether its owner writes it ANNA, Anna or anna, so `в` is like `b` because `В` is like `B`.
# For the same reason i, l and 1 are one: Ivan (capital i) and lvan (small L) cannot be told apart,
# and so alia and alla must pay. Of the Greek letters whose cases resemble two different Latin ones,
# the small case counts; capitals inside a Greek name are refused instead.
LIKE: Final = {
    "a": "аα",
    "b": "вьβ",
    "c": "с",
    "d": "ԁ",
    "e": "еε",
    "g": "ց",
    "h": "нһհ",
    "j": "јյ",
    "k": "кκ",
    "l": "i1ıіӏιլ",
    "m": "м",
    "n": "пηո",
    "o": "0оοσօ",
    "p": "рρ",
    "q": "ԛզ",
    "r": "г",
    "s": "ѕտ",
    "t": "тτ",
    "u": "υμս",
    "v": "νѵ",
    "w": "ԝѡω",
    "x": "хχ",
    "y": "уүγ",
    "z": "ζ",
    "3": "з",
    "6": "б",
}
SKELETON: Final = str.maketrans(
    {like: letter for letter, likes in LIKE.items() for like in likes}
    | {"ς": "o", "ё": "e"}  # ё is as often written е
)


def script_of(char: str) -> str | None:
    """Name the script of a letter or mark; None for what no user name may have."""
    name = unicodedata.name(char, "")
    script = SCRIPTS.get(name.partition(" ")[0])
    if script is None or "FILLER" in name or "INHERENT" in name:  # letters that show nothing
        return None
    match unicodedata.category(char):
        case "Mn" | "Mc":
            return None if script in MARKLESS else script
        case "Lu" | "Ll" | "Lo":
            return script if _is_ordinary(char, script) else None
        case "Lm" if script == "EAST ASIAN":
            return script
    return None


def _is_ordinary(char: str, script: str) -> bool:
    base = unicodedata.normalize("NFD", char)[0]
    match script:
        case "LATIN":
            return base.lower() in LATIN
        case "CYRILLIC":
            return ord(base) in CYRILLIC
        case "GREEK":
            return ord(base) in GREEK
    return True


def username_key(username: str) -> str:
    """Reduce a user name to what an eye keeps of it; equal keys are one name.

    Case is folded, and so are letters and digits that look alike, also across
    alphabets. Idempotent. It is what a name is unique by, and found by at login.
    """
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", username).casefold())
    bare = unicodedata.normalize("NFD", folded.replace("ё", "е")).translate(SKELETON)
    bare = re.sub("l\u0307+", "l", bare)  # the dot that İ keeps in small letters
    bare = bare.replace("rn", "m").replace("vv", "w")
    # Underscores run together on the screen.
    return unicodedata.normalize("NFC", re.sub(r"([._-])\1+", r"\1", bare))
