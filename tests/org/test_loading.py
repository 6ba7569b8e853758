"""The official list becomes units; loading again adds only what is new."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from linli.history.models import Step
from linli.org import actions, loading, tree
from linli.org.models import Community, Coverage, Unit, UnitKind

pytestmark = pytest.mark.django_db
BY = actions.Program("tests")


@pytest.fixture
def some(tmp_path: Path) -> Path:
    """The first 40 lines of the list that ships."""
    lines = loading.SHIPPED.read_text(encoding="utf-8").splitlines()[:41]
    file = tmp_path / "some.csv"
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return file


def test_the_shipped_list_becomes_a_tree() -> None:
    seen: list[int] = []
    loaded = loading.load_units(by=BY, progress=seen.append)
    with loading.SHIPPED.open(encoding="utf-8") as file:
        listed = list(csv.DictReader(file))
    assert (
        loaded.communities == len(listed) == Community.objects.count() == Coverage.objects.count()
    )
    assert loaded.units[UnitKind.STATION] == len({row["street_code"] for row in listed})
    assert seen[-1] == len(listed)
    first = listed[0]
    room = Unit.objects.get(kind=UnitKind.ROOM, code=first["code"])
    bureau, branch, station, _room = tree.place_in_tree(room.pk)
    assert (bureau.code, branch.code) == (first["city_code"], first["district_code"])
    assert station.code == first["street_code"]
    assert station.provisional
    assert not room.provisional
    assert Coverage.objects.get(community__code=first["code"]).room == room
    assert Step.objects.filter(action="units.load").count() == 1


def test_loading_again_adds_and_changes_nothing(some: Path) -> None:
    loading.load_units(some, by=BY)
    room = Unit.objects.filter(kind=UnitKind.ROOM).order_by("code").first()
    assert room is not None
    actions.change_unit(unit=room, by=BY, name="改过名的警务室")
    again = loading.load_units(some, by=BY)
    assert again.communities == 0
    assert not any(again.units.values())
    room.refresh_from_db()
    assert room.name == "改过名的警务室"


def test_a_community_that_another_room_covers_stays_there(some: Path) -> None:
    loading.load_units(some, by=BY)
    one, two = Unit.objects.filter(kind=UnitKind.ROOM).order_by("code")[:2]
    community = Community.objects.get(code=two.code)
    actions.cover(room=one, community=community, by=BY)
    loading.load_units(some, by=BY)
    assert Coverage.objects.get(community=community, until=None).room == one
    assert Coverage.objects.filter(community=community).count() == 2


def test_the_whole_country_s_package(tmp_path: Path) -> None:
    files = {
        "provinces": ["code,name", '11,"北京市"', '44,"广东省"'],
        "cities": ["code,name,provinceCode", '1101,"市辖区",11', '4419,"东莞市",44'],
        "areas": ["code,name,cityCode,provinceCode", '110101,"东城区",1101,11'],
        "streets": [
            "code,name,areaCode,provinceCode,cityCode",
            '110101001,"东华门街道办事处",110101,11,1101',
            '441900003,"东城街道",441900,44,4419',
        ],
        "villages": [
            "code,name,streetCode,provinceCode,cityCode,areaCode",
            '110101001001,"多福巷社区居委会",110101001,11,1101,110101',
            '441900003201,"石井村村民委员会",441900003,44,4419,441900',
        ],
    }
    for name, lines in files.items():
        (tmp_path / f"{name}.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    loaded = loading.load_country(tmp_path, by=BY)
    assert loaded.units == {"bureau": 2, "branch": 2, "station": 2, "room": 2}
    rooms = {room.code: room for room in Unit.objects.filter(kind=UnitKind.ROOM)}
    assert rooms["110101001001"].name == "多福巷社区警务室"
    assert rooms["441900003201"].rural
    assert tree.place_in_tree(rooms["110101001001"].pk)[0].name == "北京市公安局"
    assert tree.place_in_tree(rooms["441900003201"].pk)[2].name == "东城街道派出所"


def test_something_else_is_refused_and_leaves_nothing(tmp_path: Path) -> None:
    other = tmp_path / "other.csv"
    other.write_text("a,b\n1,2\n", encoding="utf-8")
    with pytest.raises(loading.NotTheList, match="columns"):
        loading.load_units(other, by=BY)
    with pytest.raises(loading.NotTheList, match="missing"):
        loading.load_country(tmp_path, by=BY)
    assert not Unit.objects.exists()
