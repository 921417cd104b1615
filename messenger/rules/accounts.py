"""What accounts may be like: names, look-alikes, passwords, addresses, settings.

Pure. `check_*` raises ValidationFailed, naming the field in its details, or
returns nothing; `check_signed_in` raises Unauthorized.
"""

import re
import unicodedata
from typing import Final
from zoneinfo import ZoneInfo

from msgspec.structs import replace

from messenger.errors import Unauthorized, ValidationFailed
from messenger.model import Identity, User
from messenger.protocol.accounts import AddUser
from messenger.rules.lookalikes import script_of
from messenger.rules.lookalikes import username_key as username_key
from messenger.rules.text import check_raw
from messenger.rules.visible import has_visible

USERNAME_LENGTH: Final = range(3, 33)
PASSWORD_LENGTH: Final = range(8, 1025)
DISPLAY_NAME_LENGTH: Final = range(1, 65)
EMAIL_LONGEST: Final = 254
LOCALES: Final = ("ru", "en")
RESERVED: Final = frozenset({"all"})
"""`@all` mentions everyone."""

EMAIL: Final = re.compile(r"[^@\s]{1,64}@[^@\s.]+(\.[^@\s.]+)*")
MAILBOX: Final = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]{1,64}@[A-Za-z0-9.-]{1,253}")
"""What may be handed to a mail server without quotes (RFC 5321 §4.1.2)."""
TIME_ZONE: Final = re.compile(r"[A-Za-z][A-Za-z0-9_+-]*(/[A-Za-z0-9_+-]+){0,2}")
MACHINE_ZONES: Final = ("posix/", "right/", "posixrules", "localtime", "Factory")
"""In the zone database of some systems, but no place's zone, and unknown to browsers."""

ROWS: Final = (
    "1234567890",
    "qwertyuiopasdfghjklzxcvbnm",
    "abcdefghijklmnopqrstuvwxyz",
    "йцукенгшщзхъфывапролджэячсмитьбю",
    "абвгдеёжзийклмнопрстуфхцчшщъыьэюя",
)
_GUESSED_FIRST = """
1q2w3e4r 1q2w3e4r5t 1qaz2wsx 1qaz!qaz q1w2e3r4 q1w2e3r4t5 qazwsxedc zaq12wsx qwer1234
qwerty12 qwerty123 qwerty1234 qwerty12345 asdf1234 asdfasdf abcd1234 abc12345 abc123456
1234qwer 123qweasd 123456qwerty 12341234 11223344 12121212 123123123 123321123 987654321
password password1 password12 password123 passw0rd p@ssw0rd p@ssword pa$$word
admin123 admin1234 administrator changeme changeit letmein1 welcome1 welcome123
iloveyou sunshine princess football baseball superman trustno1 starwars whatever
пароль12 пароль123 пароль1234 парольпароль йцукен12 йцукен123 йцукен1234 привет123 админ123
"""
COMMON: Final = frozenset(_GUESSED_FIRST.split())
"""What guessing starts with, as far as the other rules do not refuse it already."""


def _refused(field: str, message: str) -> ValidationFailed:
    return ValidationFailed(message, field=field)


def normal(text: str) -> str:
    """Write a name the one way it is kept: NFKC, without spaces around it."""
    return unicodedata.normalize("NFKC", text.strip())


def email_key(email: str) -> str:
    """Fold an address for comparison: no two people are meant by `A@x` and `a@x`."""
    return unicodedata.normalize("NFC", email.strip()).casefold()


def kept_username(username: str) -> str:
    """A user name as it is kept; raises ValidationFailed for what is none."""
    check_raw(username, USERNAME_LENGTH[-1], "username")
    kept = normal(username)
    check_username(kept)
    return kept


def kept_display_name(display_name: str) -> str:
    check_display_name(display_name)
    return display_name.strip()


def kept_email(email: str) -> str:
    check_email(email.strip() if len(email) <= 2 * EMAIL_LONGEST else email)
    return email.strip()


def kept_account(command: AddUser, password: str | None = None) -> AddUser:
    """A new account with its names as they are kept; without a display name it is the user name.

    Raises ValidationFailed, naming the field; a `password` is checked with them.
    """
    username = kept_username(command.username)
    display_name = kept_display_name(command.display_name or username)
    check_locale(command.locale)
    check_time_zone(command.time_zone)
    email = None if command.email is None else kept_email(command.email)
    if password is not None:
        check_password(password, username, email)
    return replace(command, username=username, display_name=display_name, email=email)


def check_signed_in(who: Identity) -> None:
    """Refuse whose account or session ended after they asked."""
    if who.disabled or who.revoked:
        raise Unauthorized()


def can_sign_in(user: User | None) -> bool:
    """Whether there is such an account, and it is not disabled."""
    return user is not None and user.disabled_at is None


