"""Values of settings as they may be shown and logged: nothing secret is in them."""

import re
from typing import Any


def printable(name: str, value: Any) -> str:
    match value:
        case None:
            return ""
        case bytes():
            return f"({len(value)} bytes)"
        case bool():
            return "on" if value else "off"
        case str() if name in ("S3_SECRET_ACCESS_KEY", "SMTP_PASSWORD"):
            return f"({len(value)} characters)"
        case (str(bucket), str(prefix)) if name == "S3_URL":
            return f"s3://{bucket}/{prefix}".rstrip("/")
        case (int(count), int(seconds)):
            return f"{count}/{seconds}s"
        case tuple():
            return " ".join(str(each) for each in value)
        case _ if name == "DATABASE_URL":
            return without_password(value)
        case _:
            return str(value)


def without_password(url: str) -> str:
    """A database's address with its passwords masked."""
    url = re.sub(r"^(\w+://[^:/@]*):.*@", r"\1:***@", url)
    return re.sub(r"(?i)([?&]\w*password=)[^&]*", r"\1***", url)
