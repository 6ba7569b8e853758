"""Run as a program by test_killed: takes files in from several threads until it is killed.

Arguments: room id, district id, threads. Prints the id of every file that was acknowledged.
"""

from __future__ import annotations

import os
import sys
import threading
from uuid import UUID


def main() -> None:
    import django

    django.setup()
    from django.core.files.uploadedfile import SimpleUploadedFile

    from linli.access.actor import system_actor
    from linli.ledger.files import taking_in

    room, district = (UUID(text) for text in sys.argv[1:3])
    sound = b"RIFF" + bytes(4) + b"WAVE" + os.urandom(300_000)

    def work() -> None:
        while True:
            row = taking_in.take(
                actor=system_actor("uploads"), upload=SimpleUploadedFile("r.wav", sound),
                room=room, district=district,
            )  # fmt: skip
            os.write(1, f"{row.id}\n".encode())

    taking_in.MOST_WAITING = 1_000_000  # type: ignore[misc]
    for _thread in range(int(sys.argv[3])):
        threading.Thread(target=work).start()


if __name__ == "__main__":
    main()
