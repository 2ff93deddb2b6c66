"""The words that tell a school's context, by attribute and value: what `context_reading` looks for.

Each entry is a regular expression, matched ignoring case and as whole words. Only words that tell the
value plainly stand here.
"""

# ruff: noqa: E501 -- one line a value is easier to read than wrapped lists
from __future__ import annotations

# "Our primary concern" is no school.
NO_SCHOOL = (
    r"(?! (?:concerns?|issues?|problems?|reasons?|aims?|purpose|goals?|worr(?:y|ies)|importance|matters?|effects?|focus"
    r"|polic(?:y|ies)|reviews?|plans?|approach|guides?|training|lists?|objective|source|question|driver|cause|use|data|care|need)\b)"
)
# "School" as the first half of another word: a school day, a school board.
_NOT_THE_SCHOOL = r"(?! (?:meals?|lunch(?:es)?|dinners?|milk|hubs?|alliance|association|days?|years?|bus|buses|boards?|districts?|divisions?|systems?|trusts?|hours|council|uniform|holidays?|gates?|phones?|work|refusal|trips?|run|improvement|age|devices?|leaders?|places?)\b)"
_WORDS = r"(?:[\w'’&/-]+,? ){0,5}?"  # up to five words of description
_AGAIN = r"(?=[,.;:!?()–—]|$| (?:in|of|with|near|at|on|outside|for|who|where|that|which|whose|head|principal|deputy|and|but|using|here|has|have|is|are|whole|wants?|all|weighing|like|plus|just|\w+ing)\b| [(–—-])"  # a noun ends here
_THROUGH = r"all-through|all through school|all-age school|(?:birth|cradle)[- ]to[- ]18"
# "Regional high", "girls' high", but no high hopes and no high street.
_HIGH = (
    r"(?:(?:regional|rural|urban|inner-city|city|downtown|country|county|public|state|girls['’]?|boys['’]?|senior|junior|vocational|technical|suburban|catholic|private|small|big|large|mid-size|co-ed|nsw|town|magnet|charter|government|prairie|island) high"
    r"(?!-| (?:hopes|poverty|street|fsm|deprivation|levels?|quality|stakes|speed|performing|needs|cost|price|court|tech|proportion|numbers?|ability|fees)\b)"
    r"|senior highs?|junior highs?"
    r"|(?:^|(?<=[.!?] ))(?:(?!the |our |my |costs? |prices? )[\w'’-]+ ){1,3}high(?=,| (?:in|of|with|where|that|who|whose)\b))"
)
_SCHOOL = (
    rf"(?:school{_NOT_THE_SCHOOL}|primary{NO_SCHOOL}|elementary|secondary{NO_SCHOOL}(?! (?:college|colleges)\b)|comprehensive{NO_SCHOOL}|comp(?! sci)|academy|grammar{NO_SCHOOL}"
    rf"|prep(?! (?:work|time|for)\b)|infants|juniors|junior|middle|intermediate|{_HIGH}|gaelscoil|gaelcholáiste|kura|sec mod|secondary modern|all-through|[kpr]-\d+|full[- ]primary|utc)"
)
_ROLE = r"(?:head|headteacher|principal|deputy|assistant head|vice[- ]principal|governor|bursar|business manager|senco|teacher|technician|network manager|it manager|counsell?or|librarian|trustee|coordinator|manager|director|lead|officer|chair)"
_OWN = (
    r"(?:our|my|this|ours is an?|ours is the|we are an?|we are the|we['’]re an?|we['’]re the|we run an?|i am an?|as an?|we['’]re|"
    rf"{_ROLE} (?:of|at|in|for) (?:an?|the)|i (?:lead|run|head|manage|teach at|teach in|work at|work in) an?|chair an?|governors? of an?|at an|us, an?)"
)
_NOT_OPENING = r"(?![kpr]-\d+[,.])(?!(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve) )(?!(?:can|could|should|would|does|do|did|is|are|was|will|has|have|what|how|why|where|who|which|when|if|the|every|each|most|some|many|all|any|other|another|no|parents?|i|we|they|he|she|it|my|our|their|his|her|that|those|these|back|after|not|and|but|or|so|because|local)\b)"
_SIZES = (
    r"(?:\d+|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|fifteen|twenty|thirty|forty|several)"
)

