"""What a tus client says."""

import io
from base64 import b64encode
from collections.abc import Mapping
from typing import Any

from tests.api.cast import Person

PART = "application/offset+octet-stream"


async def tus(
    who: Person, method: str, path: str = "", data: Any = None, **headers: str
) -> tuple[int, Mapping[str, str], Any]:
    """Status, headers and the body of a refusal."""
    given = {"Authorization": f"Bearer {who.access}", "Tus-Resumable": "1.0.0"}
    given |= {name.replace("_", "-"): value for name, value in headers.items()}
    if not path.startswith("/"):
        path = f"/api/v1/uploads/resumable{path}"
    async with who.door.request(method, path, data=data, headers=given) as response:
        body = await response.json() if response.status >= 400 and method != "HEAD" else None
        return response.status, response.headers, body


async def begun(
    who: Person, chat: int, size: int, name: str = "Отчёт.txt", more: str = "type dGV4dA=="
) -> str:
    """The address of a fresh upload."""
    metadata = f"filename {b64encode(name.encode()).decode()},{more}"
    status, headers, body = await tus(
        who, "POST", f"?chat_id={chat}", Upload_Length=str(size), Upload_Metadata=metadata
    )
    assert status == 201, body
    return headers["Location"]


async def sent(who: Person, where: str, offset: int, part: bytes) -> tuple[int, Any, Any]:
    data = io.BytesIO(part)
    return await tus(who, "PATCH", where, data, Upload_Offset=str(offset), Content_Type=PART)
