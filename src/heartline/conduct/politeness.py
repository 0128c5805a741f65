"""Signs of politeness and of disrespect in English, with points for and against.

Which devices are polite or impolite follows Brown & Levinson (1987) and Danescu-Niculescu-Mizil, Sudhof, Jurafsky,
Leskovec & Potts (2013), *A Computational Approach to Politeness with Application to Social Factors*: gratitude,
deference, greeting, apology, indirectness and hedges are polite; direct starts, a first-word "please", second-person
starts and factuality are not. Points are whole or half and set by hand (Dawes 1979: signs known, weights hardly
matter); they are not fitted to any data set.
"""

from __future__ import annotations

from typing import Final

from heartline.conduct.signs import Sign, signs

POLITE: Final = signs(
    "politeness",
    {
        "gratitude": (
            2.0,
            r"\b(?:thanks?|thank you|thx|cheers|much appreciated|(?:i|we|i'd|we'd|would|really|"
            r"greatly) (?:really |greatly |very much |so |truly )*appreciate|grateful|appreciated)\b",
        ),
        "deference": (
            2.0,
            r"\b(?:great|good|nice|interesting|excellent|cool|neat|awesome|brilliant|clever|helpful|amazing|"
            r"wonderful|fantastic|perfect|lovely|beautiful|impressive) (?:work|job|point|question|catch|idea|find|"
            r"answer|explanation|solution|suggestion|stuff|example|write|post|article|thinking|one|detail|effort|"
            r"response|call|start|choice)\b|\+1\b|\bwell (?:done|said|written|put|explained|spotted)\b|"
            r"\byou(?:'re| are) (?:quite |absolutely |completely |so |very |totally |of course )?(?:right|correct|"
            r"welcome|kind)\b",
        ),
        "greeting": (
            1.0,
            r"^\W*(?:hi|hello|hey|howdy|greetings|welcome|good (?:morning|afternoon|evening|day)|dear)\b",
        ),
        "apology": (
            0.5,
            r"\b(?:sorry|apologi[sz]e|apologies|excuse me|pardon|forgive|my bad|oops|whoops|my mistake|(?:our|"
            r"my) fault)\b",
        ),
        "please_inside": (0.5, r"(?<=[a-z,;:] )(?:please|pls|plz|kindly)\b"),
        "would_could": (0.5, r"\b(?:could|would) (?:you|it be possible|this|that|we|i|anyone|somebody|someone)\b"),
        "may_i": (
            1.0,
            r"\b(?:may|might) i\b|\b(?:do|would) you mind\b|\bif you (?:don't|do not) mind\b|\bmind (?:if|sharing|"
            r"telling|posting|explaining|expanding|adding|elaborating|giving)\b|\bif (?:you (?:could|can|would|"
            r"have (?:time|a moment))|possible|it'?s not)\b|\bis it possible\b|\bany (?:chance|idea|thoughts|"
            r"pointers|suggestions|tips|hints|advice)\b|\bcare to\b|\bfeel free\b|\bwhen(?:ever)? you (?:can|"
            r"have)\b",
        ),
        "by_the_way": (
            1.0,
            r"\b(?:by the way|btw|just (?:curious|wondering|checking|to be sure|a thought)|out of curiosity|"
            r"quick question)\b",
        ),
        "wondering": (
            1.0,
            r"\b(?:i|we)(?:'m| am|'re| are| was| were)? (?:just |also |still |simply )*(?:wonder|wondering|"
            r"curious|not (?:quite |entirely |really |completely |totally |exactly )?(?:sure|clear|certain)|"
            r"hoping|afraid)\b",
        ),
        "hedge": (
            0.5,
            r"\b(?:perhaps|maybe|might|possibly|probably|seems?|seemed|appears?|suggest|i think|i believe|i guess|"
            r"i suppose|i assume|somewhat|a (?:little|bit)|rather|kind of|sort of|slightly|presumably|likely|"
            r"usually|generally|if i understand|correct me)\b",
        ),
        "kind_words": (
            0.5,
            r"\b(?:great|good|nice|love|loved|helpful|useful|interesting|excellent|awesome|glad|happy|hope|"
            r"hopefully|enjoy|perfect|wonderful|impressive|like your|pleasure|delighted|fine|kind|works (?:great|"
            r"well|fine|perfectly))\b",
        ),
        "smile": (1.0, r"[:;=]-?[)d](?!\w)|\U0001f642|\U0001f600|\U0001f609"),
        "agreement": (
            0.5,
            r"^\W*(?:yes|sure|of course|certainly|absolutely|ok|okay|right|ah|oh|aha)\b|\b(?:i|we) (?:see|agree|"
            r"understand)\b|\bmakes sense\b|\bfair enough\b",
        ),
        "offer": (
            1.0,
            r"\b(?:happy|glad) to help\b|\blet me (?:know|see|check|help)\b|\bhow (?:can|may) (?:i|we) help\b|"
            r"\b(?:i|we)(?:'d| would| will|'ll| can| could) (?:be (?:happy|glad)|gladly|love|like) to\b|"
            r"\bhope (?:this|that|it) helps\b|\btake your time\b|\bno (?:problem|worries|rush|hurry)\b",
        ),
    },
)  # fmt: skip

