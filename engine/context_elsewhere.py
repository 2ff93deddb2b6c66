"""The phrases that speak of somebody else's school, up to the end of their clause.

What stands inside them is not read: "the independent school down the road has iPads" tells nothing of ours.
"""

# ruff: noqa: E501 -- one line a pattern is easier to read than wrapped lists
from __future__ import annotations

_NOUN = r"(?:schools?|primar(?:y|ies)|secondar(?:y|ies)|academ(?:y|ies)|comps?|comprehensives?|high|highs|elementar(?:y|ies)|grammars?|colleges?|nurser(?:y|ies)|preps?|districts?|trusts?|MATs?|infants|juniors|independents?|privates?)"
# To the end of the clause, or to where the writer comes in again.
_REST = r"(?:(?!\b(?:we|we['’]\w+|our|ours|i|i['’]\w+|mine|here|and the|but)\b)[^.,;:!?()–—])*"
_NEAR = r"(?:down the (?:road|lane|street|valley)|up the (?:road|hill|coast)|next door|across (?:town|the \w+)|nearby|near (?:us|by)|round the corner|around the corner|over the (?:road|hill|way)|(?:in|from) the next (?:town|village|valley|county|suburb)|along the (?:road|coast)|that feeds? us|who feed us|we feed|we compete with|we share [\w ]+ with|that sends? us)"
_KIN = r"(?:son|daughter|wife|husband|partner|sister|brother|nephew|niece|grand(?:son|daughter|children|kids)|friend|cousin|mother|father|mum|dad|neighbou?r|sister-in-law|brother-in-law|mate|predecessor|own (?:kids|children|boys|girls))"
ELSEWHERE: tuple[str, ...] = (
    # a relative's, a neighbour's, an earlier school
    rf"(?:my|his|her|their|an?|our head['’]s|our chair['’]s) (?:\w+ )?{_KIN}(?:['’]s?)?\b{_REST}",
    rf"(?:feeder|neighbou?ring|rival|competing|sister|previous|partner|receiving|destination)(?: \w+){{0,2}} {_NOUN}\b{_REST}",
    rf"(?:my|our|an?) (?:last|old|former|previous|first)(?: \w+){{0,2}} {_NOUN}\b{_REST}",
    rf"(?:another|other|those|these|their|his|her)(?: [\w-]+){{0,2}} {_NOUN}\b{_REST}",
    rf"(?:(?!\b(?:we|our|my|i|us)\b)[^.,;:!?]){{0,60}}\belsewhere\b{_REST}",
    rf"the (?:middle|high|secondary|primary|upper|junior|infant|elementary|next) school (?:wants|asks|expects|sends|tells|gets|needs|demands) (?:us|our)\b{_REST}",
    # what the writer's place is not, or is only wished for
    r"(?:not|isn['’]t|aren['’]t) (?:an? |in an? |at an? )?(?:(?:private|independent|state|special|church|faith|grammar|selective) )?(?:school|primary|secondary|academy|comp|college|private|independent|state|fee-paying)\b",
    r"(?:not|isn['’]t|aren['’]t|far from|hardly)(?: an?| in an?| very| especially| particularly)? (?:affluent|wealthy|leafy|deprived|well[- ]off|disadvantaged|rich|poor)\b",
    r"(?:want|wants|wanted|build|create|launch|start) an? (?:[\w-]+ )?(?:academy|school) of\b",
    # schools at large
    rf"(?:most|every|each|some|many|all|few|several|other)(?: of the)?(?: [\w-]+){{0,2}} (?:schools|primaries|secondaries|academies|comps|districts|trusts|colleges)\b(?! (?:in|of|across) our){_REST}",
    r"(?:every|each|any) (?:school|academy)\b",
    rf"(?:every|any)(?: [\w-]+)? {_NOUN}\b(?! in our){_REST}",
    # the one nearby
    rf"(?:(?:our|the|a) (?:local|nearest)|nearest)(?: \w+)? {_NOUN}\b{_REST}",
    rf"(?:the|an?|that|one|two|three|some|both)(?: [\w'’-]+){{0,6}}? {_NEAR}\b{_REST}",
    # the past and what is to come
    rf"i (?:used to|once|previously|formerly|was (?:head|deputy|principal|a teacher|teaching)|came (?:here )?from|moved (?:here )?from|left)\b{_REST}",
    rf"(?:he|she|they) (?:used to|once|taught|worked|came from|ran|led)\b{_REST}",
    rf"(?:what|how) (?:happened|did|was|went|worked|became|has|have|do other)\b{_REST}|i(?:['’]m| am) (?:moving|leaving|off|going|applying)\b[^.;!?]*",
    rf"before (?:that|this|moving|coming|i came|i joined)\b{_REST}|(?:years|decades) ago\b{_REST}",
    # what was read, heard, seen, sold or told
    rf"(?:read(?:ing)?|heard?|saw|seen|watched|visit(?:ed|ing|s)?|toured|stud(?:y|ies)|trials?|research|reports?|evidence|articles?|pieces?|podcasts?|documentar(?:y|ies)|news|papers?|examples?|stor(?:y|ies)|headlines?|bans?|scandal|conference|summit|expo|webinar|holiday|trip|copied|borrowed|speaker|consultants?|compan(?:y|ies)|vendors?|suppliers?|salesm[ae]n|reps?|startup|start-up|researchers?|professors?|universit(?:y|ies)|ministers?) (?:[\w-]+ )?(?:about|of|at|in|from|that|an?)\b{_REST}",
    r"(?<!i['’]m )(?<!i am )(?<!as )(?:an?|one|the|some|two) (?:head|principal|colleague|teacher|leader|parent|governor|consultant|speaker|superintendent|deputy)s? (?:in|at|from|of) (?:(?!our|my)[^.,;:!?])*?(?:told|tells?|sa(?:ys|id)|swears?|swore|reckons?|show(?:s|ed)|warned|claims?|claimed)\b",
    # comparison, and where people come from
    rf"(?:unlike|than|as in|compared (?:to|with)|such as|(?:just |a bit )?like (?:in|the|that|those)|instead of|as (?:good|big|bad|rich) as)\b(?! (?:us|our|we|half|a third|\d)\b){_REST}",
    rf"(?:pupils|children|families|refugees|girl|boy|parents?|students|kids|staff|teachers?|family|arrivals|newcomers|exchange)(?: who came| who come| coming| arriving| of| were| was| are)? (?:from|of|at) (?!our|my|this|[psyk]\d|y(?:ea)?r |grade|reception|kindergarten|nursery)(?:[\w-]+ )?(?-i:[A-Z]|private|independent|public|other|fee){_REST}",
    # schools of a sort, and those that pupils come from and go to
    rf"(?:in|across|at|for|from|to|into|with) (?:\d+ |forty |english |danish |us |uk |american |british |australian |other |such |real |many |most |canadian |scottish |welsh |irish |indian |american |(?-i:[A-Z]\w+) )*(?:primary|secondary|high|middle|elementary|special|independent|private|state|public|rural|urban|mainstream|village|grammar|junior|infant|nursery) schools\b(?! in our){_REST}",
    rf"mainstream (?:primar(?:y|ies)|secondar(?:y|ies)|schools?)(?! with)(?= (?:that|who|which|send)){_REST}",
    r"(?:go(?:es|ing)?|gone|moves?|moving|moved|leave|leaves|left|leaving|ready|readiness|prepar\w+|transfer\w*|transition\w*|feed|feeds|heading|head|start|starts|starting|step|send|sends|arrive|off|on|up|apply|applying|admission)(?: \w+)?(?: \w+)? (?:to|for|at|into) (?:the |a |an |their |local |big )*(?:\w+ )?(?:secondary|high school|middle school|junior high|college|university|primary|nursery|grammars?|sixth form|fe|kindergarten|reception|ks3)(?: schools?)?",
    r"(?:come|comes|came|arrive|arrives|up|over|children|pupils|data|files?) (?:up |over )?from (?:the |their |local )*(?:\w+ )?(?:primary|primaries|nursery|nurseries|elementary|middle school|juniors?|infants)(?: schools?)?",
    r"(?:hundreds|dozens|thousands|lots|plenty|a handful|a couple|a number) of (?:\w+ )?(?:schools|primaries|secondaries|nurseries)(?: and \w+)?|(?:from|since) (?:preschool|nursery|kindergarten|reception)(?! to| through| up)",
    # those that stand beside the writer's
    rf"(?:attached to|next to|opposite|beside|based at|based in|run by|linked to|share (?:\w+ ){{1,3}}with) (?:an?|the) (?:[\w-]+ ){{0,2}}{_NOUN}\b",
    r"(?:when|once|until|before|after) they (?:leave|go|move|get|start|reach|hit)\b[^.,;:!?]*",
    # other countries, authorities, and words with another meaning
    rf"(?:(?:(?<!\w )|(?<=and )|(?<=but )|(?<=while ))in|over in) (?-i:[A-Z]\w+(?: [A-Z]\w+)?),? (?:they|ministers|the government|it['’]s|everyone|schools|pupils|teachers)\b{_REST}",
    r"(?:in|at|for) (?:primary|secondary|sixth form|nursery|high school|middle school|elementary|early years|further education|reception)(?=[.?!]|$)",
    rf"(?:the|our) (?:\w+ ){{0,2}}?(?:council|government|ministry|board|lea|dfe|department (?:of|for) education|regulator|inspectors?|local authority|authority|county|state|department) (?:says|wants|told|tells|thinks|gave|insists|asked|is|has|have|blocks|dictates)\b{_REST}",
    r"(?:old |cramped )?victorian (?:building|school building|classrooms?)|school(?:s)? (?:of|for) thought|old[- ]school",
)