_NEED = r"(?:disadvantage|deprivation|poverty|fsm|free (?:school )?(?:meals|lunch(?:es)?)|pupil premium)"
_NEED_IS = rf"(?<!% ){_NEED}(?: (?:numbers|figures?|rates?|eligibility))?(?: here)? (?:is|are)(?: (?:very|quite|pretty|well|far|way|much))*"
_AVERAGE = r"[- ](?:the )?(?:national |state |county )?average"
_AVERAGE_NEED = rf"{_AVERAGE} (?:(?:for|on|in|of|levels?|numbers?|proportions?|rates?) )*{_NEED}"

WORDS: dict[str, dict[str, tuple[str, ...]]] = {
    "phases": {
        "early-years": (
            r"nursery(?! rhymes?| slopes?| of (?:ideas|talent|innovation))|nurseries|creche|toddlers?|playgroup|playcentre|k[oō]hanga(?: reo)?|(?:year|yr) r(?!-)",
            r"pre-?schools?(?!er)",
            r"pre-?k|jk",
            r"(?<!pre-)kindergarten(?!ers?)|day-?care|day care centre|early childhood (?:centre|center|service)",
            r"early years|early learning|eyfs|under-fives",
            r"reception(?= (?:class(?:es)?|children|pupils|kids|year|upwards?|to|through|and|teachers?)\b)|receptions",
        ),
        "primary": (
            rf"primary{NO_SCHOOL}(?! contacts?)|primaries",
            r"elementary|elementaries|grade school|prep school|(?<!college )(?<!university )(?<!for )(?<!test )(?<!exam )(?<!staff )(?<!lesson )(?<!and )prep(?=[,.;:]| (?:in|of|with)\b)",
            rf"infants?(?= (?:school|head|class)|s? and junior|{_AGAIN[3:]}|junior infants|senior infants",
            rf"juniors?(?= (?:school|and infant)s?\b)|(?<=suburban )juniors|(?<=entry )juniors?|(?:we are|we['’]re) a juniors?{_AGAIN}",
            r"reception(?= (?:class(?:es)?|children|pupils|kids|year|upwards?|to|through|and|teachers?)\b)",
            r"ks[12]|key stages? [12]|(?<=key stage 1 and )2",
            r"first[- ]graders?|kindergart(?:e)?ners|gaelscoil|national school(?! lunch)|junior infants|senior infants|prim(?= sch)",
            r"(?:^|(?<=[.;:?!] )|(?<=\ba ))first school|(?<=\ba )lower school",
            r"(?:third|fourth|fifth|sixth) class(?:es)?",
            r"(?:standard|class|std) [1-5]s?(?= (?:children|pupils|kids|students|learners))",
            _THROUGH,
        ),
        "secondary": (
            rf"secondary{NO_SCHOOL}(?! contacts?)|secondaries|post-primary|post-primaries|sec mod",
            rf"high schools?|highschool|middle schools?|middle-schoolers?|senior (?:secondary )?school|grammar(?: school)?s?(?= school|{_AGAIN[3:]}|upper secondary|high[- ]?schoolers|sec(?= sch)",
            _HIGH,
            r"(?:girls|boys)['’]? college",
            rf"comprehensives?{NO_SCHOOL}|comps?(?! sci)|gaelcholáiste|collegiate",
            r"(?<=elementary through )(?:high|middle)(?! school)|ks[34]|key stages? [34]|(?<=key stage 3 and )4|lower secondary",
            r"(?:our|my) gcse|gcse (?:class(?:es)?|students|pupils|groups?|years?)",
            r"freshmen|sophomores?|matrics|junior cert|leaving cert|junior cycle|senior cycle|transition[- ]year|jss ?[1-3]?|sss ?[1-3]?|form [1-5](?! of)|ty (?:class|students?|group)",
            r"(?:standard|class|std) (?:9|10|11)s?(?= (?:children|pupils|kids|students|learners))",
            _THROUGH,
        ),
        "sixth-form": (
            r"(?:sixth|6th)[- ]form(?:ers?|s)?|ks5|key stage 5|post-16",
            r"(?:our|my) a[- ]levels?(?= (?:class|students|pupils|groups?|sets?))",
        ),
        "further-education": (
            r"(?:g?fe|further education|technical and further education) (?:college|provider|campus)|further education|tafe|community college|general fe|(?:vocational|tertiary|land-based|agricultural) college|polytechnic|cegep",
            r"(?:our|my) apprentices|apprentice(?:ship)?s at (?:the|our) college",
        ),
        "special": (
            r"(?:special|special needs|sen|send|specialist|special education|semh|sld|pmld|sld/pmld|mld|asc|autism|autistic) (?:schools?|academ(?:y|ies))|all special(?=[,.;])",
            r"schools? for (?:(?:autistic|disabled)|(?:pupils|children|students|young people|kids) with (?:severe|profound|complex|autism|learning|special|semh|additional))",
        ),
        "alternative": (
            r"prus?|pupil referral unit|alternative provision|alternative (?:school|programme|program)|ap (?:academy|school|setting|provider)|short-stay school",
        ),
    },
    "setting": {
        "remote": (
            r"(?:very )?remote(?:(?: \w+)? (?:island|community|area|school|rural|part|enough|town|valley|campus|primary|secondary|cluster|corner|region|village))",
            r"remote(?=[,.] )|remote (?:nsw|queensland|western australia|northern|alaska|highland\w*)",
            r"(?<!rhode )(?<!long )(?<!barrier )(?<!staten )(?<!coney )(?<!prince edward )(?<!vancouver )island(?! of\b)|islands? school",
            r"outback|very isolated|isolated (?:school|secondary|primary|community|village|area|part)|fly-in|hours (?:from anywhere|out of)|middle of nowhere",
        ),
        "rural": (
            r"(?:semi-)?rural|hamlet|in the sticks|agricultural (?:area|community|town)|(?<!takes a )(?<!global )village(?! (?:hall|shop|green|pub|idiot))|countryside|farming (?:community|country|area|district|town)|farm[- ]country|bush (?:school|primary)|country (?:school|elementary|primary|high|college|town|area)",
        ),
        "suburban": (r"suburban|suburbs?|suburbia",),
        "town": (
            r"(?<!outside a )(?:small|market|coastal|seaside|mill|our|a|medium|mid-sized|mining|steel|former mining|old mining|industrial|port|fishing|harbour|county|commuter|spa|cathedral|border|railway|new|university|poor|deprived|hard-up) town(?! hall)",
            r"(?:small|steel|mill|mining|market|seaside|coal)-town|town (?:comp(?:rehensive)?|primary|secondary|school|academy)|small rural town|(?-i:[A-Z][a-z]+ town)(?=[,. ])",
        ),
        "urban": (
            r"urban(?! myth)|(?:inner|big)[- ]city|inner[- ]urban|inner (?-i:[A-Z]\w+)|city[- ]cent(?:re|er)|city (?:school|primary|secondary|academy|comp|high|district)(?! council)|city system|downtown",
            r"(?:big|large|major|in a|in the|capital|massive|our|poor) city(?! council|[- ]wide| learning)|metro|metropolitan",
            r"(?-i:[A-Z][a-zé]+) city(?= school|,? (?:\d|with)|\.)",
        ),
    },
    "sector": {
        "independent": (
            rf"(?:independent|private|fee[- ]charging|fee[- ]paying) {_WORDS}(?:school|college|prep|day|senior|primary|schools|secondary|nursery|academy|high|elementary|k-\d+|all-through|grammar|montessori|pre-?school|juniors|infants|girls|boys){_NOT_THE_SCHOOL}",
            r"fee[- ](?:paying|charging)(?! parents)|(?<!state )boarding school|public school in england|(?:we are|we['’]re) (?:an? )?(?:independent|private|fee[- ]paying)(?! learn\w+)",
            rf"(?:our|my) independent(?! (?:learn|stud|review|read|work|evaluat|advi)\w*){_AGAIN}|(?:^|(?<=[.;:?!] ))(?:independent|private)(?=,)|independent sector(?! gives)|parents pay (?:the )?fees|unaided school|(?<=, )(?:independent|private)(?=[,.] )",
            r"(?:our|school) fees|fees (?:of|are) [£$€]\d[\d,.]*k?|(?:pay|paying|charge|charging) [£$€]\d[\d,.]*k? (?:a|per) (?:year|term)|tuition[- ](?:based|paying|charging)|(?<=[;,.:] )fees (?:have gone|went|keep going|are going) up|we charge fees|fee[- ]payers|privately (?:run|funded)|isi(?= inspect)",
        ),
        "state": (
            r"state[- ]funded|(?:publicly|government)[- ]funded|state[- ](?:integrated|school|high|sector|secondary|primary|comprehensive|comp|senior|elementary|run|maintained|special|sixth[- ]form|nursery|infant|junior|boarding|grammar|academy)",
            r"(?:local[- ]authority|voluntary[- ]aided|voluntary[- ]controlled|va|lea)[- ](?:maintained )?(?:school|primary|juniors?|infants?|secondary)|maintained (?:school|nursery|primary|secondary|special|infants?|juniors?|grammar|all-through|comp)|voluntary[- ](?:aided|controlled)|no-fee school|council-run",
            r"public (?:elementary|high|middle|primary|secondary|k-\d+|junior|charter)(?: school)?|k-?(?:8|12) public school|public school district|public schools?(?= (?:in|of) (?-i:[A-Z]))|public school division|(?:charter|magnet) (?:school|middle|high|elementary|academy|k-\d+)|we(?:['’]re| are) a charter|charter(?=[,;:] )",
            r"public school(?=,|\.| in| with| of| head| principal|$)|(?:converted to|became|become) (?:an )?academy(?: status)?|academy convert(?:er|or)|(?:our|my) academy['’]s",
            r"government (?:\w+['’]? )?(?:\w+ )?(?:school|primary|secondary|p-\d+|high|college)|we are (?:a )?public(?=[,. ])|(?<=grade, )public(?=,)",
            rf"comprehensives?{NO_SCHOOL}|comp(?! sci){_AGAIN}|free school(?! (?:meal|lunch|dinner|milk)\w*)|city technology college|zilla parishad|kendriya vidyalaya",
            r"(?:an?|our|my|this|we are|single|provision|\d{3}|1[01]-1\d) (?:[\w,-]+ ){0,4}?(?<!khan )academy(?! (?:trust|chain|conver)|['’]s)"
            r"|(?:^|(?<=[.;:,?!] ))(?:[\w,-]+ ){0,3}academy(?= (?:in|assessment|head|principal|deputy|with|of|near|where|who|that)\b|,|:)",
        ),
    },
    "kind": {
        "trust": (
            r"multi[- ]academy trusts?|academy chain|chain of (?:\w+ )?academies|academy trust|schools trust|the trust i (?:work|am|run|lead)|our (?:small |big |big-city |large |whole )?trust(?!ees?)|my trust",
            rf"trust (?:of|with|across) (?:about |around |over )?{_SIZES}|trust with (?:\w+ )?(?:primar|secondar|special)\w*",
            r"\w{1,12}-(?:school|academy) (?:multi-academy )?trust|(?:small|large|big|growing|primary|rural|urban|regional|diocesan|church) trust(?!ees)(?=[,.;:]| (?:of|with|in|across|to|about|trying)\b)",
            r"(?:ceo|head|lead|director|manager|officer|work|it|governor|trustee)(?: \w+){0,2} (?:of|for|at|in) an? (?:[\w-]+ ){0,2}trust(?! (?:me|us|in)\b)",
            r"(?:^|(?<=[.;:?!] ))trust (?:digital|data|it|finance|safeguarding|operations|ict) (?:lead|officer|manager|director)",
        ),
        "district": (
            r"school districts?|our district|my district|(?:^|(?<=[.;:?!] ))(?!the )(?:[\w-]+ ){0,3}(?<!peak )(?<!lake )(?<!the )(?<!high-rise )district(?! (?:attorney|council|nurse|wants|says|told|leaders))|(?:urban|rural|suburban|county|poverty|big-city|mid-size|small|large) district(?=[,.;:]| (?:in|of|with)\b)",
            r"(?:metro|city|sized?|small|large|county|public|our|a) (?:public )?(?:school )(?:division|system)(?=[,.;:]| (?:in|of|with|wants)\b)|(?:metro|city|mid-size) (?:division|system)(?=[,.;:]| (?:in|of|with|wants)\b)|school division|our (?:suburban |rural |urban |school |catholic |county |public )+board|our board(?= \()|school board(?=,| in| of)",
        ),
        "authority": (
            r"(?:for|at|in|we are|we['’]re|lead at|run) (?:a|an|our|the) (?:[\w-]+ ){0,2}(?:local|education|unitary|county|city) (?:authority|council)|our local authority's schools|education and training board|our local authority(?! (?:says|wants|has told|told|insists|blocks))",
            r"(?:^|(?<=[.;:?!] ))(?:[\w-]+ ){0,3}(?:authority|education service|schools service|children['’]s services)(?: (?:officer|advis[eo]r|lead|consultant|director|inspector))?(?=[,.;:]| (?:in|with|of|still|where|here)\b)",
        ),
        "college": (
            rf"(?:fe|sixth[- ]form|6th[- ]form|further education|community|(?<!university )technical|vocational|tertiary|exam-focused) college|(?<!secondary )(?:our|my|this) college|we['’]re an? (?:\w+ )?college{_AGAIN}|at college|apprentice(?:ship)?s at the college|tafe",
        ),
        "school": (
            rf"{_OWN} {_WORDS}{_SCHOOL}{_AGAIN}|(?:our|my|this) (?:[\w-]+ ){{0,2}}?school{_NOT_THE_SCHOOL}(?!s)",
            r"an? (?:[\w-]+ ){0,3}?(?:primary|secondary|elementary|comp|academy|prep)(?= (?:with|in|of|on|like)\b)",
            rf"(?:^|(?<=[.;!?:] )){_NOT_OPENING}{_WORDS}{_SCHOOL}{_AGAIN}",
            r"(?:primary|secondary|special|high|middle|infant|junior|elementary|comprehensive|grammar|nursery|prep|boarding|state|public|independent|private|village|small|rural|remote|k-\d+|senior|charter|magnet|free|faith|church|catholic|international|area|girls['’]?|boys['’]?|through|technical|government|post-primary|national|deis|title i|\d+-\d+|parish|day|upper|teacher|fee|form|convent|community|studio|steiner|waldorf|montessori|selective|lower|hospital|maintained|first|(?:grade|year|yr) \d+|\d(?:st|nd|rd|th)(?: grade)?) school"
            + _NOT_THE_SCHOOL,
            r"one of (?:the )?(?:\w+ )?(?:secondaries|primaries|academies|comps)|junior highs?|(?:\d|pupil|student|place|strong|form|single|ages?|village|rural|urban|mid-sized?|small|big|large|state|catholic|church) (?:primary|elementary|secondary|comp|comprehensive|academy|infants|juniors)"
            + NO_SCHOOL,
            r"(?<!one )(?:academy|comprehensive|primary|secondary|comp|elementary)(?=[,.;] | in [A-Z])|(?:primary|secondary|infants?|junior|prep|elementary|academy) (?:head|hd|ht|assessment|network|business|it|deputy|principal|headteacher)(?! of trust)",
            r"(?:our|my|small|sec|prim|primary|secondary|special|high|big|large|village|rural) schl?(?!\w)|(?:an?|our|my) (?:[\w-]+ ){0,5}grade campus|campus(?=: )|university technical college",
            r"(?:our|my) (?:[\w-]+ (?:and |& )?)?(?:elementary|primary|secondary|academy|comp|prep|grammar)(?:['’]s\b|(?= (?:\w{2,}ed|went|got|gave|took|bought|lost|put|had|still|now|can|can['’]t|cannot|won['’]t|will|could|uses?|gets?|needs?|does|may|might|shares?|sits|serves?|takes?|spends?|runs?)\b))",
            r"(?:integrated|girls['’]?|boys['’]?|catholic|anglican|lutheran|christian|marist|islamic|secondary|[pk7]-1[02]) college",
            r"(?:^|(?<=[.;:?!] ))(?:small |big |large )?school in|an? [\w-]+ school of|gaelscoil|gaelcholáiste|our kura|kura(?= in| kaupapa|,)|kendriya vidyalaya|all-through|in a school of|schools? for (?:the )?(?:deaf|blind|autistic)",
            rf"(?:an?|our|my|tiny|bilingual|small|big|co-ed|coed) (?:[\w-]+ )?(?:k-\d+|p-\d+|1[01]-1[68]|all-through|grammar|sec mod|secondary modern){_AGAIN}|{_HIGH}",
        ),
    },
    "disadvantage": {
        "high": (
            r"(?<!-)deprived(?! of\b| state\b)|high (?:fsm|poverty|deprivation|pupil premium|disadvantage|unemployment)|high-poverty|high levels? of (?:poverty|deprivation|disadvantage|need)|(?-i:Title) (?:1|i|one)\b|deis",
            r"disadvantaged (?:area|intake|school|community|catchment|students|pupils|families|estate|town|borough)|very disadvantaged|poor(?:est)? (?:area|families|community|part of|end of|intake|catchment|town|estate|district|wards?|neighbou?rhood|borough|suburb|post-?codes?|zip codes?|places?|parts?|villages?|corners?|streets|cit(?:y|ies)|count(?:y|ies))|hard-up|poverty (?:is|runs) (?:high|deep)",
            r"low[- ]decile|decile (?:1|2|3|one|two|three)[ab]?(?!\d)|quintile (?:1|2|one|two)|(?:poorest|bottom|lowest|most deprived) (?:decile|quintile|fifth|tenth|\d+%|ten per ?cent|quarter)|low socio-?economic|low-ses|struggling (?:families|estate|area|community)|impoverished|under-?privileged|breadline|(?:sink|rough) estate|working poor|s?imd (?:deciles? |quintiles? )?(?:1|2|one|two)(?: (?:and|to|or) (?:2|two))?|icsea(?: score)?(?: of| is)? (?:[78]\d\d|9[0-3]\d)|community eligibility(?: provision)?",
            r"(?:most|nearly all|almost all|almost everyone|nearly everyone|majority)(?: of)?(?: our| the)? ?(?:pupils |families |kids |children |students |parents )?(?:are )?(?:on|get|receive|qualify for|eligible for) (?:free (?:school )?(?:lunch(?:es)?|meals)|benefits|fsm|pupil premium)|(?:low|lower)[- ]income (?:[\w-]+ ){0,2}?(?:area|community|school|neighbou?rhood|suburb|families|homes|households|backgrounds)(?! (?:go|are)\b)",
            r"(?:most|nearly all|almost all|(?:the )?majority)(?: of)?(?: our| the| my)? (?:pupils|families|kids|children|students|parents|households|homes)(?: here)?(?: are| have been)? (?:struggl\w+|can(?:['’]t|not| ?not) afford|poor(?! at)|hard-up|disadvantaged|deprived|(?:live |living |are )?(?:in poverty|on low incomes?|in social housing))",
            r"(?:area|intake|catchment|communit(?:y|ies)|neighbou?rhood|families|town|district|cohort)(?: here)? (?:is|are) (?:\w+ )?(?:disadvantaged|deprived|poor(?! at)|low[- ]income|struggling)|of (?:high|real|severe|significant|multiple|extreme) (?:need|deprivation|poverty|disadvantage)|(?:town|village|valley|area|estate) with no (?:work|jobs)|unemployment is (?:very )?high|(?:families|children|pupils) living in poverty",
            rf"(?:above|over|twice|double|(?:higher|more) than){_AVERAGE_NEED}|{_NEED_IS} (?:high|(?:above|over|twice|double|higher than){_AVERAGE})",
        ),
        "average": (
            r"average (?:\w+ )?(?:for |in |on |level of |levels of )?(?:disadvantage|deprivation|poverty|fsm|free (?:school )?(?:meals|lunch(?:es)?)|pupil premium|decile)|mid[- ]decile|decile (?:5|6|five|six)",
            r"(?:disadvantage|deprivation|poverty|fsm|pupil premium|free (?:school )?meals)(?: (?:numbers|is|are|at|figures?|rate))* (?:bang |just |roughly |about |around |near |close to )*(?:the )?(?:national )?average|neither (?:\w+ )?(?:rich|posh|affluent|leafy|wealthy|well[- ]off|poor|deprived) nor (?:rich|posh|affluent|leafy|wealthy|well[- ]off|poor|deprived)|averagely (?:poor|deprived|disadvantaged)",
        ),
        "low": (
            r"affluent|leafy|(?:very )?wealthy|well[- ]off|well[- ]to[- ]do|well-heeled|high[- ]decile|decile (?:9|10|nine|ten)|prosperous|low (?:fsm|deprivation|disadvantage|poverty|pupil premium)",
            r"(?<!dis)(?:very )?advantaged (?:area|families|intake|community|students|pupils)|(?:rich|privileged) (?:area|families|intake|catchment|suburb|parents)|comfortable (?:suburb|area|catchment|families)|(?:almost |hardly |virtually )?(?:no|nobody|no one)(?: is)? on free (?:school )?meals|high socio-?economic|stockbroker belt|icsea(?: score)?(?: of| is)? 1(?:0[89]|1\d|2\d)\d",
            r"(?:area|intake|catchment|community|neighbou?rhood|suburb|families|parents)(?: here)? (?:is|are) (?:(?!not )\w+ )?(?:comfortable|comfortably off|rich(?! in\b)|prosperous|high[- ]income|professionals|doctors|lawyers|bankers)|high[- ]income (?:area|families|suburb|parents|catchment)|professional (?:families|parents)",
            rf"(?:below|under|(?:lower|less) than){_AVERAGE_NEED}|{_NEED_IS} (?:low|(?:below|under|lower than){_AVERAGE})",
            r"(?:(?:hardly|barely|scarcely) any|(?:very |only a )?few|almost no|next to no|no)(?: of)?(?: our| the| my)? ?(?:pupils |kids |children |students |families |one )?(?:is |are )?(?:(?:on|get|gets|qualify for|eligible for|entitled to) (?:free (?:school )?(?:meals|lunch(?:es)?)|fsm|pupil premium)|(?:disadvantaged|deprived|pupil premium|fsm|pp|poor) (?:pupils|kids|children|students|families))",
        ),
    },
    "country": {
        "GB": (
            r"ofsted|estyn|pupil premium|multi[- ]academy trusts?|gfe college|welsh[- ]medium|scottish government|sats week|the dfe|eyfs|hmie|simd|(?:y|year |ks)[26] sats",
        ),
        "US": (r"(?-i:Title) (?:1|i|one)|e-rate|ferpa|community eligibility|esser",),
        "IE": (
            r"deis|junior cert|leaving cert|junior cycle|ty (?:class|students?)|gaelscoil|gaelcholáiste|junior infants|senior infants",
        ),
        "NZ": (r"decile (?:\d+|one|two|three)|tamariki|pasifika|our kura|new entrants|ncea|whānau",),
        "AU": (r"tafe|naplan|icsea|acara",),
        "ZA": (r"no-fee school|quintile (?:\d|one|two)|grade r|matrics",),
        "IN": (r"cbse|icse|kendriya vidyalaya|zilla parishad",),
    },
}
# In capitals only: "us", "mat" and "fe" are words or parts of names.
CAPITALS: dict[str, dict[str, tuple[str, ...]]] = {
    "country": {
        "GB": (
            r"MATs?(?! lab)|EYFS|NEU|CAMHS",
            r"PP(?=[,. ]|$)(?<=% PP)",
            r"P1(?: to |-|–)P7|S1(?: to |-|–)S6",
        ),
        "IE": (r"ETBs?|TYs",),
        "US": (r"ISD",),
    },
    "kind": {
        "district": (r"ISD",),
        "trust": (
            r"MATs?",
            rf"^[Tt]rust(?=(?:,| of| with) (?:\d|one |an? |no |its |{_SIZES}|primar|secondar|special))",
        ),
    },
    "phases": {
        "primary": (r"P[1-7](?:s|(?: to |-|–)P?[1-7]|(?= (?:class|pupils|children|kids|teacher)))",),
        "secondary": (r"S[1-6](?:s|(?: to |-|–)S?[1-6]|(?= (?:class|pupils|students|kids)))|TYs",),
        "further-education": (r"G?FE|PLCs?(?! (?:meeting|time|group))",),
        "early-years": (r"JK|EYFS",),
        "alternative": (r"AP(?= (?:academy|unit|school|setting))|(?:^|(?<=[.!?] ))AP(?= in|,)|PRU",),
        "special": (r"(?:SEMH|SLD|PMLD|SLD/PMLD)(?= (?:school|setting|academy|provision))",),
    },
}

