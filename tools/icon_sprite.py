"""Make one SVG file of the icons named in icons.txt ("our name, Tabler's name" per line).

Usage: icon_sprite.py <folder of Tabler's outline icons> <target.svg>
"""

import re
import sys
from pathlib import Path

LIST = Path(__file__).with_name("icons.txt")
DRAWN = re.compile(r"<(?:path|circle|rect|line|polyline)\b[^>]*/>")
EMPTY_BOX = 'd="M0 0h24v24H0z"'


def symbol(name: str, source: str) -> str:
    """One icon as a <symbol>, without the invisible box every Tabler icon begins with."""
    shapes = [" ".join(shape.split()) for shape in DRAWN.findall(source) if EMPTY_BOX not in shape]
    return f'<symbol id="{name}" viewBox="0 0 24 24">{"".join(shapes)}</symbol>'


def main(icons: Path, target: Path) -> None:
    """Write the sprite; a name that Tabler does not have stops it."""
    pairs = (line.split() for line in LIST.read_text().splitlines() if line.strip())
    symbols = [symbol(ours, (icons / f"{theirs}.svg").read_text()) for ours, theirs in pairs]
    head = (
        "<!-- Tabler Icons, MIT; see vendor/LICENSES/tabler-icons.txt. Made by tools/vendor.sh -->"
    )
    body = "\n".join(symbols)
    target.write_text(
        f'<svg xmlns="http://www.w3.org/2000/svg">{head}\n{body}\n</svg>\n', encoding="utf-8"
    )


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
