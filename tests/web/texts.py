"""The words of the seed's day of news; see `seed`. Every name and event is invented."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tests.web.seed import Piece

NONE = {
    "kind": "none",
    "mode": "link",
    "licence": "",
    "evidence": "",
    "evidence_url": "",
    "recorded": None,
}
LICENSED = {
    "kind": "licence",
    "mode": "full",
    "licence": "CC BY 4.0",
    "evidence": "“Our articles may be republished free of charge, unaltered, with credit.”",
    "evidence_url": "https://harbourpost.example/republish",
    "recorded": "2026-10-02",
}
FAILING = {
    "status": 503,
    "failures": 4,
    "error": "The server answered 503 (Service Unavailable).",
    "cure": "Nothing to do: it is asked again, more and more seldom.",
    "why": "4 failures in a row: twice the time of the last pause",
    "answered_at": None,
}
PUBLISHERS: list[tuple[str, str, str, str, dict[str, Any], list[tuple[str, dict[str, Any]]]]] = [
    (
        "harbourpost.example",
        "The Harbour Post",
        "GB",
        "en",
        LICENSED,
        [("world", {}), ("business", {})],
    ),
    ("meridianwire.example", "Meridian Wire", "US", "en", NONE, [("all", {"not_modified": 12})]),
    ("nordkurier.example", "Nordkurier", "DE", "de", NONE, [("welt", {})]),
    ("dakshinvarta.example", "दक्षिण वार्ता", "IN", "hi", NONE, [("duniya", {})]),
    ("alsahl.example", "السهل", "JO", "ar", NONE, [("akhbar", {"status": 304})]),
    ("valleyobserver.example", "Valley Observer", "US", "en", NONE, [("all", {})]),
    ("coastlink.example", "Coast Link", "NZ", "en", NONE, [("all", FAILING)]),
]
_FEEDS = {
    "meridianwire.example": "all",
    "nordkurier.example": "welt",
    "dakshinvarta.example": "duniya",
    "alsahl.example": "akhbar",
    "valleyobserver.example": "all",
    "coastlink.example": "all",
}


def feed_of(piece: Piece) -> str:
    default = "business" if piece.section == "business" else "world"
    return _FEEDS.get(piece.publisher, default)


DAM = "0000000000a1"
DAM_LEAD = "0000000000a2"
RATE = "0000000000b1"
PROBE = "0000000000c1"
GRAIN = "0000000000d1"
FINAL = "0000000000e1"
OPERA = "0000000000f1"
FEVER = "000000000101"
CHIP = "000000000111"
RIVER = "000000000121"
RANKED = (DAM, RATE, GRAIN, PROBE, FEVER, FINAL, CHIP, OPERA, RIVER)
LEADS = {DAM: DAM_LEAD}
HELD = "0000000000ff"
GONE = "0000000000fe"
HINDI = "0000000000a5"
ARABIC = "0000000000a6"
PAYWALLED = "0000000000a7"
EXCERPT = "0000000000a8"
COPY = "0000000000a3"
SUMS = "We opened the gates because the sums told us to, not because the wall told us to,"

CAPTIONS = {
    DAM_LEAD: (
        "The valley below the Kestrel dam on Monday morning.",
        "Ines Arda / The Harbour Post",
        "Terraced hills in haze under a pale sun",
    ),
    PROBE: ("The landing site, as drawn by the mission.", "Orbital Survey", "Hills at dusk"),
    OPERA: ("Morning over the old quarter.", "Nordkurier", "A town's roofs under a pale sky"),
}

DAM_WIRE = """
Engineers opened two of the four gates of the Kestrel dam early on Monday after three days of rain
pushed the lake to within 40 centimetres of its crest, the river authority said.

About 12,400 people in eleven villages below the dam were asked to move to higher ground before
dawn. No one was reported hurt.

“We opened the gates because the sums told us to, not because the wall told us to,” said Maren Holt,
chief engineer of the river authority. “The wall is sound.”

The dam, completed in 1968, supplies a third of the country's electricity.
"""

DAM_POST = """
Families in the Arden valley carried bedding and animals uphill in the dark on Monday after two of
the four gates of the Kestrel dam were opened to relieve a lake swollen by three days of rain.

By noon the water below the dam had risen by 1.7 metres and then held, and the river authority said
the worst had probably passed. About 12,400 people had been asked to leave eleven villages; no one
was reported hurt.

“We opened the gates because the sums told us to, not because the wall told us to,” said Maren Holt,
chief engineer of the river authority. “The wall is sound.”

## A warning from two years ago

A Meridian Wire report indicated that an inspection in 2024 had asked for the spillway to be
widened, and that the money for it was moved to a road. The ministry of works declined to comment on
the report on Monday.

