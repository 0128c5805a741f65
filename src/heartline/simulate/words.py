"""The words that the simulated customers choose from: own writing, for no model's training.

``{slot}`` is filled from SLOTS; a slot's entries may hold slots themselves. CORES has the sentences of
each situation, FEELINGS those of each emotion, SIGNALS the service signals that a situation's words carry.
"""

from __future__ import annotations

SLOTS: dict[str, tuple[str, ...]] = {
    "thing": (
        "kettle", "tent", "desk lamp", "rain jacket", "garden bench", "frying pan", "backpack", "bookshelf",
        "coffee grinder", "camping stove", "bed frame", "wool blanket", "toaster", "hiking boots", "parasol",
        "storage box", "office chair", "bread knife", "sleeping bag", "radio", "duvet", "watering can",
        "wall clock", "thermos", "folding table", "cutting board", "bike pump", "mirror", "curtain rail",
    ),
    "things": ("{thing} and {thing}", "{thing}", "new {thing}", "{count} {thing} parts", "{thing} set"),
    "count": ("two", "three", "four", "five", "six", "seven", "2", "3", "4", "5"),
    "minutes": (
        "ten minutes", "20 minutes", "half an hour", "35 minutes", "forty minutes", "almost an hour",
        "an hour and a half", "a quarter of an hour", "25 min", "50 minutes",
    ),
    "when": (
        "yesterday", "this morning", "last night", "on {day}", "on {day} evening", "last week", "two days ago",
        "today", "the day before yesterday", "on the {nth}", "around {clock}", "over lunch",
    ),
    "day": ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
    "nth": ("2nd", "4th", "7th", "9th", "11th", "12th", "14th", "17th", "19th", "21st", "23rd", "26th", "28th"),
    "clock": ("9:15", "10 am", "half past eleven", "12:40", "2 pm", "16:20", "five", "quarter to six", "20:05"),
    "long": (
        "{count} days", "{count} weeks", "nine days", "eleven days", "a fortnight", "over a week", "almost a month",
    ),
    "years": ("six years", "eight years", "ten years", "twelve years", "years", "ages", "15 years", "two decades"),
    "who": (
        "my sister", "my neighbour", "a colleague", "my mum", "my partner", "my best friend", "my dad",
        "our whole office", "my running group", "my flatmate", "my in-laws", "a friend from work", "my aunt",
    ),
    "staff": ("the woman", "the man", "the lady", "the young guy", "the person", "your colleague", "the agent"),
    "town": (
        "by the station", "in the old town", "at the harbour", "near the park", "out at the ring road",
        "by the market", "at the north gate", "next to the library", "in the shopping street",
    ),
    "money": ("12 euros", "8.50", "25 euros", "40 euros", "17.90", "a fiver", "60 euros", "33 euros", "4.95"),
    "order": (
        "order {digits}", "order no. {digits}", "my order {digits}", "the order from {day}", "the {thing} order",
        "#{digits}",
    ),
    "code": ("HOME{two}", "SPRING{two}", "THANKS{two}", "TRAIL{two}", "WELCOME{two}", "the {two} percent code"),
    "room": ("the kitchen", "our hallway", "the balcony", "the garden", "the kids' room", "the van", "the office"),
    "use": (
        "a birthday", "our trip on {day}", "the move", "a wedding present", "my first camping weekend",
        "the new flat", "the weekend", "visitors coming {day}",
    ),
    "place": ("shop", "website", "app", "store {town}"),
    "rival": ("somebody else", "the shop across the road", "another shop", "your competitor", "whoever is next"),
}

OPENINGS: dict[str, tuple[str, ...]] = {
    "formal": (
        "Dear team,", "Good morning,", "To whom it may concern,", "Dear customer service,", "Good afternoon,",
        "Hello,", "Regarding {order}:", "I am writing about {order}.",
    ),
    "chatty": (
        "Hi there,", "Hey all,", "So,", "Right,", "Well,", "OK so", "Hi, me again.", "Just a quick one:",
        "Where do I start.", "Hiya,", "Long story short:", "Let me tell you,", "Funny thing,", "Evening!",
    ),
    "plain": ("", "", "", "Hello.", "Hi.", "About {order}:", "{order}:", "Feedback on {order}:", "{when}:"),
}

