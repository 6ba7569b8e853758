"""`{% load linli_design %}`: the components of every page. Usage with examples: ../README.md."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from django import template
from django.core.paginator import Page
from django.forms import BaseForm, BoundField
from django.template.context import Context
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from linli.design import fields, moments, pages
from linli.ground import clock

register = template.Library()

TONES = ("wait", "doing", "done", "late", "void", "plain")
NOTHING = "—"


# --- small things -----------------------------------------------------------------------------


@register.simple_tag
def icon(name: str, label: str = "") -> SafeString:
    """An icon of icons.svg; give a label only when no words stand beside it."""
    source = f"{static('design/icons.svg')}#{name}"
    if not label:
        return format_html(
            '<svg class="icon" aria-hidden="true"><use href="{}"></use></svg>', source
        )
    return format_html(
        '<svg class="icon" role="img" aria-label="{}"><use href="{}"></use></svg>', label, source
    )


@register.simple_tag
def key(combination: str) -> SafeString:
    """A key-cap: {% key "V" %}, {% key "Ctrl+Enter" %}."""
    caps = format_html_join("+", "<kbd>{}</kbd>", ((cap,) for cap in combination.split("+")))
    return format_html('<span class="nowrap">{}</span>', caps)


@register.simple_tag
def state_badge(state: Any, tone: str = "", label: str = "") -> SafeString:
    """A state as shape, word and colour.

    `state` is an object with `label` (or `title`) and `tone`, or text; tones: wait (has to be
    done), doing, done, late, void, "" (neutral), plain (a tag without shape).
    """
    tone = tone or str(getattr(state, "tone", "") or "")
    words = label or getattr(state, "label", None) or getattr(state, "title", None)
    if callable(words) or words is None:  # str.title is a method
        words = state
    return format_html(
        '<span class="badge {}">{}</span>', tone if tone in TONES else "", str(words)
    )


# --- times ------------------------------------------------------------------------------------


@register.simple_tag
def when(moment: datetime | date | None, precision: str = "minute") -> SafeString:
    """'today 14:20' with the full date in its title; a dash when there is none."""
    if not moment:
        return format_html('<span class="none">{}</span>', NOTHING)
    return format_html(
        '<time class="when" datetime="{}" title="{}">{}</time>',
        moments.machine_text(moment, precision),
        moments.full_words(moment, precision),
        moments.when_words(moment, precision),
    )


@register.simple_tag
def stamp(moment: datetime | date | None, precision: str = "minute") -> str:
    """'2026-11-23 14:20' for print, where 'today' would be wrong tomorrow."""
    return moments.stamp_words(moment, precision) if moment else ""


@register.simple_tag
def server_now() -> str:
    """The moment at which a page was made, for scripts that reckon with the day."""
    return clock.now().isoformat(timespec="seconds")


@register.simple_tag
def full_day(day: date) -> str:
    """A day in a heading, with its year and weekday, as on the desk."""
    return moments.full_words(day)


@register.simple_tag
def due(
    moment: datetime | None, closed: datetime | None = None, certain: bool = True
) -> SafeString:
    """A deadline: 'over by 2 h', 'today 17:00', 'tomorrow', or how it ended when closed."""
    if not moment:
        return format_html('<span class="none">{}</span>', NOTHING)
    said = moments.due_words(moment, closed)
    unsure = "" if certain else format_html(' <span class="unsure">{}</span>', _("provisional"))
    return format_html(
        '<time class="due {}" datetime="{}" title="{}">{}</time>{}',
        said.tone,
        moments.machine_text(moment),
        moments.full_words(moment),
        said.text,
        unsure,
    )


# --- forms ------------------------------------------------------------------------------------


@register.simple_tag
def field(bound: BoundField, **options: Any) -> SafeString:
    """A form field with label, hint and errors, see `fields.render_field` for the options."""
    return fields.render_field(bound, options)


@register.simple_tag(name="fields")
def all_fields(form: BaseForm, **options: Any) -> SafeString:
    """All fields of a form in their order, hidden ones included."""
    rendered = ((fields.render_field(bound, options),) for bound in form)
    return format_html_join("\n", "{}", rendered)


@register.inclusion_tag("design/parts/error_summary.html")
def error_summary(*forms: Any) -> dict[str, Any]:
    """What has to be put right, on top, each line leading to its field; nothing without errors."""
    return {"problems": fields.problems(forms)}


@register.inclusion_tag("design/parts/draft.html")
def draft_state(saved_at: datetime | None = None) -> dict[str, Any]:
    """Where a form with data-draft-url says whether it is saved; place beside its buttons."""
    return {"saved_at": saved_at}


# --- lists ------------------------------------------------------------------------------------


@register.inclusion_tag("design/parts/pager.html", takes_context=True)
def pager(context: Context, page: Page[Any] | Any) -> dict[str, Any]:
    """'51 to 100 of 2,310' with previous and next; page: Django's Page or like `pages.Turn`."""
    return {"turn": pages.turn(context.get("request"), page)}


