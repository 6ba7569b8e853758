"""Signing in and out: password, second step, lock-out, time-out, sessions."""

from __future__ import annotations

import base64
import re
from datetime import timedelta

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.usersessions.models import UserSession
from axes.models import AccessAttempt
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from linli.access.actor import system_actor
from linli.access.views import browser_words
from linli.ground import clock
from linli.org import actions
from tests.cast import PASSWORD, Cast, cast, signed_in, totp_code

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.access.pages")]


@pytest.fixture
def people() -> Cast:
    cache.clear()
    return cast(PASSWORD)


def type_password(client: Client, username: str, password: str = PASSWORD, after: str = "") -> str:
    """Send the sign-in form; where it leads, or "" when the page is shown again."""
    response = client.post("/sign-in/", {"login": username, "password": password, "next": after})
    return response.headers.get("Location", "")


def test_the_page_is_ours_and_says_nothing_about_who_exists(client: Client, people: Cast) -> None:
    page = client.get("/sign-in/").content.decode()
    assert "登录" in page
    assert 'name="login"' in page
    assert not re.search(r"<script(?![^>]*\ssrc=)|\sstyle=|\son[a-z]+=", page)

    def refusal(username: str) -> str:
        answer = client.post("/sign-in/", {"login": username, "password": "wrong-wrong-9"})
        text = answer.content.decode().replace(username, "")
        return re.sub(r'csrf\w*"?[^>]*value="[^"]+"|X-CSRFToken": "[^"]+"', "", text)

    assert refusal("lijianguo") == refusal("nobody-of-that-name")


def test_without_a_second_factor_the_password_is_enough_for_some(
    client: Client, people: Cast
) -> None:
    assert type_password(client, " ChenJing ") == "/desk/"
    assert client.get("/desk/").content.decode() == "陈静"
    assert client.get("/form/").status_code == 200


def test_the_second_step_with_code_and_recovery_code(client: Client, people: Cast) -> None:
    assert type_password(client, "lijianguo", after="/form/") == "/sign-in/code/"
    assert client.get("/desk/").status_code == 302  # not in yet
    assert client.get("/sign-in/code/").status_code == 200
    code = totp_code()
    assert client.post("/sign-in/code/", {"code": code}).headers["Location"] == "/form/"
    assert client.get("/desk/").content.decode() == "李建国"

    # The same code is not good a second time, also not for a process that has forgotten it.
    cache.clear()
    again = Client()
    type_password(again, "lijianguo")
    assert again.post("/sign-in/code/", {"code": code}).status_code == 200
    assert again.get("/desk/").status_code == 302

    recovery = RecoveryCodes.activate(people.li).generate_codes()[0]
    assert again.post("/sign-in/code/", {"code": recovery}).status_code == 302
    assert again.get("/desk/").content.decode() == "李建国"
    third = Client()
    type_password(third, "lijianguo")
    assert third.post("/sign-in/code/", {"code": recovery}).status_code == 200


def test_secrets_are_sealed_in_the_database(people: Cast) -> None:
    from tests.cast import SECRET

    assert SECRET not in str(Authenticator.objects.get(user=people.li).data)


def test_lock_out_by_name_and_for_its_time_only(client: Client, people: Cast) -> None:
    for _try in range(4):
        assert type_password(client, "chenjing", "wrong-wrong-9") == ""
    locked = client.post("/sign-in/", {"login": "chenjing", "password": "wrong-wrong-9"})
    assert locked.status_code == 429
    assert "15" in locked.content.decode()
    other_browser = Client(headers={"user-agent": "another"})
    right = other_browser.post("/sign-in/", {"login": "CHENJING ", "password": PASSWORD})
    assert right.status_code == 429
    assert type_password(Client(), "linfang") == "/sign-in/code/"  # others are not concerned
    attempt = AccessAttempt.objects.first()
    assert attempt is not None
    assert attempt.ip_address is None
    assert PASSWORD not in attempt.post_data
    assert "chenjing" not in attempt.post_data
    # The lock is the library's, which lives by the machine's clock.
    AccessAttempt.objects.update(attempt_time=timezone.now() - timedelta(minutes=16))
    assert type_password(Client(), "chenjing") == "/desk/"
    assert not AccessAttempt.objects.filter(username="chenjing").exists()


def test_wrong_codes_count_as_well(client: Client, people: Cast) -> None:
    type_password(client, "lijianguo")
    wrong = "000000" if totp_code() != "000000" else "000001"
    statuses = [client.post("/sign-in/code/", {"code": wrong}).status_code for _try in range(5)]
    assert statuses == [200, 200, 200, 200, 429]
    assert client.post("/sign-in/code/", {"code": totp_code()}).status_code == 429
    assert client.get("/desk/").status_code == 302


def test_a_role_that_unmasks_people_is_led_to_set_up_and_held_there(
    client: Client, people: Cast
) -> None:
    Authenticator.objects.filter(user=people.li).delete()
    assert type_password(client, "lijianguo") == "/account/second-step/on/"
    assert client.get("/form/").headers["Location"] == "/account/second-step/on/"
    page = client.get("/account/second-step/on/").content.decode()
    picture = re.search(r"data:image/svg\+xml;base64,([^\"]+)", page)
    assert picture
    assert b'xmlns="http://www.w3.org/2000/svg"' in base64.b64decode(picture[1])  # else not drawn
    secret = client.session["mfa.totp.secret"]
    done = client.post("/account/second-step/on/", {"code": totp_code(secret)})
    assert done.headers["Location"] == "/account/recovery-codes/"
    codes = client.get("/account/recovery-codes/").content.decode()
    assert len(re.findall(r"<code class=\"serial\">\d{4} \d{4}</code>", codes)) == 10
    assert "<code" not in client.get("/account/recovery-codes/").content.decode()  # shown once
    assert client.get("/form/").status_code == 200
    off = client.post("/account/second-step/off/")
    assert Authenticator.objects.filter(user=people.li, type="totp").exists(), off


