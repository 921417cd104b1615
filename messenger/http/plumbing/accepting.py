"""What somebody who asks would rather have: a page, or data."""

import re
from typing import Final

PAGE: Final = ("text/html", "text/*", "*/*")
DATA: Final = ("application/json", "application/*", "*/*")
_weight: Final = re.compile(r"q=([01](?:\.[0-9]{0,3})?)")


def prefers_page(accept: str) -> bool:
    """Whether a page is named, and weighs more than data (RFC 9110 §12.5.1)."""
    weights: dict[str, float] = {}
    for each in accept.lower().split(","):
        kind, *parameters = (part.strip() for part in each.split(";"))
        found = [weight for part in parameters if (weight := _weight.fullmatch(part))]
        weights[kind] = float(found[0][1]) if found else 1.0
    return PAGE[0] in weights and _weight_of(PAGE, weights) > _weight_of(DATA, weights)


def _weight_of(kinds: tuple[str, ...], weights: dict[str, float]) -> float:
    """What the most exact of them weighs."""
    return next((weights[kind] for kind in kinds if kind in weights), 0.0)
