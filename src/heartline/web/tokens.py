"""Design tokens: the colours of both themes, once, for style sheets, charts and the contrast test.

The diverging scale runs from rust to blue-green through sand, so that it stays readable with red-green blindness;
sign is always shown by position or a sign as well, never by colour alone.
"""

from __future__ import annotations

from typing import Literal

Theme = Literal["light", "dark"]

TOKENS: dict[Theme, dict[str, str]] = {
    "light": {
        "paper": "#faf8f4", "surface": "#ffffff", "sunken": "#f2efe8", "ink": "#1e2329", "muted": "#565d67",
        "line": "#ddd8cd", "edge": "#857f72", "accent": "#7a2948", "accent-soft": "#f5e9ee", "on-accent": "#ffffff",
        "focus": "#1f5fbf", "bad": "#9c420f", "good": "#12647a", "bad-soft": "#f8e6d8", "good-soft": "#dceef2",
        "plain-soft": "#ebe8e0", "band": "#b7a9b0",
        "d1": "#8f3a0b", "d2": "#bf6a30", "d3": "#dfb791", "d4": "#d3cfc5", "d5": "#a0c6d0", "d6": "#3f8da2",
        "d7": "#0f566b",
    },
    "dark": {
        "paper": "#14171b", "surface": "#1c2026", "sunken": "#101317", "ink": "#ece8e0", "muted": "#aab0b9",
        "line": "#333a43", "edge": "#7d8590", "accent": "#f2a9bd", "accent-soft": "#3a2530", "on-accent": "#1c1116",
        "focus": "#8ab8ff", "bad": "#f2a272", "good": "#80c8da", "bad-soft": "#46291a", "good-soft": "#173a45",
        "plain-soft": "#2c323a", "band": "#6d5a64",
        "d1": "#f59a62", "d2": "#cf7d49", "d3": "#8a6248", "d4": "#565a60", "d5": "#42707e", "d6": "#4f9db1",
        "d7": "#8ed6e8",
    },
}  # fmt: skip

# Pairs of (words, ground) that must reach 4.5 : 1, and pairs of (mark, ground) that must reach 3 : 1.
TEXT_PAIRS = (
    *((words, on) for words in ("ink", "muted", "accent", "bad", "good") for on in ("paper", "surface", "sunken")),
    ("on-accent", "accent"), ("accent", "accent-soft"), ("ink", "bad-soft"), ("ink", "good-soft"),
    ("ink", "plain-soft"), ("bad", "bad-soft"), ("good", "good-soft"), ("muted", "plain-soft"),
)  # fmt: skip
MARK_PAIRS = tuple(
    (mark, ground) for mark in ("edge", "focus", "d1", "d2", "d6", "d7") for ground in ("paper", "surface")
)

SEGMENT_TOKENS = {
    "dissenter": "d1", "defector": "d2", "at_risk": "d3", "indifferent": "d4", "content": "d5", "advocate": "d6",
    "super_advocate": "d7",
}  # fmt: skip


def contrast(first: str, second: str) -> float:
    """Contrast ratio of two ``#rrggbb`` colours, 1 to 21, after WCAG 2.2."""

    def luminance(colour: str) -> float:
        parts = (int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5))
        red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue

    bright, dim = sorted((luminance(first), luminance(second)), reverse=True)
    return (bright + 0.05) / (dim + 0.05)


def style_sheet() -> str:
    """Both themes as custom properties: the reader's system decides until the reader does."""

    def block(selector: str, theme: Theme) -> str:
        values = "".join(f"--{name}:{colour};" for name, colour in TOKENS[theme].items())
        return f"{selector}{{color-scheme:{theme};{values}}}"

    return "\n".join(
        (
            block(":root", "light"),
            "@media (prefers-color-scheme: dark){" + block(':root:not([data-theme="light"])', "dark") + "}",
            block(':root[data-theme="dark"]', "dark"),
            "@media print{" + block(":root,:root[data-theme]", "light") + "}",
        )
    )
