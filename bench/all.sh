#!/bin/sh
# Every benchmark, one after the other; a quiet machine gives the figures their meaning.
set -e
cd "$(dirname "$0")/.."
python="${PYTHON:-.venv/bin/python}"
"$python" -m bench.api "$@"
"$python" -m bench.lists
if [ -f bench/importing.py ]; then "$python" -m bench.importing; fi