CLOSINGS: dict[str, tuple[str, ...]] = {
    "formal": ("Kind regards", "With regards", "Yours sincerely", "Thank you for your attention", "Best regards"),
    "chatty": ("That's it from me.", "Anyway.", "Just saying.", "There you go.", "End of story.", "Cheers, bye."),
    "plain": ("", "", "", "", "That is all.", "So much for that."),
}

# Where it happened, by touchpoint: half a sentence that sets the scene of an ordinary contact.
SCENES: dict[str, tuple[str, ...]] = {
    "advert": (
        "Saw your advert with the {thing} {when}", "Your ad keeps showing me a {thing}",
        "The poster {town} with the {thing}", "That clip with the {thing} came up again {when}",
    ),
    "product_search": (
        "I was looking for a {thing} on the {place}", "Browsed for a {thing} {when}",
        "Searched the {place} for a {thing} for {room}", "Compared {count} kinds of {thing} {when}",
    ),
    "product_advice": (
        "I asked for advice on a {thing} in the store {town}", "{staff} in the store {town} showed me a {thing}",
        "Had a talk about a {thing} with {staff} {when}", "Came in {when} not knowing which {thing} to take",
    ),
    "account_opening": (
        "I opened an account {when}", "Signed up in the app {when}", "Registered so that I could order a {thing}",
        "Made an account for {order}", "Set up my customer account, took {minutes}",
    ),
    "checkout": (
        "Paid for the {thing} at the till {when}", "Checked out with a {thing} {when}",
        "Went through checkout for {order}", "Bought a {thing} for {use}", "Ordered the {things} {when}",
    ),
    "discount_code": (
        "Used {code} on {order}", "Entered {code} for the {thing} {when}", "Tried {code} at checkout",
        "Had {code} from your mail for a {thing}",
    ),
    "payment": (
        "Paid {order} by card", "Payment for the {thing} {when}", "The bill for {order} over {money}",
        "Paid {money} for the {thing} {when}",
    ),
    "delivery": (
        "The {thing} arrived {when}", "{order} was delivered {when}", "Parcel with the {things} came {when}",
        "The driver brought the {thing} {when}", "My {thing} for {use} came {when}",
    ),
    "store_pickup": (
        "Picked up the {thing} in the store {town}", "Collected {order} {when}",
        "Click and collect {town} for the {thing}", "Fetched the {things} {when}",
    ),
    "product_use": (
        "Been using the {thing} for {long}", "The {thing} now stands in {room}", "Had the {thing} for {long} now",
        "Tried the {thing} properly {when}", "The {thing} was for {use}", "Put the {thing} up in {room} {when}",
    ),
    "returns": (
        "Returned the {thing} {when}", "Sent the {things} back {when}", "Brought a {thing} back to the store {town}",
        "The return of {order}", "My {thing} did not fit {room}, so back it went",
    ),
    "support_call": (
        "I called about {order} {when}", "Rang you {when} about the {thing}", "My call {when} about the {thing}",
        "Phoned the service line {when}", "Talked to {staff} on the phone {when} about {order}",
    ),
    "support_chat": (
        "I wrote in the chat about {order}", "Chatted with you {when} about the {thing}",
        "My chat {when} about {order}", "Used the chat for the {thing} {when}",
    ),
    "complaint_handling": (
        "I complained about {order} {when}", "My complaint about the {thing}", "This is about my complaint, {order}",
        "I wrote to you {when} about the {thing} that went wrong", "Follow-up on {order}, opened {when}",
    ),
    "thank_you_note": (
        "Found your handwritten card {when}", "There was a little note with the {thing}",
        "Your thank-you card came {when}", "A card from you in the post {when}",
        "Got a note from the store {town} after I bought the {thing}",
    ),
    "loyalty_programme": (
        "Looked at my points {when}", "Turned my points into a {thing}", "About the loyalty card:",
        "My member page {when}", "Used a member evening {town}",
    ),
    "newsletter": ("Read your newsletter {when}", "The mail about the {thing}", "Your newsletter of {day}"),
    "community": (
        "About the {thing}", "Since people ask about the {thing}", "My {long} with the {thing}",
        "On your {thing}", "For anybody who wonders about the {place}", "I have had {things} from them for {years}",
    ),
}

