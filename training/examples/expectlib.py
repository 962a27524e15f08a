"""What check_expect.py and score_expect.py share: the enumerations of the reading and the search for a quote in a text.

The expectation format is described in examples/reports/README.md. Standard library only.
"""

import calendar
import datetime
import re
import tomllib
from pathlib import Path

REPORTS = Path(__file__).resolve().parents[2] / "examples" / "reports"

MODES = {
    "AGREE": [],
    "CONSULT": ["visit", "third-party", "multilateral", "phone"],
    "SUPPORT": [],
    "CONCEDE": [],
    "COOPERATE": [],
    "AID": [],
    "RETREAT": ["withdraw", "release", "disarm", "ceasefire", "access", "resign"],
    "REQUEST": ["assist", "change", "yield", "meet"],
    "ACCUSE": ["disapprove", "investigate", "allege"],
    "REJECT": ["assist", "change", "yield", "meet"],
    "THREATEN": ["restrict", "arrest", "relations", "expel", "territory", "violence"],
    "PROTEST": ["demo", "riot", "strike", "hunger", "boycott", "obstruct", "vandalize"],
    "SANCTION": ["convict", "expel", "withdraw", "discontinue"],
    "MOBILIZE": ["troops", "weapons", "police", "militia"],
    "COERCE": ["seize", "restrict", "censor", "curfew", "martial-law", "arrest", "deport", "withhold", "misinformation", "cyber"],
    "ASSAULT": ["abduct", "beat", "torture", "sexual", "targeted", "destroy", "primitive", "firearms", "explosives",
                "suicide-attack", "aerial", "drone", "heavy-weapons", "crowd-control", "unconventional"],
}
INCIDENT_TYPES = ("armed_assault bombing suicide_bombing kidnapping hostage_taking assassination arson hijacking "
                  "vehicle_attack stabbing facility_attack unarmed_assault airstrike drone_strike shelling battle raid").split()
REALIS = "actual negated planned threatened foiled hypothetical generic".split()
WEAPONS = "firearm explosive vehicle knife incendiary aircraft drone missile chemical other".split()
TARGETS = ("person civilians military police government business religious transport aviation infrastructure media "
           "education medical diplomatic other").split()
RELATIONS = ("pledged_to affiliated_with wing_of part_of member_of leads alias_of formerly_named split_from merged_into "
             "backs allied_with opposes").split()
CONTROL = "lost gained holds contested".split()
STATEMENTS = "assessment responsibility_claim denial threat demand condemnation report promise".split()
ACTORS = ("armed_group state government military police intelligence judiciary party international_org media company "
          "civil_society population_group person other").split()
MASKS = "repeated_headline credit widget author_bio boilerplate caption subscription".split()
CLAIMS = "claimed accused confirmed suspected unknown".split()
NEVER = "event actor relation control statement incident".split()
SPEAKERS = ("author", "anonymous")


def as_list(value):
    """A value as a list: several values mean that any of them is right."""
    if value is None:
        return []
    return list(value) if isinstance(value, list) else [value]


def find_all(text, quote):
    """All (start, end) code-point ranges where `quote` stands in `text`; runs of white space match each other
    (a hard-wrapped text breaks quotes over lines)."""
    parts = [re.escape(part) for part in quote.split()]
    if not parts:
        return []
    return [m.span() for m in re.finditer(r"\s+".join(parts), text)]


def interval(value):
    """First and last day of "2020", "2020-03", "2020-03-05" or "a/b" of these."""
    if "/" in value:
        first, last = value.split("/")
        return interval(first)[0], interval(last)[1]
    numbers = [int(part) for part in value.split("-")]
    if len(numbers) == 1:
        return datetime.date(numbers[0], 1, 1), datetime.date(numbers[0], 12, 31)
    if len(numbers) == 2:
        last = calendar.monthrange(numbers[0], numbers[1])[1]
        return datetime.date(numbers[0], numbers[1], 1), datetime.date(numbers[0], numbers[1], last)
    day = datetime.date(*numbers)
    return day, day


def load(folder=REPORTS):
    """Pairs every report with its expectations: yields (slug, text, table), in the order of the names."""
    for path in sorted(Path(folder).glob("*.expect.toml")):
        slug = path.name[: -len(".expect.toml")]
        text = path.with_name(slug + ".txt").read_text(encoding="utf-8")
        yield slug, text, tomllib.loads(path.read_text(encoding="utf-8"))