IMPOLITE: Final = signs(
    "politeness",
    {
        "please_first": (-0.5, r"^\W*(?:please|pls|plz)\b"),
        "direct_question": (-0.5, r"^\W*(?:what|why|who|how|when|where|which|whose|huh)\b"),
        "direct_start": (-0.5, r"^\W*(?:so|then|and|but|or|because)\b"),
        "you_start": (-1.0, r"^\W*(?:you|your|you're|you've|ur)\b"),
        "fact": (
            -0.5,
            r"\b(?:in fact|the (?:point|reality|truth|fact) (?:is|that)|surely|obviously|clearly|of course not|"
            r"simply|honestly|as (?:i|we) said)\b",
        ),
        "hard_words": (
            -1.0,
            r"\b(?:wrong|bad|terrible|stupid|ridiculous|useless|nonsense|dumb|idiot|idiotic|silly|crap|hell|damn|"
            r"wtf|bullshit|rubbish|garbage|horrible|awful|lazy|absurd|pointless|ignorant|shame|waste|fail|failed|"
            r"hate|ugly|worst|problem with you|makes? no sense|no sense)\b",
        ),
        "told_to": (
            -1.0,
            r"\byou (?:should|must|need to|have to|ought to|better|can't|cannot|shouldn't|mustn't)\b|"
            r"\byou'?d better\b",
        ),
        "why_you": (-2.0, r"\bwhy (?:do|did|would|are|were|don't|didn't|aren't|haven't|can't|not|on earth|the)\b"),
        "order": (
            -1.0,
            r"^\W*(?:stop|don't|do not|never|read|look|give|show|post|explain|define|tell|try|see|check|go|get|"
            r"use|add|edit|make|provide|learn|google|search|think|consider|be|put|remove|include|say|ask|write|"
            r"fix|clarify|elaborate|prove|accept)\b",
        ),
        "doubt": (
            -1.0,
            r"\b(?:did|have) you (?:even|actually|really|bother|bothered)\b|\breally\?|\bseriously\b|"
            r"\bare you (?:sure|serious|kidding|aware|even)\b|\bhomework\b|\bwho (?:says|said|cares|told)\b|"
            r"\bso what\b|\bwhat'?s (?:the|your) (?:point|problem)\b|\bwhat makes you\b|\bsince when\b|"
            r"\bdo you (?:even|really)\b|\bisn't (?:that|it|this)\b|\bdon't you\b",
        ),
        "shouting": (-2.0, r"\?\?+|!!+|\?!|!\?"),
        "no_start": (-1.0, r"^\W*(?:no|nope|not|wrong|never|nothing)\b"),
    },
)  # fmt: skip

