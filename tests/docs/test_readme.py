"""The README's commands are what was run: every line of its marked block works on a small export."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def test_every_command_of_the_readme_works(tmp_path):
    block = re.search(r"<!-- commands: .*?-->\n```sh\n(.*?)```", README, re.S)
    assert block, "the README has lost its block of commands"
    visits = ["interaction_id,customer_id,occurred_at,channel,touchpoint,rating,rating_min,rating_max,text"]
    orders = ["purchase_id,customer_id,occurred_at,revenue,currency"]
    for n in range(120):
        day = f"2026-{n % 6 + 1:02d}-{n % 27 + 1:02d}"
        words = ("Thank you, that was so kind!", "Still waiting, nobody answers.", "")[n % 3]
        visits.append(f"i{n},c{n % 40},{day}T10:00:00Z,web,checkout,{n % 5 + 1},1,5,{words}".replace(", ", " "))
        orders.append(f"o{n},c{n % 40},{day},{10 + n % 7},EUR")
    (tmp_path / "visits.csv").write_text("\n".join(visits) + "\n", encoding="utf-8")
    (tmp_path / "orders.csv").write_text("\n".join(orders) + "\n", encoding="utf-8")
    (tmp_path / "reviews.csv").write_text("id,review\n1,I love it\n2,It broke after a day\n", encoding="utf-8")
    bin_folder = Path(sys.executable).parent
    environment = {**os.environ, "PATH": f"{bin_folder}{os.pathsep}{os.environ['PATH']}"}
    for line in block[1].strip().splitlines():
        done = subprocess.run(line.split(), cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=600)
        assert done.returncode == 0, f"{line}\n{done.stdout}\n{done.stderr}"
    scored = (tmp_path / "scored.csv").read_text(encoding="utf-8").splitlines()
    assert scored[0].replace('"', "").startswith("id,review,valence,arousal,intensity,emotions")
    assert len(scored) == 3


def test_every_make_target_and_link_of_the_readme_exists():
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.M))
    named = set(re.findall(r"(?:^|`)make ([a-z]+)", README, re.M))
    assert named
    assert named <= targets
    for link in re.findall(r"\]\(([^)#]+)\)", README):
        assert (ROOT / link).exists(), link


def test_generated_reference_is_up_to_date():
    done = subprocess.run(
        [sys.executable, ROOT / "docs" / "generate.py", "--check"], capture_output=True, text=True, timeout=600
    )
    assert done.returncode == 0, done.stderr


def test_every_analysis_has_a_method_card():
    from heartline.analysis.registry import ANALYSES

    for analysis in ANALYSES:
        card = ROOT / "docs" / "explanation" / f"{analysis.name.replace('_', '-')}.md"
        assert card.exists(), f"no method card {card.name}"
        text = card.read_text(encoding="utf-8").lower()
        for part in ("assum", "source", "cannot"):
            assert part in text, f"{card.name} says nothing on: {part}"