CORES: dict[str, tuple[str, ...]] = {
    "good": (
        "it all went as it should", "it did just what I hoped", "that went well", "it is even nicer than in the picture",
        "no complaints at all from me", "everything was there and in one piece", "it fits {room} perfectly",
        "{staff} was friendly", "they were polite and quick", "the quality is really good for {money}",
        "that was a pleasant surprise", "works a treat for {use}", "it made {use} easier",
        "I was in a good mood afterwards", "solid, well made, looks good in {room}",
    ),
    "middling": (
        "it was all right", "nothing special, nothing wrong", "it did the job", "it was what it was",
        "some things good, some less so", "average I would say", "it works", "no strong opinion really",
        "as expected", "took {minutes}, fine", "could be worse, could be better", "it is a {thing}, it does what it does",
    ),
    "bad": (
        "it was not what I had hoped for", "that could have gone better", "the {thing} feels cheap",
        "the whole thing felt careless", "nobody seemed to know what was going on", "it looks nothing like the picture",
        "I expected more for {money}", "it was a letdown", "the instructions were useless",
        "the {thing} already wobbles after {long}", "not good enough for that price", "parts were missing from the box",
    ),
    "easy": (
        "done in no time", "it took me two clicks", "could not have been simpler", "quick and painless",
        "no form, no waiting, just done", "it went through at the first try", "in and out in five minutes",
        "smooth from start to end", "did it on the bus with one thumb", "no fuss at all",
    ),
    "hassle": (
        "I had to wait {minutes}", "I stood in line for {minutes}", "I had to type everything in {count} times",
        "the page hung and I had to start over", "I was passed on {count} times", "it took {count} tries and {minutes}",
        "so many steps for such a small thing", "I had to chase you for {long}", "{minutes} of holding music",
        "had to print, sign, scan and send it {count} times",
    ),
    "code_failed": (
        "{code} was refused although it is valid until {day}", "the code would not go through, I tried {count} times",
        "it kept telling me that {code} is not valid", "the discount vanished at the last step",
        "typed {code} in {count} times and got an error every time", "you send me a code and then it does not work",
        "{code} gives an error at checkout", "without the code the {thing} is {money} more, so I left it",
    ),
    "late": (
        "it came {long} late", "the parcel was {long} late and nobody told me", "I waited at home {day} for nothing",
        "the tracking said {day}, then {day}, then nothing", "it missed {use}", "still had to wait another {long}",
        "{order} sat in some depot for {long}", "it turned up after {use}, when I no longer needed it",
    ),
    "promise_broken": (
        "you had guaranteed {day} and it was not there", "the promised date came and went",
        "I was promised the {money} back and got nothing", "I was told {day} for sure, that did not happen",
        "the price promise did not count after all", "you confirmed {day} in writing and then changed it",
        "the delivery that you guaranteed never showed up on the day",
    ),
    "betrayal": (
        "you gave me your word and broke it", "after {years} as a loyal customer you lie to my face",
        "I trusted you for {years} and this is what I get", "I stood up for you for {years} and you cheat me over {money}",
        "you guaranteed {day}, took my money and let me down", "this is a betrayal after {years}",
        "I believed in you and you broke your promise without blinking", "I feel cheated by a shop that I called mine",
    ),
    "disrespect": (
        "{staff} talked to me like a child", "{staff} hung up on me", "I was laughed at for asking",
        "{staff} rolled over every word I said", "I was told that it is my own fault", "{staff} was rude from the first word",
        "never been spoken to like that", "{staff} sighed at me and put me on hold on purpose",
        "treated like a nuisance", "{staff} called me difficult and ended the call",
    ),
    "unresolved": (
        "still not solved after {long}", "nobody called back", "same answer as {when} and still no {thing}",
        "I have explained it {count} times now and nothing happens", "the {thing} is still broken",
        "the ticket was closed without any help", "no refund, no reply", "they promised to look into it, that was {long} ago",
        "everybody sends me to somebody else",
    ),
    "resolved": (
        "{staff} sorted it out within {minutes}", "the problem was fixed the same day", "a new {thing} was on its way in no time",
        "{staff} knew at once what to do", "solved in one go", "got my {money} back without any discussion",
        "they took care of it properly", "the missing part came {when}",
    ),
    "recovered": (
        "you apologised, sent a new {thing} and {money} on top", "somebody called me, said sorry and meant it",
        "the mistake was put right and more than that", "I was ready to give up and then {staff} turned it around",
        "after the bad start you made it good", "a real apology and the {money} back",
        "{staff} took it in hand and kept me posted until it was done",
    ),
    "question": (
        "is the {thing} in stock {town}?", "when will {order} be delivered?", "can I change the address of {order}?",
        "does the {thing} come in another colour?", "how long can I return a {thing}?", "do you open on {day}?",
        "could you send me the invoice for {order}?", "which {thing} fits {room}?", "how do I change my password in the app?",
        "can I pick {order} up {town} instead?", "is {code} valid for a {thing}?", "what size is the {thing} exactly?",
        "please tell me the status of {order}", "do you deliver on {day} as well?", "how many points do I have left?",
    ),
    "thanked": (
        "somebody took the time to write by hand", "it was signed with a name and mentioned the {thing}",
        "I did not expect that and it made my day", "such a small thing and I kept it on the fridge",
        "it said thank you and nothing else, no coupon, no sales talk", "{who} saw it and smiled too",
    ),
    "recognised": (
        "{staff} remembered me and my {thing}", "they knew my name and what I had bought for {room}",
        "I was greeted like a regular, which I am", "you remembered {use}", "they saw that I have been with you for {years} and acted like it",
        "a birthday surprise with my name on it",
    ),
    "unrecognised": (
        "nobody knew that I have been coming for {years}", "I was just a number", "had to tell my whole story again as if I were new",
        "{years} a member and you ask me who I am", "my status was simply ignored", "you sent me an offer for the {thing} that I already bought from you",
    ),
    "recommend": (
        "I told {who} to buy there too", "I can only recommend them", "go there, you will not regret it",
        "{who} bought one after I raved about it", "would recommend to anyone with {room} to furnish",
        "if you need a {thing}, this is the shop", "I keep sending people there, {who} first",
        "five stars and a clear recommendation", "do yourself a favour and order there",
    ),
    "defence": (
        "people are unfair here, they have always treated me well", "I have to stand up for them, my {thing} was replaced at once",
        "everybody makes mistakes, these people put them right", "not true, I called and {staff} was great",
        "give them a chance, in {years} I never had a problem", "do not bash them for one late parcel",
        "sorry, but that is not my experience with them at all",
    ),
    "attack": (
        "stay away from this company", "do not give them your money", "they will lie to you as they lied to me",
        "I will tell everybody I know what they did", "reported them to consumer protection",
        "warn your friends, I am warning mine", "{years} of loyalty and they spat on it",
        "share this so that nobody else falls for it", "I will not stop until everybody knows", "I hope this costs them more than the {money} they kept",
        "boycott them, they deserve it", "they broke their promise and then kept my {money}",
    ),
    "suggestion": (
        "it would be nice to filter the {thing} page by size", "how about opening {town} on {day} as well",
        "could you offer spare parts for the {thing}", "an idea: let us keep a list for {room}",
        "please bring the old {thing} back", "you could send the receipt by mail instead of paper",
        "a bench in the store {town} would be kind to older people", "maybe show the {thing} in a real room",
    ),
    "goodbye": (
        "please close my account", "this was my last order", "I will buy at {rival} from now on",
        "I am done, cancel my membership", "you have lost a customer", "no more orders from me",
        "I have moved on to {rival}", "take me off every list, I am leaving", "never again",
    ),
    "defect": (
        "the {thing} broke after {long}", "the handle came off {when}", "it does not switch on any more",
        "there is a crack in the {thing}", "it leaks", "it arrived with a dent and stopped working {when}",
        "the zip gave up at the first use", "one leg is shorter than the others",
    ),
    "fond": (
        "half of {room} is from here", "they have been part of our home for {years}", "my favourite shop, simple as that",
        "I grew up with this shop and now my kids do", "I would miss them if they were gone",
        "it always feels a bit like coming home", "for me {day} is for strolling through their store {town}",
        "I am a fan, I admit it", "that shop and me, {years} now",
    ),
    "understood": (
        "{staff} really listened", "{staff} understood how much it mattered for {use}", "they asked how I was and meant it",
        "{staff} felt for me and found a way", "I did not have to explain myself twice", "{staff} saw that I was upset and took time",
    ),
    "confusing": (
        "I do not understand the {count} different prices", "one page says {day}, the other {day}",
        "the chat told me the opposite of the mail", "no idea what I am supposed to do now",
        "what does status 'pending {two}' even mean", "I cannot make sense of the bill for {order}",
        "the filter shows me a {thing} when I look for a {thing}", "the menu is a riddle",
    ),
}

