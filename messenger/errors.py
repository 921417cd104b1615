"""Every error a client can meet: code, HTTP status, sentence.

The docstring of a class is the sentence a client reads when the raiser gives
no better one. Rules and stores raise these; only the doors (`http`, `ws`) turn
them into answers. Anything that is not one of them is `internal` outside.
"""

from typing import Any, ClassVar

import msgspec


class ErrorBody(msgspec.Struct, frozen=True, omit_defaults=True):
    """What stands under `error` on both doors."""

    code: str
    message: str
    details: dict[str, Any] | None = None


class DomainError(Exception):
    """Something went wrong."""

    code: ClassVar[str] = "internal"
    status: ClassVar[int] = 500

    def __init__(self, message: str | None = None, **details: Any) -> None:
        super().__init__(message or type(self).__doc__)
        self.details = details or None

    def body(self) -> ErrorBody:
        return ErrorBody(self.code, str(self), self.details)


class ValidationFailed(DomainError):
    """The request is not well formed."""

    code = "validation_failed"
    status = 422


class Unauthorized(DomainError):
    """Sign in first."""

    code = "unauthorized"
    status = 401


class InvalidCredentials(DomainError):
    """The user name or the password is wrong."""

    code = "invalid_credentials"
    status = 401


class TokenExpired(DomainError):
    """The access token has run out; refresh it."""

    code = "token_expired"
    status = 401


class Forbidden(DomainError):
    """You may see this, but not do that with it."""

    code = "forbidden"
    status = 403


class PasswordOwed(Forbidden):
    """Your password was made for you: choose your own first, with POST /auth/password."""

    def __init__(self) -> None:
        super().__init__(reason="password_change_required")


class RegistrationClosed(DomainError):
    """Registration is not open here; ask an administrator for an invitation."""

    code = "registration_closed"
    status = 403


class DirectDisabled(DomainError):
    """Direct chats are switched off in this organisation."""

    code = "direct_disabled"
    status = 403


class NotFound(DomainError):
    """There is no such thing, or you may not see it."""

    code = "not_found"
    status = 404


class MethodNotAllowed(DomainError):
    """This address does not take that method."""

    code = "method_not_allowed"
    status = 405


class RequestTimeout(DomainError):
    """The request took too long to arrive; send it again."""

    code = "request_timeout"
    status = 408


class VersionConflict(DomainError):
    """Somebody changed this at the same time; look at `details.current` and decide."""

    code = "version_conflict"
    status = 409


class AlreadyExists(DomainError):
    """This exists already."""

    code = "already_exists"
    status = 409


class Archived(DomainError):
    """This is in the archive and can only be read."""

    code = "archived"
    status = 409


class OffsetConflict(DomainError):
    """The upload is elsewhere; ask how far it is, and go on from there."""

    code = "offset_conflict"
    status = 409


class PreconditionFailed(DomainError):
    """This version of the protocol is not spoken here."""

    code = "precondition_failed"
    status = 412


class IdempotencyMismatch(DomainError):
    """This key was used for another request; take a fresh one."""

    code = "idempotency_mismatch"
    status = 422


class PayloadTooLarge(DomainError):
    """That is too large; send less at once."""

    code = "payload_too_large"
    status = 413


class QuotaExceeded(DomainError):
    """There is no room left for your files; delete some first."""

    code = "quota_exceeded"
    status = 413


class UnsupportedType(DomainError):
    """This kind of content is not accepted; send JSON as application/json."""

    code = "unsupported_type"
    status = 415


class RateLimited(DomainError):
    """Too many requests; wait before the next one."""

    code = "rate_limited"
    status = 429

    def __init__(self, retry_after_ms: int, message: str | None = None) -> None:
        super().__init__(message, retry_after_ms=retry_after_ms)
        self.retry_after_ms = retry_after_ms


class Unavailable(DomainError):
    """The server cannot do this right now; try again shortly."""

    code = "unavailable"
    status = 503


class StorageFull(DomainError):
    """The server's disk is full; what you sent was not kept. Try again later."""

    code = "storage_full"
    status = 507


class Internal(DomainError):
    """Something broke on our side; the request id helps to find it."""

    code = "internal"
    status = 500


CATALOGUE: tuple[type[DomainError], ...] = (
    ValidationFailed,
    Unauthorized,
    InvalidCredentials,
    TokenExpired,
    Forbidden,
    RegistrationClosed,
    DirectDisabled,
    NotFound,
    MethodNotAllowed,
    RequestTimeout,
    VersionConflict,
    AlreadyExists,
    Archived,
    OffsetConflict,
    PreconditionFailed,
    IdempotencyMismatch,
    PayloadTooLarge,
    QuotaExceeded,
    UnsupportedType,
    RateLimited,
    Unavailable,
    StorageFull,
    Internal,
)
