"""The gallery's pages and their sample data (synthetic people)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

from django import forms
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import path
from django.views.i18n import set_language

from linli.design import nav, widgets
from linli.ground import clock

NOW = datetime(2026, 11, 23, 3, 10, tzinfo=UTC)  # Monday 11:10 in Shanghai
PAGES = [
    "desk",
    "list",
    "detail",
    "form",
    "ledger",
    "errors",
    "parts",
    "public",
    "receipt",
    "print",
    "404",
]


def state(label: str, tone: str) -> SimpleNamespace:
    return SimpleNamespace(label=label, tone=tone)


class PersonForm(forms.Form):
    name = forms.CharField(label="姓名", required=False)
    role = forms.ChoiceField(
        label="身份", choices=[("r", "报警人"), ("v", "当事人"), ("w", "证人")]
    )
    phone = forms.CharField(label="电话", required=False)


class IncidentForm(forms.Form):
    at = forms.DateTimeField(label="接报时间", widget=widgets.DateTimeInput)
    channel = forms.ChoiceField(
        label="来源",
        widget=forms.RadioSelect,
        choices=[
            ("110", "110 指令"),
            ("walk", "上门报警"),
            ("phone", "电话"),
            ("patrol", "巡逻发现"),
        ],
    )
    category = forms.ChoiceField(
        label="类别",
        help_text="可输入汉字、拼音或首字母。",
        widget=widgets.SearchableSelect(
            search_words=lambda label: {
                "邻里 › 漏水": "linlilousui lls ls",
                "盗窃 › 电动车电瓶": "daoqie dq dianping",
            }.get(label, ""),
            hints={"1": "本周 3 次"},
        ),
        choices=[
            ("", ""),
            ("1", "邻里 › 漏水"),
            ("2", "邻里 › 噪音"),
            ("3", "盗窃 › 电动车电瓶"),
            ("4", "求助 › 走失"),
            ("5", "消防 › 飞线充电"),
        ],
    )
    place = forms.CharField(label="地点")
    summary = forms.CharField(
        label="简况", widget=forms.Textarea, help_text="写经过和结果，不写身份证号。"
    )
    photo = forms.FileField(label="照片", required=False)
    urgent = forms.BooleanField(
        label="当班必须办结", required=False, help_text="人身危险、火灾、走失。"
    )
    kinds = forms.MultipleChoiceField(
        label="涉及",
        required=False,
        widget=forms.CheckboxSelectMultiple,
        choices=[("a", "未成年人"), ("b", "老人"), ("c", "出租房")],
    )


class ReportForm(forms.Form):
    text = forms.CharField(
        label="发生了什么",
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text="写清楚在哪里、什么时候。不要写别人的身份证号。",
    )
    place = forms.CharField(label="地点", required=False)
    reply = forms.ChoiceField(
        label="怎么回复您",
        widget=forms.RadioSelect,
        choices=[("code", "我用回执码自己查（不留姓名）"), ("phone", "请打电话给我")],
    )
    agree = forms.BooleanField(label="我知道只有本警务室能看到")


def things() -> list[dict[str, object]]:
    rows = [
        (-2, "才汇巷小区 3 栋 漏水纠纷，首次调解", "纠-2026-0041", state("待调解", "wait")),
        (0.5, "居住证签注申请，材料已齐", "居-2026-0313", state("待受理", "")),
        (6, "沿湖路 18 号废旧物品收购站，复查整改", "检-2026-0027", state("待复查", "wait")),
        (24, "必须上门：水岸星城 2-1-902 新迁入", "访-2026-0119", state("办理中", "doing")),
        (50, "居民代表会提出：北门路灯不亮，转市政", "议-2026-0008", state("等待答复", "doing")),
        (190, "柴林花园电动车棚加装摄像头", "议-2026-0009", state("等待答复", "doing")),
    ]
    return [
        {"due": NOW + timedelta(hours=hours), "title": title, "serial": serial, "state": status}
        for hours, title, serial, status in rows
    ]


def many() -> list[dict[str, object]]:
    states = [
        state("待处理", "wait"),
        state("办理中", "doing"),
        state("已办结", "done"),
        state("已超期", "late"),
        state("已作废", "void"),
    ]
    kinds = ["邻里 › 漏水", "盗窃 › 电动车电瓶", "求助 › 走失", "消防 › 飞线充电", "诈骗 › 刷单"]
    titles = [
        "才汇巷小区 3 栋 2 单元 1102 室漏水",
        "北门车棚电瓶被盗",
        "柴林花园 6 栋老人走失，已找到",
        "仁和公寓地下车库飞线充电，已拆除并告知业主",
        "居民被骗 3,200 元，已冻结止付",
    ]
    return [
        {
            "serial": f"警-2026-{260 - n:04d}",
            "title": titles[n % 5],
            "kind": kinds[n % 5],
            "state": states[n % 5],
            "at": NOW - timedelta(hours=7 * n),
            "due": NOW + timedelta(hours=9 - 5 * n),
            "closed": NOW - timedelta(hours=n) if n % 5 == 2 else None,
            "officer": ["李建国", "陈静（辅警）", "王海涛"][n % 3],
        }
        for n in range(23)
    ]


def page(request: HttpRequest, name: str) -> HttpResponse:
    actor = SimpleNamespace(
        name="李建国",
        room_name="尚隆苑社区警务室",
        role_name="社区民警",
        presence=state("在社区", "done"),
    )
    request.actor = actor
    sent = {"channel": "walk", "summary": "", "urgent": "on"} if name == "errors" else None
    people = forms.formset_factory(PersonForm, extra=1)(prefix="people")
    with clock.fixed(NOW):
        return render(
            request,
            f"gallery/{'form' if name == 'errors' else name}.html" if name != "404" else "404.html",
            {
                "things": things(), "page": Paginator(list(range(2310)), 50).page(2), "rows": many(), "now": NOW,
                "yesterday": NOW - timedelta(hours=17), "days_ago": NOW - timedelta(days=5), "people": people, "report": ReportForm(),
                "form": IncidentForm(sent, initial={"at": NOW, "channel": "110", "category": "1"}), "code": "K7QM2XVA93HD",
            },
        )  # fmt: skip


def suggest(request: HttpRequest) -> HttpResponse:
    q = request.GET["q"]
    return JsonResponse(
        [{"value": f"才汇巷小区 {n} 栋 {q}", "hint": "昨天用过"} for n in range(1, 5)], safe=False
    )


def draft(request: HttpRequest) -> HttpResponse:
    return JsonResponse({"draft": "d1"})


urlpatterns = [
    path("suggest/", suggest),
    path("draft/", draft),
    path("language/", set_language, name="set_language"),
    path("sign-out/", page, {"name": "404"}, name="sign_out"),
    *(path(f"{name}/", page, {"name": name}, name=name) for name in PAGES),
]
nav.slot("home", "desk")
nav.slot("search", "list")
nav.slot("sign_out", "sign_out")
nav.slot("settings", "parts")
for order, (label, url) in enumerate(
    [
        ("工作台", "desk"),
        ("台账", "list"),
        ("人房", "detail"),
        ("勤务", "form"),
        ("公开", "parts"),
        ("考评", "errors"),
    ]
):
    nav.add(label, url, order=order)
