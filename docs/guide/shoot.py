#!/usr/bin/env python3
"""Takes the pictures of the user guide from a running demonstration, in both languages.

    LINLI_HOME=/tmp/guide linli demo --port 8765          (in another window)
    LINLI_HOME=/tmp/guide .venv/bin/python docs/guide/shoot.py http://127.0.0.1:8765 [LEDGER ...]

What is photographed stands in PAGES: a new page of the guide adds its lines there. Pictures go to
docs/guide/images/LANGUAGE/NAME.png; with names of ledgers behind the address only theirs are taken.
`--width 360` takes them as on a phone (NAME-360.png, to be looked at: the guide does not use them).
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

HERE = Path(__file__).parent
CHROMIUM = os.environ.get("LINLI_CHROMIUM", "/usr/bin/chromium")
QUIET = (
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync",
    "--disable-background-networking", "--disable-component-update",
)  # fmt: skip
WHO, PASSWORD = "lijianguo", "jiyuqiao-demo-room"
LANGUAGES = {"zh": "zh-hans", "en": "en"}


@dataclass(frozen=True)
class Shot:
    """One picture. `path` is an address; after it, with `state`, the newest matter of the list that
    is in that state is opened, and with `action` the form of that action on it."""

    name: str
    ledger: str
    path: str
    state: str = ""
    action: str = ""
    height: int = 760

    @property
    def address(self) -> str:
        return f"{self.path}?state={self.state}" if self.state else self.path


def of_ledger(ledger: str, state: str, action: str) -> tuple[Shot, ...]:
    """The usual three: the form of recording, a matter in hand, the form of its main action."""
    there = f"/ledgers/{ledger}/"
    return (
        Shot(f"{ledger}-list", ledger, there, height=620),
        Shot(f"{ledger}-new", ledger, f"{there}new/"),
        Shot(f"{ledger}-matter", ledger, there, state=state),
        Shot(f"{ledger}-{action}", ledger, there, state=state, action=action, height=620),
    )


def forms_of(ledger: str) -> tuple[Shot, ...]:
    """The list and the form of recording, where the demonstration has no matters of that ledger."""
    there = f"/ledgers/{ledger}/"
    return (
        Shot(f"{ledger}-list", ledger, there, height=620),
        Shot(f"{ledger}-new", ledger, f"{there}new/"),
    )


PAGES: tuple[Shot, ...] = (
    *of_ledger("lost_property", "noticed", "give_back"),
    *of_ledger("entrusted_keys", "kept", "hand_back"),
    *of_ledger("home_watch", "watched", "look"),
    *of_ledger("home_services", "open", "agree"),
    *of_ledger("care_visits", "cared", "visit"),
    *of_ledger("incidents", "handled", "close"),
    *of_ledger("visits", "open", "handle"),
    *of_ledger("disputes", "agreed", "check_kept"),
    *of_ledger("hazards", "open", "pass_on"),
    *forms_of("cases"),
    *forms_of("inspections"),
    *forms_of("patrols"),
    *forms_of("emergency_log"),
    *forms_of("committee"),
    *forms_of("gate_passes"),
    Shot("surveys-figures", "surveys", "/surveys/", height=620),
    *of_ledger("meetings", "held", "answer_opinion"),
    *of_ledger("publicity", "held", "report"),
    *of_ledger("training", "running", "make_up"),
)


def sign_in(page: Page, address: str) -> None:
    """Sign in as the officer of the demonstration, with the six digits that `linli demo code` says."""
    page.goto(f"{address}/sign-in/")
    page.fill("[name=login]", WHO)
    page.fill("[name=password]", PASSWORD)
    page.press("[name=password]", "Enter")
    page.wait_for_selector("[name=code]")
    said = subprocess.run(
        [Path(sys.executable).with_name("linli"), "demo", "code", WHO],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    page.fill("[name=code]", said.stdout.split()[0])
    with page.expect_navigation():
        page.press("[name=code]", "Enter")


def take(page: Page, address: str, shot: Shot, file: Path) -> bool:
    """Go there and take the picture; False where the demonstration has no such matter today."""
    page.goto(address + shot.address)
    if shot.state:
        found = page.locator("a[href^='/entries/']").first
        if not found.count():
            return False
        page.goto(address + str(found.get_attribute("href")))
        if shot.action:
            page.goto(f"{page.url.split('?')[0]}do/{shot.action}/")
    page.set_viewport_size({"width": page.viewport_size["width"], "height": shot.height})  # type: ignore[index]
    page.wait_for_load_state("networkidle")
    page.screenshot(path=file)
    return True


def speak(page: Page, address: str, language: str) -> None:
    """The pages in this language."""
    page.context.add_cookies([{"name": "django_language", "value": language, "url": address}])


def run(browser: Browser, args: argparse.Namespace) -> int:
    """All pictures asked for; gives how many could not be taken."""
    page = browser.new_page(viewport={"width": args.width, "height": 760})
    sign_in(page, args.address)
    missing = 0
    for short, language in LANGUAGES.items():
        speak(page, args.address, language)
        folder = args.out / short
        folder.mkdir(parents=True, exist_ok=True)
        for shot in PAGES:
            if args.ledgers and shot.ledger not in args.ledgers:
                continue
            end = "" if args.width == 1280 else f"-{args.width}"
            file = folder / f"{shot.name}{end}.png"
            if not take(page, args.address, shot, file):
                missing += 1
                print(f"no matter of {shot.ledger} is {shot.state}: {file.name} not taken")
    return missing


def main() -> int:
    asked = argparse.ArgumentParser(description=str(__doc__).splitlines()[0])
    asked.add_argument("address")
    asked.add_argument("ledgers", nargs="*")
    asked.add_argument("--width", type=int, default=1280)
    asked.add_argument("--out", type=Path, default=HERE / "images")
    args = asked.parse_args()
    args.address = args.address.rstrip("/")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(QUIET))
        return 1 if run(browser, args) else 0


if __name__ == "__main__":
    raise SystemExit(main())