# --- numbers, ages and shares

_ONES = "one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen"
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety"
NUMBERS = {
    **{word: value for value, word in enumerate(_ONES.split(), start=1)},
    **{word: 10 * value for value, word in enumerate(_TENS.split(), start=2)},
    "a": 1,
    "hundred": 100,
    "thousand": 1000,
    "grand": 1000,
}
NUMBER_WORD = rf"(?:{'|'.join(word for word in NUMBERS if word != 'a')})"
_ADJECTIVE = r"(?:(?:primary|secondary|elementary|day|boarding|high school|mixed|happy|lovely|little|small|full-time) )?"
PEOPLE = rf"{_ADJECTIVE}(?:pupils?|students?|kids|children|girls|boys|learners|young people|youngsters|tamariki|places?|strong|on (?:the )?roll|enrolled|enrolments?|souls|bairns|under-fives)"
SIZED = r"(?:school|primary|secondary|elementary|college|academy|comp|comprehensive|high|roll|trust|district|mat|grammar|nursery|prep|infants|juniors|unit|pru|k-\d+|p-\d+|[1-9]1?-1\d|p-\d|campus)"
_SHARE_WORDS = {
    90: "nine in ten|nine out of ten|9 in 10|9 out of 10",
    80: "four in five|four out of five|4 in 5|4 out of 5|four fifths|four-fifths",
    75: "three quarters|three-quarters|three in four|three out of four|3 in 4|3 out of 4",
    67: "two thirds|two-thirds|two in three|two out of three|2 in 3|2 out of 3",
    60: "three fifths|three-fifths|three in five|3 in 5",
    50: "half|one in two|1 in 2",
    40: "two fifths|two-fifths|two in five|2 in 5",
    33: "a third|one third|one-third|one in three|1 in 3",
    25: "a quarter|one quarter|one-quarter|one in four|1 in 4",
    20: "a fifth|one fifth|one in five|1 in 5",
    10: "a tenth|one in ten|1 in 10",
}
SHARES = {words: share for share, several in _SHARE_WORDS.items() for words in several.split("|")}
DISADVANTAGED = r"(?:fsm|free (?:school )?(?:meals?|lunch(?:es)?)|free (?:and|or|/) reduced(?:[- ]price)?(?: lunch(?:es)?| meals?)?|free/reduced(?: lunch)?|reduced lunch|pupil premium|pp|disadvantaged|frl|frpl|low[- ]income|economically disadvantaged|in poverty|below the poverty line|benefits|deis)"
ORDINALS = "first|second|third|fourth|fifth|sixth|seventh|eighth|ninth|tenth|eleventh|twelfth"
STEPS = dict.fromkeys(("k", "r", "p", "jk", "kindergarten", "prep"), 0) | {"pk": -1}
STEPS |= {word: NUMBERS[word] for word in _ONES.split()}
STEPS |= {word: value for value, word in enumerate(ORDINALS.split("|"), start=1)}