FEELINGS: dict[str, tuple[str, ...]] = {
    "joy": ("I am so happy with it", "made my day", "that put a smile on my face", "happy days", "we are all delighted"),
    "gratitude": ("thank you so much", "many thanks for that", "I really appreciate it", "thanks a lot to the team", "grateful for that"),
    "admiration": ("great work", "hats off", "wonderful people", "impressive", "excellent, truly", "they know their craft"),
    "approval": ("good", "well done", "I like it", "fine by me", "decent", "nicely done"),
    "love": ("I love this shop", "I just love it", "love it, love it", "we love you", "my heart belongs to this shop"),
    "relief": ("what a relief", "finally I can breathe", "phew", "a weight off my mind", "glad that it is over"),
    "excitement": ("cannot wait to use it", "so excited", "wow, just wow", "buzzing", "I am thrilled"),
    "amusement": ("made me laugh", "haha", "funny enough", "I had to grin"),
    "optimism": ("I am sure that it will go well next time too", "looking forward to the next one", "hope it stays that way"),
    "pride": ("proud to be a customer", "I show it to everybody", "proud of my {room}"),
    "surprise": ("did not see that coming", "what a surprise", "I was really surprised", "unexpected"),
    "caring": ("be kind to your people", "look after them", "take care, all of you"),
    "curiosity": ("I wonder how that works", "I would like to know more", "curious what comes next"),
    "desire": ("I wish you had that", "would love to see that", "I really want this"),
    "neutral": ("", "", "", "for your information", "just so that you know"),
    "confusion": ("I am lost", "I do not get it", "confusing", "makes no sense to me", "puzzled"),
    "disappointment": ("I am disappointed", "what a pity", "such a letdown", "I expected better from you", "not what I am used to"),
    "annoyance": ("annoying", "this is getting on my nerves", "irritating", "really tiresome", "not amused"),
    "anger": ("I am furious", "I am so angry", "this makes me mad", "outrageous", "I am fuming", "an absolute disgrace"),
    "disapproval": ("that is not okay", "not acceptable", "that is no way to do it", "wrong on every level", "I do not agree with that"),
    "disgust": ("disgusting behaviour", "it makes me sick", "shameful", "revolting how they treat people"),
    "sadness": ("it makes me sad", "I am really sad about it", "sad to say", "it hurts, to be honest"),
    "nervousness": ("I am worried now", "I am getting nervous about {use}", "a bit anxious whether it works out"),
    "fear": ("I am afraid that I will never see my money again", "scared to order again"),
    "embarrassment": ("it was embarrassing in front of {who}", "I felt so small", "ashamed that I asked"),
    "remorse": ("I regret that I ordered", "should have gone to {rival}", "sorry that I sent {who} there"),
    "grief": ("it feels like losing a friend", "heartbroken"),
    "realization": ("now I see how it is", "I have understood by now", "it dawned on me {when}"),
}  # fmt: skip

