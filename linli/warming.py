"""What the first request would otherwise wait for is loaded when a web process starts.

Measured: the addresses with all their views 0.9 s of processor, the table of pinyin 0.3 s; a first
search by pinyin took 1.4 s on a busy machine where the second took 0.05 s.
"""

from __future__ import annotations

import gc

from django.urls import get_resolver

from linli.ground import clock, rules, words

FIRST_HAN = 0x4E00  # any two Chinese characters make it read the table of pinyin
_ADDRESSES = (None, "linli.api.urls")  # of the pages, and of the API's short way


def warm() -> None:
    """Load what every request needs, and keep the collector of garbage away from it."""
    for addresses in _ADDRESSES:
        _ = get_resolver(addresses).reverse_dict  # imports the views and sorts their addresses
    words.query_words("pinyin")
    words.index_words(chr(FIRST_HAN) + chr(FIRST_HAN + 1), "")
    rules.on(clock.today())
    # The collector stops all threads to look at every object: not again at those that stay.
    gc.collect()
    gc.freeze()
