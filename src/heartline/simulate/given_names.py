"""Names to draw people from: how often each is met, which nicknames it has, and family names with a long tail."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt


def _listed(words: str) -> list[str]:
    return words.split()


_FEMALE = _listed(
    "Maria Anna Sophie Julia Katharina Elisabeth Laura Lena Sarah Christina Andrea Petra Sabine Claudia Susanne Monika "
    "Johanna Emma Hannah Lisa Eva Barbara Martina Nicole Stefanie Michaela Daniela Karin Birgit Ursula Helga Renate "
    "Ingrid Gabriele Melanie Sandra Nadine Alexandra Margarete Charlotte Marie Luisa Clara Frieda Greta Ida Mathilda "
    "Paula Victoria Isabella Elena Olga Irina Natalia Svetlana Agnieszka Magdalena Joanna Ewa Dorota Zofia Aylin Elif "
    "Fatma Zeynep Emine Leyla Yasemin Giulia Francesca Chiara Valentina Silvia Paola Carmen Lucía Teresa Pilar "
    "Antonia Beatrice Camille Amélie Chloé Élodie Juliette Léa Manon Ingeborg Astrid Freja Sigrid Linnea Maja Jana "
    "Tereza Lucie Veronika Ivana Marta Milena Dragana Jelena Rebecca Rachel Deborah Jessica Jennifer Samantha Megan "
    "Abigail Philippa Rosalind Nora Mia Lara Leonie Finja Jule Thea Wilma"
)
_MALE = _listed(
    "Michael Thomas Andreas Stefan Christian Peter Daniel Alexander Martin Markus Johannes Maximilian Sebastian "
    "Matthias Florian Tobias Philipp Jan Felix Lukas Jonas Paul Leon David Simon Robert Frank Jürgen Klaus Wolfgang "
    "Hans Günther Dieter Manfred Werner Helmut Heinz Bernd Ralf Uwe Jörg Oliver Dirk Sven Karsten Björn Nils Lars "
    "Torsten Benjamin Dominik Patrick Marcel Kevin Dennis Fabian Julian Moritz Emil Anton Konrad Friedrich Georg "
    "Joseph Anthony William Richard Edward James Christopher Nicholas Timothy Gregory Samuel Jonathan Theodore Ivan "
    "Dmitri Sergej Vladimir Piotr Krzysztof Tomasz Paweł Mehmet Mustafa Ahmet Emre Murat Hakan Can Giovanni Marco "
    "Luca Alessandro Francesco Antonio Carlos José Javier Miguel Pablo Diego Pierre Jean Étienne François Luc Mathieu "
    "Rasmus Anders Mikkel Oskar Gustav Axel Pavel Jiří Tomáš Marek Milan Zoran Goran Ömer Finn Ben Noah Till Arne"
)

# Short forms that people go by; a person who likes one uses it where nobody asks for papers.
NICKNAMES = {
    "Maria": ("Mia", "Mitzi"), "Anna": ("Anni", "Ann"), "Sophie": ("Sofie", "Soph"), "Julia": ("Jule", "Jules"),
    "Katharina": ("Kathi", "Käthe", "Kat"), "Elisabeth": ("Lisa", "Lisbeth", "Elli", "Betty"), "Sarah": ("Sally",),
    "Christina": ("Tina", "Chris"), "Andrea": ("Andi",), "Susanne": ("Susi", "Sanne"), "Monika": ("Moni",),
    "Johanna": ("Hanna", "Jo"), "Barbara": ("Babsi", "Barb"), "Martina": ("Tina",), "Nicole": ("Nicki",),
    "Stefanie": ("Steffi",), "Michaela": ("Michi", "Ela"), "Daniela": ("Dani",), "Ursula": ("Uschi", "Ulla"),
    "Gabriele": ("Gabi",), "Melanie": ("Mel", "Meli"), "Sandra": ("Sandy",), "Alexandra": ("Alex", "Sandra"),
    "Margarete": ("Grete", "Gretel", "Maggie"), "Charlotte": ("Lotte", "Charly"), "Victoria": ("Vicky",),
    "Isabella": ("Bella", "Isa"), "Magdalena": ("Lena", "Magda"), "Francesca": ("Franca",), "Antonia": ("Toni",),
    "Rebecca": ("Becky",), "Deborah": ("Debbie",), "Jessica": ("Jess",), "Jennifer": ("Jenny", "Jen"),
    "Samantha": ("Sam",), "Abigail": ("Abby",), "Philippa": ("Pippa",), "Natalia": ("Natascha",), "Teresa": ("Resi",),
    "Michael": ("Michi", "Mike", "Micha"), "Thomas": ("Tom", "Tommy"), "Andreas": ("Andi", "Andy"),
    "Stefan": ("Steff", "Steve"), "Christian": ("Chris",), "Daniel": ("Dani", "Dan"), "Alexander": ("Alex", "Sascha"),
    "Markus": ("Max", "Mark"), "Johannes": ("Hannes", "Hans", "Jo"), "Maximilian": ("Max", "Maxi"),
    "Sebastian": ("Basti", "Seb"), "Matthias": ("Matze", "Hias"), "Florian": ("Flo",), "Tobias": ("Tobi",),
    "Philipp": ("Phil",), "Lukas": ("Luke",), "Robert": ("Rob", "Bob", "Bert"), "Wolfgang": ("Wolf",),
    "Günther": ("Günni",), "Helmut": ("Heli",), "Oliver": ("Oli",), "Benjamin": ("Ben", "Benny"),
    "Dominik": ("Dom", "Nick"), "Patrick": ("Pat",), "Fabian": ("Fabi",), "Julian": ("Jule", "Jul"),
    "Moritz": ("Mo",), "Anton": ("Toni",), "Konrad": ("Conny",), "Friedrich": ("Fritz", "Fred"), "Georg": ("Schorsch",),
    "Joseph": ("Joe", "Sepp"), "Anthony": ("Tony",), "William": ("Bill", "Will", "Billy"), "Richard": ("Rick", "Dick"),
    "Edward": ("Ed", "Ted"), "James": ("Jim", "Jamie"), "Christopher": ("Chris", "Kit"), "Nicholas": ("Nick",),
    "Timothy": ("Tim",), "Gregory": ("Greg",), "Samuel": ("Sam",), "Jonathan": ("Jon",), "Theodore": ("Ted", "Theo"),
    "Vladimir": ("Wowa",), "Giovanni": ("Gianni",), "Alessandro": ("Sandro",), "Francesco": ("Franco",),
    "Antonio": ("Toni",), "José": ("Pepe",), "Francisco": ("Paco",), "Mathieu": ("Matt",), "Gustav": ("Gus",),
}  # fmt: skip

_COMMON = _listed(
    "Müller Schmidt Schneider Fischer Weber Meyer Wagner Becker Schulz Hoffmann Schäfer Koch Bauer Richter Klein Wolf "
    "Schröder Neumann Schwarz Zimmermann Braun Krüger Hofmann Hartmann Lange Werner Krause Lehmann Maier Köhler "
    "Herrmann König Walter Mayer Huber Kaiser Fuchs Peters Lang Scholz Möller Weiß Jung Hahn Vogel Friedrich Keller "
    "Günther Frank Berger Winkler Roth Beck Lorenz Baumann Franke Albrecht Schuster Simon Ludwig Böhm Winter Kraus "
    "Martin Schumacher Krämer Vogt Stein Jäger Otto Sommer Groß Seidel Heinrich Brandt Haas Schreiber Graf Dietrich "
    "Ziegler Kuhn Kühn Pohl Engel Horn Busch Bergmann Thomas Voigt Sauer Arnold Wolff Pfeiffer Nowak Kowalski "
    "Yilmaz Kaya Demir Şahin Öztürk Aydin Ivanov Petrov Smirnov Novák Horvat Nagy Popescu Rossi Russo Ferrari Bianchi "
    "García Fernández López Silva Santos Dubois Moreau Laurent Jensen Nielsen Hansen Larsen Andersson Johansson Smith "
    "Jones Williams Brown Taylor Davies Evans Nguyen Chen Kim Ahmed Khan Hussain Ali"
)
_HEADS = _listed(
    "Acker Alten Birken Blum Brunn Buch Dorn Eber Eichen Erlen Falken Feld Finster Frei Gold Grün Hasel Heide Hohen "
    "Holz Kalt Kirch Klein Kron Laub Linden Lichten Löwen Mühl Neu Nieder Ober Rauch Reh Rosen Rot Schön Silber Stein "
    "Stern Tannen Unter Wald Wasser Weiden Wiesen Wind Zeller Ziegel"
)
_TAILS = _listed(
    "bach berg mann müller hauser feld thal dorf stein hofer wald bauer inger maier eder brunn au kamp hold er"
)


def _falling(count: int, power: float) -> npt.NDArray[np.float64]:
    """Shares that fall with the rank: the few common names are met again and again, most names seldom."""
    weights = 1.0 / (np.arange(count) + 4.0) ** power
    shares: npt.NDArray[np.float64] = weights / weights.sum()
    return shares


def given_names(rng: np.random.Generator, female: npt.NDArray[np.bool_]) -> list[str]:
    """One given name a person. Two random people of one sex share it in about 1 of 60 cases."""
    women = rng.choice(_FEMALE, len(female), p=_falling(len(_FEMALE), 0.8))
    men = rng.choice(_MALE, len(female), p=_falling(len(_MALE), 0.8))
    return [str(name) for name in np.where(female, women, men)]


def family_names(rng: np.random.Generator, count: int) -> list[str]:
    """One family name each: six in ten from the common ones, the others from about a thousand; 3 in 100 double."""
    rare = [head + tail for head in _HEADS for tail in _TAILS]
    from_common = rng.random(count) < 0.6
    names = np.where(
        from_common,
        rng.choice(_COMMON, count, p=_falling(len(_COMMON), 0.9)),
        rng.choice(rare, count, p=_falling(len(rare), 0.5)),
    )
    second = rng.choice(_COMMON, count, p=_falling(len(_COMMON), 0.9))
    double = rng.random(count) < 0.03
    return [f"{name}-{other}" if both and name != other else str(name)
            for name, other, both in zip(names, second, double, strict=True)]  # fmt: skip


STREETS = _listed(
    "Haupt Schul Garten Bahnhof Dorf Berg Birken Linden Kirch Wald Ring Schiller Goethe Mozart Jahn Wiesen Amsel "
    "Mühlen Feld Rosen Tannen Eichen Park Bach Sonnen Brunnen Markt Post Nord Süd Ost West Kastanien Ulmen Flieder "
    "Lerchen Drossel Fichten Industrie Hafen Schloss Kloster Stadt Friedens Uhland Lessing Beethoven Kant Hegel"
)
STREET_KINDS = ("straße", "weg", "gasse", "allee", "platz")
CITY_HEADS = _listed(
    "Alt Neu Ober Unter Bad Groß Klein Hohen Nieder Mittel Wester Oster Linden Mühl Stein Buch Esch Roth Wald Heil"
)
CITY_TAILS = _listed("stadt burg heim dorf bach hausen furt au feld kirchen")
