"""Small files of every format and what Pillow shows of them: `npm run golden -- formats`.

`rgb` is ImageOps.exif_transpose(Image.open(file)).convert("RGB"), what torchvision's folders give a network."""

import base64
import io
import struct
import sys

import cv2
import numpy as np
from golden_files import write_json
from PIL import Image, ImageOps

rng = np.random.default_rng(0)
height, width = 13, 19
rows, columns = np.mgrid[0:height, 0:width]
smooth = np.stack([columns * 13, rows * 19, 255 - columns * 6 - rows * 9], axis=-1)
pixels = np.clip(smooth + rng.integers(-9, 10, smooth.shape), 0, 255).astype(np.uint8)
alpha = np.where((rows + columns) % 3 == 0, 0, 120 + rows * 10).astype(np.uint8)

picture = Image.fromarray(pixels)
grey = picture.convert("L")
with_alpha = Image.fromarray(np.dstack([pixels, alpha]))
grey_alpha = Image.merge("LA", [grey, Image.fromarray(alpha)])
palette = picture.quantize(16)
deep = (pixels.astype(np.uint16) << 8) + rng.integers(0, 256, pixels.shape, dtype=np.uint16)


def saved(image, format, **options):
    file = io.BytesIO()
    image.save(file, format, **options)
    return file.getvalue()


def with_cv(extension, array, *options):
    return cv2.imencode(extension, array, list(options))[1].tobytes()


def orientation(value):
    exif = Image.Exif()
    exif[0x0112] = value
    return exif


