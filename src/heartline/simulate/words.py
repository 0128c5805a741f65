"""The words that the simulated customers choose from: own writing, for no model's training.

``{slot}`` is filled from SLOTS; a slot's entries may hold slots themselves. Here are the openings, scenes,
turns and closings; what is said about a situation and a feeling is in ``sentences``.
"""

from __future__ import annotations

# fmt: off

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
        "{count} days", "{count} weeks", "nine days", "eleven days", "a fortnight", "over a week",
        "almost a month",
    ),
    "years": (
        "six years", "eight years", "ten years", "twelve years", "years", "ages", "15 years", "two decades",
    ),
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
        "order {digits}", "order no. {digits}", "my order {digits}", "the order from {day}",
        "the {thing} order",
        "#{digits}",
    ),
    "code": ("HOME{two}", "SPRING{two}", "THANKS{two}", "TRAIL{two}", "WELCOME{two}", "the {two} percent code"),
    "room": (
        "the kitchen", "our hallway", "the balcony", "the garden", "the kids' room", "the van", "the office",
    ),
    "use": (
        "a birthday", "our trip on {day}", "the move", "a wedding present", "my first camping weekend",
        "the new flat", "the weekend", "visitors coming {day}",
    ),
    "place": ("shop", "website", "app", "store {town}"),
    "rival": (
        "somebody else", "the shop across the road", "another shop", "your competitor", "whoever is next",
    ),
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
    "formal": (
        "Kind regards", "With regards", "Yours sincerely", "Thank you for your attention", "Best regards",
    ),
    "chatty": (
        "That's it from me.", "Anyway.", "Just saying.", "There you go.", "End of story.", "Cheers, bye.",
    ),
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
        "I asked for advice on a {thing} in the store {town}",
        "{staff} in the store {town} showed me a {thing}",
        "Had a talk about a {thing} with {staff} {when}", "Came in {when} not knowing which {thing} to take",
    ),
    "account_opening": (
        "I opened an account {when}", "Signed up in the app {when}",
        "Registered so that I could order a {thing}",
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
        "Been using the {thing} for {long}", "The {thing} now stands in {room}",
        "Had the {thing} for {long} now",
        "Tried the {thing} properly {when}", "The {thing} was for {use}", "Put the {thing} up in {room} {when}",
    ),
    "returns": (
        "Returned the {thing} {when}", "Sent the {things} back {when}",
        "Brought a {thing} back to the store {town}",
        "The return of {order}", "My {thing} did not fit {room}, so back it went",
    ),
    "support_call": (
        "I called about {order} {when}", "Rang you {when} about the {thing}",
        "My call {when} about the {thing}",
        "Phoned the service line {when}", "Talked to {staff} on the phone {when} about {order}",
    ),
    "support_chat": (
        "I wrote in the chat about {order}", "Chatted with you {when} about the {thing}",
        "My chat {when} about {order}", "Used the chat for the {thing} {when}",
    ),
    "complaint_handling": (
        "I complained about {order} {when}", "My complaint about the {thing}",
        "This is about my complaint, {order}",
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
        "On your {thing}", "For anybody who wonders about the {place}",
        "I have had {things} from them for {years}",
    ),
}

JOINS = (". ", ". ", ", ", " - ", "; ", "... ", ", and ", ". And ")
TURNS = (
    "That said, {good}", "On the other hand, {good}", "But {bad}", "Only thing: {bad}", "Still, {good}",
    "A pity that {bad}",
)
STAYS = ("I will be back", "will order again", "see you soon", "I am staying", "next order is already planned")
ASKS = (
    "please call me back", "please look into it", "I would like my {money} back",
    "when will somebody answer?", "please reply by {day}", "what happens now?",
)
EMOJI = {"good": ("🙂", "👍", "😊", "❤️", "🎉"), "middling": ("🤷", "🙂"), "bad": ("😡", "🙁", "👎", "😤", "😢")}
SARCASM = (
    "Bravo, {bad}", "Oh great, {bad}", "Fantastic service as always: {bad}", "Congratulations, {bad}",
    "Lovely, {bad}",
)

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
    "Muchas gracias, el pedido {digits} llegó muy rápido.",
    "Todavía estoy esperando mi paquete {digits}, ya van {two} días.",
    "El código no funciona en la caja, lo intenté {two} veces.", "Muy buena atención en la tienda, volveré.",
    "Estoy muy decepcionado con el pedido {digits}.", "¿Cuándo llega mi pedido {digits}?",
    "Vielen Dank, die Lieferung {digits} kam pünktlich an.",
    "Ich warte seit {two} Tagen auf meine Bestellung {digits}.",
    "Der Gutschein funktioniert nicht, sehr ärgerlich (Bestellung {digits}).",
    "Sehr freundliche Beratung, gerne wieder.",
    "Leider ist die Ware {digits} kaputt angekommen.", "Wann wird die Bestellung {digits} geliefert?",
)
