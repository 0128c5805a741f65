"""What may stand behind leaving a funnel, by rules on what happened and what was said; no name of any one company.

A *failing* contact has the outcome ``failed``, a word of failure in its touchpoint or kind, or an error in its
properties. What failed is told by words of its touchpoint and kind: of codes first, then of signing in, then of paying.
"""

from __future__ import annotations

from heartline.engines.functions import Functions

BEHAVIOUR = ("error", "code_denied", "login_failed", "payment_failed", "retry", "waiting", "went_back")
WORDS = ("effort", "confusion", "complaint", "frustration", "disappointment", "worry")
CAUSES = (*BEHAVIOUR, *WORDS)
ANY = "any"
EVIDENCE = {**dict.fromkeys(BEHAVIOUR, "behaviour"), **dict.fromkeys(WORDS, "words"), ANY: "both"}

_SIGNALS = {"effort": ("effort",), "confusion": ("confusion",), "complaint": ("complaint",)}
_EMOTIONS = {
    "confusion": ("confusion",), "frustration": ("annoyance", "anger", "disgust"),
    "disappointment": ("disappointment", "sadness", "disapproval"), "worry": ("nervousness", "fear"),
}  # fmt: skip

_FAILURE = "(error|fail|failed|failure|denied|declined|refused|rejected|invalid|expired|timeout|timed_out)"
_CODE = "(code|codes|coupon|coupons|voucher|vouchers|promo|promotion|discount|gift_card|giftcard)"
_LOGIN = (
    "(login|log_in|logon|log_on|signin|sign_in|signon|auth|authentication|password|passcode|pin|otp|2fa|mfa|captcha|"
    "verification|verify)"
)
_PAYMENT = "(pay|payment|payments|card|billing|iban|direct_debit|transfer|transaction|charge)"
_WAIT = "(wait|waiting|queue|queued|on_hold|hold|timeout|timed_out)"
_PROPERTY = '"(error|error_code|error_message|exception|failure_reason|decline_code)" *: *("[^"]|[1-9]|true|[{])'

HOUR, DAY = 3600, 86_400
LONG = 2
"""A contact is long from twice the touchpoint's usual duration on."""


def failing(f: Functions) -> str:
    """Condition on a contact with ``outcome``, ``told`` (touchpoint and kind, lower case) and ``properties``."""
    return (
        f"(coalesce(outcome, '') = 'failed' or {_told(f, _FAILURE)}"
        f" or coalesce({f.regexp_matches('lower(properties)', _PROPERTY)}, false))"
    )


def kind_of_failure(f: Functions) -> str:
    """What failed: code_denied, login_failed, payment_failed or error."""
    return (
        f"case when {_told(f, _CODE)} then 'code_denied' when {_told(f, _LOGIN)} then 'login_failed'"
        f" when {_told(f, _PAYMENT)} then 'payment_failed' else 'error' end"
    )


def waits(f: Functions) -> str:
    """Condition on a contact with ``told``: it is a wait by its name."""
    return _told(f, _WAIT)


def said(cause: str) -> str:
    """Condition on ``feeling`` as t: the words say so."""
    found = [f"concat(' ', coalesce(t.signals, ''), ' ') like '% {one} %'" for one in _SIGNALS.get(cause, ())]
    found += [f"concat(' ', coalesce(t.emotions, ''), ' ') like '% {one} %'" for one in _EMOTIONS.get(cause, ())]
    return "(" + " or ".join(found) + ")"


def basket(f: Functions) -> str:
    """Worth of the basket that a contact tells of, from ``properties``; NULL where it tells none."""
    told = ", ".join(
        f.json_number("properties", key) for key in ("basket_value", "cart_value", "order_value", "cart_total")
    )
    return f"coalesce({told})"


def _told(f: Functions, words: str) -> str:
    return f"coalesce({f.regexp_matches('told', f'(^|[ _./:-]){words}([ _./:-]|$)')}, false)"