def bitmap(bits, rows_of_bytes, colours=b"", compression=0, masks=b"", core=False, down=False, gap=b""):
    """A bitmap, its rows from the bottom up unless `down`."""
    if core:
        header = struct.pack("<IHHHH", 12, width, height, 1, bits)
    else:
        sizes = (width, -height if down else height)
        header = struct.pack("<IiiHHIIiiII", 40, *sizes, 1, bits, compression, 0, 0, 0, len(colours) // 4, 0)
    start = 14 + len(header) + len(masks) + len(colours) + len(gap)
    if not isinstance(rows_of_bytes, bytes):
        padded = [row + bytes(-len(row) % 4) for row in rows_of_bytes]
        rows_of_bytes = b"".join(padded if down else padded[::-1])
    file = struct.pack("<2sIHHI", b"BM", start + len(rows_of_bytes), 0, 0, start)
    return file + header + masks + colours + gap + rows_of_bytes


indices = np.asarray(palette)
colours = np.asarray(palette.getpalette(), dtype=np.uint8).reshape(-1, 3)[:16, ::-1]
colours4 = b"".join(bytes([*colour, 0]) for colour in colours)
nibbles = np.pad(indices, ((0, 0), (0, 1)))
rows4 = [bytes(row[0::2] << 4 | row[1::2]) for row in nibbles]
r, g, b = np.moveaxis(pixels.astype(np.uint16), -1, 0)
rows555 = [row.tobytes() for row in (r >> 3) << 10 | (g >> 3) << 5 | b >> 3]
rows565 = [row.tobytes() for row in (r >> 3) << 11 | (g >> 2) << 5 | b >> 3]


def run_lengths(row):
    """A run, then the rest one by one as an absolute block, so that both kinds occur."""
    rest = row[1:]
    return bytes([1, row[0], 0, len(rest), *rest]) + bytes(len(rest) % 2) + b"\0\0"


def run_lengths4(row):
    rest = np.pad(row[1:], (0, -(len(row) - 1) % 4))
    packed = bytes(rest[0::2] << 4 | rest[1::2])
    return bytes([1, row[0] << 4, 0, len(row) - 1]) + packed + b"\0\0"


rle8 = b"".join(run_lengths(row) for row in indices[::-1]) + b"\0\1"
rle4 = b"".join(run_lengths4(row) for row in indices[::-1]) + b"\0\1"


def on_larger_screen(gif):
    """The first frame covers a corner of the screen only."""
    return gif[:6] + struct.pack("<HH", width + 4, height + 3) + gif[10:]


sub = {"subsampling": 0, "quality": 90}
half = {"subsampling": 2, "quality": 90}
files = {
    "jpeg 4:4:4": saved(picture, "JPEG", **sub),
    "jpeg 4:2:0": saved(picture, "JPEG", **half),
    "jpeg 4:2:2": saved(picture, "JPEG", subsampling=1, quality=90),
    "jpeg progressive": saved(picture, "JPEG", progressive=True, **half),
    "jpeg grey": saved(grey, "JPEG", quality=90),
    "jpeg CMYK": saved(picture.convert("CMYK"), "JPEG", **sub),
    **{f"jpeg orientation {i}": saved(picture, "JPEG", exif=orientation(i), **half) for i in range(1, 9)},
    "png": saved(picture, "PNG"),
    "png 1 bit": saved(picture.convert("1"), "PNG"),
    "png grey": saved(grey, "PNG"),
    "png grey and alpha": saved(grey_alpha, "PNG"),
    "png RGBA": saved(with_alpha, "PNG"),
    "png palette": saved(palette, "PNG"),
    "png palette, a transparent colour": saved(palette, "PNG", transparency=3),
    "png palette, alpha a colour": saved(palette, "PNG", transparency=bytes(range(0, 160, 10))),
    "png 16 bits": with_cv(".png", deep[..., ::-1]),
    "png orientation 6": saved(picture, "PNG", exif=orientation(6)),
    "webp lossy": saved(picture, "WEBP", quality=90),
    "webp lossless": saved(picture, "WEBP", lossless=True),
    "webp lossless RGBA": saved(with_alpha, "WEBP", lossless=True, exact=True),
    "webp lossy RGBA": saved(with_alpha, "WEBP", quality=90, exact=True),
    "webp animated": saved(picture, "WEBP", lossless=True, save_all=True, append_images=[picture.rotate(180)]),
    "webp orientation 8": saved(picture, "WEBP", lossless=True, exif=orientation(8)),
    "gif": saved(palette, "GIF"),
    "gif grey": saved(grey, "GIF"),
    "gif transparent": saved(palette, "GIF", transparency=5),
    "gif animated": saved(palette, "GIF", save_all=True, append_images=[palette.rotate(180)]),
    "gif on a larger screen": on_larger_screen(saved(palette, "GIF")),
    "gif transparent on a larger screen": on_larger_screen(saved(palette, "GIF", transparency=5)),
    "tiff": saved(picture, "TIFF"),
    "tiff LZW": saved(picture, "TIFF", compression="tiff_lzw"),
    "tiff deflate": saved(picture, "TIFF", compression="tiff_adobe_deflate"),
    "tiff 1 bit": saved(picture.convert("1"), "TIFF"),
    "tiff grey": saved(grey, "TIFF"),
    "tiff RGBA": saved(with_alpha, "TIFF"),
    "tiff palette": saved(palette, "TIFF"),
    "tiff CMYK": saved(picture.convert("CMYK"), "TIFF"),
    "tiff 16 bits": with_cv(".tiff", deep[..., ::-1], cv2.IMWRITE_TIFF_COMPRESSION, 1),
    "tiff orientation 3": saved(picture, "TIFF", tiffinfo={0x0112: 3}),
    "bmp 1 bit": saved(picture.convert("1"), "BMP"),
    "bmp 4 bits": bitmap(4, rows4, colours4),
    "bmp 4 bits, run lengths": bitmap(4, rle4, colours4, compression=2),
    "bmp 8 bits": saved(palette, "BMP"),
    "bmp 8 bits grey": saved(grey, "BMP"),
    "bmp 8 bits, run lengths": bitmap(8, rle8, colours4, compression=1),
    "bmp 8 bits, OS/2": bitmap(8, [bytes(row) for row in indices], bytes(np.pad(colours, ((0, 240), (0, 0)))), core=True),
    "bmp 16 bits": bitmap(16, rows555),
    "bmp 16 bits, 5-6-5": bitmap(16, rows565, compression=3, masks=struct.pack("<III", 0xF800, 0x7E0, 0x1F)),
    "bmp 24 bits": saved(picture, "BMP"),
    "bmp 24 bits, top down": bitmap(24, [bytes(row[:, ::-1]) for row in pixels], down=True),
    "bmp 24 bits, a gap before the pixels": bitmap(24, [bytes(row[:, ::-1]) for row in pixels], gap=bytes(6)),
    "bmp 32 bits": saved(with_alpha, "BMP"),
}


def shown(data):
    image = Image.open(io.BytesIO(data))
    # Pillow 9.4 turns TIFF files while it loads them, and exif_transpose would turn them back.
    return (image if image.format == "TIFF" else ImageOps.exif_transpose(image)).convert("RGB")


def text(data):
    return base64.b64encode(data).decode()


def entry(name, data):
    image = shown(data)
    return {"name": name, "height": image.height, "width": image.width, "file": text(data), "rgb": text(image.tobytes())}


# Pillow clips 16 bits of grey to 255.
deep_grey = {
    "png": text(with_cv(".png", deep[..., 0])),
    "tiff": text(with_cv(".tiff", deep[..., 0], cv2.IMWRITE_TIFF_COMPRESSION, 1)),
    "high": text((deep[..., 0] >> 8).astype(np.uint8).tobytes()),
    "pillow": text(shown(with_cv(".png", deep[..., 0])).convert("L").tobytes()),
}
write_json(sys.argv[1], {"files": [entry(*item) for item in files.items()], "deepGrey": deep_grey})
