"""A thumbnail tells photos apart, and nothing can be read in it."""

from __future__ import annotations

import io

import pytest
from PIL import Image, ImageDraw, ImageFont

from linli.ledger.files.taking_in import wash
from linli.settings import SOURCE


def with_number(number: str) -> Image.Image:
    """A number that fills the picture from side to side: the most legible there is."""
    image = Image.new("RGB", (2200, 1200), "white")
    font = ImageFont.truetype(
        str(next((SOURCE / "design" / "fonts").glob("*Bold*.ttf"))), int(3400 / len(number))
    )
    ImageDraw.Draw(image).text((60, 420), number, fill="black", font=font)
    return image


def thumbnail_of(image: Image.Image) -> Image.Image:
    out = io.BytesIO()
    image.save(out, "PNG")
    return Image.open(io.BytesIO(wash(out.getvalue()).thumbnail)).convert("L")


def difference(one: Image.Image, other: Image.Image) -> float:
    """How far two grey pictures are apart on average, of 255."""
    pairs = zip(one.tobytes(), other.tobytes(), strict=True)
    return sum(abs(a - b) for a, b in pairs) / len(one.tobytes())


def coarse(image: Image.Image) -> Image.Image:
    """The picture with nothing left that is finer than a sixteenth of it."""
    small = image.copy()
    small.thumbnail((16, 16), Image.Resampling.BOX)
    return small.resize(image.size, Image.Resampling.BICUBIC)


@pytest.mark.usefixtures("db")
def test_a_number_that_fills_the_picture_has_no_digits_any_more() -> None:
    """Eleven digits in sixteen dots: it holds nothing that a picture of sixteen dots does not."""
    image = with_number("13800006688")
    shown = thumbnail_of(image)
    assert max(shown.size) == 96
    sharp = image.convert("L").resize(shown.size, Image.Resampling.LANCZOS)
    assert difference(sharp, coarse(sharp)) > 10  # a plain small picture would show them
    assert difference(shown, coarse(sharp)) < 2


@pytest.mark.usefixtures("db")
def test_it_tells_a_red_picture_from_a_blue_one() -> None:
    red, blue = (
        wash(_png(Image.new("RGB", (300, 200), color))).thumbnail for color in ("red", "blue")
    )
    assert Image.open(io.BytesIO(red)).getpixel((40, 30))[0] > 200
    assert Image.open(io.BytesIO(blue)).getpixel((40, 30))[2] > 200


def _png(image: Image.Image) -> bytes:
    out = io.BytesIO()
    image.save(out, "PNG")
    return out.getvalue()
