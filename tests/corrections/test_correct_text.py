"""One text: what stands, what a person may say, what is refused and how, and what the next run makes of it."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from tests.corrections.shop import AS_OF, TEXTS, refuse

from heartline.corrections import Edit, correct, decide, history, judged
from heartline.errors import CorrectionError
from heartline.workspace import Workspace


def row(workspace: Workspace, key: str) -> dict[str, object]:
    found: dict[str, object] = workspace.query(
        "select * from feeling where interaction_id = $k", {"k": key}
    ).to_pylist()[0]
    return found


def test_a_correction_holds_from_the_next_run_on_and_the_model_stays_beside_it(workspace: Workspace) -> None:
    before = row(workspace, "thanks")
    assert "gratitude" in str(before["emotions"]).split()
    edit = Edit(add=("emotion:pride", "signal:no_empathy"), remove=("emotion:gratitude",), about="price", valence=-1)
    said = correct(workspace, "thanks", edit, "Dana").said
    assert row(workspace, "thanks") == before
    workspace.run(["text_emotion"], AS_OF)
    after = row(workspace, "thanks")
    assert set(str(after["emotions"]).split()) == set(str(before["emotions"]).split()) - {"gratitude"} | {"pride"}
    assert str(after["signals"]).split() == list(said.signals or ())
    assert (after["about"], after["valence"], after["status"]) == ("price", -0.5, "scored")
    assert (after["p_pride"], after["p_signal_no_empathy"], after["p_gratitude"]) == (1.0, 1.0, 0.0)
    assert after["corrected_by"] == "Dana"
    for name in ("emotions", "signals", "about", "valence", "status", "motivators", "main_emotion"):
        assert after[f"read_{name}"] == before[name]
    same = {n: v for n, v in before.items() if n.startswith("p_")}
    same = {n: v for n, v in same.items() if after[n] not in (0.0, 1.0)}
    assert len(same) >= 40
    assert {n: after[n] for n in same} == same
    other = row(workspace, "rude")
    assert other["corrected_by"] is None is other["read_emotions"]
    assert any("1 of these texts follow what a person said" in note for note in workspace.explain("feeling").notes)


def test_the_newest_word_counts_and_the_model_is_still_known(workspace: Workspace) -> None:
    model = judged(workspace, "late").shown
    correct(workspace, "late", Edit(add=("signal:effort",)), "Dana")
    workspace.run(["text_emotion"], AS_OF)
    second = correct(workspace, "late", Edit(add=("signal:leaving",), valence=-2), "Eli")
    assert second.shown == model, "what was shown by the model, not what the first person made of it"
    assert {"effort", "leaving"} <= set(second.said.signals or ())
    text = judged(workspace, "late")
    assert text.last is not None
    assert text.last.by == "Eli"
    assert [one.by for one in history(workspace, "late")] == ["Eli", "Dana"]
    assert text.standing.valence == -1.0


def test_a_confirmation_keeps_everything(workspace: Workspace) -> None:
    model = judged(workspace, "rude").shown
    kept = correct(workspace, "rude", Edit(right=True), "Dana", "clear case")
    assert kept.said == model == kept.shown
    assert kept.note == "clear case"


def test_a_text_the_model_kept_silent_about_needs_a_valence(workspace: Workspace) -> None:
    assert judged(workspace, "german").shown.status == "unsupported_language"
    for edit in (Edit(right=True), Edit(add=("signal:effort",))):
        with pytest.raises(CorrectionError, match="decided nothing"):
            correct(workspace, "german", edit, "Dana")
    correct(workspace, "german", Edit(valence=0), "Dana")
    workspace.run(["text_emotion"], AS_OF)
    found = row(workspace, "german")
    assert (found["status"], found["valence"], found["emotions"]) == ("scored", 0.0, "")
    assert (found["read_status"], found["read_valence"]) == ("unsupported_language", None)


@pytest.mark.parametrize(
    ("key", "edit", "got", "expected"),
    [
        ("nowhere", Edit(right=True), "no text with this id has been read", "row of the table feeling"),
        ("thanks", Edit(), "nothing was changed or confirmed", "--right"),
        ("thanks", Edit(right=True, valence=1), "--right goes with no change", "either"),
        ("thanks", Edit(add=("effort",)), "'effort' is no label", "signal:NAME"),
        ("thanks", Edit(add=("signal:happy",)), "there is no signal 'happy'", "one of effort, ease"),
        ("thanks", Edit(add=("emotion:gratitude",)), "emotion:gratitude stands already", "not decided"),
        ("thanks", Edit(remove=("emotion:grief",)), "emotion:grief is not decided", "emotion:gratitude"),
        ("thanks", Edit(add=("emotion:grief",), remove=("emotion:grief",)), "is not decided", "emotion:gratitude"),
        ("thanks", Edit(main_emotion="fury"), "--main-emotion 'fury' is not known", "delight, gratitude"),
        ("thanks", Edit(about="weather"), "--about 'weather' is not known", "service, product"),
        ("thanks", Edit(valence=3), "five steps", "-2, -1, 0, 1 or 2"),
    ],
)
def test_what_cannot_be_taken_is_refused_with_a_next_step(
    workspace: Workspace, key: str, edit: Edit, got: str, expected: str
) -> None:
    with pytest.raises(CorrectionError) as refused:
        correct(workspace, key, edit, "Dana")
    assert got in refused.value.got
    assert expected in refused.value.expected
    assert refused.value.next_step
    assert history(workspace) == []


def test_a_text_without_words_is_not_judged(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    nothing = judged(workspace, "thanks")
    nothing = replace(nothing, shown=replace(nothing.shown, status="empty"))
    monkeypatch.setattr(decide, "judged", lambda *_: nothing)
    with pytest.raises(CorrectionError, match="has no words"):
        decide.correct(workspace, "thanks", Edit(valence=1), "Dana")


@pytest.mark.parametrize("by", ["", "  ", "x" * 81, "a\nb"])
def test_somebody_must_say_so(workspace: Workspace, by: str) -> None:
    with pytest.raises(CorrectionError, match="name of 1 to 80"):
        correct(workspace, "thanks", Edit(right=True), by)


def test_no_words_of_the_customer_get_into_the_records(workspace: Workspace) -> None:
    for note in ("she says: WAS rude to me!", TEXTS["rude"][2]):
        with pytest.raises(CorrectionError, match="repeats words") as refused:
            correct(workspace, "rude", Edit(right=True), "Dana", note)
        assert "rude" not in str(refused.value)
    correct(workspace, "rude", Edit(right=True), "Dana", "rude tone, and a threat to leave")
    kept = json.dumps([str(one) for one in history(workspace)])
    assert "never buy" not in kept


@pytest.mark.parametrize("objection", ["", "marketing emotion"])
def test_a_text_of_who_refused_is_not_judged(workspace: Workspace, objection: str) -> None:
    refuse(workspace, "cleo", objection)
    with pytest.raises(CorrectionError, match="does not want their words to be read"):
        judged(workspace, "later_no")
