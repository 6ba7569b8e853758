from __future__ import annotations

import select

from django.db.backends.postgresql import base


class DatabaseWrapper(base.DatabaseWrapper):
    def is_usable(self) -> bool:
        """Whether a kept connection still stands, asked once in each request.

        A server that ended or cut a connection has closed the socket, which then reads as ended;
        an idle one has nothing to read. Only where there is something to read is the server asked.
        """
        if self.connection is None or self.connection.closed:
            return False
        idle = select.poll()
        idle.register(self.connection.fileno(), select.POLLIN | select.POLLHUP | select.POLLERR)
        return not idle.poll(0) or bool(super().is_usable())
