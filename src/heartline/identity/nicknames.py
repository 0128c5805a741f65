"""Short forms of given names: who is called Bill may have signed as William.

One line a name, then what its bearers may also go by. Two names are taken to be forms of one where one is the first of
a line and the other stands in it: Markus may sign as Max and as Mark, but Max and Mark may be brothers. A short form
may stand in several lines (Alex, Sandra).
"""

from __future__ import annotations

GROUPS: tuple[tuple[str, ...], ...] = tuple(
    tuple(dict.fromkeys(line.split()))
    for line in """
abigail abby abbie gail
adelheid heidi adele
agnes agnieszka aga
albert al bert albrecht
aleksandra alexandra alex sandra sascha ola alexa lexi
alexander alex alec sascha sandro xander aleksander alessandro alejandro
alfred fred alf freddy alfredo
alice ali alicia
amelie amy amelia
andreas andi andy andre andrew drew andrzej anders
andrea andi andy
angela angie angelika geli angelina
anna anne ann annie anni anja anika annika ania hannah hanna nina
annemarie anne marie annika
anton toni tony anthony antonio antoine
antonia toni antonina nina
arnold arne arnie
arthur art artur
august gus auguste gustl
barbara barb babsi babs basia babette
beatrice bea trixi beatrix
benedikt bene ben benni
benjamin ben benni benny benji
bernhard bernd bernie bernard
bettina tina betty
birgit gitte brigitte gitta biggi
carl karl charlie charles carlos carlo chuck
caroline caro carolin carolina line carrie
catherine cathy kate katie cat kitty catrin
charlotte lotte charlie charly lottie lotti
christian chris christoph
christina tina chris christine christa krissi christiane kristina krystyna
christopher chris topher kit christoph stoffel kris
claudia claudi claude
clara klara
claus klaus nikolaus nick nico klausi
cornelia conny nelly nele conni cornelius
daniel dan dani danny
daniela dani ela daniella danielle
david dave davy
deborah debbie deb debora
dieter didi dietrich dirk
dimitri dima dmitri dmitry mitja
dominik dom nick dominic domi
dorothea doro thea dorothee dorota dora dorothy dot
eduard edi edward ed eddie ted teddy ned
eleonore nora lore elli eleonora eleanor ellie nell
elisabeth elizabeth lisa liz beth betty elli lisbeth elsa elise bettina lizzie sissi liesel ela elzbieta isabel
emily em emmy emilia emma
emil emilio
erich eric erik rick
ernst ernie ernest
eugen gene eugene
eva evi ewa eve evelyn
ferdinand ferdi fernando
florian flo
florentine flo flora florence
francesca franca franziska franzi fran frances fanny francoise franka sissi
francis franz frank francesco franco francisco paco pancho francois
frederik fred freddy rick friedrich fritz frederick frederic fiete
friederike rike fritzi frieda
fabian fabi
gabriele gabi gaby gabriela gabrielle ella
georg george schorsch joerg jorge giorgio jerzy jorg jurgen
gerhard gerd hardy gert
gertrud trude traudl gerti
gisela gisi
giovanni gianni nino
giuseppe beppe peppe
gottfried friedel
gregor greg gregory grzegorz
guenther gunther gunter guenni gunni
gudrun gudi
guillermo memo
gustav gus gustavo
hannelore hanne lore hanni
hans johann johannes hannes jo john jan jonny hansi juan ivan giovanni jean johnny jack
harald harry
heinrich heinz heiner henry hinnerk harry henri hank hal enrico
helena lena helen leni helene ela elena hela lene ellen
helga helge
helmut heli helmuth
henriette jette henni
herbert bert herb
hermann herman manni
hildegard hilde hilda
hubert hubi bert
ignaz ignacio nacho
ines agnes
ingeborg inge inga
ingrid inga inge
irene irina reni ira
isabella bella isa isabel isabelle izabela
jacob jakob jake jack jacques
jaqueline jacky jacqueline
james jim jimmy jamie
jennifer jenny jen jenni
jessica jess jessie jessi
joachim achim jochen jo joaquin
johanna hanna jo hanni joanna asia joan janna
jonathan jon johnny jonas nathan
joseph joe jo josef sepp jupp pepe jose beppo jozef
josephine josie fine josefine josefa pepa
joshua josh
judith judy jutta
julia jule jules julie juliane
julian jule jules julien
juergen jurgen jogi
karin kari karina
karoline caro line karo karolina
karsten carsten
katharina kathi kate katja kathrin kaethe kathe katrin kat trine nina katarzyna kasia katerina catarina
kenneth ken kenny
konrad conny konni kurt conrad
konstantin kosta
kristin kris kristina
kunigunde gundi
larissa lara
laura lauri lori
laurenz lenz lorenz lars laurentius lorenzo lawrence larry
leonhard leo leon hardy leonard leonardo lenny
leopold leo poldi
lieselotte lilo liesel lotte
louise lou luise luisa lulu
ludwig lutz louis lu luis luigi ludovic
lukas luke luca luc lucas
magdalena lena magda leni maddalena madeleine maggie
manfred manni fred
manuela manu ela
manuel manu
margarete grete gretel maggie rita gitta meg greta margaret marga peggy margit margot marge gretchen malgorzata gosia
maria mia marie mitzi ria mary mariechen mimi maja molly polly marija mariele
marianne nanni marion janne
mark marc markus marco marcus marek
markus max mark marc marcus
martha marta
martina tina marti
martin marty tino
matthias matze matthew matt hias matti mathieu mateusz matteo mathias mats mattis
maximilian max maxi
mechthild mechti
melanie mel melli meli
michael mike micha michi mick michel mikkel michal miguel mickey misha michele
michaela michi ela micha michelle
miriam miri mirjam mimi
moritz mo maurice
natalie nat natascha natalia natalja
nathaniel nate nat nathan
nicholas nick nico nikolas nicolas klaus claus niklas niels nils colin
nicole nicki nici niki
norbert nobbi bert
oliver oli olli ollie
oskar ossi oscar
otto otti
patricia pat patty trish tricia patrizia
patrick pat paddy rick patryk
paul pablo paulchen pawel paolo pauli
paula pauline paulina
penelope penny
peter pete pierre pedro piotr petr pit
petra petri
philipp phil pip philip philippe felipe lippi
philippa pippa
rafael rafa raphael raffi
rainer reiner
ralf ralph rolf
raimund ray raymond mundi
rebecca becky becca rebekka
reinhard hardy reini
renate nate reni
richard rick dick rich richie ricardo ritchie ricky
robert rob bob bert robin bobby robbie roberto
roland rolli
rosa rosi rose rosemarie rosina rosalind
rosemarie rosi romy rose
rudolf rudi rolf ralf
ruth ruthie
sabine bine sabina bina
samantha sam sammy
samuel sam sammy
sandra alexandra sandy
sarah sara sally
sebastian basti seb wastl bastian sebi
siegfried sigi siggi
sigrid siri sigi
simon si simeon
sophie sophia sofie sofia zofia soph fia
stefan steffen stephan steve stephen steven steff stefano esteban stephane
stefanie steffi stephanie steff stefania
susanne susi sanne susan sue susie zuzanna suzanne suse susanna
sven svenni
sylvia silvia silvi sylvie silvie
tatjana tanja tania tatiana
theodor theo ted teddy theodore
theresa resi tess teresa therese terry tessa
thomas tom tommy tomas tomasz tommaso tomi
tilman till tilo
timothy tim timmy timo
tobias tobi toby
torsten thorsten toto
ulrich uli udo ulli
ulrike uli rike ulli
ursula uschi ulla ursel uschy
valentina vale tina
valentin vale valentino
vera verena
veronika vroni vera roni veronica nika
victoria vicky vicki viktoria tori
viktor vic victor
vinzenz vinz vincent vince vincenzo
vladimir wladimir vova wolodja wowa
waldemar waldi
walter walt wally walther
wilhelm willi will willy william bill billy helmut guillaume liam
wilhelmine minna mina wilma
wolfgang wolf wolfi
yvonne vonni
zacharias zach zachary
agnieszka aga
alejandro alex ale
andrew andy drew
ann annie nan
anthony tony
charles charlie chuck
christine chris tina
edward ed eddie ted teddy ned
eleanor ellie nell nora
elizabeth liz beth betty lizzie lisa eliza libby
francisco paco pancho
frederick fred freddy
henry harry hank
joanna jo asia
john jack johnny jon
jose pepe
katarzyna kasia
katherine kate kathy kat katie kitty
lawrence larry
malgorzata gosia
margaret maggie meg peggy marge
mary molly polly
matthew matt
philip phil pip
stephen steve
steven steve
susan sue susie
theodore ted theo teddy
william bill will billy willy liam
""".strip().splitlines()
)
"""Names with their other forms, without capitals, umlauts spelt out."""
