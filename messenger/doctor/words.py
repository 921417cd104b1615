"""Findings in words, in English and Russian: what was found, and what to do about it.

`NAME` of each code is what the thing is called; `WELL` and `BAD` are what is said of it; `FIX` what
to do, which is there for all that is not well. What stands in braces are the finding's values.
"""

from typing import Final

import msgspec

from messenger.doctor.finding import Area, DoctorCheck, Finding
from messenger.doctor.mending import is_mendable
from messenger.doctor.words_en import EN
from messenger.doctor.words_ru import RU


class Said(msgspec.Struct, frozen=True):
    """What is called how, what is said when it is well and when it is not, and what to do then."""

    name: str
    well: str = ""
    bad: str = ""
    fix: str = ""


LANGUAGES: Final[dict[str, dict[str, Said]]] = {
    locale: {code: Said(*sentences) for code, sentences in said.items()}
    for locale, said in (("en", EN), ("ru", RU))
}


def say(area: Area, finding: Finding, locale: str) -> DoctorCheck:
    """A finding in a language; in English where there is no such one."""
    said = LANGUAGES.get(locale, LANGUAGES["en"])[finding.code]
    good = finding.state == "well"
    return DoctorCheck(
        code=finding.code,
        area=area,
        state=finding.state,
        name=said.name,
        found=(said.well if good else said.bad).format(**finding.values),
        fix=None if good else said.fix.format(**finding.values),
        command=finding.command,
        sql=finding.sql,
        setting=finding.setting,
        mendable=is_mendable(finding.code, finding.command),
    )
