"""What the workshop photographs: its furniture, its wood, a layout; and its people's faces.

Drawn when the demo is made: nothing is fetched, and the package stays small. JPEG, twice as large
while it is drawn, so that edges are smooth.
"""

import io
import math
from collections.abc import Callable
from typing import Final

from PIL import Image, ImageDraw, ImageFilter

Colour = tuple[int, int, int]
Draw = ImageDraw.ImageDraw

WIDTH: Final = 1200
HEIGHT: Final = 800
FACE: Final = 512
FINER: Final = 2
WALLS: Final[tuple[tuple[Colour, Colour], ...]] = (
    ((236, 229, 217), (190, 172, 148)),
    ((214, 222, 213), (150, 152, 138)),
    ((222, 213, 214), (168, 146, 138)),
    ((204, 214, 221), (140, 146, 152)),
    ((92, 106, 100), (62, 60, 56)),
)
"""Wall and floor."""
WOODS: Final[tuple[Colour, ...]] = (
    (186, 136, 84), (206, 164, 112), (122, 80, 54), (168, 118, 72), (214, 178, 130),
)  # fmt: skip
CLOTHS: Final[tuple[Colour, ...]] = (
    (72, 106, 94), (176, 92, 66), (84, 98, 128), (188, 150, 84), (128, 84, 96),
)  # fmt: skip
BOOKS: Final[tuple[Colour, ...]] = (
    (176, 84, 66), (58, 92, 96), (222, 188, 120), (96, 112, 84), (230, 224, 212), (60, 66, 84),
)  # fmt: skip
SKINS: Final[tuple[Colour, ...]] = ((240, 206, 180), (226, 184, 152), (248, 216, 194))
HAIRS: Final[tuple[Colour, ...]] = (
    (74, 50, 38), (42, 38, 40), (168, 112, 62), (112, 74, 52), (196, 160, 110),
)  # fmt: skip


def picture(scene: str, variant: int) -> bytes:
    """A photo of the workshop's, as JPEG; raises KeyError for a scene that there is not."""
    drawn = Image.new("RGB", (WIDTH * FINER, HEIGHT * FINER))
    SCENES[scene](drawn, variant)
    return jpeg(drawn)


def jpeg(drawn: Image.Image) -> bytes:
    out = io.BytesIO()
    drawn.reduce(FINER).save(out, "JPEG", quality=84)
    return out.getvalue()


def shade(colour: Colour, by: float) -> Colour:
    """Darker below 1, lighter above it."""
    red, green, blue = (min(255, round(part * by)) for part in colour)
    return red, green, blue


