"""Passwords and tokens: who is this, as far as arithmetic can tell.

Whether a session still lives is for the store and `actors.identities` to say.
Nothing here logs, and nothing here reads a clock of its own.
"""

import asyncio
import base64
import hashlib
import hmac
import secrets
import threading
import unicodedata
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any, Final, TypeVar

import bcrypt
import msgspec
from jwt import InvalidTokenError, decode, encode

from messenger.errors import TokenExpired, Unauthorized, Unavailable

T = TypeVar("T")
Clock = Callable[[], datetime]

LEEWAY: Final = timedelta(seconds=30)
"""Clocks of several servers, or of one that is being corrected, differ by so much."""


def derived_key(secret: bytes, purpose: str) -> bytes:
    """Make a key for one purpose, so that what is signed for one is nothing to another."""
    return hmac.digest(secret, b"messenger/" + purpose.encode(), "sha256")


# Passwords


def _prehashed(password: str) -> bytes:
    # bcrypt refuses more than 72 bytes, which is 36 Cyrillic letters, and stops at NUL: 64 bytes
    # of base64 stand for any password. NFC, because keyboards differ in how they write one letter.
    exact = unicodedata.normalize("NFC", password).encode("utf-8", "surrogatepass")
    return base64.b64encode(hashlib.sha384(exact).digest())


def _hash(password: str, rounds: int) -> str:
    return bcrypt.hashpw(_prehashed(password), bcrypt.gensalt(rounds)).decode()


def one_time_password(random: bytes = b"") -> str:
    """Write 80 bits, fresh ones unless given, in letters that are not mistaken for one another."""
    text = base64.b32encode(random or secrets.token_bytes(10)).decode().lower()
    return "-".join(text[start : start + 4] for start in range(0, 16, 4))


def _digest(password: str, salt: bytes) -> str:
    return hashlib.scrypt(_prehashed(password), salt=salt, n=2**14, r=8, p=1).hex()


def _matches(password: str, hashed: str) -> bool:
    try:
        return bcrypt.checkpw(_prehashed(password), hashed.encode())
    except ValueError:  # what is kept is no hash: nothing opens this account
        return False


class Passwords:
    """bcrypt in two threads of its own, with a bounded queue in front.

    Two cores do eight logins a second; without the bound a flood of logins
    would be answered minutes later, when their clients have given up.
    """

    def __init__(self, rounds: int, threads: int = 2, waiting: int = 32) -> None:
        self.rounds = rounds
        # Well formed and of the same cost, but the hash of nothing: what an unknown user is
        # checked against, so that the answer takes as long as for a wrong password.
        self._nobody = f"$2b${rounds:02d}${'.' * 53}"
        self._threads = ThreadPoolExecutor(threads, thread_name_prefix="passwords")
        self._places = threading.BoundedSemaphore(threads + waiting)

    async def hash(self, password: str) -> str:
        """Hash a password for keeping; raises Unavailable when too many wait."""
        return await self._run(_hash, password, self.rounds)

    async def digest(self, password: str, salt: bytes) -> str:
        """Tell a password from others without keeping it, as dear to guess as from its hash."""
        return await self._run(_digest, password, salt)

    async def verify(self, password: str, hashed: str | None) -> bool:
        """Compare with a kept hash; without one, take as long and say no."""
        matched = await self._run(_matches, password, hashed or self._nobody)
        return matched and hashed is not None

    async def _run(self, work: Callable[..., T], *arguments: Any) -> T:
        if not self._places.acquire(blocking=False):
            raise Unavailable("Too many people are signing in; try again in a few seconds.")
        future = self._threads.submit(work, *arguments)
        # The thread keeps its place until it is done, even when its asker is gone.
        future.add_done_callback(lambda _: self._places.release())
        return await asyncio.wrap_future(future)

    def close(self) -> None:
        self._threads.shutdown(cancel_futures=True)


# Tokens


