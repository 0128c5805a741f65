"""Names that are words as well: such a name is masked only where it is written as one."""

from __future__ import annotations

_MONTHS = """
january april may june july august januar mai juni juli avril juin juillet abril mayo junio julio agosto
monday tuesday friday sunday montag freitag sonntag easter christmas noel ostern pfingsten
"""
MONTHS = frozenset(_MONTHS.split())
"""Capitals say nothing here: dates have them too."""

_ENGLISH = """
abbey abbot ace amber angel archer art ash asia austin autumn back bacon baker ball bang banks baron bay bean
bear beard bee beer bell berry best bill bird birds bishop black bless blessing bliss blood bloom blue blunt
body bond bone book booker box brand brands brave bread bridge bridges bright brook brooklyn brooks brown buck
buddy bull burn burns bush butler cake call can candy card care carpenter case cash castle chamber chambers
chance charity charm chase cheap chelsea cherry chi child china chip christian church clay clement clever
cliff close cloud coal cook cost crane cross crystal cup cute dahlia daisy dakota dale dallas dawn day days
deacon dean dear delta denver destiny diamond do dollar don drake dream drew drive driver drummer duke dusty
earl early east easy echo eden email ember england english eve ever fair faith fall fan fang farmer fast
felicity field fields fine fire first fish fly foot ford forest forever forman fortune foster fox frank free
freed french friend friendly friends frost fry gain gale game gardener gates gay gear gem gene genesis gentle
georgia german gift ginger glass glen glory gold golden good goodman grace grand grant grants gray great green
grey grove guest gun guy ha hail hall hammer hand hands handy hang happy hard hardy hare harmony hart harvest
haven hawk hay hazel he head heart heath heather heaven help henna hero high hill hills ho holiday holland
hollow holly holy home homes honest honey honor honour hood hook hope horn horse house hung hunt hunter in
iris iron island israel ivory ivy jack jade jay jersey jewel jewels job jolly journey joy judge junior just
justice keen keeper key keys kind king kings kitchen knight lake lamb lance land lane large lark last late
laurel lavender law lawless leader leaf league legend liberty light lily lincoln linen lion little lively lo
lock london long lord lots love lovely low luck lucky lynx ma mace madison major man mann manner march marina
mark market marsh master max may me meadow means melody memory merchant mercy merit merry miles mill mills
mint miracle mist misty mo money monk moody moon moor moore more morning moss most mother motley mountain
music my nail nails name neat new newman nice nick night no noble norm north not nova oak ocean old olive on
onion orange page pain painter pan paradise paris park parks part party pass pat patience patient pay peace
peach pearl pen penny pepper perfect pet phoenix phone piano pie pierce pike ping pink pitch plain plant plum
point pond poor pope porter post pound power powers precious pretty price pride priest prime prince print
promise prosper proud prudence pure purple queen quick quiet race rain rainbow rainey reach read reader ready
real red reed reef rice rich ride rider right ring rise river rivers roads rob rock rocky rod rose rosemary
royal ruby rush rust rusty safe saffron sage sail saint sale salt sand sandy savage save school scott scout
sea seal season service shade shadow share sharp shell shepherd sherry shield ship shop shore short sierra
silver simple singer sister skinner skip sky slack slaughter sleep small smart smile smiles snow so son song
sonny south spark sparks speed spice spring springs square star stark stars steel sterling stone stones store
storm story strange street strong su sue sugar summer summers sun sung sunny sunshine swan sweet swift tailor
talent tall tan tea temple tender thorn tiger tile tim to toll ton tool tower town trace track trade train
travel tree trinity trip true trust up urban us vale valley value van venus verity victor victory vine violet
virginia virtue wade wall walls wan wang war ward wards warm warren water waters wave way we weaver web week
weeks well wells west wheat wheel wheeler white wick wild wilder will willow wills win wind window wing winner
winter winters wise wish wolf won wonder wong wood woods wool word words work worker world worth wright write
yard yellow yes you young youth yu zen
"""
ENGLISH = frozenset(_ENGLISH.split()) - MONTHS

_GERMAN = """
adler alt alter apfel arm asche bach bauer baum berg bier birke birne bischof blau blume brand braun brot
bruder buche busch bäcker bär böse christ dom dorn eiche eisen ende engel erde ernst esel fein feuer fink
fisch fleischer fluss forst frau freude freund friede frieden froh frost fröhlich frühling fuchs fuß förster
fürst gans gast geiger gerecht glück gold gott graf grau groß großer grün grüner gut gute gärtner haar hafer
hahn hammer hand hase haus hecht heil heiß heller herbst herr herz herzog himmel hirsch hoch hof hoffnung holz
honig huhn hund jung jäger kaiser kalt kampf kauf kaufmann keil kern kind kirche klar klee klein kleiner klug
knecht koch kohl kopf korn kraft kraut krieg kuckuck kunst kurz kurze kuss käse könig kühl kühn lamm lang
lange langer laut leben leicht licht lieb liebe lilie linde lob lustig läufer maler mann markt maurer meister
messer metzger milch mond morgen mut mutter nagel neu neuer nuss ochs pfad pfarrer pfeffer pfennig pflug preis
rad recht regen reich reif rein reis reiter richter ritter rot roth ruhe salz sand sattel sauer schade scharf
schatz schlosser schmied schnee schneider schnell schreiber schreiner schuster schwan schwarz schäfer schön
schöne schütz see seele sohn sommer sonne sorge spatz specht spiegel stahl stark stein stern still stolz
storch stumpf sturm süß tag teufel thaler tod treu vater vogel vogt voll wagen wald warm wasser weg weide wein
weise weit weiß welt wetter wind winter wirt wolf wunder zahn zauber zeit zimmer zimmermann zoll zucker
"""
GERMAN = frozenset(_GERMAN.split())
"""Nouns, of which German writes every one with a capital; and words that English texts have too."""

_TITLES = """
mr mrs ms miss mx dr prof sir herr frau herrn frl dipl ing jr sr phd md
"""
TITLES = frozenset(_TITLES.split())
"""Left as they are: they say nothing of who it is."""

_PARTICLES = """
von van vom zu zum zur de der den del della di da das do dos du des la le les el al bin ibn ben abu st und and
y e the of for
"""
PARTICLES = frozenset(_PARTICLES.split())
"""Parts of a name that are none: masked between two that are."""

_COMPANY = """
gmbh ag kg ohg ug mbh ev inc ltd llc llp corp corporation company co plc sa sas sarl srl spa bv nv ab oy as
aps kft sro shop store stores group gruppe holding services service solutions systems media studio studios
team support kundenservice hotel restaurant cafe verein stiftung foundation university school bank
versicherung
"""
COMPANY = frozenset(_COMPANY.split())
"""Words by which a name is known to be no person's: it is masked as a whole, not word by word."""
