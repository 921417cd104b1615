"""Documents as the programs of offices write them, as small as they may be."""

import io
import zipfile

_W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
_X = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
_A = 'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"'
_O = (
    'xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"'
    ' xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"'
)


def zipped(**entries: str) -> bytes:
    """Entries by name, `__` for a slash and `_xml` for what ends so."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in entries.items():
            path = name.replace("__", "/").removesuffix("_xml")
            archive.writestr("[Content_Types].xml" if name == "types" else f"{path}.xml", content)
    return out.getvalue()


def docx(text: str) -> bytes:
    half = len(text) // 2
    runs = f"<w:r><w:t>{text[:half]}</w:t></w:r><w:r><w:t>{text[half:]}</w:t></w:r>"
    body = f"<w:document {_W}><w:body><w:p>{runs}</w:p></w:body></w:document>"
    return zipped(types="<Types/>", word__document_xml=body)


def xlsx(text: str) -> bytes:
    strings = f"<sst {_X}><si><t>{text}</t></si></sst>"
    cells = '<c r="A1" t="s"><v>0</v></c><c r="B1"><v>777123</v></c>'
    sheet = f"<worksheet {_X}><sheetData><row>{cells}</row></sheetData></worksheet>"
    return zipped(types="<Types/>", xl__sharedStrings_xml=strings, xl__worksheets__sheet1_xml=sheet)


def pptx(text: str) -> bytes:
    slide = f"<p {_A}><a:p><a:r><a:t>{text}</a:t></a:r></a:p></p>"
    return zipped(types="<Types/>", ppt__slides__slide1_xml=slide)


def odt(text: str) -> bytes:
    first, _, rest = text.partition(" ")
    said = f"<text:p>{first} <text:span>{rest}</text:span> конец</text:p>"
    return zipped(content_xml=f"<office:document-content {_O}>{said}</office:document-content>")


def pdf(text: str) -> bytes:
    """One page with a line of ASCII (PDF 1.4)."""
    stream = f"BT /F1 12 Tf 40 100 Td ({text}) Tj ET"
    objects = [
        "<</Type/Catalog/Pages 2 0 R>>",
        "<</Type/Pages/Kids[3 0 R]/Count 1>>",
        (
            "<</Type/Page/Parent 2 0 R/MediaBox[0 0 400 200]/Contents 4 0 R"
            "/Resources<</Font<</F1 5 0 R>>>>>>"
        ),
        f"<</Length {len(stream)}>>stream\n{stream}\nendstream",
        "<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
    ]
    out = b"%PDF-1.4\n"
    places = []
    for number, each in enumerate(objects, 1):
        places.append(len(out))
        out += f"{number} 0 obj{each}endobj\n".encode()
    table = "".join(f"{place:010} 00000 n \n" for place in places)
    start = len(out)
    return (
        out
        + (
            f"xref\n0 6\n0000000000 65535 f \n{table}trailer<</Size 6/Root 1 0 R>>\n"
            f"startxref\n{start}\n%%EOF"
        ).encode()
    )


def bomb() -> bytes:
    """A document whose entities would be a gigabyte."""
    levels = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 10))
    body = f'<!DOCTYPE x [<!ENTITY e0 "бум">{levels}]><w:document {_W}><w:t>&e9;</w:t></w:document>'
    return zipped(types="<Types/>", word__document_xml=body)