“Everyone in this valley knows that report. My father could recite it,” said Tomas Veld, who keeps a
shop in Lower Arden and was sitting on its counter with a cat in a basket.

The dam, completed in 1968, supplies a third of the country's electricity. Two of its turbines were
stopped as a precaution, and the grid operator said that there was enough in reserve for tonight.

## What happens next

The rain is expected to ease on Tuesday. Until then the authority will measure the seepage at the
foot of the wall every hour, and has promised to publish each figure:

- readings on the hour, at the town hall of Lower Arden;

- a map of the roads that are open, at every petrol station;

- and, as Nordkurier noted, a telephone line in four languages.
"""

DAM_DE = """
Nach drei Tagen Dauerregen haben Ingenieure am frühen Montag zwei der vier Tore des Kestrel-Damms
geöffnet. Rund 12.400 Menschen in elf Dörfern mussten ihre Häuser verlassen.

„Die Mauer ist in Ordnung“, sagte die leitende Ingenieurin Maren Holt.

Für Fragen wurde eine Telefonleitung in vier Sprachen eingerichtet.
"""

DAM_HI = """
तीन दिन की लगातार बारिश के बाद सोमवार तड़के केस्ट्रेल बाँध के चार में से दो द्वार खोल दिए गए। नीचे बसे
ग्यारह गाँवों के लगभग 12,400 लोगों से ऊँची जगहों पर जाने को कहा गया।

“दीवार सुरक्षित है,” नदी प्राधिकरण की मुख्य अभियंता मारेन होल्ट ने कहा।

## मंगलवार से राहत की उम्मीद

मौसम विभाग के अनुसार मंगलवार से बारिश कम होगी। तब तक हर घंटे रिसाव नापा जाएगा।
"""

DAM_AR = """
فتح المهندسون فجر الاثنين بوابتين من أصل أربع بوابات في سد كسترل بعد ثلاثة أيام من الأمطار
المتواصلة، وطُلب من نحو 12400 شخص في إحدى عشرة قرية الانتقال إلى أماكن مرتفعة.

وقالت كبيرة المهندسين مارين هولت: «الجدار سليم».

## انتظار يوم الثلاثاء

وتتوقع هيئة الأرصاد أن تخف الأمطار يوم الثلاثاء، وفق ما ذكرته وكالة Meridian Wire.
"""

RATE_WIRE = """
The central bank left its main rate at 3.25 per cent on Monday, the fifth meeting in a row without
a change, and said that prices were rising more slowly than it had feared in the summer.

Five of the nine members voted to hold. “The next move is not written down anywhere,” said governor
Ilse Brandt at a press conference.
"""

RATE_POST = """
Borrowers hoping for a cheaper spring were told to wait. The central bank left its main rate at 3.25
per cent on Monday, with four of nine members wanting a cut.

“The next move is not written down anywhere,” said governor Ilse Brandt, who added that she would
like to see two more months of calm prices first.

## Mortgages barely move

Fixed mortgages have cost about 4.1 per cent since August. Lenders said that they had expected the
decision and would leave their offers as they are.
"""

GRAIN_POST = """
Negotiators from nine countries agreed on Sunday night to lift the levy on grain that crosses the
Lantern Strait, ending a dispute that has kept ships at anchor since June.

The text, seen by this newspaper, frees wheat and barley at once and maize from March.

“Nobody won, and bread did,” said Odile Farran, who led the talks.
"""

GRAIN_WIRE = """
Nine countries agreed to lift the levy on grain shipped through the Lantern Strait, according to a
statement published after midnight. Wheat and barley are free at once, maize from March.
"""

PROBE_WIRE = """
The lander Tern touched down on the comet Ostrava at 03:12 GMT on Monday and answered its first
call, the mission said. It is the second landing on a comet and the first to last more than an hour.

“It bounced once, politely, and then it sat,” said Pia Lund, who leads the flight team.
"""

FEVER_POST = """
A vaccine against marsh fever protected four out of five children for two years in a trial with
21,000 families, its authors reported on Monday. The ministry said it would buy three million doses.

“It is the first good news about this fever in my working life,” said Dr Amara Nwosu.
"""

FINAL_POST = """
! Port Elen won the cup for the first time in 61 years, two goals to one after extra time, in front
of 54,000 people who had mostly come to see them lose.