def check_username(username: str) -> None:
    if len(username) not in USERNAME_LENGTH:
        raise _refused("username", "A user name has 3 to 32 characters.")
    if username != normal(username):
        raise _refused("username", "This user name has characters in an unusual form.")
    if not (username[0].isalnum() and (username[-1].isalnum() or _is_mark(username[-1]))):
        raise _refused("username", "A user name begins and ends with a letter or a digit.")
    scripts = {script_of(char) for char in username if char not in "0123456789._-"}
    if None in scripts:
        raise _refused(
            "username", "A user name has letters, digits, dots, hyphens and underscores only."
        )
    if len(scripts) > 1:
        raise _refused("username", "A user name has letters of one alphabet only.")
    # ΑΝΝΑ in Greek capitals passes for ANNA, though Αννα does not pass for Anna.
    if "GREEK" in scripts and any(map(str.isupper, username[1:])):
        raise _refused("username", "In a Greek user name only the first letter may be a capital.")
    if _has_piled_marks(username, 2):
        raise _refused("username", "A user name has at most two marks on a letter.")
    if username.casefold() in RESERVED:
        raise _refused("username", "This user name is kept for mentioning everyone.")


def check_password(password: str, username: str = "", email: str | None = None) -> None:
    """Refuse what is guessed first; anything else may stand in it."""
    if len(password) not in PASSWORD_LENGTH:
        raise _refused("password", "A password has 8 to 1024 characters.")
    folded = unicodedata.normalize("NFC", password).casefold()
    if len(set(folded)) == 1:
        raise _refused("password", "This password is one character repeated; take another.")
    if folded in COMMON or _is_sequence(folded):
        raise _refused("password", "This password is among the first to be guessed; take another.")
    own = {username.casefold(), email_key(email or ""), email_key(email or "").partition("@")[0]}
    if folded in own or (username and folded == username.casefold()[::-1]):
        raise _refused("password", "This password is one of your names; take another.")


def check_display_name(display_name: str) -> None:
    check_raw(display_name, DISPLAY_NAME_LENGTH[-1], "display_name")
    trimmed = display_name.strip()
    if len(trimmed) not in DISPLAY_NAME_LENGTH:
        raise _refused("display_name", "A name has 1 to 64 characters.")
    if not all(map(_is_shown, trimmed)) or _has_piled_marks(trimmed, 4):
        raise _refused("display_name", "This name has characters that would spoil the text.")
    # A joiner or a mark alone shows nothing: a user without a name.
    if not has_visible(trimmed):
        raise _refused("display_name", "A name needs a character that can be seen.")


def check_email(email: str) -> None:
    if len(email) > EMAIL_LONGEST or not EMAIL.fullmatch(email) or not email.isprintable():
        raise _refused("email", "This is not an e-mail address.")
    if not all(map(has_visible, email.split("@"))):
        raise _refused("email", "An e-mail address can be seen on both sides of the @.")


def check_mailable(email: str) -> None:
    """Refuse an address that mail cannot be handed in for: its first part is ASCII."""
    if mailable(email) is None:
        raise _refused("email", "No mail can be sent to this address.")


def mailable(address: str) -> str | None:
    """An address as it is handed in, its domain in ASCII (RFC 5891); None for what cannot be."""
    if len(address) > EMAIL_LONGEST:
        return None
    local, _, domain = address.strip().rpartition("@")
    try:
        whole = f"{local}@{domain.encode('idna').decode()}"
    except UnicodeError:
        return None
    return whole if MAILBOX.fullmatch(whole) else None


def check_organisation_name(name: str) -> None:
    """Nothing is a name here: the product's own stands in its place."""
    if len(name) > max(DISPLAY_NAME_LENGTH):
        raise _refused("name", "A name has up to 64 characters.")
    if not all(map(_is_shown, name)) or _has_piled_marks(name, 4):
        raise _refused("name", "This name has characters that would spoil the text.")
    if name and not has_visible(name):
        raise _refused("name", "A name needs a character that can be seen.")


def check_locale(locale: str) -> None:
    if locale not in LOCALES:
        raise _refused("locale", f"The languages are {' and '.join(LOCALES)}.")


def check_time_zone(time_zone: str) -> None:
    if not is_time_zone(time_zone):
        raise _refused("time_zone", "This is not a time zone; write one as Europe/Moscow.")


def is_time_zone(name: str) -> bool:
    """Whether browsers know this zone too, and not only this machine."""
    if len(name) > 64 or not TIME_ZONE.fullmatch(name) or name.startswith(MACHINE_ZONES):
        return False
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError):  # unknown, not a zone's file, a directory
        return False
    return True


def _is_mark(char: str) -> bool:
    return unicodedata.category(char) in ("Mn", "Mc")


def _has_piled_marks(text: str, allowed: int) -> bool:
    run = 0
    for char in text:
        run = run + 1 if _is_mark(char) else 0
        if run > allowed:
            return True
    return False


def _is_shown(char: str) -> bool:
    """Whether a character may stand in a name that others see."""
    if char in "\u200c\u200d":  # they join letters of some languages, and the parts of an emoji
        return True
    return unicodedata.category(char) not in ("Cc", "Cf", "Cs", "Zl", "Zp")


def _is_sequence(folded: str) -> bool:
    """Whether it runs along a row of keys or an alphabet, from anywhere, either way."""
    for row in ROWS:
        for line in (row, row[::-1]):
            # Over the end and on from the beginning, as in 78901234.
            if folded in line * (len(folded) // len(line) + 2):
                return True
    return False
