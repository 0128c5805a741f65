"""Is this text English? Short words that carry grammar, and the script of the letters, decide.

Each language is known by its commonest short words and by what its customers write most; a word that is also a common
English word is no evidence and is left out, and one that is an English name or unit too ("SIM", "5 min") counts half. A
text is refused when most of its letters are of another script, or when its words speak more for one other language than
for English. A text without any such word (a name, "ok", a lone emoji) is taken as English: too short to tell. How often
this is right is measured in the model card.
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
de: schlechter schlechte schlecht schnelle schneller lieferung kundenservice paket geld bestellung frechheit leider
de: endlich niemand nichts warum angekommen zurück bestellt erhalten gekauft bestens sofort meiner wieso unter
de: vielleicht mehr einfach würde muss ganz machen etwas wirklich viele schön ohne seit leute finde echt warum viel
de: wer heute andere gibt geht macht wäre hatte leicht denn schlimm
es: esa esos esas estos unos unas sus tus somos estoy estaba estan mejor mejores peor gusta creo siento tienen poco
es: cada buena bueno triste canción miedo asco pena pobre espero encantó mundo quedo estamos
es: muero odio llorar dios mundo hermoso hermosa felicidades buen sigue nuestra nuestro mismo vamos visto
pt: essa essas esses nosso nossa melhor pior verdade triste lindo linda feio mesmo acho nao vai pelo pela até bom
pt: agora coisa pessoa pessoas depois mim sou faz fica então tão muita parabéns fala estamos perfeito
sv: blev kommer helt upp allt får vara något måste också riktigt långt trevlig inget annat
fr: livraison colis reçu remboursement remboursez moi commande déçu déçue nul rapide bonjour argent aucun jamais
es: excelente atención servicio envío producto paquete pésimo rápido dinero todavía llegado cliente tarde
es: perfecto recomiendo llegó mal hecho cómo cuándo buenos días
pt: produto atendimento chegou péssimo ótimo recomendo dinheiro entrega quebrado compro loja comprei prazo
pt: antes veio recebi gostei
it: servizio pessimo ottimo pacco consegna rimborso veloce voglio soldi arrivato ordine assistenza tutti
nl: slechte klantenservice bestelling levering ontvangen geregeld snelle geld nooit besteld mooi helaas
sv: paketet kundservice leverans pengar snabb usel tyvärr beställde fått
da: pakken hurtig levering pengene penge kundeservice dårlig tusind
no: og ikke jeg har en er det på til av med som pakken tusen takk rask hjelp aldri mer ingen kundeservice dårlig
no: elendig hei veldig noe bare mye fikk deres kommet svarer
pl: obsługa obsługi klienta fatalna fatalny paczka paczki zamówienie wiecej więcej dziekuje nikt jeszcze szybka
pl: polecam pieniądze dlaczego
tr: berbat hizmet hızlı kargo teşekkür tesekkurler hala kimse cok kotu yardım lütfen sipariş param iade
fi: loistava palvelu huono asiakaspalvelu suosittelen ole kukaan vielä erittäin tilaus paketti rahat
id: belum sampai sekali pelayanan buruk bagus paket banyak tolong kenapa lagi barang
ms: perkhidmatan bungkusan teruk sangat banyak saya belum tidak kenapa
ro: multumesc serviciu groaznic nimeni comanda coletul niciodata
cs: je jsem jsi není ještě nikdy více už děkuji prosím prosim balík nikdo velmi služba proč peníze jste byl špatný
cs: objednávka vraceni penez dekuji
sk: je som nie ešte nikdy viac ďakujem dakujem prosím balík nikto veľmi služba prečo peniaze ste bol
hu: nem egy és van hogy köszönöm nagyon még soha többé csomag senki miért miert csomagom szolgáltatás köszi
hu: vagyok meg kérem
hr: je nije još nikad više vise hvala usluga paket nitko niko vrlo zašto novac bilo sam ste kako grozna užasna
sl: ni še nikoli več hvala paket nihče zelo storitev zakaj denar pošiljka
et: ei ole ja mitte keegi tänu aitäh kiire abi väga pakk teenindus raha miks
lv: nav un ir paldies ļoti neviens vēl nekad nauda kāpēc
lt: nėra ir ačiū labai niekas dar niekada pinigai kodėl siunta
sq: nuk ka dhe faleminderit shumë shume ende pse paketa kurrë
vi: không và là của cho rất cảm ơn bạn tôi chưa ai nhiều dich vu rat khong toi cam qua
tl: ang ng sa hindi pa ko po nyo salamat mga bagal naman wala yung lang dumarating ako hanggang
hi: hai nahi nahin bahut mera meri kya mujhe paisa wapas karo bekar aap abhi tak bhai
sw: na kwa asante sana bado hakuna msaada huduma mbaya yangu wangu changu
af: nie het baie dankie vir die nog en my pakkie hulp geen swak diens
ca: el la els les amb per què molt moltes gràcies encara ningú paquet ha servei
eu: ez da eta eskerrik asko ere oso laguntza dut oraindik
cy: yn ac nid yw wedi diolch fawr iawn gan ddim
ga: agus níor bhí tá go raibh maith agat mo
ro: și în de la cu pe este nu sunt o un care mai din pentru că ca dar foarte mulțumesc
"""
_SHARED_WORDS: Final = """
ha ya come non dat dan em las take no me on in is do so as was to or by at an
a i of us we he be it for one all also under over want men here can
a o e y die in im also over war man men chi mi ma pro per via om son da van see sin hat ten
"""
_NOT_EVIDENCE: Final = _ENGLISH | frozenset(_SHARED_WORDS.split())
_WEAK_WORDS: Final = """
abi ac ada af ai ako al ama ang au aux av bare ben bin bol bra bu ca cam ce cho co com con cu dank dar de del dem
den di dia din dove du ei el elle en er era est et eta eu ez geld go gut hai har hay heel hei het hindi ho hon hulp
hun ini io ir ja je jest ka ko la lang le les lo los mal mam mas med meg mer mes met min mina mine mit mo mod moi
mot na nav ne ng ni nos nu nul og ole op os oso ou pa paket pakk paquet par param pas pe plus po pour qua raha rat
sa sam sans se sem ser sim siz ska solo som soy ste su sur swak tack tak te ti til till um un vain var ve vi vir
vise vu w wala wat weer wel yang yo z
"""
"""Words of other languages that are English names, units or short forms too: "SIM", "5 min", "bra", "the LA store"."""
_WEAK: Final = frozenset(_WEAK_WORDS.split())


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
        weight = 0.5 if word in _WEAK else 1.0
        for language in _FOREIGN[word]:
            others[language] = others.get(language, 0.0) + weight
    accents = 0.0
    if not low.isascii():
        accents = 0.5 * sum(1 for word in told if not _OWN_LETTERS.isdisjoint(word))
    best = max(others.values(), default=0.0) + min(accents, 2.0)
    if english < 0.5:
        return best < 1.0
    return best < 1.5 or best <= 1.2 * english