# Which emotions a situation calls out, strongest first; felt valence decides within good, middling, bad.
EMOTIONS: dict[str, tuple[str, ...]] = {
    "good": ("approval", "joy", "admiration", "gratitude", "excitement"),
    "middling": ("neutral", "neutral", "neutral", "approval", "realization"),
    "bad": ("disappointment", "annoyance", "disapproval", "sadness"),
    "easy": ("approval", "joy", "relief", "admiration"),
    "hassle": ("annoyance", "annoyance", "disappointment", "anger"),
    "code_failed": ("annoyance", "disappointment", "confusion", "anger"),
    "late": ("annoyance", "disappointment", "nervousness", "anger"),
    "promise_broken": ("disappointment", "annoyance", "anger", "disapproval"),
    "betrayal": ("anger", "disappointment", "sadness", "disgust", "grief"),
    "disrespect": ("anger", "embarrassment", "sadness", "disgust"),
    "unresolved": ("annoyance", "anger", "disappointment", "nervousness"),
    "resolved": ("gratitude", "relief", "approval", "admiration"),
    "recovered": ("relief", "gratitude", "surprise", "admiration"),
    "question": ("neutral", "neutral", "neutral", "curiosity", "confusion"),
    "thanked": ("joy", "gratitude", "surprise", "love"),
    "recognised": ("joy", "gratitude", "surprise", "pride"),
    "unrecognised": ("disappointment", "annoyance", "sadness"),
    "recommend": ("admiration", "love", "joy", "approval", "excitement"),
    "defence": ("approval", "caring", "admiration", "disapproval"),
    "attack": ("anger", "disgust", "anger", "remorse", "disapproval"),
    "suggestion": ("neutral", "desire", "optimism", "curiosity", "caring"),
    "goodbye": ("disappointment", "anger", "sadness", "annoyance", "neutral"),
    "defect": ("disappointment", "annoyance", "anger"),
    "fond": ("love", "joy", "pride", "love", "admiration"),
    "understood": ("gratitude", "relief", "admiration", "joy"),
    "confusing": ("confusion", "confusion", "annoyance"),
}

