"""Settings of accounts and sessions: who may register, how long tokens are good."""

from dataclasses import dataclass
from typing import Final, Literal

from messenger.config import kinds
from messenger.config.kinds import choice, whole
from messenger.config.setting import setting

KEY_BYTES: Final = 32
"""The least for a secret key."""

Locale = Literal["ru", "en"]
Registration = Literal["open", "invite", "closed"]


@dataclass(frozen=True, kw_only=True)
class Accounts:
    secret_key: bytes = setting(
        None,
        kinds.secret(KEY_BYTES),
        "Signs tokens, invitations and links. It lets its holder act as any user.",
        shown="made once, kept under `DATA_DIR`",
        secret=True,
    )
    registration: Registration = setting(
        "invite",
        choice(Registration),
        "Who may make an account: everyone (`open`), people with an invitation (`invite`), or"
        " only an administrator (`closed`).",
        runtime=True,
    )
    access_token_expire_minutes: int = setting(
        "15", whole(1, 1440), "How long an access token is good."
    )
    refresh_token_expire_days: int = setting(
        "30", whole(1, 3650), "How long a session lives without being used."
    )
    bcrypt_rounds: int = setting(
        "12", whole(4, 16), "The cost of a password's hash; one more doubles it."
    )
    auth_rate_limit_window_seconds: int = setting(
        "60", whole(1, 86_400), "The time that attempts to sign in are counted over."
    )
    auth_rate_limit_max_requests: int = setting(
        "5",
        whole(1, 1_000_000),
        "Attempts to sign in to one account from one address in that time.",
    )
    audit_days: int = setting(
        "0",
        whole(0, 36_500),
        "Days that the records of the audit are kept; 0: for ever.",
    )
    default_locale: Locale = setting(
        "ru", choice(Locale), "The language of what the server writes itself."
    )
