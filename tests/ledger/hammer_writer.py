"""Run as a program by test_hammer: records visits from several threads until it is killed.

Arguments: room id, district id, responsible staff id, threads. Prints the id and serial of every
acknowledged entry on a line of its own, after the commit.
"""

from __future__ import annotations

import os
import sys
import threading
from uuid import UUID


def main() -> None:
    import django

    django.setup()
    from linli.access.actor import system_actor
    from linli.ledger.acts.act import Act
    from linli.ledger.acts.carrying_out import carry_out
    from linli.ledger.declaration import registry

    room, district, staff = (UUID(text) for text in sys.argv[1:4])
    by = system_actor("hammer")
    person = {"role": "visitor", "name": "张小花", "phone": "13800001234"}

    def work() -> None:
        while True:
            act = Act(
                registry.get("visits"), "record", by,
                {"category": "help", "narrative": "楼上漏水", "visitors": [person]},
                room=room, district=district, responsible=staff,
            )  # fmt: skip
            done = carry_out([act])[0]
            os.write(1, f"{done.entry} {done.serial_no}\n".encode())

    for _thread in range(int(sys.argv[4])):
        threading.Thread(target=work).start()


if __name__ == "__main__":
    main()
