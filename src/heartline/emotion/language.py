"""Is this text English? Short words that carry grammar, and the script of the letters, decide.

Each language is known by its commonest short words; a word that is also a common English word is no evidence and
is left out. A text is refused when most of its letters are of another script, or when its words speak more for one
other language than for English. A text without any such word (a name, "ok", a lone emoji) is taken as English: too
short to tell. How often this is right is measured in the model card.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Final

_ENGLISH_WORDS: Final = """
the and you that it is was for are with his they this have from had but not what all were when your
can said there an each which she how their if will up other about out many then them these some her
would make like him into has two more very after than its who been now did get my we our us me do
does don't didn't i'm it's i've can't won't that's you're he i to of be as by or so at on just
really because why what's never again please thanks thank being no could should too only one good
great bad love still back got even ever much off any here app help need want know
take care come going welcome keep last second give let say said think people time day way
it'll he's she's we're they're isn't wasn't couldn't wouldn't shouldn't doesn't yes ok okay
"""
_ENGLISH: Final = frozenset(_ENGLISH_WORDS.split())

_OTHERS: Final = """
de: der die das und ist nicht ich du er sie wir ihr ein eine einen einem einer mit auf für von dem den
de: des im zu auch sich aber wie bei nach nur noch schon sehr wenn dass oder haben hat habe wird werden
de: kann mein meine dein kein keine mir dir mich dich uns euch sind bin bist vom zum zur über gegen dann
de: doch mal immer wieder alles was jetzt hier wurde diese dieser dieses weil ja nein danke bitte gut
fr: le la les des est et une un dans pour que qui pas ne je tu il elle nous vous ils elles avec sur ce
fr: cette ces mon ma mes son sa ses leur mais ou où donc très plus aux du au par c'est j'ai n'est suis
fr: sont être avoir fait comme tout tous bien merci jamais toujours encore rien même sans votre notre
fr: était
es: nadie alguien algo pedido dinero puede puedo quiero ustedes ellos ellas hasta ahora hola ni vez veces mucho muchas
es: amo encanta solo así aquí usted
es: el la los las de que y en un una es por con para como pero su al del lo le se yo tú mi me te nos
es: está están soy eres más muy no sí ya cuando porque todo todos esta este esto eso ese hay ser tiene
es: tengo fue gracias nada bien siempre nunca donde quien qué sin sobre también hace han he ha servicio
pt: aqui pq vida gente ainda hoje fazer pode quero ela elas olá assim aí tá né cara demais estou
pt: o os as de que e em um uma é por com para como mas seu sua ao do da dos das no na nos nas eu você vc
pt: não sim já quando porque tudo todos esta este isso esse tem tenho foi obrigado obrigada nada bem
pt: sempre nunca onde quem sem sobre também mais muito meu minha pra pro está são ele ela vou só
it: il lo la gli le di che e in un una è per con come ma suo sua al del della dei delle nel nella io tu
it: mi ti ci sono sei siamo non sì già quando perché tutto tutti questa questo quello ha ho hanno grazie
it: niente bene sempre mai dove chi senza più molto anche era
nl: de het een en van is niet ik jij je hij zij wij met op voor aan dat die dit maar ook als bij naar
nl: nog wel heel zeer geen mijn jouw zijn heeft heb hebben wordt worden kan om uit over dan toch altijd
nl: weer alles wat hier deze omdat ja nee dank bedankt goed veel
sv: bra mycket väldigt hej kom igen gick komma bästa jobb många
sv: och att det som en ett är på för med av inte jag du han hon vi ni de den har hade till från om men
sv: så eller var när vad kan ska skulle min mitt mina din sig hur mycket bara också alla blir vill efter
sv: nu här där utan tack aldrig alltid detta denna dessa mot
da: og at det som en et er på for med af ikke jeg du han hun vi de den har havde til fra om men så eller
da: var når hvad kan skal skulle min mit mine din sig hvor meget kun også alle bliver vil efter nu her
da: der uden tak aldrig altid dette denne disse mod jeg
pl: i w na z że się nie to jest do jak ale o co po za od tak przez dla czy już tylko być są mnie jego
pl: był była bardzo mam ma moje dziękuję proszę nigdy zawsze
tr: ve bir bu da de için çok ne gibi ama daha var yok ben sen biz siz o mi mı değil ile kadar olarak
tr: sonra teşekkürler
fi: ja on ei se että en oli hän mutta niin kun mitä minä sinä tämä ovat myös jos vain kiitos hyvä kaikki
id: yang dan di ini itu dengan untuk tidak dari saya kamu dia ada akan bisa sudah juga karena pada tapi
id: terima kasih
ro: și în de la cu pe este nu sunt o un care mai din pentru că ca dar foarte mulțumesc
"""
_SHARED_WORDS: Final = """
ha ya come non dat dan em las take no me on in is do so as was to or by at an
a i of us we he be it for one all also under over want men here can
a o e y die in im also over war man men chi mi ma pro per via om son da van see sin hat ten
"""
_NOT_EVIDENCE: Final = _ENGLISH | frozenset(_SHARED_WORDS.split())


def _index() -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for line in _OTHERS.strip().splitlines():
        language, words = line.split(": ", 1)
        for word in set(words.split()) - _NOT_EVIDENCE:
            found[word] = (*found.get(word, ()), language)
    return found


_FOREIGN: Final = _index()
_FOREIGN_WORDS: Final = frozenset(_FOREIGN)
_OWN_LETTERS: Final = frozenset("äöüßåæøéèêëàâçîïôœùûñáíóúãõìòąćęłńśźżğışșțâ")


_ALSO_FOREIGN: Final = _ENGLISH & (
    frozenset(_SHARED_WORDS.split())
    | {w for line in _OTHERS.strip().splitlines() for w in line.split(": ", 1)[1].split()}
)
"""English words that another language has too, such as "no" and "me": weak evidence of English."""


def is_doubtful(low: str, words: Collection[str]) -> bool:
    """Whether anything in a lower-cased text, or a part of one, may speak against English. Its words are `words`."""
    return not (low.isascii() and _FOREIGN_WORDS.isdisjoint(words))


def is_english(low: str, words: Iterable[str]) -> bool:
    """Whether a lower-cased text may be read as English.

    Parameters
    ----------
    low: the text in lower case
    words: its tokens
    """
    told = set(words)
    if not low.isascii():
        foreign_letters = sum(c.isalpha() for c in low if c > "\u024f")
        if foreign_letters and foreign_letters > 0.4 * sum(map(str.isalpha, low)):
            return False
    own = told & _ENGLISH
    english = len(own) - 0.6 * len(own & _ALSO_FOREIGN)
    told -= own
    others: dict[str, float] = {}
    for word in told & _FOREIGN_WORDS:
        for language in _FOREIGN[word]:
            others[language] = others.get(language, 0.0) + 1.0
    accents = 0.0
    if not low.isascii():
        accents = 0.5 * sum(1 for word in told if not _OWN_LETTERS.isdisjoint(word))
    best = max(others.values(), default=0.0) + min(accents, 2.0)
    if english < 0.5:
        return best < 1.0
    return best < 1.5 or best <= 1.2 * english
