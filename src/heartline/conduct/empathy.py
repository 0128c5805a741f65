"""Signs of empathy in English: feeling with somebody, showing that one understands, asking how it is for them.

The three mechanisms are those of Sharma, Miner, Atkins & Althoff (2020), *A Computational Approach to Understanding
Empathy Expressed in Text-Based Mental Health Support*; the words are the project's own. Weights are judged chances
that a reply with these words shows the mechanism, set by hand; they are not fitted to any data set.
"""

from __future__ import annotations

from typing import Final

from heartline.conduct.signs import Sign, signs

_BAD = (
    "(?:awful|terrible|horrible|rough|tough|hard|sad|painful|heartbreaking|unfair|shitty|scary|frightening|difficult|"
    "frustrating|annoying|upsetting|stressful|disappointing|exhausting|confusing|worrying|infuriating|lonely|"
    "overwhelming|maddening|embarrassing|inconvenient|unpleasant|hurtful)"
)
_VERY = r"(?:so |very |really |truly |deeply |terribly |awfully |genuinely |sincerely |pretty |incredibly |extremely )*"
_WE = r"(?:i'?m|i am|we'?re|we are|im)"

REACTION: Final = signs(
    "emotional_reaction",
    {
        "sorry_for_you": (
            0.92,
            r"\b(?:sorry|saddened|sad|sorry to hear|hate) (?:to (?:hear|read|see|learn)|(?:that )?(?:you|u)(?:'re|"
            r"'ve|r)?\b|about (?:your|what|the|this|that|all)"
            r"|for (?:your (?:loss|pain|trouble|experience)|you\b|what (?:you|happened)|how (?:you|we)|everything|"
            r"the trouble))",
        ),
        "sorry": (0.5, r"\b(?:i'?m|i am|we'?re|we are|im|so|very|truly|really|deeply) sorry\b"),
        "apology": (0.35, r"\bapologi[sz]e\b|\b(?:my|our) (?:sincere |deepest |sincerest )?apologies\b"),
        "warm_wish": (
            0.72,
            r"\b(?:stay strong|hang in there|keep (?:fighting|your head up|your chin up|going)|take care|"
            r"stay safe|be safe"
            r"|be (?:kind|gentle|good) to yourself|best wishes|all the best|good luck|best of luck|"
            r"wish(?:ing)? you|(?:i|we) wish (?:i|we) could|(?:sending|send|lots of|much) (?:you )?(?:love|hugs|"
            r"support|strength|good vibes|positive)"
            r"|(?:big |virtual |internet |tight )?hugs?\b|praying for|in my (?:prayers|thoughts)|thinking (?:of|"
            r"about) you)",
        ),
        "hope": (
            0.66,
            r"\b(?:i|we)? ?(?:really |truly |do |just |sincerely )*hope (?:that )?(?:you|things|it|everything|"
            r"this helps you|he|she|they|all|your|one day)\b",
        ),
        "here_for_you": (
            0.78,
            r"\b(?:here (?:for you|if you|to (?:talk|listen|chat))|not alone|(?:i|we) care\b|care about you|"
            r"(?:shoot|send|drop) me a (?:message|pm|dm)|(?:pm|dm|message|text) me\b|feel free to (?:pm|dm|"
            r"message|reach|talk|vent|contact me)|"
            r"rooting for you|(?:i|we)(?:'m| am|'re| are|'ll be)? (?:always )?(?:with|behind) you|"
            r"my heart (?:goes|breaks|aches|hurts)|breaks my heart|heart goes out|"
            r"(?:you can|can always|if you (?:ever )?(?:need|want|wanna|'d like)(?: to| someone to)?) (?:talk|"
            r"chat|vent|listen)|someone to talk)",
        ),
        "your_worth": (
            0.68,
            r"\byou(?:'re| are|r|re)? "
            + _VERY + r"(?:a |an |such a )?(?:strong|brave|loved|worth|worthy|important|amazing|beautiful|"
            r"valuable|wonderful|great|good person|awesome|enough|kind|lovely|not worthless|not a (?:burden|"
            r"failure|bad)|not useless|not weak)"
            r"|\byou (?:deserve|matter|got this|can do (?:this|it)|have got this|'ve got this|will get through|"
            r"can get through|'ll get through|will be (?:ok|okay|fine|alright)|'ll be (?:ok|okay|fine|alright))|"
            r"\bproud of (?:you|your)|\bbelieve in you",
        ),
        "consolation": (
            0.62,
            r"\b(?:(?:it|things?|this|everything|that)(?: will|'ll| does| do| can| gets?| is going to|"
            r"'s going to)+ (?:get|be|gets|turn out|work out|pass)?"
            r" ?(?:a lot |much |so much )?(?:better|ok|okay|alright|fine|easier|pass|work out|improve)\b|"
            r"gets better|don't (?:give up|worry|be (?:so )?hard on yourself|feel bad|beat yourself|lose hope)|"
            r"it'?s (?:ok|okay|alright|not your fault)|not your fault|please don't (?:hurt|kill|do|give|end))",
        ),
        "glad_for_you": (
            0.76,
            r"\b(?:i'?m|i am|we'?re|we are|so|really|very|im) "
            + _VERY + r"(?:glad|happy|pleased|relieved|delighted|excited|thrilled) (?:for|you|to hear|to see|"
            r"that (?:you|it|this|your)|it|this|your)"
            r"|\b(?:glad|happy|good|great|nice|lovely|wonderful) to hear\b(?! from)|\bgood for you\b|\bcongrat|"
            r"\bwell done\b|\b(?:great|good|awesome|amazing|nice) (?:job|work)\b|\bway to go\b|"
            r"\bhappy (?:birthday|cake)",
        ),
        "that_is_hard": (
            0.6,
            r"\b(?:that|this|it|what you)(?:'s| is| was| are going through is| sounds?| really)+ "
            + _VERY + r"(?:like )?(?:an? )?" + _BAD
            + r"|\bthat (?:really )?(?:sucks|stinks)\b|\bsucks\b|^\W*how "
            + _BAD + r"\b|\bi feel (?:so |really |very |truly )?(?:bad|sad|terrible|awful|sorry|for you|your pain)\b|"
            r"\bi feel for\b|"
            r"\b(?:i|we)(?:'m| am|'re| are) (?:so |really |very )?(?:worried|concerned|sad|shocked|upset|"
            r"heartbroken)\b|\bpoor (?:you|thing)\b",
        ),
        "sweet_words": (
            0.5,
            r"<3|:\(|\u2764|\U0001f917|\U0001f495|\U0001f49b|\b(?:sweetheart|hun|honey|sweetie|my friend|"
            r"dear friend|(?:much|lots of) love|bless you|god bless|xo+)\b",
        ),
        "shared_joy_or_thanks": (
            0.3,
            r"\bi (?:really )?(?:love|appreciate|admire|respect)\b|\bthank you for (?:sharing|telling|opening|"
            r"posting)\b|\bthanks for (?:sharing|telling|opening)\b",
        ),
    },
)  # fmt: skip

