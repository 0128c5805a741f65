"""Messages in HTML become the words that a reader sees."""

from __future__ import annotations

import pytest

from heartline.sources.html_text import html_text


@pytest.mark.parametrize(
    ("written", "words"),
    [
        ("<p>Hello&nbsp;you</p><p>bye <b>now</b></p>", "Hello you\nbye now"),
        ("one<br>two<br/>three", "one\ntwo\nthree"),
        ("<ul><li>a</li><li>b</li></ul>", "a\nb"),
        ("<p>5 &lt; 6 &amp; 7 &#128230;</p>", "5 < 6 & 7 📦"),
        ("<style>p {color: red}</style><script>x < 1</script><p>seen</p>", "seen"),
        ('<p>a\n  line   broken</p><img src="x"><p></p>', "a line broken"),
        ("plain <3 & kind, 1 < 2", "plain <3 & kind, 1 < 2"),
        ("two\n\nlines stay", "two\n\nlines stay"),
        ("<p>never closed <i>at all", "never closed at all"),
        ("<!-- hidden --><div>shown</div>", "shown"),
        ("<p></p>", ""),
    ],
)
def test_words_of_html(written: str, words: str) -> None:
    assert html_text(written) == words
