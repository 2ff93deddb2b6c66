"""The words that tell a school's context, by attribute and value: what `context_reading` looks for.

Each entry is a regular expression, matched ignoring case and as whole words. Only words that tell the
value plainly stand here.
"""

# ruff: noqa: E501 -- one line a value is easier to read than wrapped lists
from __future__ import annotations

# "Our primary concern" is no school.
NO_SCHOOL = (
    r"(?! (?:concerns?|issues?|problems?|reasons?|aims?|purpose|goals?|worr(?:y|ies)|importance|matters?|effects?"
    r"|polic(?:y|ies)|reviews?|plans?|approach|guides?|training|lists?|objective|source|question)\b)"
)
_THROUGH = r"all-through|all through school|k-?(?:8|12)|k to (?:8|12)"

WORDS: dict[str, dict[str, tuple[str, ...]]] = {
    "phases": {
        "early-years": (
            r"nursery|nurseries",
            r"pre-?school",
            r"pre-?k",
            r"kindergarten",
            r"early years|eyfs",
            r"reception class(?:es)?",
        ),
        "primary": (
            rf"primary{NO_SCHOOL}|primaries",
            r"elementary|grade school|prep school",
            r"infants?(?: school)?|juniors? school",
            r"ks[12]|key stage [12]",
            r"year [1-6](?! of\b)|years? [1-6]s|y[1-6]|k-?5|(?:to )?grade [1-6](?! of\b)",
            r"(?:[1-6](?:st|nd|rd|th)|first|second|third|fourth|fifth|sixth)[- ]grade(?:rs?)?",
            r"[4-9](?:-| to | and )(?:[5-9]|1[01])[- ]year[- ]olds?",
            _THROUGH,
        ),
        "secondary": (
            rf"secondary{NO_SCHOOL}|secondaries|post-primary",
            r"high school|middle school|junior high|senior school|grammar school",
            rf"comprehensive{NO_SCHOOL}|comp(?! sci)",
            r"ks[34]|key stage [34]|11(?:-| to )1[68]",
            r"year (?:7|8|9|10|11)(?! of\b)|years? (?:7|8|9|10|11)s|y(?:7|8|9|10|11)",
            r"(?:(?:7|8|9|10|11|12)th|seventh|eighth|ninth|tenth)[- ]grade(?:rs?)?",
            _THROUGH,
        ),
        "sixth-form": (
            r"(?:sixth|6th)[- ]form(?:ers?)?",
            r"ks5|key stage 5|year 1[23]|y1[23]",
            r"11(?:-| to )18",
        ),
        "further-education": (r"fe college|further education|tafe|community college",),
        "special": (r"(?:special|special needs|sen|send|specialist|special education) schools?",),
        "alternative": (r"pru|pupil referral unit|alternative provision|ap academy",),
    },
    "setting": {
        "remote": (
            r"remote (?:island|community|area|school|rural|part|enough|town|valley)",
            r"(?<!rhode )(?<!long )(?<!barrier )island(?! of\b)",
            r"outback",
        ),
        "rural": (r"rural|village|countryside|farming community",),
        "suburban": (r"suburban|suburbs?",),
        "town": (r"(?:small|market|coastal|seaside|mill|our|a|medium) town(?! hall)|small-town",),
        "urban": (
            r"urban(?! myth)|inner[- ]city|city[- ]cent(?:re|er)|city school|(?:big|large|major|in a) city",
        ),
    },
    "sector": {
        "independent": (
            r"(?:independent|private) (?:(?:girls|boys)['’]? |k-12 |prep |catholic )?(?:school|college|prep|day|senior|sector)",
            r"fee[- ]paying|boarding school",
        ),
        "state": (
            r"state[- ]funded|state (?:school|high|sector|secondary|primary|comprehensive|comp)",
            r"maintained school|local authority school",
            r"public (?:elementary|high school|middle school)|k-?(?:8|12) public school",
            rf"comprehensive{NO_SCHOOL}",
            r"(?:an|our|my|this|provision|primary|secondary|all-through|junior|infant) academy|(?:^|[.;] )academy(?= in\b|,)",
        ),
    },
    "kind": {
        "trust": (
            r"multi[- ]academy trust|academy trust|our trust|my trust",
            r"trust of (?:\d+|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|fifteen|twenty|thirty|several)",
            r"trust with (?:\d+ )?(?:primar|secondar|special)\w*",
        ),
        "district": (r"school district|our district|my district",),
        "authority": (
            r"(?:for|at|in|we are) a local authority|our local authority's schools|education and training board",
        ),
        "college": (r"(?:fe|sixth[- ]form|further education|community|our|my|this) college|at college|tafe",),
        "school": (
            r"(?:our|my|this) (?:\w+ ){0,2}?school",
            r"(?:primary|secondary|special|high|middle|infant|junior|elementary|comprehensive|grammar|nursery|prep|boarding|state|public|independent|private|village|small|rural|remote|k-8|k-12) school",
            r"(?:our|we are an?|we['’]re an?|an?) (?:\w+ ){0,2}?(?:primary|elementary|secondary|comprehensive|comp|academy)(?=$|[,.;:]| (?:in|with|of|near|head|and families))",
            r"(?:academy|comprehensive|primary|secondary)(?=[,.;] | in [A-Z])|(?:primary|secondary) (?:head|deputy|principal)",
            r"(?:girls|boys)['’]? school|(?:^|[.;] )(?:small |big |large )?school in",
        ),
    },
    "disadvantage": {
        "high": (
            r"(?<!-)deprived(?! of\b)|high (?:fsm|poverty|deprivation|pupil premium)|high-poverty|title (?:1|i|one)",
            r"disadvantaged (?:area|intake|school|community|catchment)|poor (?:area|families|community)",
        ),
        "average": (
            r"average (?:for |in )?(?:disadvantage|deprivation|poverty|fsm)",
            r"(?:disadvantage|deprivation|poverty|fsm) (?:is )?(?:about )?average",
        ),
        "low": (
            r"affluent|leafy|wealthy (?:area|intake|families|suburb)|well[- ]off",
            r"(?<!dis)advantaged (?:area|families|intake|community)",
        ),
    },
    "country": {
        "GB": (
            r"uk|u\.k\.|united kingdom|britain|british|(?<!new )england|english school|scotland|scottish",
            r"(?<!new south )wales|welsh (?:school|primary|secondary)|northern ireland|northern irish",
        ),
        "US": (r"usa|u\.s\.a?\.?|united states|american (?:school|high)",),
        "IE": (
            r"republic of ireland|(?<!northern )ireland|(?<!northern )irish (?:school|primary|secondary|post-primary)",
        ),
        "NZ": (r"new zealand|nz|aotearoa",),
        "AU": (r"australia|australian|nsw|new south wales|queensland",),
        "CA": (r"canada|canadian",),
    },
}
# In capitals only: "us", "mat" and "fe" are words or parts of names.
CAPITALS: dict[str, dict[str, tuple[str, ...]]] = {
    "country": {"US": (r"US(?= (?:school|high|middle|elementary|district|public)|[,.;)]|$)",)},
    "kind": {
        "trust": (
            r"MATs?",
            r"^[Tt]rust(?=(?:,| of| with) (?:\d|two|three|four|five|six|primar|secondar|special))",
        )
    },
    "phases": {"further-education": (r"G?FE",)},
}
