"""What Pillow makes of the photographs in ../shared/data, as SHA-256 of bytes: `npm run golden -- photos`.

Decoded, turned by EXIF, as RGB; then resized to 256×341 bilinearly and to 200×190 bicubically."""

import hashlib
import pathlib
import sys

from golden_files import write_json
from PIL import Image, ImageOps

data = pathlib.Path(__file__).parents[4] / "shared/data"
kinds = {".jpg", ".jpeg", ".png"}
files = sorted(file for folder in ["photos", "hymenoptera"] for file in (data / folder).rglob("*") if file.suffix in kinds)


def digest(image):
    return hashlib.sha256(image.tobytes()).hexdigest()[:16]


def digests(file):
    image = ImageOps.exif_transpose(Image.open(file)).convert("RGB")
    sizes = [image, image.resize((341, 256), Image.BILINEAR), image.resize((190, 200), Image.BICUBIC)]
    return [digest(size) for size in sizes]


write_json(sys.argv[1], {str(file.relative_to(data)): digests(file) for file in files})
