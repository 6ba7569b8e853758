"""The part of bench.pages that runs in the demo's own process."""

from bench.pages import measure

if __name__ == "__main__":
    measure()
