"""The virus scanner of the installation: ClamAV's clamd, where LINLI_CLAMD names its socket.

LINLI_CLAMD=/run/clamav/clamd.ctl      LINLI_CLAMD=127.0.0.1:3310
"""

from __future__ import annotations

import socket
from contextlib import closing

from django.conf import settings

_PIECE = 128 * 1024
_PATIENCE = 60  # seconds


class ScannerSilent(OSError):
    """A scanner is named, but it does not answer as it should."""


def is_configured() -> bool:
    """Whether this installation names a scanner."""
    return bool(settings.CLAMD)


def _connected() -> socket.socket:
    address: str = settings.CLAMD
    if address.startswith("/"):
        talk = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        talk.settimeout(_PATIENCE)
        talk.connect(address)
        return talk
    host, _colon, port = address.rpartition(":")
    return socket.create_connection((host.strip("[]"), int(port)), timeout=_PATIENCE)


def find(content: bytes) -> str:
    """The name of what the scanner finds in a content; "" when it is clean. Raises ScannerSilent."""
    pieces = (content[at : at + _PIECE] for at in range(0, len(content), _PIECE))
    sent = [b"zINSTREAM\0", *(len(one).to_bytes(4, "big") + one for one in pieces), bytes(4)]
    answer = _asked(*sent)
    if answer.endswith("FOUND"):
        return answer.removeprefix("stream:").removesuffix("FOUND").strip()
    if answer.endswith("OK"):
        return ""
    raise ScannerSilent(answer)


def answers() -> bool:
    """Whether the scanner is there."""
    try:
        return _asked(b"zPING\0") == "PONG"
    except ScannerSilent:
        return False


def _asked(*sent: bytes) -> str:
    try:
        with closing(_connected()) as talk:
            for piece in sent:
                talk.sendall(piece)
            answer = bytearray()
            while not answer.endswith(b"\0") and (more := talk.recv(4096)):
                answer += more
    except (OSError, ValueError) as trouble:
        raise ScannerSilent(str(trouble)) from trouble
    return answer.rstrip(b"\0").decode(errors="replace").strip()
