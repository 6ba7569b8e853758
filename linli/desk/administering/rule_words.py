"""What the rules are called where people read them, and where they come from, in words.

A deadline or a retention of a ledger is called as the ledger calls it (see `title`); what stands here
is the rest. A rule that has no words yet is shown by its code.
"""

from __future__ import annotations

import re
from functools import cache

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import pgettext_lazy

from linli.access.roles import ROLES
from linli.ledger.declaration import registry

_REMARK = re.compile(r"[:;] ")
_ARTICLE = re.compile(r", art\. (\d+(?: to \d+)?)")

TITLES: dict[str, str | Promise] = {
    "aftercare.clean_years": pgettext_lazy(
        "rule", "Years clean until rehabilitation counts as done"
    ),
    "aftercare.drug_reported": pgettext_lazy("rule", "Community treatment: report in within"),
    "aftercare.drug_treatment": pgettext_lazy("rule", "Community drug treatment lasts"),
    "aftercare.rehabilitation": pgettext_lazy("rule", "Community rehabilitation lasts"),
    "aftercare.release": pgettext_lazy("rule", "Help after release lasts"),
    "allowance.monthly_average": pgettext_lazy(
        "rule", "Allowance of a community officer, monthly average"
    ),
    "allowance.year_end": pgettext_lazy("rule", "Allowance at the end of the year, by grade"),
    "arrival.suburban": pgettext_lazy("rule", "Arrival in the suburbs"),
    "arrival.urban": pgettext_lazy("rule", "Arrival in town"),
    "break_glass.length": pgettext_lazy("rule", "Emergency access lasts"),
    "break_glass.reason_length": pgettext_lazy("rule", "Shortest reason for emergency access"),
    "bulletin.every": pgettext_lazy("rule", "A bulletin comes out every"),
    "cases.violations_sealed": pgettext_lazy("rule", "Records of violations are sealed"),
    "chemicals.reported": pgettext_lazy("rule", "Dangerous chemicals: report within"),
    "community_officer.case_investigation": pgettext_lazy(
        "rule", "Community officers investigate cases"
    ),
    "community_officer.case_quota": pgettext_lazy("rule", "Community officers have case quotas"),
    "community_officer.station_duty": pgettext_lazy(
        "rule", "Community officers do duty at the station"
    ),
    "dangerous_goods.keepers": pgettext_lazy("rule", "Keepers of dangerous goods, at least"),
    "dangerous_goods.kept_by_several": pgettext_lazy(
        "rule", "Dangerous goods kept by more than one"
    ),
    "deadline.break_glass.reviewed": pgettext_lazy("rule", "Emergency access is reviewed within"),
    "deadline.care_visits.again": pgettext_lazy(
        "rule", "Care visit: again after nobody was met, or when needed at once"
    ),
    "deadline.care_visits.child": pgettext_lazy("rule", "Care visit: children left behind"),
    "deadline.cases.decided_extended": pgettext_lazy(
        "rule", "Public-order case: decided, when extended"
    ),
    "deadline.cases.extended": pgettext_lazy("rule", "Public-order case: extension"),
    "deadline.cases.fast_track": pgettext_lazy("rule", "Public-order case: fast procedure"),
    "deadline.disputes.kept_first": pgettext_lazy(
        "rule", "Dispute: first look whether the agreement is kept"
    ),
    "deadline.disputes.kept_second": pgettext_lazy(
        "rule", "Dispute: second look whether the agreement is kept"
    ),
    "deadline.disputes.kept_third": pgettext_lazy(
        "rule", "Dispute: third look whether the agreement is kept"
    ),
    "deadline.handover.accepted": pgettext_lazy("rule", "Handover accepted within"),
    "deadline.hazards.other": pgettext_lazy("rule", "Hazard put right"),
    "deadline.hazards.serious": pgettext_lazy("rule", "Serious hazard put right"),
    "deadline.incidents.emergency": pgettext_lazy("rule", "Urgent incident: done within"),
    "deadline.information.answered": pgettext_lazy("rule", "Request for information answered"),
    "deadline.information.extended": pgettext_lazy("rule", "Request for information: extension"),
    "deadline.information.published": pgettext_lazy("rule", "Information published within"),
    "deadline.licences.decided": pgettext_lazy("rule", "Licence decided"),
    "deadline.licences.papers_told": pgettext_lazy("rule", "Licence: missing papers named"),
    "deadline.mediation.confirmation": pgettext_lazy(
        "rule", "Agreement: confirmation by the court asked within"
    ),
    "deadline.must_visit.dispute": pgettext_lazy("rule", "Must-visit: dispute"),
    "deadline.must_visit.hardship": pgettext_lazy("rule", "Must-visit: hardship"),
    "deadline.must_visit.move": pgettext_lazy("rule", "Must-visit: moved in"),
    "deadline.must_visit.papers": pgettext_lazy("rule", "Must-visit: papers asked for"),
    "deadline.must_visit.penalty": pgettext_lazy("rule", "Must-visit: after a penalty"),
    "deadline.must_visit.rise": pgettext_lazy("rule", "Must-visit: when incidents rise"),
    "deadline.opinions.answered": pgettext_lazy("rule", "Opinion answered"),
    "deadline.permits.issued": pgettext_lazy("rule", "Residence permit issued"),
    "deadline.permits.issued_local": pgettext_lazy(
        "rule", "Residence permit issued, where local rules extend it"
    ),
    "deadline.permits.papers_told": pgettext_lazy("rule", "Residence permit: missing papers named"),
    "deadline.places.licence": pgettext_lazy("rule", "Places: told before a licence ends"),
    "deadline.privacy.answered": pgettext_lazy("rule", "Request about one's own data answered"),
    "deadline.reports.answered": pgettext_lazy("rule", "Online report answered"),
    "deadline.tips.checked": pgettext_lazy("rule", "Tip checked"),
    "deadline.visits.complaint_answered": pgettext_lazy("rule", "Complaint answered"),
    "deadline.visits.complaint_extended": pgettext_lazy("rule", "Complaint: extension"),
    "deadline.visits.complaint_noticed": pgettext_lazy(
        "rule", "Complaint: told whether it is accepted"
    ),
    "deadline.visits.complaint_reviewed": pgettext_lazy("rule", "Complaint reviewed"),
    "deadline.visits.complaint_reviewed_again": pgettext_lazy("rule", "Complaint reviewed again"),
    "deadline.visits.referred": pgettext_lazy("rule", "Visit passed on"),
    "entertainment.closed": pgettext_lazy("rule", "Places of entertainment are closed"),
    "entertainment.filed": pgettext_lazy("rule", "Place of entertainment filed within"),
    "entertainment.log_kept": pgettext_lazy("rule", "Business log kept"),
    "entertainment.video_kept": pgettext_lazy("rule", "Video kept"),
    "escalation.chief": pgettext_lazy("rule", "Goes up to the chief after the deadline"),
    "escalation.head": pgettext_lazy("rule", "Goes up to the head of the room after the deadline"),
    "evaluation.repost_after": pgettext_lazy("rule", "Proposal to re-post after"),
    "evaluation.repost_below": pgettext_lazy("rule", "Proposal to re-post below"),
    "explosives.records_kept": pgettext_lazy("rule", "Explosives: records kept"),
    "explosives.reported": pgettext_lazy("rule", "Explosives: report within"),
    "export.approved_by_another": pgettext_lazy(
        "rule", "An export with names needs a second person"
    ),
    "fine.permit.art18": pgettext_lazy("rule", "Fine, residence permit rules art. 18"),
    "fine.permit.art19": pgettext_lazy("rule", "Fine, residence permit rules art. 19"),
    "fine.rental.company": pgettext_lazy("rule", "Fine for a renting company"),
    "fine.rental.person": pgettext_lazy("rule", "Fine for a person who lets"),
    "fine.rental.unit": pgettext_lazy("rule", "Fine for a unit that lets"),
    "home_watch.longest": pgettext_lazy("rule", "Longest home watch"),
    "hotel.changes_filed": pgettext_lazy("rule", "Hotel: changes filed within"),
    "hotel.foreigners_reported": pgettext_lazy("rule", "Hotel: foreign guests reported within"),
    "household.birth": pgettext_lazy("rule", "Birth registered within"),
    "household.move_in_rural": pgettext_lazy("rule", "Moving in registered within, country"),
    "household.move_in_town": pgettext_lazy("rule", "Moving in registered within, town"),
    "inspection.every.dangerous_goods": pgettext_lazy(
        "rule", "Inspection interval: dangerous goods"
    ),
    "inspection.every.entertainment": pgettext_lazy("rule", "Inspection interval: entertainment"),
    "inspection.every.hotel": pgettext_lazy("rule", "Inspection interval: hotels"),
    "inspection.every.key_unit": pgettext_lazy("rule", "Inspection interval: key units"),
    "inspection.every.locksmith": pgettext_lazy("rule", "Inspection interval: locksmiths"),
    "inspection.every.pawn": pgettext_lazy("rule", "Inspection interval: pawnshops"),
    "inspection.every.rented_home": pgettext_lazy("rule", "Inspection interval: rented homes"),
    "inspection.every.scrap": pgettext_lazy("rule", "Inspection interval: scrap trade"),
    "inspection.every.seal_engraving": pgettext_lazy("rule", "Inspection interval: seal engravers"),
    "inspection.every.shop": pgettext_lazy("rule", "Inspection interval: shops"),
    "inspection.officers": pgettext_lazy("rule", "Officers at an inspection, at least"),
    "leaders.days_per_month": pgettext_lazy("rule", "Leaders in the community, each month"),
    "limit.files.edge": pgettext_lazy("rule", "Longest edge of a kept picture, in pixels"),
    "limit.files.entry": pgettext_lazy("rule", "Files of one matter, MB together"),
    "limit.files.megabytes": pgettext_lazy("rule", "Largest file, MB"),
    "limit.files.megapixels": pgettext_lazy("rule", "Largest picture, megapixels"),
    "limit.receipt_tries.minute": pgettext_lazy("rule", "Receipt codes tried, from everywhere"),
    "limit.reports.photos": pgettext_lazy("rule", "Photos with an online report"),
    "limit.reports.room_day": pgettext_lazy("rule", "Online reports to a room"),
    "limit.reports.room_hour": pgettext_lazy("rule", "Online reports to a room in a rush"),
    "lockout.minutes": pgettext_lazy("rule", "Sign-in locked for"),
    "lockout.tries": pgettext_lazy("rule", "Wrong passwords before the lock"),
    "locksmith.form_kept": pgettext_lazy("rule", "Locksmith: forms kept"),
    "mediation.copies": pgettext_lazy("rule", "Copies of an agreement"),
    "password.length": pgettext_lazy("rule", "Shortest password for administrators"),
    "permit.endorsed_every": pgettext_lazy("rule", "Residence permit endorsed every"),
    "permit.endorsed_within": pgettext_lazy("rule", "Residence permit endorsed before the day"),
    "permit.first_fee": pgettext_lazy("rule", "Fee of the first residence permit"),
    "permit.guardian_below": pgettext_lazy("rule", "A guardian applies for those under"),
    "permit.stay": pgettext_lazy("rule", "Stay before a residence permit"),
    "premises.area": pgettext_lazy("rule", "Room of at least"),
    "presence.days_per_week": pgettext_lazy("rule", "Days in the community, a week"),
    "presence.hours_per_week": pgettext_lazy("rule", "Hours in the community, a week"),
    "privacy.assessment_kept": pgettext_lazy("rule", "Privacy assessment kept"),
    "privacy.child_below": pgettext_lazy("rule", "Child, under"),
    "reception.days": pgettext_lazy("rule", "Days of reception"),
    "reception.hours": pgettext_lazy("rule", "Hours of reception"),
    "rental.change_filed": pgettext_lazy("rule", "Change of a lease filed"),
    "rental.contract_filed": pgettext_lazy("rule", "Lease filed"),
    "rental.not_to_live_in": pgettext_lazy("rule", "Not to be let to live in"),
    "rental.real_name": pgettext_lazy("rule", "Lease by real name"),
    "rental.tenant_registered": pgettext_lazy("rule", "Tenant registered"),
    "residence.register_within": pgettext_lazy("rule", "Residence registered within"),
    "residence.stay_over": pgettext_lazy("rule", "Registered when staying over"),
    "residents_report.every": pgettext_lazy("rule", "Report to residents every"),
    "retention.access_logs": pgettext_lazy("rule", "Access logs"),
    "retention.aftercare": pgettext_lazy("rule", "Aftercare"),
    "retention.backups": pgettext_lazy("rule", "Backups"),
    "retention.consultations": pgettext_lazy("rule", "Consultations"),
    "retention.drafts": pgettext_lazy("rule", "Drafts"),
    "retention.exports": pgettext_lazy("rule", "Files of exports"),
    "retention.household": pgettext_lazy("rule", "Household papers"),
    "retention.places": pgettext_lazy("rule", "Places that have closed"),
    "retention.read_log": pgettext_lazy("rule", "Log of reads"),
    "retention.rentals": pgettext_lazy("rule", "Rentals"),
    "retention.report_attachments": pgettext_lazy("rule", "Photos of online reports"),
    "retention.reports": pgettext_lazy("rule", "Online reports"),
    "retention.residence": pgettext_lazy("rule", "Residence"),
    "retention.surveys": pgettext_lazy("rule", "Survey answers with who gave them"),
    "scrap.filed": pgettext_lazy("rule", "Scrap dealer filed within"),
    "scrap.ledger_kept": pgettext_lazy("rule", "Scrap ledger kept"),
    "seal_engraving.filed": pgettext_lazy("rule", "Engraved seal filed within"),
    "session.idle": pgettext_lazy("rule", "Signed out when idle for"),
    "session.longest": pgettext_lazy("rule", "Longest session"),
    "shift.length": pgettext_lazy("rule", "Length of a shift"),
    "small_counts.below": pgettext_lazy("rule", "Counts below this are not shown"),
    "small_counts.homes": pgettext_lazy("rule", "Places no finer than"),
    "staffing.communities_share": pgettext_lazy("rule", "Share of officers in communities"),
    "staffing.rural.one_officer": pgettext_lazy("rule", "Country: one officer for"),
    "staffing.shared_room_below": pgettext_lazy("rule", "Shared room below"),
    "staffing.stations_share": pgettext_lazy("rule", "Share of officers at stations"),
    "staffing.urban.one_officer": pgettext_lazy("rule", "Town: one officer for"),
    "staffing.urban.two_officers": pgettext_lazy("rule", "Town: two officers from"),
    "survey.asked_for": pgettext_lazy("rule", "Opinion asked after closing, for"),
    "working_hours": pgettext_lazy("rule", "Working hours"),
    "limit.reveal.permit_assistant": pgettext_lazy(
        "rule", "Values opened a day: permit assistants"
    ),
    "limit.search.permit_assistant": pgettext_lazy("rule", "Searches a day: permit assistants"),
    "limit.reveal.partner": pgettext_lazy("rule", "Values opened a day: partners"),
    "limit.search.partner": pgettext_lazy("rule", "Searches a day: partners"),
    "limit.reveal.room_head": pgettext_lazy("rule", "Values opened a day: heads of rooms"),
    "limit.search.room_head": pgettext_lazy("rule", "Searches a day: heads of rooms"),
}
SOURCES: dict[str, str | Promise] = {
    "product/tables.md, Deadlines": pgettext_lazy("source of a rule", "Linli's table of deadlines"),
    "product/tables.md, Deadlines; the early plans give none of their own": pgettext_lazy(
        "source of a rule", "Linli's table of deadlines; the early plans give none"
    ),
    "product/tables.md, Retention": pgettext_lazy("source of a rule", "Linli's table of retention"),
    "product/tables.md, Roles: daily limits; a role without the right has 0": pgettext_lazy(
        "source of a rule", "Linli's table of roles: daily limits"
    ),
    "product/tables.md, Small numbers": pgettext_lazy(
        "source of a rule", "Linli's rule for small numbers"
    ),
    "product/rules.md, Staffing, presence, evaluation": pgettext_lazy(
        "source of a rule", "Local plans of community policing"
    ),
    "product/rules.md, Staffing, presence, evaluation: the plan of 2002": pgettext_lazy(
        "source of a rule", "A local plan of 2002"
    ),
    "product/rules.md, Statutory aftercare": pgettext_lazy(
        "source of a rule", "Laws on statutory aftercare"
    ),
    "product/rules.md, Residence: local-2002": pgettext_lazy(
        "source of a rule", "A local rule of about 2002"
    ),
    "product/rules.md, Rentals: 1995 rules and local-2002": pgettext_lazy(
        "source of a rule", "Rules on rented homes, and a local rule"
    ),
    "product/rules.md, Places": pgettext_lazy(
        "source of a rule", "Rules for hotels, entertainment and trades"
    ),
    "product/rules.md, Handling": pgettext_lazy(
        "source of a rule", "Procedure of cases, mediation and licences"
    ),
    "product/features.md, C4: performance checked after 7/30/90 days of the agreement": pgettext_lazy(
        "source of a rule", "Linli: an agreement is looked after at 7, 30 and 90 days"
    ),
    "product of Linli: what one police room's disk and one page can carry": pgettext_lazy(
        "source of a rule", "Linli: what the disk of a room can carry"
    ),
    "product of Linli: usual services of a room (C8, D7); no law gives these numbers, a room sets its own": pgettext_lazy(
        "source of a rule", "Linli: no law gives these numbers, a room sets its own"
    ),
    "product of Linli: names beside a door or an empty home are kept no longer than questions come": pgettext_lazy(
        "source of a rule", "Linli: names beside a door are kept no longer than questions come"
    ),
    "product of Linli: limits against abuse that store no address": pgettext_lazy(
        "source of a rule", "Linli: against abuse, without storing addresses"
    ),
    "no national interval was found: a city sets its own": pgettext_lazy(
        "source of a rule", "No national interval was found: a city sets its own"
    ),
    "local practice of 110; differs between cities": pgettext_lazy(
        "source of a rule", "Local practice of 110; differs between cities"
    ),
    "GB/T 22239 level 3: time-out and lock-out asked for, the figures are custom": pgettext_lazy(
        "source of a rule", "GB/T 22239 level 3 asks for it; the figures are custom"
    ),
    "the same protection as today, whatever the regime of the matter": pgettext_lazy(
        "source of a rule", "The same protection as today"
    ),
}


