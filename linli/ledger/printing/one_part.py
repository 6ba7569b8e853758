"""One part of a book set in a process of its own: what Typst remembers goes with the process, so a
thousand pages take no more memory than one part.

Run as a file by `typesetting.pressed`; it imports Typst and nothing of Linli, and starts in a moment.
"""

from __future__ import annotations

import json
import sys

import typst


def main(template: str, root: str, fonts: str) -> None:
    """Read {"inputs", "timestamp"} as JSON from standard input, write the PDF to standard output."""
    told = json.load(sys.stdin.buffer)
    compiler = typst.Compiler(
        template,
        root=root,
        font_paths=typst.Fonts(
            include_system_fonts=False, include_embedded_fonts=False, font_paths=[fonts]
        ),
        ignore_system_fonts=True,
    )
    made = compiler.compile(format="pdf", sys_inputs=told["inputs"], timestamp=told["timestamp"])
    if not isinstance(made, bytes):
        raise TypeError("a PDF is one file")
    sys.stdout.buffer.write(made)


if __name__ == "__main__":
    main(*sys.argv[1:4])