DISRESPECT: Final = signs(
    "disrespect",
    {
        "blame": (
            0.8,
            r"\b(?:you (?:should have|shouldn't have|ought to have|failed to|forgot to|neglected to|"
            r"didn't (?:read|listen|follow|check|bother|pay attention)|did not (?:read|listen|follow|check)|"
            r"obviously|clearly (?:didn't|did not|don't))|(?:that's|that is|it's|it is|this is) (?:your|on you|"
            r"entirely your|all your)(?: own)? (?:fault|mistake|problem|responsibility|error)|your own (?:fault|"
            r"mistake|problem|doing)|if you had (?:read|listened|followed|paid|checked|told)|you(?:'re|"
            r" are) (?:the one who|mistaken|lying|being (?:difficult|unreasonable|ridiculous|rude|dramatic|"
            r"aggressive)|wrong|confused))\b",
        ),
        "dismissal": (
            0.75,
            r"\b(?:(?:not|isn't|is not) (?:my|our) (?:problem|department|job|fault|responsibility|concern|"
            r"business)|(?:there(?:'s| is) )?nothing (?:more |else )?(?:i|we) can do|(?:i|we) (?:can't|cannot|"
            r"can not) (?:do anything|help you(?: with that)?)\b(?! (?:until|before|without|unless))|"
            r"take it or leave it|deal with it|that(?:'s| is) (?:just )?(?:how it is|the way it is|our policy|"
            r"company policy|not possible, sorry|all (?:i|we) can)|nobody else (?:has )?complain|(?:i|"
            r"we) don't care|who cares|whatever\b(?=[.!,]|$)|so what|good luck with that|(?:i )?(?:don't|"
            r"do not) have time for|i(?:'ve| have) (?:other|better|more important) (?:customers|things|calls)|"
            r"(?:will|i'll|i will|am going to) (?:now )?close (?:the|this|your) (?:case|ticket|chat)(?= as|\.|$)|"
            r"(?:i'm|i am|i'll|i will) (?:hanging|hang) up)\b",
        ),
        "belittling": (
            0.85,
            r"\b(?:calm down|relax\b(?=[.!,]|$)|don't be (?:silly|ridiculous|dramatic|childish|rude|"
            r"so (?:sensitive|dramatic|impatient))|you(?:'re| are) overreacting|(?:make|making) (?:such )?a fuss|"
            r"stop (?:complaining|whining|shouting|wasting|bothering|interrupting)|(?:as|like) (?:i|we)(?:'ve|"
            r" have)? (?:already (?:said|told you|stated|explained|mentioned)|(?:just |clearly )?told you)|as stated|"
            r"(?:i|we)(?:'ve| have)? (?:already|just) (?:told|explained (?:this )?to) you|how many times|even a child|"
            r"it(?:'s| is) not (?:that|so) (?:hard|difficult|complicated)|"
            r"(?:do|can|don't) you (?:even|not|really not) (?:understand|read|listen|know)|"
            r"listen to me|wasting (?:my|our) time|everyone else (?:can|manages|understands|has)|common sense)\b",
        ),
        "insult": (0.95, r"\b(?:idiot|idiotic|moron|pathetic|liar|shut up|clueless|ignorant|bullshit)\b"),
        "harsh_word": (
            0.45,
            r"\b(?:stupid|dumb|ridiculous|nonsense|crazy|insane|rubbish|crap|damn|annoying (?:customer|caller))\b",
        ),
        "bare_order": (
            0.55,
            r"^\W*(?:fill (?:in|out)|read|wait|call back|call (?:again|another)|look (?:it )?up|ask somebody|"
            r"ask someone|go to|try again|send it again|give me|show me|hold on|hold\b|stop|be quiet|speak up|"
            r"repeat|find|search)\b(?![^.!?]*\b(?:please|thank|could|would|kindly|let me|for you|i'll|we'll)\b)",
        ),
    },
)  # fmt: skip

ALL: Final[tuple[Sign, ...]] = (*POLITE, *IMPOLITE)
