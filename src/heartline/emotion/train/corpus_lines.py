"""Customer messages written for this project: what is said, and what it says about the relationship.

One line each: signals | valence -2..2 | intensity 0..3 | about | text. Words in braces are filled by `corpus`.
Near misses ("nobody was rude") stand beside the real thing, so that a word alone does not decide.
"""

from __future__ import annotations

LINES = """
effort complaint | -2 | 2 | process | I have called {n} times about {thing} and still have no answer
effort complaint | -2 | 3 | service | {time} on hold and then the line went dead
effort complaint | -1 | 2 | service | been passed from one department to the next all {day}
effort complaint | -1 | 2 | process | had to fill in the same form {n} times because {thing} kept failing
effort complaint | -2 | 2 | process | still waiting for {thing} after {time}
effort complaint | -1 | 1 | process | why does it take {time} just to change {thing}
effort complaint | -2 | 2 | process | your site crashes every single time I try to pay
effort complaint | -1 | 2 | process | keeps asking me to log in again and again
effort complaint | -2 | 2 | product | spent the whole {day} trying to get {product} to work
effort complaint request | -2 | 2 | service | third email, no reply yet, can somebody please look at {thing}
effort complaint | -2 | 2 | process | {thing} delayed for {time} and no update from anybody
effort complaint | -2 | 3 | process | stuck here for {time} with no information at all
effort complaint | -1 | 2 | process | I keep getting sent in circles trying to sort out {thing}
effort complaint | -1 | 2 | service | can't get through to anyone, the phone just rings
effort complaint confusion | -1 | 2 | process | every agent tells me something different about {thing}
effort complaint | -2 | 2 | process | {thing} was cancelled and it took me {time} to rebook
effort complaint | -1 | 2 | product | I have to restart {product} every few minutes
effort complaint | -2 | 2 | process | after {n} letters and {n} phone calls nothing has been corrected
ease | 2 | 2 | process | so easy, {thing} was done in two minutes
ease | 1 | 1 | process | checkout was quick and simple
ease | 2 | 2 | product | setting up {product} could not have been easier
ease | 1 | 1 | process | no hassle at all with {thing}
ease | 1 | 1 | product | works right out of the box, plug and play
ease staying | 2 | 2 | process | smooth and fast from start to finish, will use it again
ease | 1 | 1 | process | sorted out online in a moment, painless
ease | 1 | 1 | product | {product} is very easy to use and easy to clean
ease | 1 | 1 | product | simple to install, took only minutes
ease respect | 2 | 2 | service | one short call with {staff} and {thing} was fixed
disrespect complaint | -2 | 3 | service | {staff} was incredibly rude to me
disrespect complaint | -2 | 3 | service | {staff} hung up on me
disrespect complaint no_empathy | -2 | 3 | service | {staff} laughed at me when I asked for help
disrespect complaint | -2 | 3 | service | I was spoken to like a child by {staff}
disrespect complaint | -2 | 2 | service | {staff} rolled her eyes and walked away while I was talking
disrespect complaint | -2 | 2 | service | such unprofessional and unfriendly people
disrespect complaint | -2 | 2 | service | {staff} ignored us and chatted with a colleague
disrespect complaint betrayal | -2 | 3 | service | {staff} lied to my face about {thing}
disrespect complaint | -2 | 3 | service | treated like a criminal for asking about {thing}
disrespect complaint | -1 | 2 | service | bad attitude at the desk, no manners
disrespect complaint | -2 | 3 | service | {staff} shouted at my mother in front of everyone
disrespect complaint | -2 | 2 | service | worst customer service ever, they simply don't respond to me
disrespect complaint | -2 | 2 | brand | you people have no respect for your customers
respect | 2 | 2 | service | {staff} was so kind and patient with me
respect | 2 | 2 | service | friendly and professional people, thank you
respect | 2 | 2 | service | big thanks to {staff} for great service
respect | 1 | 1 | service | {staff} was polite and helpful
respect ease | 2 | 2 | service | quick reply and very helpful, thanks {staff}
respect | 2 | 2 | service | everyone was courteous, they went out of their way to help
respect | 2 | 2 | service | amazing crew, always smiling
respect | 1 | 1 | service | thank you for the prompt reply and the good help
respect recommending | 2 | 2 | service | wonderful staff, five stars, ask for {staff}
respect | 1 | 1 | service | nobody was rude, in fact they were lovely
recognition respect | 2 | 2 | service | {staff} remembered my name and my usual order
recognition respect attachment | 2 | 3 | service | they sent me a hand written card for my birthday, I feel special
recognition | 2 | 2 | service | they saw that I am a long time member and upgraded me
recognition respect | 2 | 2 | service | {staff} knew my history before I had to explain
recognition respect | 2 | 2 | service | {staff} made us feel like family, greeted by name
recognition | 2 | 2 | brand | lovely surprise gift for our anniversary from {brand}
recognition respect | 2 | 2 | service | my status was honoured without me even asking
recognition | 1 | 1 | service | a personal note in the box with my name on it
unrecognised complaint | -2 | 2 | service | {years} as a customer and I am just a number to you
unrecognised complaint effort | -2 | 2 | service | had to explain everything from the start as if I was a stranger
unrecognised complaint attachment | -2 | 2 | brand | my loyalty means nothing to {brand}
unrecognised complaint attachment | -2 | 2 | service | gold member for {years} and treated like nobody
unrecognised complaint | -1 | 2 | price | new customers get the good price and loyal ones pay more
unrecognised complaint | -1 | 2 | service | they have no record of me although I have been here {years}
unrecognised complaint | -2 | 2 | service | my status was not honoured, no upgrade, no seat
unrecognised complaint | -2 | 2 | brand | so much for being a loyal customer
empathy respect | 2 | 2 | service | {staff} really listened and understood how upset I was
empathy respect | 2 | 2 | service | {staff} cared about my situation and said sorry like she meant it
empathy respect | 2 | 3 | service | after my father died {staff} was so gentle and caring
empathy | 1 | 2 | service | somebody finally understood my problem and felt for me
empathy respect | 2 | 2 | service | they were very understanding when I explained that I am ill
empathy respect | 2 | 2 | service | {staff} calmed me down and stayed with me until {thing} was solved
no_empathy complaint | -2 | 3 | service | nobody cares at {brand}
no_empathy complaint | -2 | 3 | service | {staff} could not care less that I missed {event}
no_empathy complaint | -2 | 2 | service | not even an apology for {thing}
no_empathy complaint | -2 | 2 | service | no help, no sympathy, no compassion whatsoever
no_empathy complaint | -2 | 3 | service | I was in tears and they just read from a script
no_empathy complaint effort | -2 | 2 | service | left alone with it, nobody gives a damn how we get home
no_empathy complaint | -2 | 2 | service | you clearly don't care about your customers
betrayal complaint | -2 | 3 | brand | I trusted {brand} and they lied to me
betrayal complaint | -2 | 3 | price | this is a scam, they took my money and gave me nothing
betrayal complaint | -2 | 3 | price | you promised {thing} for free and then charged me anyway
betrayal complaint | -2 | 3 | brand | I feel cheated and betrayed after {years} of loyalty
betrayal complaint | -2 | 3 | price | charged me behind my back, this is fraud
betrayal complaint | -2 | 2 | brand | broken promises again, they said {thing} would be free
betrayal complaint disrespect | -2 | 3 | service | {staff} deceived me, it was all a trick to get my money
betrayal complaint | -2 | 3 | product | they stole from the people who supported them from the start
betrayal complaint attachment | -2 | 3 | brand | I defended {brand} for {years} and this is how you repay me
revenge complaint | -2 | 3 | brand | I will make sure everybody knows what you did
revenge complaint | -2 | 3 | service | you will hear from my lawyer
revenge complaint | -2 | 3 | brand | reporting you to the consumer agency today
revenge complaint leaving | -2 | 3 | brand | never again and I will tell all my friends to stay away
revenge complaint | -2 | 3 | brand | everyone should boycott {brand}
revenge complaint | -2 | 3 | brand | hope you go out of business
revenge complaint | -2 | 3 | price | I am going to sue {brand} and go to the press
revenge complaint | -2 | 2 | product | do not buy this, avoid {brand} at all costs
revenge complaint | -2 | 3 | service | I am posting the video so the whole world can see it
revenge complaint betrayal | -2 | 3 | price | filing a complaint with the regulator for this fraud
leaving complaint | -2 | 2 | brand | never again
leaving complaint | -2 | 3 | brand | that was the last time I buy from {brand}
leaving complaint | -2 | 2 | brand | I'm switching to {rival}
leaving complaint | -2 | 2 | service | cancel my account, I'm done
leaving complaint | -1 | 2 | price | cancelled my subscription, not worth the money any more
leaving complaint | -2 | 3 | brand | you just lost a customer for life
leaving complaint | -2 | 2 | process | will never fly with {brand} again
leaving complaint | -1 | 1 | product | uninstalled it and moved to {rival}
leaving complaint | -1 | 1 | product | returned it and bought one from {rival} instead
leaving request | 0 | 0 | process | I would like to close my account please
leaving complaint attachment | -2 | 2 | brand | after {years} with {brand} I am taking my business elsewhere
staying | 2 | 2 | brand | I will definitely be back
staying | 1 | 1 | product | would buy this again
staying | 2 | 2 | product | bought a second one in another colour
staying | 1 | 1 | process | looking forward to my next order
staying | 2 | 2 | product | this is the third {product} that I order and not the last
staying attachment | 2 | 2 | brand | I always come back to {brand}
staying attachment | 1 | 1 | product | been using {product} for {years} and will keep using it
staying | 1 | 1 | service | I was about to leave but I will stay with you
staying | 1 | 1 | brand | not leaving any time soon, see you next {day}
recommending | 2 | 2 | product | highly recommend {product} to anyone
recommending | 2 | 2 | brand | I tell all my friends about {brand}
recommending | 2 | 2 | product | a must have, get one, you won't regret it
recommending | 2 | 2 | product | if you are thinking about {product}, buy it
recommending | 1 | 1 | product | I would recommend it
recommending respect | 2 | 2 | service | best service ever, everybody should use {brand}
recommending | 2 | 2 | product | definitely worth a try, well worth the price
complaint | -1 | 1 | product | I would not recommend {product}
complaint | -2 | 2 | product | can't recommend this to anyone
attachment | 2 | 2 | brand | {brand} is my favourite, I love you guys
attachment | 2 | 3 | brand | {brand} is part of my life, could not live without it
attachment | 2 | 2 | brand | loyal customer for {years} and proud of it
attachment | 2 | 2 | brand | I only ever fly {brand}
attachment | 2 | 2 | brand | big fan since the first day
attachment | 2 | 2 | product | my go to for {years}, nothing else comes close
attachment | 2 | 3 | brand | you are the best, love love love {brand}
attachment staying | 2 | 2 | product | I have used {product} since I was a teenager and always will
attachment | 1 | 1 | brand | as a platinum member I have been with {brand} for {years}
attachment recommending | 2 | 2 | brand | I grew up with {brand} and now my kids love it too
complaint | -2 | 2 | product | {product} broke after {time}
complaint | -1 | 1 | product | {product} is smaller than in the picture
complaint | -2 | 2 | product | poor quality, it fell apart
complaint | -1 | 2 | product | the app is so slow since the update
complaint | -2 | 2 | product | {product} arrived damaged
complaint | -1 | 1 | product | not what I expected, a bit disappointed
complaint | -1 | 1 | product | the sound is bad and the battery does not last
complaint | -2 | 2 | process | you lost my bag
complaint | -2 | 2 | process | {thing} never arrived
complaint | -2 | 2 | process | flight cancelled again, unbelievable
complaint | -2 | 2 | price | you charged me twice
complaint | -1 | 2 | price | way too expensive for what you get
complaint | -1 | 2 | price | hidden fees everywhere
complaint | -2 | 2 | price | I still have not got my refund
complaint | -1 | 1 | product | uncomfortable seats and the food was cold
complaint | -2 | 3 | product | waste of money, total garbage
complaint | -1 | 1 | process | another delay
complaint | -1 | 1 | product | too tight in the shoulders and the fabric is itchy
complaint | -2 | 2 | process | there is a mistake on my account and it is hurting my credit
complaint effort | -2 | 2 | process | they keep calling me about a debt that is not mine
complaint | -2 | 3 | service | oh great job losing {thing}, thanks for nothing
complaint effort | -2 | 2 | process | wow, only {time} of waiting, you really outdid yourselves
complaint disrespect | -2 | 2 | service | nice way to treat people, {brand}, really classy
complaint | -1 | 2 | product | well that was money well spent, broken on day one
complaint leaving | -2 | 2 | brand | congratulations {brand}, you just made {rival} look good
complaint request | -1 | 1 | product | {product} will not start, please help
complaint request | -1 | 1 | product | my playlist is gone, how do I get it back?
complaint request | -1 | 1 | process | I can't log in, can you help me?
complaint request | -1 | 2 | price | please refund me, I was charged for {thing} that I never ordered
complaint request effort | -2 | 2 | process | where is {thing}? it was due {time} ago
request | 0 | 0 | process | can you tell me when {thing} will arrive?
request | 0 | 0 | process | how do I change {thing}?
request | 0 | 0 | process | I would like to book {thing} for {day}
request | 0 | 0 | product | does {product} come in blue?
request | 0 | 0 | product | when will {product} be available again?
request | 0 | 0 | price | what does {thing} cost?
request | 0 | 0 | price | can I get an invoice for {thing}?
request | 0 | 0 | service | please call me back
request | 0 | 0 | service | could somebody check {thing} for me please?
request | 0 | 0 | process | I need to update my address
request | 0 | 0 | product | please add more songs by this artist
request | 0 | 0 | process | I sent you a message, please have a look
request | 1 | 1 | service | thanks, and could you send me the link?
confusion complaint | -1 | 1 | process | I don't understand this bill
confusion request | -1 | 1 | process | the website says one thing and the email says another, which one is right?
confusion request | 0 | 1 | process | what does this message mean?
confusion | -1 | 1 | process | confused about {thing}, the instructions make no sense
confusion complaint | -1 | 2 | price | nobody can explain why I was charged for {thing}
confusion request | -1 | 1 | product | not sure how {product} is supposed to work
 | 0 | 0 | none | ok
 | 0 | 0 | none | yes that is correct
 | 0 | 0 | none | good morning
 | 0 | 0 | none | hello
 | 0 | 0 | none | my number is {n}
 | 0 | 0 | none | please take your time
 | 1 | 1 | none | thank you
 | 1 | 1 | none | thanks, bye
 | 1 | 1 | none | have a nice day
 | 0 | 0 | process | I ordered {thing} on {day}
 | 0 | 0 | process | {thing} is from {place} to {place}
 | 0 | 0 | process | on our way to {place}
 | 0 | 0 | none | just sent you a direct message
 | 0 | 0 | product | {product} is ok, nothing special
 | 0 | 0 | product | it does what it says
 | 0 | 0 | product | I usually wear a medium
 | 1 | 1 | product | {product} looks good
 | 1 | 1 | product | good value and good quality
 | 2 | 2 | product | love it, fits perfectly
 | 2 | 2 | product | {product} sounds great and looks beautiful
 | 2 | 3 | product | absolutely amazing, best purchase ever
 | 2 | 2 | product | so comfortable and soft
 | 1 | 1 | product | great for the price
 | 1 | 1 | product | works well, no problems so far
 | 1 | 1 | process | arrived on time and well packed
 | 2 | 2 | process | great flight, on time and comfortable
 | 1 | 1 | brand | nice new advert
 | 0 | 0 | brand | {brand} announces new routes to {place}
 | 1 | 1 | product | can't complain about {product}
 | 1 | 1 | service | it was never a problem to get help
disrespect complaint | -2 | 2 | service | {staff} was rude
disrespect complaint | -2 | 3 | service | rude staff, rude manager, rude everything
disrespect complaint | -2 | 2 | service | so condescending on the phone
disrespect complaint | -2 | 3 | service | they called me a liar
disrespect complaint | -2 | 2 | service | dismissed my question and told me to read the website
respect | 1 | 1 | service | nothing but good things to say about {staff}
respect | 2 | 2 | service | your team is awesome, thank you for taking care of us
respect | 1 | 1 | service | good service at the counter
respect | 2 | 2 | service | shout out to {staff} for being so helpful
recognition | 2 | 2 | service | the hotel had my favourite room ready without asking
recognition respect | 2 | 2 | service | they knew who I was and thanked me for my years with them
unrecognised complaint | -1 | 2 | service | asked for my details five times although you have them
unrecognised complaint disrespect | -2 | 2 | brand | this is how you treat your most frequent customers
unrecognised complaint | -2 | 2 | service | even as an elite member I wait like everybody else
empathy respect | 2 | 2 | service | {staff} felt with us and did all she could
empathy | 1 | 1 | service | thank you for understanding
empathy respect | 2 | 2 | service | they apologised sincerely and made it right
no_empathy complaint | -2 | 2 | service | zero understanding for a family with a sick child
no_empathy complaint disrespect | -2 | 3 | service | when I told them how upset I was they shrugged
no_empathy complaint | -2 | 2 | service | left to sleep on the floor and no one cared
betrayal complaint | -2 | 3 | brand | shame on you for lying to your customers
betrayal complaint | -2 | 2 | price | bait and switch, the price doubled after I signed
betrayal complaint | -2 | 3 | price | dishonest company, they knew and hid it from us
betrayal complaint leaving | -2 | 3 | brand | I believed in you and you lied, goodbye
revenge complaint | -2 | 3 | brand | warn your family, stay away from {brand}
revenge complaint | -2 | 3 | service | my attorney will be in touch
revenge complaint | -2 | 3 | brand | I'll leave a bad review everywhere I can
leaving complaint | -2 | 2 | brand | I will never buy from you again
leaving complaint | -2 | 2 | brand | never flying with you again, ever
leaving complaint | -2 | 2 | brand | I'm out, moving everything to {rival}
leaving complaint | -1 | 2 | brand | next time I'll take {rival}
leaving complaint | -1 | 1 | product | stopped using it after {time}
staying | 2 | 2 | brand | see you again next year
staying | 1 | 1 | product | ordering two more
staying | 2 | 2 | brand | you have earned a customer for life
staying | 1 | 1 | product | my second pair and I will get a third
recommending | 2 | 2 | product | you should all try this
recommending | 1 | 1 | product | perfect for beginners, I recommend it
recommending | 2 | 2 | brand | told my sister to join {brand} and she loves it
complaint | -1 | 1 | product | not recommended
attachment | 2 | 2 | brand | best airline in the world, always my first choice
attachment | 2 | 2 | brand | I love {brand}
attachment | 2 | 2 | product | I have loved these since I was a kid, a classic
attachment complaint | -1 | 2 | brand | I usually love {brand} but this was a let down
attachment complaint | -1 | 2 | brand | as a loyal customer I expected better
ease | 1 | 1 | process | super easy
ease | 2 | 2 | process | fastest check in I have ever had
ease | 1 | 1 | product | goes on easily and does not slip
effort complaint | -1 | 2 | service | nobody answers the phone
effort complaint | -2 | 2 | process | third time this week that I have to call
effort complaint | -2 | 2 | process | been trying to reach you since {day}
effort complaint | -1 | 2 | product | took {n} attempts to install
effort | -1 | 1 | process | long line at the counter
ease | 1 | 1 | process | the line was short and moved quickly
complaint request | -1 | 2 | process | any update on {thing}? it is late
complaint | -2 | 2 | process | my flight is late again
complaint | -1 | 1 | product | the strings went out of tune at once
complaint | -2 | 2 | product | full of bugs, it crashes all the time
complaint | -1 | 1 | product | it gets boring quickly
complaint | -1 | 1 | product | made my skin dry
complaint | -2 | 2 | process | what a mess
complaint | -2 | 2 | brand | you are terrible
request | 0 | 0 | process | are there any seats left to {place} on {day}?
request | 0 | 0 | process | who do I talk to about {thing}?
request | 0 | 0 | product | is there a way to turn off the shuffle?
request | 0 | 0 | service | need to speak to somebody
request | 0 | 0 | service | please follow me so I can send a message
request | 0 | 0 | process | I want to know if my policy covers {place}
 | 0 | 0 | none | I will send you the number
 | 0 | 0 | none | I will be there at ten
 | 0 | 0 | none | I will check and come back to you later
 | 0 | 0 | none | my name is Anna
 | 0 | 0 | none | you can call me on {day}
 | 0 | 0 | process | they said it would be here on {day}
 | 0 | 0 | process | flying to {place} with my family on {day}
 | 0 | 0 | none | nobody was at home
 | 1 | 1 | process | we did not have to wait and nobody was unfriendly
 | 0 | 0 | product | I bought this for my son last year
 | 0 | 0 | product | I use it every {day}
 | 0 | 0 | product | I have had it for {time}
 | 0 | 0 | product | same as the old one
 | 1 | 1 | product | nice sound, nice look
 | 2 | 2 | product | great game, fun with friends
 | 2 | 2 | product | my hair feels so soft now
 | 1 | 1 | product | does the job
 | 1 | 1 | product | pretty good
 | 2 | 2 | none | you made my day
 | 2 | 2 | process | finally on board and the crew is great
recommending | 2 | 2 | product | highly recommended
recommending | 2 | 2 | product | I highly recommend it to everyone I know
recommending | 2 | 2 | product | ten out of ten, would recommend
recommending | 2 | 2 | brand | I recommend {brand} to all my friends
recommending | 1 | 1 | product | I can recommend {product}, it is a good buy
recommending staying | 2 | 2 | product | would recommend and will buy again
 | 1 | 1 | product | no complaints
ease | 2 | 2 | process | it was a breeze
ease | 1 | 1 | process | {thing} went through in seconds
effort complaint | -1 | 2 | service | I waited and waited and then got cut off
effort complaint | -1 | 2 | process | your website logs me out every minute
betrayal complaint | -2 | 3 | price | I was told there would be no fee, I feel cheated
disrespect complaint | -2 | 3 | service | {staff} screamed at me
disrespect complaint | -2 | 2 | service | talked down to me as if I was stupid
leaving | -1 | 1 | brand | we switched to {rival} last month
request | 0 | 0 | process | what are your opening hours?
confusion | -1 | 1 | process | I don't get what this letter says
recognition respect | 2 | 2 | service | {staff} knew exactly what I like
revenge complaint | -2 | 3 | brand | see you in court
revenge complaint | -2 | 3 | brand | I will sue you
"""
