"""Search words: how a narrative is cut for the index, and a query for the search.

Chinese is written without blanks, so runs of it are cut into overlapping words of two
characters. Titles and places are also found by pinyin ("loushui") and by initials ("ls").
Index and query are cut by the same rules; the engine only compares words.
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from functools import lru_cache
from importlib.util import find_spec, module_from_spec, spec_from_file_location
from itertools import chain, islice, pairwise, product
from operator import add
from pathlib import Path
from typing import NamedTuple, TypeVar

from linli.ground.codes import halfwidth

_HAN = (
    "\u3005-\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
    "\U00020000-\U0002ebef\U0002f800-\U0002fa1f\U00030000-\U000323af"
)
_RUNS = re.compile(rf"([{_HAN}]+)|[^\W_{_HAN}]+")
_WIDE_WORD = re.compile("[\uff10-\uff19\uff21-\uff3a\uff41-\uff5a]")
_CHINESE = re.compile(f"[{_HAN}]{{2,}}")
_ALL_CHINESE = re.compile(f"[{_HAN}]+")
_ALONE = re.compile(rf"[^\W_{_HAN}]+|(?<![{_HAN}])[{_HAN}](?![{_HAN}])")
_HEAD = 40  # characters of a narrative that are found by pinyin
_MOST_PAIRS = 300_000  # cached pairs; a language has fewer in use
_MOST_SPLITS = 4  # ways to cut "fangan" that are tried
_MOST = 16
_LONGEST_SYLLABLE = 6
_INITIALS = re.compile(r"[a-hj-tw-z]{2,12}")
_LATIN = re.compile(r"[a-z]+")


class Query(NamedTuple):
    """What to look for: every word of `all_of`, and one whole list of `any_of` (if it has any).

    Both empty: there is nothing to search by, such as a single Chinese character.
    """

    all_of: list[str]
    any_of: list[list[str]]

    def __bool__(self) -> bool:
        return bool(self.all_of or self.any_of)


def _plain_syllable(marked: str) -> str:
    """`lòu` without its tone; the u with dots is typed as v."""
    bare = [sign for sign in unicodedata.normalize("NFD", marked) if sign != "\u0308"]
    typed = unicodedata.normalize("NFC", marked)
    letters = "".join(sign for sign in bare if "a" <= sign <= "z")
    if any(sign in "\u00fc\u01d6\u01d8\u01da\u01dc" for sign in typed):
        return letters.replace("u", "v")
    return letters


class _Syllables(dict[str, str]):
    """Character -> its most usual syllable without tone; filled as characters are met.

    pypinyin's own functions segment and weigh phrases and cost a hundred times more; its
    table of single characters is enough to find a title by its pinyin.
    """

    def __missing__(self, sign: str) -> str:
        readings = _table().get(ord(sign), "")
        syllable = self[sign] = _plain_syllable(readings.partition(",")[0])
        return syllable


@lru_cache(maxsize=1)
def _table() -> dict[int, str]:
    """pypinyin's readings of single characters, 42,000 of them.

    Its module is loaded by itself: `import pypinyin` reads all phrases too, which costs every
    process 40 MB and a quarter of a second.
    """
    found = find_spec("pypinyin")
    if found is None or not found.submodule_search_locations:
        raise ImportError("pypinyin is not installed")
    path = Path(found.submodule_search_locations[0]) / "pinyin_dict.py"
    spec = spec_from_file_location("linli_pinyin_table", path)
    if spec is None or spec.loader is None:
        raise ImportError(str(path))
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    table: dict[int, str] = module.pinyin_dict
    return table


@lru_cache(maxsize=1)
def _told_readings() -> tuple[dict[str, list[str]], dict[str, list[str]]]:
    """(pairs, surnames) that are read otherwise than their characters alone."""
    path = Path(__file__).parent / "data" / "readings.toml"
    told = tomllib.loads(path.read_text("utf-8"))
    pairs, surnames = (
        {signs: reading.split() for signs, reading in told[part].items()}
        for part in ("pairs", "surnames")
    )
    return pairs, surnames


@lru_cache(maxsize=1)
def _all_syllables() -> frozenset[str]:
    found = {_plain_syllable(reading) for line in _table().values() for reading in line.split(",")}
    return frozenset(one for one in found if len(one) > 1 or one in "aeo") - {"ng", "hm", "hng"}


class _Sounds(dict[str, tuple[str, ...] | None]):
    """Two neighbouring characters -> their words by sound; none unless both are Chinese. None in
    place of words where the reading of the pair is told: see `_hear_told`."""

    def __missing__(self, pair: str) -> tuple[str, ...] | None:
        words: tuple[str, ...] | None = ()
        if _CHINESE.fullmatch(pair):
            told = pair in _told_readings()[0]
            words = None if told else _sound_pair(_syllables[pair[0]], _syllables[pair[1]])
        return _keep(self, pair, words)


class _Chinese(dict[str, bool]):
    """Two neighbouring characters -> whether they are one word: both Chinese."""

    def __missing__(self, pair: str) -> bool:
        return _keep(self, pair, _CHINESE.fullmatch(pair) is not None)


_Kept = TypeVar("_Kept")


def _keep(known: dict[str, _Kept], pair: str, what: _Kept) -> _Kept:
    if len(known) >= _MOST_PAIRS:
        known.clear()
    known[pair] = what
    return what


_syllables = _Syllables()
_sounds = _Sounds()
_are_chinese = _Chinese()


def _sound_pair(first: str, second: str) -> tuple[str, ...]:
    """The pinyin word and the initials word of two syllables; none where one has no reading."""
    return (f"p:{first}{second}", f"i:{first[0]}{second[0]}") if first and second else ()


def _narrow(text: str) -> str:
    """Half-width and in small letters; wide marks may stay, they only part the runs."""
    return (halfwidth(text) if _WIDE_WORD.search(text) else text).lower()


def _runs(text: str) -> list[tuple[str, bool]]:
    """(run, is Chinese) in order."""
    return [(found.group(), found.lastindex == 1) for found in _RUNS.finditer(_narrow(text))]


def _cut(text: str) -> list[str]:
    words: list[str] = []
    for found in _RUNS.finditer(_narrow(text)):
        run = found.group()
        if found.lastindex == 1 and len(run) > 1:
            words += map(add, run, run[1:])
        else:
            words.append(run)
    return words


def _pairs(text: str) -> list[str]:
    return list(map(add, text, text[1:]))


def _cut_sounds(pairs: list[str]) -> list[str]:
    heard = list(map(_sounds.__getitem__, pairs))
    if None in heard:
        _hear_told(pairs, heard)
    return list(chain.from_iterable(filter(None, heard)))


def _hear_told(pairs: list[str], heard: list[tuple[str, ...] | None]) -> None:
    """Put in how the pairs sound whose reading is told; their neighbours sound otherwise by it."""
    places = [at for at, words in enumerate(heard) if words is None]
    told: dict[int, str] = {}  # the syllables by place: a pair stands at its place and the next
    for at in places:
        told[at], told[at + 1] = _told_readings()[0][pairs[at]]
    for at in {near for place in places for near in (place - 1, place, place + 1)}:
        if 0 <= at < len(pairs) and _are_chinese[pairs[at]]:
            first = told.get(at) or _syllables[pairs[at][0]]
            second = told.get(at + 1) or _syllables[pairs[at][1]]
            heard[at] = _sound_pair(first, second)


def bigrams(text: str) -> list[str]:
    """The words of a text, each once, in order: two-character words and whole Latin or digit runs."""
    return list(dict.fromkeys(_cut(text)))


def index_words(narrative: str, short: str) -> list[str]:
    """The words an entry is indexed by.

    `short` (title, place) and the first 40 characters of the narrative are also found by pinyin
    ("p:loushui") and by initials ("i:ls").
    """
    said, named = _narrow(narrative), _narrow(short)
    pairs, short_pairs = _pairs(said), _pairs(named)
    # The same words as `_cut` gives, in no order: the index has none, and this is every matter's.
    words = list(filter(_are_chinese.__getitem__, pairs + short_pairs))
    words += _ALONE.findall(f"{said} {named}")
    if len(said) != len(narrative):  # a sign that has two small letters
        pairs = _pairs(narrative[:_HEAD])
    return list(dict.fromkeys(words + _cut_sounds([*short_pairs, "", *pairs[: _HEAD - 1]])))


def query_words(query: str) -> Query:
    """What to look for. Chinese must be there as written; Latin letters may be pinyin, initials
    or the word itself. Empty (false) if there is nothing to search by.
    """
    all_of: dict[str, None] = {}
    latin: list[str] = []
    for run, chinese in _runs(query):
        if chinese:
            # A single character has no word in the index: it stands in pairs with others there.
            all_of.update(dict.fromkeys(run[at : at + 2] for at in range(len(run) - 1)))
        elif _LATIN.fullmatch(run):
            latin.append(run)
        else:
            all_of[run] = None
    return Query(list(all_of), _alternatives(_joined(latin)))


def _joined(latin: list[str]) -> list[tuple[str, ...]]:
    """Neighbouring single syllables are one word: "lou shui" as "loushui"."""
    words: list[tuple[str, ...]] = []
    for run in latin:
        if words and run in _all_syllables() and words[-1][-1] in _all_syllables():
            words[-1] = (*words[-1], run)
        else:
            words.append((run,))
    return words


def _alternatives(words: list[tuple[str, ...]]) -> list[list[str]]:
    """Every way to read all Latin words of a query together, within reason."""
    if not words:
        return []
    choices = product(*(_readings(word) for word in words))
    ways = [list(dict.fromkeys(chain.from_iterable(way))) for way in islice(choices, _MOST)]
    return [way for at, way in enumerate(ways) if way not in ways[:at]]


def _readings(word: tuple[str, ...]) -> list[list[str]]:
    """The ways to read one Latin word: as pinyin, else as initials; and as it is."""
    if len(word) > 1:
        return [_sound_words(word), list(word)]
    run = word[0]
    cuts = [cut for cut in _splits(run) if len(cut) > 1]
    readings = [_sound_words(cut) for cut in cuts]
    if not cuts and _INITIALS.fullmatch(run):
        readings.append([f"i:{run[at : at + 2]}" for at in range(len(run) - 1)])
    return [*readings, [run]]


def _sound_words(cut: tuple[str, ...]) -> list[str]:
    return [f"p:{first}{second}" for first, second in pairwise(cut)]


@lru_cache(maxsize=4096)
def _splits(run: str) -> tuple[tuple[str, ...], ...]:
    """The first ways to cut letters into syllables, long syllables first; none: not pinyin."""
    if len(run) > 60:
        return ()
    dead: set[int] = set()
    found: list[tuple[str, ...]] = []

    def walk(at: int, so_far: tuple[str, ...]) -> bool:
        if at == len(run):
            found.append(so_far)
            return True
        if at in dead:
            return False
        good = False
        for size in range(min(_LONGEST_SYLLABLE, len(run) - at), 0, -1):
            if len(found) >= _MOST_SPLITS:
                return True
            if run[at : at + size] in _all_syllables():
                good = walk(at + size, (*so_far, run[at : at + size])) or good
        if not good:
            dead.add(at)
        return good

    walk(0, ())
    return tuple(found)


def _read(run: str) -> list[str]:
    """The syllables of a run of Chinese; a character without a reading gives an empty one."""
    syllables = [_syllables[sign] for sign in run]
    pairs = _told_readings()[0]
    for place, pair in enumerate(map(add, run, run[1:])):
        if pair in pairs:
            syllables[place : place + 2] = pairs[pair]
    return syllables


def pinyin(text: str) -> str:
    """All syllables run together, Latin runs kept: `loushui`; for sorting and finding."""
    if _ALL_CHINESE.fullmatch(text):  # as nearly all names are
        return "".join(_read(text))
    return "".join("".join(_read(run)) if chinese else run for run, chinese in _runs(text))


def initials(text: str) -> str:
    """The first letters: `ls`; Latin and digit runs are kept whole."""
    return "".join(
        "".join(syllable[:1] for syllable in _read(run)) if chinese else run
        for run, chinese in _runs(text)
    )


def name_pinyin(name: str) -> str:
    """As `pinyin`, with the surname read as a surname: `zengtong`, not `cengtong`."""
    name = "".join(name.split())
    surnames = _told_readings()[1]
    for size in (2, 1):
        if name[:size] in surnames:
            return "".join(surnames[name[:size]]) + pinyin(name[size:])
    return pinyin(name)