INTERPRETATION: Final = signs(
    "interpretation",
    {
        "understands": (
            0.72,
            r"\b(?:i|we) (?:can |do |could |really |totally |completely |fully |truly |absolutely |definitely |"
            r"certainly |perfectly |100% |also |so )*"
            r"(?:understand|get (?:it|that|you|how|what|why|this)|know (?:how|what|that feel|exactly|the feel|"
            r"this feel|where|it'?s|it can|your|you(?:'re| are| feel| must| may| might)|that you)|"
            r"hear (?:you|your|what you|how)|see (?:how|why|where you)|relate|imagine|feel (?:you\b|the same|this|"
            r"that|your|like (?:this|that|you)|exactly|it)|sympathi[sz]e|empathi[sz]e|appreciate (?:how|that|"
            r"your (?:frustration|concern))|recogni[sz]e (?:how|that))"
            r"|\bunderstandable\b|\bunderstandably\b|\bcan'?t (?:even )?imagine\b|\bsee myself in\b|"
            r"\bhits (?:home|close)",
        ),
        "feeling_named": (
            0.74,
            r"\bi(?:'d| would) (?:be|feel|have been|have felt) (?:just as |really |very )?(?:angry|upset|frustrated|"
            r"disappointed|annoyed|worried|furious)\b|"
            r"\b(?:it|that|this|which) must (?:have been|be|feel|have felt) (?!(?:a |the |an )?(?:mistake|error|"
            r"wrong|system|because|due|in|on|at)\b)|\b(?:it|that|this|you|things) (?:must|seems?|sounds?|looks?|"
            r"can|could|would|may|might)(?: to| really| definitely| certainly| be| have| been| feel| like)* "
            + _VERY + r"(?:like |an? )?" + _BAD
            + r"|\byou(?:'re| are| must be| seem| sound| may be| might be| must| feel| felt)(?: feeling| be|"
            r" have been| really| just| so| very)* (?:angry|upset|frustrated|disappointed|worried|anxious|"
            r"depressed|lonely|scared|tired|exhausted|hurt|lost|stuck|overwhelmed|sad|annoyed|confused|let down|"
            r"stressed|afraid|hopeless|in pain|in a lot of|struggling|suffering|going through|feeling)\b"
            r"|\byour (?:frustration|disappointment|anger|worry|concern|confusion|annoyance|worries|concerns)\b|"
            r"\bno wonder\b|\b(?:feelings?|you) (?:are|is) valid\b|\bsounds like (?:you|your|it|a|an|he|she|they|"
            r"depress|anx)|\byou sound like\b|\bseems like (?:you|your|it)\b",
        ),
        "same_here": (
            0.85,
            r"\b(?:same(?: here| boat| way| situation| feeling| exact| shit| experience| for me| with me)\b|"
            r"the same (?:thing|problem|issue|happened)\b|me too|me neither|been there|"
            r"i(?:'m| am) (?:also |too |exactly |going through|with you\b|like (?:this|that|you)\b|(?:in|at) (?:a|"
            r"the) (?:same|similar))|"
            r"i(?:'ve| have)? (?:also |too |often |always |sometimes |still )*(?:been (?:there|through (?:this|"
            r"that|it|the)|feeling|dealing with|struggling)|went through|gone through|go through|had (?:the same|"
            r"this same|a similar|similar)|felt (?:the|that|this|like|so|exactly)|feel (?:so\b|exactly|"
            r"like (?:this|that|you|i)|this|that)|used to (?:be|feel|think)|struggled?|suffer(?:ed)?)|"
            r"similar (?:situation|experience|thing|boat|feeling|position)|as someone who|story of my life|"
            r"this is (?:me\b|literally me|exactly how i)|(?:kinda |exactly |that'?s |just )(?:how|what) i(?:'ve|"
            r" have|'m)? (?:feel|felt|been|think|thought)|"
            r"you(?:'re| are) (?:not alone in|not the only)|describes? me|are you me|literally me|relatable|"
            r"feel (?:that|ya|you)\b(?=[.,!]|$))",
        ),
        "makes_sense": (
            0.5,
            r"\bmakes (?:perfect |complete |total |a lot of )?sense\b|\bit'?s (?:only |completely |totally |"
            r"perfectly )?(?:natural|normal|human|common)\b|\bnormal to\b|\byou (?:have|had) every (?:right|"
            r"reason)\b|\byou'?re right\b|\byou are right\b|\banybody would\b|\banyone would\b",
        ),
        "own_story": (
            0.6,
            r"\b(?:i|i'm|i've|i'd|my)\b[^.!?]{0,70}\b(?:felt|feel|feeling|struggl\w+|suffer\w*|depress\w+|anxi\w+|"
            r"lonely|cry|cried|crying|scared|afraid|worthless|hopeless|numb|alone|suicid\w+|panic|kill myself|"
            r"years (?:ago|old|now)|months ago|used to|diagnos\w+|therap(?:y|ist)|grew up|college|high school|"
            r"(?:my|own) (?:mom|mum|mother|dad|father|parents|ex|girlfriend|boyfriend|wife|husband|brother|sister|"
            r"depression|anxiety|therapist|life|head|brain|mind))\b"
            r"|\b(?:when i was|in my (?:own )?(?:experience|life)|happened to me|it was (?:the same|"
            r"like that) for me)\b",
        ),
    },
)  # fmt: skip