class AccessClaims(msgspec.Struct, frozen=True):
    user_id: int
    session_id: str
    expires_at: datetime


class RefreshClaims(msgspec.Struct, frozen=True):
    user_id: int
    session_id: str
    generation: int


class _Claims(msgspec.Struct, frozen=True):
    sub: str
    sid: str
    typ: str
    iat: int
    exp: int
    gen: int = 0


class Tokens:
    """JWT (RFC 7519) signed with HS256; each kind has a key of its own."""

    def __init__(self, secret: bytes, lifetime: timedelta, clock: Clock) -> None:
        self.lifetime = lifetime
        self._clock = clock
        self._keys = {
            typ: derived_key(secret, f"token/{typ}") for typ in ("access", "refresh", "files")
        }

    def access(self, user_id: int, session_id: str) -> str:
        now = self._clock()
        return self._sign("access", user_id, session_id, now, now + self.lifetime)

    def refresh(
        self,
        user_id: int,
        session_id: str,
        generation: int,
        rotated_at: datetime,
        expires_at: datetime,
    ) -> str:
        """Write the token of a session's row; the same row gives the same token again."""
        return self._sign("refresh", user_id, session_id, rotated_at, expires_at, gen=generation)

    def files(self, user_id: int, session_id: str, until: datetime) -> str:
        """Write the token of the files' cookie: it opens nothing else."""
        return self._sign("files", user_id, session_id, self._clock(), until)

    def read_files(self, token: str) -> AccessClaims:
        """Raises Unauthorized."""
        claims, _, expires_at = self._read(token, "files")
        if expires_at + LEEWAY < self._clock():
            raise Unauthorized("This session has run out; sign in again.")
        return AccessClaims(int(claims.sub), claims.sid, expires_at)

    def read_access(self, token: str) -> AccessClaims:
        """Raises TokenExpired, or Unauthorized for anything that is not an access token."""
        claims, issued_at, expires_at = self._read(token, "access")
        now = self._clock()
        # A token from the future: the clock was set back. A fresh one is right again.
        if expires_at + LEEWAY < now or issued_at > now + LEEWAY:
            raise TokenExpired
        return AccessClaims(int(claims.sub), claims.sid, expires_at)

    def read_refresh(self, token: str) -> RefreshClaims:
        """Raises Unauthorized; whether the token was used before is the session's to say.

        It may be from the future, so that setting the clock back ends no session.
        """
        claims, _, expires_at = self._read(token, "refresh")
        if expires_at + LEEWAY < self._clock():
            raise Unauthorized("This session has run out; sign in again.")
        return RefreshClaims(int(claims.sub), claims.sid, claims.gen)

    def _sign(
        self, typ: str, user_id: int, session_id: str, at: datetime, until: datetime, **more: int
    ) -> str:
        claims = {
            "sub": str(user_id),
            "sid": session_id,
            "typ": typ,
            "iat": int(at.timestamp()),
            "exp": int(until.timestamp()),
            **more,
        }
        return encode(claims, self._keys[typ], algorithm="HS256")

    def _read(self, token: str, typ: str) -> tuple[_Claims, datetime, datetime]:
        try:
            payload = decode(
                token,
                self._keys[typ],
                algorithms=["HS256"],
                # Times are checked by our clock, which tests can move, and not by the library's.
                options={
                    "require": ["exp", "iat", "sub"],
                    "verify_exp": False,
                    "verify_iat": False,
                },
            )
            claims = msgspec.convert(payload, _Claims)
            issued_at = datetime.fromtimestamp(claims.iat, UTC)
            expires_at = datetime.fromtimestamp(claims.exp, UTC)
        except (
            InvalidTokenError, msgspec.ValidationError, ValueError, OverflowError, OSError,
        ):  # fmt: skip
            raise Unauthorized("This token is not valid; sign in again.") from None
        if claims.typ != typ or not claims.sub.isdecimal():
            raise Unauthorized("This token is not valid; sign in again.")
        return claims, issued_at, expires_at