def title(code: str) -> str:
    """A rule in words: "Incidents: tell the reporter"; its code where it has none."""
    if words := TITLES.get(code):
        return str(words)
    head, _dot, rest = code.partition(".")
    kind, _dot, last = rest.partition(".")
    if head == "deadline" and (words := _deadlines().get((kind, last))):
        return _("%(ledger)s: %(what)s") % {"ledger": registry.get(kind).title, "what": words}
    if head == "limit" and last in ROLES:
        named = {"role": ROLES[last].title}
        return (
            _("Values opened a day: %(role)s")
            if kind == "reveal"
            else _("Searches a day: %(role)s")
        ) % named
    return str(_kept().get(code, code))


def source(text: str) -> str:
    """Where a rule comes from; a law by its own name and the article, without what the pack remarks."""
    if words := SOURCES.get(text):
        return str(words)
    law = _REMARK.split(text)[0]
    return _ARTICLE.sub(lambda found: _(", art. %(n)s") % {"n": found[1].replace("to", "–")}, law)


@cache
def _deadlines() -> dict[tuple[str, str], str | Promise]:
    return {
        (one.code, due.name): due.title for one in registry.all_ledgers() for due in one.deadlines
    }


@cache
def _kept() -> dict[str, str | Promise]:
    return {
        one.retention: one.title for one in registry.all_ledgers() if isinstance(one.retention, str)
    }