_QUESTION_TO_YOU = r"\b(?:you|your|u|ur|you're|you've|yourself)\b"

EXPLORATION: Final = signs(
    "exploration",
    {
        "what_happened": (
            0.85,
            r"\bwhat(?:'s| is| has|s)?(?: been)? (?:happened|happening|happen|going on|wrong|the matter|bothering|"
            r"troubling|on your mind|up with|made you|makes you|make you|caused?)\b|\bhow come\b|"
            r"\bwhat (?:exactly )?(?:do|did|does|are|were|have|would|kind|is it|else|part|about)\b[^?]*"
            + _QUESTION_TO_YOU,
        ),
        "how_is_it_for_you": (
            0.9,
            r"\bhow (?:are|r|is|do|did|does|was|were|have|has|long|old|would|often|much|about|bad)\b[^?]*(?:"
            + _QUESTION_TO_YOU + r"|things|it (?:going|go|been))|\bhow(?:'s| is) (?:it|everything|things|life)",
        ),
        "why": (
            0.78,
            r"\bwhy (?:do|did|does|are|were|is|was|would|don't|didn't|aren't|not|can't|have|haven't|the)\b",
        ),
        "yes_or_no_to_you": (
            0.72,
            r"^(?:[^?]{0,40}?[,;:] ?|so |and |but |ok |okay |well |also |hey |oh |hmm )?(?:do|did|does|are|were|"
            r"have|has|had|is|was|can|could|would|will|may|might|don't|didn't|aren't|haven't|isn't|any|"
            r"ever)\b[^?]*"
            + _QUESTION_TO_YOU + r"|^(?:any|anything|anyone|is there|was there|have you|who|where|when|which)\b",
        ),
        "offered_talk": (
            0.6,
            r"\b(?:want|wanna|like|need|care|willing) (?:to |a )?(?:talk|chat|vent|share|elaborate|explain|tell)",
        ),
    },
)  # fmt: skip
"""Read only in sentences that ask."""

INVITATION: Final = signs(
    "exploration",
    {
        "tell_more": (
            0.6,
            r"\b(?:tell (?:me|us) (?:more|about|what|how)|talk to me about|let (?:me|us) know (?:how|what|"
            r"if (?:it|that|this|you))|please (?:share|describe|explain|elaborate)|(?:i'd|we'd|would) (?:love|"
            r"like) to (?:hear|know|understand))",
        ),
    },
)  # fmt: skip

ALL: Final[tuple[Sign, ...]] = (*REACTION, *INTERPRETATION, *INVITATION)
"""Signs that are read in every sentence."""