def test_time_out_after_the_rule_s_half_hour(client: Client, people: Cast) -> None:
    signed_in(client, people.chen)
    start = clock.now()
    for minutes in (0, 29, 58):  # each within half an hour of the one before
        with clock.fixed(start + timedelta(minutes=minutes)):
            assert client.get("/desk/").status_code == 200
    with clock.fixed(start + timedelta(minutes=89)):
        gone = client.get("/desk/?q=1")
        assert gone.headers["Location"] == "/sign-in/?next=/desk/%3Fq%3D1"
        assert client.get("/desk/").status_code == 302


def test_htmx_is_told_where_to_go(client: Client, people: Cast) -> None:
    response = client.get("/form/", headers={"HX-Request": "true"})
    assert response.headers["HX-Redirect"] == "/sign-in/?next=/form/"


def test_sign_out_takes_a_post(client: Client, people: Cast) -> None:
    signed_in(client, people.chen)
    assert client.get("/sign-out/").status_code == 200
    assert client.get("/desk/").status_code == 200
    client.post("/sign-out/")
    assert client.get("/desk/").status_code == 302


def test_a_closed_account_is_out_at_once(client: Client, people: Cast) -> None:
    signed_in(client, people.chen)
    actions.change_staff(staff=people.chen, by=system_actor("t"), is_active=False)
    assert client.get("/desk/").status_code == 302
    assert type_password(client, "chenjing") == "/sign-in/inactive/"
    assert client.get("/sign-in/inactive/").status_code == 200


def test_sessions_can_be_seen_and_ended_but_only_one_s_own(client: Client, people: Cast) -> None:
    phone, other = Client(headers={"user-agent": "an old phone"}), Client()
    type_password(client, "chenjing")
    type_password(phone, "chenjing")
    signed_in(other, people.neighbour)
    page = client.get("/account/").content.decode()
    assert "an old phone" in page  # no browser we know: as it calls itself
    theirs = UserSession.objects.get(user_agent="an old phone")
    assert theirs.ip == "0.0.0.0"
    assert other.post(f"/account/sessions/{theirs.pk}/end/").status_code == 404
    assert phone.get("/desk/").status_code == 200
    assert client.post(f"/account/sessions/{theirs.pk}/end/").status_code == 302
    assert phone.get("/desk/").status_code == 302
    assert client.get("/desk/").status_code == 200
    type_password(phone, "chenjing")
    client.post("/account/sessions/end-others/")
    assert phone.get("/desk/").status_code == 302


def test_a_changed_password_ends_the_other_sessions(client: Client, people: Cast) -> None:
    other = Client()
    type_password(client, "chenjing")
    type_password(other, "chenjing")
    new = "ganz-anders-2026"
    changed = client.post(
        "/account/password/", {"oldpassword": PASSWORD, "password1": new, "password2": new}
    )
    assert changed.headers["Location"] == "/account/"
    assert client.get("/desk/").status_code == 200
    assert other.get("/desk/").status_code == 302
    assert type_password(Client(), "chenjing", new) == "/desk/"


def test_ways_and_whereabouts(client: Client, people: Cast) -> None:
    signed_in(client, people.chen)
    client.post("/account/whereabouts/", {"whereabouts": "community", "note": "梅苑三期"})
    client.post("/account/ways/", {"language": "en", "keys_off": "on"})
    people.chen.refresh_from_db()
    assert (people.chen.whereabouts, people.chen.whereabouts_note) == ("community", "梅苑三期")
    assert people.chen.keys_off
    assert client.cookies["linli_keys"].value == "off"
    assert "My account" in client.get("/account/").content.decode()
    elsewhere = signed_in(Client(), people.chen)  # no cookie there: the account's language
    assert "My account" in elsewhere.get("/account/").content.decode()
    assert "Police room" not in elsewhere.get("/account/roles/").content.decode()
    assert client.post("/account/whereabouts/", {"whereabouts": "moon"}).status_code == 302
    people.chen.refresh_from_db()
    assert people.chen.whereabouts == "community"


def test_who_may_not_is_told_by_404_or_403(client: Client, people: Cast) -> None:
    assert signed_in(client, people.analyst).get("/form/").status_code == 404
    assert signed_in(Client(), people.desk).get("/form/").status_code == 403
    assert Client().get("/anybody/").content == b"public"


@pytest.mark.parametrize(
    ("agent", "words"),
    [
        ("Mozilla/5.0 (Windows NT 10.0) Chrome/120.0 Safari/537.36 Edg/120.0", "Edge, Windows"),
        ("Mozilla/5.0 (Linux; Android 13) Chrome/120.0 Safari/537.36", "Chrome, Android"),
        ("curl/8", "curl/8"),
    ],
)
def test_a_browser_in_words(agent: str, words: str) -> None:
    assert browser_words(agent) == words
