from datetime import datetime
from hashlib import sha256

from tests.sources.exports.sample import Sample

FIRST = """\
From 1@xxx Sat Mar 01 10:00:00 +0000 2025
Message-ID: <a1@home.example>
From: =?utf-8?q?Ida_H=C3=B6lm?= <Ida@home.example>
To: Service <service@shop.example>
Subject: =?utf-8?q?L=C3=A6mp?=
Date: Sat, 01 Mar 2025 11:00:00 +0100
X-Gmail-Labels: Inbox,Lamps
Content-Type: multipart/alternative; boundary="b"

--b
Content-Type: text/plain; charset="iso-8859-1"
Content-Transfer-Encoding: quoted-printable

The lamp is na=EFvely packed.
>From the start it was broken.

On Fri, 28 Feb 2025 at 09:00, Service
<service@shop.example> wrote:
> It is on its way.

--=20
Ida, +45 00 00 00
--b
Content-Type: text/html; charset="utf-8"

<p>not this</p>
--b--

"""
REST = """\
From 2@xxx Sat Mar 01 12:00:00 +0000 2025
Message-ID: <b2@shop.example>
References: <a1@home.example> <x@y.example>
From: service@shop.example
To: "Ida" <ida@home.example>, boss@shop.example
Subject: Re: Lamp
Date: Sat, 1 Mar 2025 12:00:00 -0000
Content-Type: text/html

<html><head><style>p {}</style></head><body><p>We send a <b>new</b> one.</p><blockquote>The lamp</blockquote></body></html>

From 3@xxx Sat Mar 01 13:00:00 +0000 2025
Message-ID: <c3@home.example>
From: ida@home.example
Auto-Submitted: auto-replied
Subject: Out of office
Date: Sat, 1 Mar 2025 13:00:00 +0000

I am away.
"""
WHO = "email:" + sha256(b"ida@home.example").hexdigest()[:20]

SAMPLE = Sample(
    file="Inbox.mbox",
    body=FIRST + REST,
    told={"own_domains": ["shop.example"]},
    also=(),
    counts={"interaction": 2, "verbatim": 2, "customer": 1, "identity": 1},
    rows={
        "interaction": {
            "mbox:a1@home.example": {
                "customer_id": WHO, "occurred_at": datetime(2025, 3, 1, 10), "channel": "email", "direction": "inbound",
                "conversation_id": "mbox:a1@home.example", "duration_s": None,
            },
            "mbox:b2@shop.example": {
                "customer_id": WHO, "occurred_at": datetime(2025, 3, 1, 12), "direction": "outbound",
                "conversation_id": "mbox:a1@home.example",
            },
        },
        "verbatim": {
            "mbox:a1@home.example": {
                "text": "The lamp is naïvely packed.\nFrom the start it was broken.", "speaker": "customer",
            },
            "mbox:b2@shop.example": {"text": "We send a new one.", "speaker": "employee"},
        },
        "customer": {WHO: {"name": "Ida Hölm", "email": "ida@home.example"}},
    },
    newer=FIRST.replace("naïvely", "badly").replace("na=EFvely", "badly") + REST,
    replaced=("verbatim", "mbox:a1@home.example", {"text": "The lamp is badly packed.\nFrom the start it was broken."}),
    broken=FIRST.replace("Date: Sat, 01 Mar 2025 11:00:00 +0100", "Date: soon") + REST
    + "\nFrom 4@xxx Sat Mar 01 14:00:00 +0000 2025\nno header\n",
    bad=frozenset({(1, "occurred_at"), (49, "(row)")}),
    mend={"At": "2025-03-01T11:00:00+01:00"},
    mended=("interaction", "mbox:a1@home.example"),
    kept=("interaction", "mbox:a1@home.example", "Subject", "Læmp"),
)  # fmt: skip
