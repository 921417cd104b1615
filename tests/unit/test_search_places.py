"""Where a search goes on: what a client invents is refused."""

from base64 import urlsafe_b64encode

import pytest

from messenger.errors import ValidationFailed
from messenger.http.plumbing import cursors
from messenger.search.wanted import PageCursor

AT = "2026-11-21T09:30:00Z"


def cursor(text: str) -> str:
    return urlsafe_b64encode(text.encode()).decode().rstrip("=")


@pytest.mark.parametrize(
    "text",
    [
        '["2026-11-21T09:30:00",null,null,null]',
        f'["{AT}",["2026-11-21T09:30:00",1,2],null,null]',
        f'["{AT}",["0001-01-01T00:00:00Z",1,2],null,null]',
        f'["{AT}",null,1.5,["9999-12-31T23:59:59Z",1,2]]',
        f'["{AT}",null,null,null,{[[1, 2]] * 9}]',
        f'["{AT}",[1,2,3],null,null]',
        "[]",
        "7",
    ],
)
def test_invented_places_are_refused(text: str) -> None:
    with pytest.raises(ValidationFailed):
        cursors.read(cursor(text), PageCursor)


def test_places_come_back_as_they_were() -> None:
    text = f'["{AT}",["{AT}",17,2048],3.25,["{AT}",17,1984],[[17,64]],true]'
    assert cursors.write(cursors.read(cursor(text), PageCursor)) == cursor(text)