SIGNALS: dict[str, tuple[str, ...]] = {
    "easy": ("ease",),
    "hassle": ("effort", "complaint"),
    "code_failed": ("effort", "complaint"),
    "late": ("complaint",),
    "promise_broken": ("complaint", "betrayal"),
    "betrayal": ("complaint", "betrayal", "attachment"),
    "disrespect": ("disrespect", "no_empathy", "complaint"),
    "unresolved": ("effort", "complaint"),
    "resolved": ("ease", "respect"),
    "recovered": ("empathy", "respect"),
    "question": ("request",),
    "recognised": ("recognition",),
    "unrecognised": ("unrecognised", "complaint"),
    "recommend": ("recommending",),
    "attack": ("revenge", "complaint"),
    "goodbye": ("leaving",),
    "defect": ("complaint",),
    "fond": ("attachment",),
    "understood": ("empathy", "respect"),
    "confusing": ("confusion",),
    "bad": ("complaint",),
    "suggestion": ("request",),
    "thanked": ("recognition",),
}

JOINS = (". ", ". ", ", ", " - ", "; ", "... ", ", and ", ". And ")
TURNS = ("That said, {good}", "On the other hand, {good}", "But {bad}", "Only thing: {bad}", "Still, {good}", "A pity that {bad}")
STAYS = ("I will be back", "will order again", "see you soon", "I am staying", "next order is already planned")
ASKS = ("please call me back", "please look into it", "I would like my {money} back", "when will somebody answer?", "please reply by {day}", "what happens now?")
EMOJI = {"good": ("🙂", "👍", "😊", "❤️", "🎉"), "middling": ("🤷", "🙂"), "bad": ("😡", "🙁", "👎", "😤", "😢")}
SARCASM = ("Bravo, {bad}", "Oh great, {bad}", "Fantastic service as always: {bad}", "Congratulations, {bad}", "Lovely, {bad}")

EMPLOYEE: dict[str, tuple[str, ...]] = {
    "good": (
        "Thank you for your patience, {order} is on its way and should be with you on {day}.",
        "I understand how annoying that must be. I have sent a new {thing} today.",
        "I am sorry about that. I have booked the {money} back to your account.",
        "Good to hear from you again. I have changed {order} as you wished.",
        "Thanks for telling us, I have taken care of {order} and will check again on {day}.",
        "I can see what went wrong with {order} and I will stay on it until it is solved.",
        "Yes, we have the {thing} in the store {town}; shall I keep one for you until {day}?",
        "You are right, that should not have happened. The {thing} is free of charge.",
    ),
    "bad": (
        "Please fill in the form again and quote {order}.",
        "We cannot do anything about {order} here.",
        "As stated, the return window for the {thing} closed on {day}.",
        "Your request has been forwarded. Please allow {long}.",
        "That is not our department, please call another line after {clock}.",
        "According to our system the {thing} was delivered, so I will close the case.",
    ),
}

FOREIGN: tuple[str, ...] = (
    "Muchas gracias, el pedido {digits} llegó muy rápido.", "Todavía estoy esperando mi paquete {digits}, ya van {two} días.",
    "El código no funciona en la caja, lo intenté {two} veces.", "Muy buena atención en la tienda, volveré.",
    "Estoy muy decepcionado con el pedido {digits}.", "¿Cuándo llega mi pedido {digits}?",
    "Vielen Dank, die Lieferung {digits} kam pünktlich an.", "Ich warte seit {two} Tagen auf meine Bestellung {digits}.",
    "Der Gutschein funktioniert nicht, sehr ärgerlich (Bestellung {digits}).", "Sehr freundliche Beratung, gerne wieder.",
    "Leider ist die Ware {digits} kaputt angekommen.", "Wann wird die Bestellung {digits} geliefert?",
)  # fmt: skip