@register.simple_tag(takes_context=True)
def sort_head(
    context: Context, label: str, sort_key: str, default: str = "", css: str = ""
) -> SafeString:
    """A <th> whose words sort the list by that key; `default` is the list's order without one."""
    direction, url = pages.sorting(context.get("request"), sort_key, default)
    arrow = {"ascending": "▲", "descending": "▼"}.get(direction, "")
    return format_html(
        '<th scope="col" class="{}"{}><a href="{}">{}{}</a></th>',
        css,
        format_html(' aria-sort="{}"', direction) if direction else "",
        url,
        label,
        format_html(' <span aria-hidden="true">{}</span>', arrow) if arrow else "",
    )


@register.simple_tag(takes_context=True)
def link_with(context: Context, **changes: Any) -> str:
    """The present query string with changes: href="{% link_with state="open" page=None %}"."""
    return pages.link_with(context.get("request"), **changes)


@register.inclusion_tag("design/parts/empty.html")
def empty(
    text: str, url: str = "", label: str = "", icon: str = "inbox", tight: bool = False
) -> dict[str, Any]:
    """Nothing there yet: a sentence, and a button if there is something to do about it."""
    return {"text": text, "url": url, "label": label, "icon": icon, "tight": tight}


# Straight inside {% for %} the name "empty" belongs to the loop; there, write {% empty_state … %}.
register.inclusion_tag("design/parts/empty.html", name="empty_state")(empty)


# --- figures and progress ---------------------------------------------------------------------


@register.inclusion_tag("design/parts/figure.html")
def figure(
    value: Any, label: str, unit: str = "", period: str = "", url: str = ""
) -> dict[str, Any]:
    """A number with its unit and period that opens to the entries behind it."""
    return {"value": value, "label": label, "unit": unit, "period": period, "url": url}


@register.inclusion_tag("design/parts/progress.html")
def progress(
    done: float, total: float, label: str = "", note: str = "", good: bool = False
) -> dict[str, Any]:
    """A bar with its words; with total 0 it says that work is going on without a measure."""
    percent = min(100, int(done * 100 / total)) if total else None
    return {
        "done": done, "total": total, "percent": percent, "label": label, "note": note, "good": good,
    }  # fmt: skip


@register.simple_tag
def refresh_without_js(seconds: int = 5) -> SafeString:
    """In the head of a page that polls: without scripts the whole page is loaded again."""
    return format_html(
        '<noscript><meta http-equiv="refresh" content="{}"></noscript>', int(seconds)
    )


@register.inclusion_tag("design/parts/masked.html")
def masked(text: str, reveal_url: str = "", label: str = "") -> dict[str, Any]:
    """A masked value with a link to reveal it, which asks why; no link, no right to."""
    return {"text": text, "reveal_url": reveal_url, "label": label}


@register.filter
def colon(label: Any) -> str:
    """A label with what stands before its value: "Reason: ", in Chinese the full-width sign."""
    return _("%(label)s: ") % {"label": label}


@register.filter
def listed(things: Iterable[Any]) -> str:
    """Things of a list in one line: "a, b", in Chinese with the sign for it."""
    return pgettext("between the things of a list", ", ").join(str(thing) for thing in things)


@register.filter
def grouped(code: str) -> str:
    """A receipt code in groups of four, to be read out: 'ABCD EFGH'."""
    plain = "".join(str(code).split())
    return " ".join(plain[start : start + 4] for start in range(0, len(plain), 4))


# --- blocks -----------------------------------------------------------------------------------


@register.simple_block_tag
def card(
    content: str,
    title: str = "",
    note: str = "",
    url: str = "",
    more: str = "",
    css: str = "",
    flush: bool = False,
    ident: str = "",
) -> SafeString:
    """A box with a head; flush=True for a table or list that reaches to the edges."""
    return render_to_string(
        "design/parts/card.html",
        {
            "content": content, "title": title, "note": note, "url": url, "more": more,
            "css": css, "flush": flush, "ident": ident,
        },
    )  # fmt: skip


@register.simple_block_tag
def table(content: str, caption: str = "", css: str = "foldable", ident: str = "") -> SafeString:
    """A table that scrolls sideways by itself; the caption is read aloud, not shown.

    css "foldable" (default): on a phone each row becomes a small card, <td class="wide"> on top.
    """
    return format_html(
        '<div class="scroll"><table class="grid {}"{}><caption class="sr">{}</caption>{}</table></div>',
        css,
        format_html(' id="{}"', ident) if ident else "",
        caption,
        content,
    )


@register.simple_block_tag
def notice(content: str, tone: str = "info") -> SafeString:
    """A remark on the page: info, success, warning, error."""
    return render_to_string("design/parts/notice.html", {"content": content, "tone": tone})