def pale(colour: Colour) -> Colour:
    red, green, blue = ((part + 2 * 240) // 3 for part in colour)
    return red, green, blue


def of(choices: tuple[Colour, ...], number: int) -> Colour:
    return choices[number % len(choices)]


def room(drawn: Image.Image, variant: int) -> Callable[..., list[float]]:
    """Draw wall and floor; the answer turns parts of a thousand of the picture into its pixels."""
    wide, high = drawn.size
    wall, floor = WALLS[variant % len(WALLS)]
    light = Image.linear_gradient("L").resize(drawn.size).point(lambda level: level // 2)
    drawn.paste(wall, (0, 0, wide, high))
    drawn.paste(shade(wall, 0.78), (0, 0, wide, high), light)
    ImageDraw.Draw(drawn).rectangle((0, high * 0.74, wide, high), fill=floor)

    def at(*parts: float) -> list[float]:
        return [part * (high if odd % 2 else wide) / 1000 for odd, part in enumerate(parts)]

    shadow = Image.new("L", (wide // 8, high // 8))
    spot = [part / 8 for part in at(160, 850, 860, 950)]
    ImageDraw.Draw(shadow).ellipse(spot, fill=110)
    shadow = shadow.filter(ImageFilter.GaussianBlur(9)).resize(drawn.size)
    drawn.paste(shade(floor, 0.45), (0, 0, wide, high), shadow)
    return at


def table(drawn: Image.Image, variant: int) -> None:
    at, draw = room(drawn, variant), ImageDraw.Draw(drawn)
    wood = of(WOODS, variant)
    for left, foot in ((232, 214), (748, 766)):
        draw.polygon(at(left, 560, left + 34, 560, foot + 22, 900, foot, 900), shade(wood, 0.72))
    draw.rectangle(at(220, 560, 794, 612), shade(wood, 0.82))
    draw.rounded_rectangle(at(150, 520, 864, 566), 16, wood)
    draw.line(at(160, 530, 854, 530), shade(wood, 1.18), 6)
    cloth = of(CLOTHS, variant + 1)
    draw.ellipse(at(440, 408, 524, 526), cloth)
    draw.rectangle(at(466, 372, 498, 430), cloth)
    for lean, rise in ((-66, 250), (-8, 190), (58, 236)):
        draw.line(at(482, 376, 482 + lean, rise), (84, 96, 70), 7)
        for part in (0.45, 0.7, 1):
            x, y = 482 + lean * part, 376 + (rise - 376) * part
            draw.ellipse(at(x - 15, y - 16, x + 15, y + 16), (112, 132, 92))
    draw.rounded_rectangle(at(640, 468, 700, 522), 22, (244, 240, 232))


def shelf(drawn: Image.Image, variant: int) -> None:
    at, draw = room(drawn, variant), ImageDraw.Draw(drawn)
    wood = of(WOODS, variant + 1)
    draw.rectangle(at(290, 130, 710, 890), shade(wood, 0.62))
    for row in range(4):
        bottom = 300 + row * 188
        left = 320 + (row * 67 + variant * 40) % 90
        for number in range(5 + (row + variant) % 3):
            thick, tall = 20 + (number * 7 + row * 5) % 18, 96 + (number * 29 + row * 17) % 44
            draw.rectangle(
                at(left, bottom - tall, left + thick, bottom), of(BOOKS, number + row * 2 + variant)
            )
            left += thick + 3
        draw.ellipse(at(618, bottom - 74, 668, bottom), of(CLOTHS, row + variant))
    for top in range(112, 900, 188):
        draw.rectangle(at(278, top, 722, top + 22), wood)
    for left in (278, 706):
        draw.rectangle(at(left, 112, left + 16, 900), shade(wood, 0.88))


def chair(drawn: Image.Image, variant: int) -> None:
    at, draw = room(drawn, variant), ImageDraw.Draw(drawn)
    wood, cloth = of(WOODS, variant + 2), of(CLOTHS, variant)
    for left, foot in ((352, 330), (616, 644)):
        draw.polygon(at(left, 740, left + 32, 740, foot + 20, 900, foot, 900), wood)
    draw.rounded_rectangle(at(346, 240, 654, 700), 110, cloth)
    draw.rounded_rectangle(at(370, 270, 630, 640), 90, shade(cloth, 1.1))
    draw.rounded_rectangle(at(330, 600, 670, 780), 60, shade(cloth, 0.9))
    draw.rounded_rectangle(at(350, 590, 650, 690), 50, shade(cloth, 1.2))
    for left in (290, 640):
        draw.rounded_rectangle(at(left, 500, left + 70, 780), 56, shade(cloth, 0.8))


def wood(drawn: Image.Image, variant: int) -> None:
    """Boards from near by."""
    wide, high = drawn.size
    draw = ImageDraw.Draw(drawn)
    boards = 4
    for board in range(boards):
        colour = shade(of(WOODS, variant), 0.92 + board * 37 % 5 * 0.04)
        top, bottom = board * high // boards, (board + 1) * high // boards
        draw.rectangle((0, top, wide, bottom), colour)
        for grain in range(11):
            y = top + (grain + 0.5) * (bottom - top) / 11
            knot = wide * ((board * 61 + variant * 29) % 70 + 15) / 100
            line = [
                (x, y + (grain - 5) * 9 * 2 ** (-(((x - knot) / 300) ** 2)))
                for x in range(0, wide + 40, 40)
            ]
            draw.line(line, shade(colour, 0.86 + grain % 3 * 0.04), 3 + grain % 3 * 2)
        draw.line((0, bottom, wide, bottom), shade(colour, 0.5), 8)


def layout(drawn: Image.Image, variant: int) -> None:
    """A page of the shop: a large picture and four small ones."""
    drawn.paste((250, 248, 244), (0, 0, *drawn.size))
    at = [drawn.width / 1000, drawn.height / 1000]
    draw = ImageDraw.Draw(drawn)

    def box(left: float, top: float, right: float, bottom: float, colour: Colour) -> None:
        corners = (left * at[0], top * at[1], right * at[0], bottom * at[1])
        draw.rounded_rectangle(corners, 12, colour)

    box(60, 44, 150, 74, (40, 60, 54))
    for left in (620, 710, 800, 890):
        box(left, 52, left + 56, 66, (190, 186, 178))
    scene = Image.new("RGB", (drawn.width * 88 // 100, drawn.height * 46 // 100))
    (table if variant % 2 == 0 else chair)(scene, variant)
    drawn.paste(scene, (round(60 * at[0]), round(110 * at[1])))
    box(60, 610, 420, 640, (60, 58, 54))
    for number in range(4):
        left = 60 + number * 225
        box(left, 670, left + 205, 880, shade(of(WOODS, number + variant), 1.12))
        box(left, 900, left + 130, 916, (120, 116, 108))
        box(left, 930, left + 70, 944, (11, 118, 104))


def twig(drawn: Image.Image, variant: int) -> None:
    """A mark for boxes."""
    wide, high = drawn.size
    drawn.paste((226, 208, 180), (0, 0, wide, high))
    draw = ImageDraw.Draw(drawn)
    middle, ink, size = wide / 2, (58, 76, 62), high / 1000
    draw.line((middle, high * 0.8, middle, high * 0.24), ink, 16)
    for number in range(4):
        y, long = high * (0.68 - number * 0.12), (190 - number * 26) * size
        for side in (-1, 1):
            # There along the lower edge of the leaf, and back along the upper one.
            edge = [(part / 20, math.sin(math.pi * part / 20) * 0.24) for part in range(21)]
            edge += [(along, -off) for along, off in reversed(edge)]
            leaf = [
                (middle + side * long * (along + off * 0.7), y - long * (along * 0.7 - off))
                for along, off in edge
            ]
            draw.polygon(leaf, ink)


SCENES: Final[dict[str, Callable[[Image.Image, int], None]]] = {
    "table": table,
    "shelf": shelf,
    "chair": chair,
    "wood": wood,
    "layout": layout,
    "twig": twig,
}


def face(number: int) -> bytes:
    """A portrait of nobody, as JPEG; odd numbers have long hair."""
    side = FACE * FINER
    drawn = Image.new("RGB", (side, side), pale(of(CLOTHS, number + 2)))
    draw = ImageDraw.Draw(drawn)

    def around(x: float, y: float, wide: float, high: float, colour: Colour) -> None:
        parts = (x - wide, y - high, x + wide, y + high)
        draw.ellipse([part * side / 100 for part in parts], colour)

    skin, hair = of(SKINS, number), of(HAIRS, number)
    if number % 2:
        around(50, 48, 24, 30, shade(hair, 0.85))
    around(50, 106, 40, 34, of(CLOTHS, number))
    around(50, 74, 9, 12, shade(skin, 0.88))
    around(50, 45, 18, 22, skin)
    draw.chord([part * side / 100 for part in (30.5, 19, 69.5, 67)], 196, 344, hair)
    for x in (43, 57):
        around(x, 48, 1.6, 2, shade(hair, 0.6))
    draw.arc([part * side / 100 for part in (43, 50, 57, 60)], 25, 155, shade(skin, 0.6), 10)
    return jpeg(drawn)
