"""Lead images: foreign bytes in, a small picture of our own making out.

The picture is drawn anew, so nothing of the file survives but its pixels: no EXIF (places, names,
serial numbers), no comments, no trailing bytes, no scripts (SVG is not a raster, and is refused).
"""

from __future__ import annotations

import io
import warnings
from dataclasses import dataclass
from typing import TYPE_CHECKING

from wirecopy.errors import ReadError

if TYPE_CHECKING:  # 9 MB, in processes that draw pictures
    from PIL import Image

FORMATS = ("JPEG", "PNG", "WEBP", "GIF", "AVIF")  # told by their first bytes, never by their name
MOST_PIXELS = 25_000_000  # 100 MB once unpacked: what a small machine's worker can bear
MOST_WIDTH = 960  # twice the text column of a telephone, and once that of a desk
MOST_HEIGHT = 1440
LEAST_SIDE = 64  # smaller ones are counters and icons
QUALITY = 76  # WebP; about 60 KB for a photograph of 960 px
CONTENT_TYPE = "image/webp"
EXTENSION = ".webp"


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """A picture as we serve it: WebP."""

    body: bytes
    width: int
    height: int


def shrink(body: bytes, url: str = "") -> Picture:
    """A small WebP of a JPEG, PNG, WebP, GIF (its first frame) or AVIF.

    Raises ReadError, with `url`, when the bytes are none of these, are cut, or hold too many
    pixels. The same bytes give the same picture.
    """
    from PIL import Image, UnidentifiedImageError

    try:
        with warnings.catch_warnings():
            # Pillow warns from 89 Mpx on; for us that is already too large
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(body), formats=FORMATS) as found:
                _check_size(found, url)
                return _drawn(found)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise ReadError("The image has too many pixels.", url=url) from error
    except UnidentifiedImageError as error:
        raise ReadError("These bytes are no raster image we know.", url=url) from error
    except (OSError, SyntaxError, ValueError, EOFError) as error:  # how Pillow tells of bad files
        raise ReadError(f"The image cannot be read: {error}.", url=url) from error


def _check_size(found: Image.Image, url: str) -> None:
    """Look at the header before anything is unpacked."""
    width, height = found.size
    if width * height > MOST_PIXELS:
        raise ReadError(
            f"The image has {width * height / 1e6:.0f} million pixels; "
            f"at most {MOST_PIXELS // 1_000_000} are read.",
            url=url,
        )
    if min(width, height) < LEAST_SIDE:
        raise ReadError(f"The image is {width} by {height} pixels: too small to show.", url=url)


def _drawn(found: Image.Image) -> Picture:
    from PIL import Image, ImageOps

    found.draft("RGB", (MOST_WIDTH, MOST_HEIGHT))  # JPEG: unpack no more than is needed
    upright = ImageOps.exif_transpose(found)
    see_through = upright.mode in ("RGBA", "LA", "PA") or "transparency" in upright.info
    plain = upright.convert("RGBA" if see_through else "RGB")
    plain.thumbnail((MOST_WIDTH, MOST_HEIGHT), Image.Resampling.LANCZOS)
    # A fresh canvas: Pillow carries `info` (EXIF, XMP, comments) along with the pixels
    canvas = Image.new(plain.mode, plain.size)
    canvas.paste(plain)
    out = io.BytesIO()
    canvas.save(out, "WEBP", quality=QUALITY, method=4)
    return Picture(body=out.getvalue(), width=canvas.width, height=canvas.height)