The winner came in the 118th minute from Jo Merrit, a substitute of nineteen. “I only went in
because Sal's boot broke,” she said.
"""

CHIP_DE = """
Ein Verbund von sieben Hochschulen hat am Montag die Pläne eines Prozessors veröffentlicht, der von
jedem gefertigt werden darf. Die ersten 4.000 Stück sollen im Mai ausgeliefert werden.
"""

OPERA_DE = """
Nach elf Jahren Umbau öffnet das Alte Theater am Hafen am Samstag wieder. Der Saal hat weniger
Plätze als früher, aber zum ersten Mal eine Heizung.
"""

RIVER_COAST = """
Salmon have returned to the upper Tarn for the first time since its weirs were removed, the rivers
trust said, counting 340 fish in nine days with a camera that schoolchildren built.
"""


@cache
def pieces() -> tuple[Piece, ...]:
    from tests.web.seed import PAYWALL, PRIVATE, SNIPPET, Piece

    place = (("Kestrel", "Maren Holt"), ("12,400",), ("dam", "gates", "rain"))
    bank = (("Ilse Brandt",), ("3.25",), ("rate", "bank"))
    strait = (("Lantern Strait",), (), ("grain", "levy"))
    return (
        Piece(
            id=DAM,
            publisher="meridianwire.example",
            at=162,
            story=DAM,
            text=DAM_WIRE,
            headline="Two gates of Kestrel dam opened as lake nears its crest",
            says=(
                (
                    SUMS,
                    "Maren Holt",
                ),
                ("The wall is sound.", "Maren Holt"),
            ),
            responses=4,
        ),
        Piece(
            id=COPY,
            publisher="valleyobserver.example",
            at=150,
            story=DAM,
            text=DAM_WIRE,
            headline="Kestrel dam: two gates opened overnight",
            repeats=DAM,
            placed=place,
        ),
        Piece(
            id="0000000000a9",
            publisher="coastlink.example",
            at=147,
            story=DAM,
            text=DAM_WIRE,
            headline="Two gates of Kestrel dam opened as lake nears its crest",
            repeats=DAM,
            share=0.99,
            placed=place,
            mode="excerpt",
            reasons=(SNIPPET,),
        ),
        Piece(
            id="0000000000a4",
            publisher="nordkurier.example",
            at=131,
            story=DAM,
            text=DAM_DE,
            language="de",
            headline="Kestrel-Damm: Elf Dörfer vor Tagesanbruch geräumt",
            authors=("Jette Albers",),
            placed=place,
            says=(("Die Mauer ist in Ordnung", "Maren Holt"),),
            responses=1,
        ),
        Piece(
            id=HINDI,
            publisher="dakshinvarta.example",
            at=118,
            story=DAM,
            text=DAM_HI,
            language="hi",
            headline="केस्ट्रेल बाँध के दो द्वार खुले, ग्यारह गाँव खाली कराए गए",
            placed=place,
            says=(("दीवार सुरक्षित है,", "मारेन होल्ट"),),
        ),
        Piece(
            id=DAM_LEAD,
            publisher="harbourpost.example",
            at=96,
            story=DAM,
            text=DAM_POST,
            headline="‘The sums told us to’: a valley leaves in the dark as the Kestrel dam opens",
            was=("Valley evacuated as Kestrel dam opens its gates",),
            was_text=DAM_POST.replace("1.7 metres", "1.4 metres").replace(" and then held", ""),
            authors=("Ines Arda", "Col Brennan"),
            placed=place,
            picture=True,
            says=(
                (
                    SUMS,
                    "Maren Holt",
                ),
                ("The wall is sound.", "Maren Holt"),
                (
                    "Everyone in this valley knows that report. My father could recite it,",
                    "Tomas Veld",
                ),
            ),
            cites=(
                ("A Meridian Wire report indicated", "report", "meridianwire.example"),
                ("as Nordkurier noted", "report", "nordkurier.example"),
            ),
            cited={"meridianwire.example": DAM, "nordkurier.example": "0000000000a4"},
            responses=1,
        ),
        Piece(
            id=PAYWALLED,
            publisher="valleyobserver.example",
            at=80,
            story=DAM,
            mode="link",
            headline="Who moved the money for the spillway?",
            text=DAM_WIRE,
            reasons=(PRIVATE, PAYWALL),
            placed=place,
        ),
        Piece(
            id=ARABIC,
            publisher="alsahl.example",
            at=64,
            story=DAM,
            text=DAM_AR,
            language="ar",
            headline="فتح بوابتين في سد كسترل وإخلاء إحدى عشرة قرية",
            placed=place,
            says=(("الجدار سليم", "مارين هولت"),),
            cites=(("وفق ما ذكرته وكالة Meridian Wire", "agency", "meridianwire.example"),),
            cited={"meridianwire.example": DAM},
        ),
        Piece(
            id=EXCERPT,
            publisher="coastlink.example",
            at=41,
            story=DAM,
            mode="excerpt",
            headline="Dam gates: what we know so far",
            reasons=(SNIPPET,),
            placed=place,
            text="The Harbour Post reports that the water below the dam has stopped rising. "
            + " ".join(DAM_WIRE.split()),
            cites=(("The Harbour Post reports", "report", "harbourpost.example"),),
            cited={"harbourpost.example": DAM_LEAD},
        ),
        Piece(
            id=RATE,
            publisher="meridianwire.example",
            at=140,
            story=RATE,
            section="business",
            headline="Central bank holds main rate at 3.25 per cent",
            text=RATE_WIRE,
            says=(("The next move is not written down anywhere,", "Ilse Brandt"),),
            was=("Central bank leaves rate unchanged",),
        ),
        Piece(
            id="0000000000b2",
            publisher="harbourpost.example",
            at=73,
            story=RATE,
            section="business",
            headline="No cheaper spring for borrowers as the bank holds at 3.25 per cent",
            text=RATE_POST,
            says=(("The next move is not written down anywhere,", "Ilse Brandt"),),
            placed=bank,
        ),
        Piece(
            id="0000000000b3",
            publisher="valleyobserver.example",
            at=70,
            story=RATE,
            section="business",
            headline="Central bank holds main rate at 3.25 per cent",
            text=RATE_WIRE,
            repeats=RATE,
            placed=bank,
        ),
        Piece(
            id=GRAIN,
            publisher="harbourpost.example",
            at=610,
            story=GRAIN,
            section="politics",
            headline="Nine countries agree to free the grain ships of the Lantern Strait",
            text=GRAIN_POST,
            authors=("Sabine Okoro",),
            says=(("Nobody won, and bread did,", "Odile Farran"),),
        ),
        Piece(
            id="0000000000d2",
            publisher="meridianwire.example",
            at=590,
            story=GRAIN,
            section="politics",
            headline="Levy on Lantern Strait grain to be lifted",
            text=GRAIN_WIRE,
            placed=strait,
        ),
        Piece(
            id=PROBE,
            publisher="meridianwire.example",
            at=330,
            story=PROBE,
            section="science",
            headline="Lander Tern answers from the surface of a comet",
            text=PROBE_WIRE,
            picture=True,
            says=(("It bounced once, politely, and then it sat,", "Pia Lund"),),
        ),
        Piece(
            id="0000000000c2",
            publisher="nordkurier.example",
            at=301,
            story=PROBE,
            section="science",
            language="de",
            headline="„Tern“ sitzt: Sonde landet auf dem Kometen Ostrava",
            text="Die Sonde Tern ist am Montag um 03.12 Uhr auf dem Kometen Ostrava gelandet.",
        ),
        Piece(
            id=FEVER,
            publisher="harbourpost.example",
            at=205,
            story=FEVER,
            section="health",
            headline="Marsh fever vaccine protects four in five children, trial finds",
            text=FEVER_POST,
            says=(
                (
                    "It is the first good news about this fever in my working life,",
                    "Dr Amara Nwosu",
                ),
            ),
        ),
        Piece(
            id=FINAL,
            publisher="harbourpost.example",
            at=1010,
            story=FINAL,
            section="sport",
            headline="Port Elen win the cup after 61 years, and a broken boot",
            text=FINAL_POST,
            says=(("I only went in because Sal's boot broke,", "Jo Merrit"),),
        ),
        Piece(
            id="0000000000e2",
            publisher="valleyobserver.example",
            at=1001,
            story=FINAL,
            section="sport",
            headline="Merrit's late goal gives Port Elen the cup",
            text=FINAL_POST,
            mode="link",
            reasons=(PRIVATE, PAYWALL),
        ),
        Piece(
            id=CHIP,
            publisher="nordkurier.example",
            at=260,
            story=CHIP,
            section="technology",
            language="de",
            headline="Sieben Hochschulen legen Pläne eines freien Prozessors offen",
            text=CHIP_DE,
        ),
        Piece(
            id=OPERA,
            publisher="nordkurier.example",
            at=420,
            story=OPERA,
            section="culture",
            language="de",
            headline="Das Alte Theater öffnet wieder, mit Heizung",
            text=OPERA_DE,
            picture=True,
        ),
        Piece(
            id=RIVER,
            publisher="coastlink.example",
            at=380,
            story=RIVER,
            section="environment",
            headline="Salmon counted in the upper Tarn for the first time since the weirs went",
            text=RIVER_COAST,
            mode="excerpt",
            reasons=(SNIPPET,),
        ),
        Piece(
            id=HELD,
            publisher="coastlink.example",
            at=35,
            section="world",
            state="held",
            headline="Ferry timetable changes from Tuesday",
            mode="full",
            held=("proof-failed", "Block 3 does not stand in the page word for word."),
        ),
        Piece(
            id=GONE,
            publisher="valleyobserver.example",
            at=500,
            section="world",
            state="withdrawn",
            headline="Minister to resign tonight",
            text=GRAIN_WIRE,
            held=("withdrawn", "The publisher withdrew the page (410)."),
            mode="off",
        ),
    )
