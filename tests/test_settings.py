"""Settings come from one list; each mistake is answered with what is allowed."""

from __future__ import annotations

import pytest

from heartline.errors import SettingsError
from heartline.settings import SETTINGS, load_settings, settings_text


def write(folder, text):
    file = folder / "heartline.toml"
    file.write_text(text, encoding="utf-8")
    return file


def test_defaults_then_file_then_environment(tmp_path):
    file = write(tmp_path, 'horizon_days = 90\ncompany = "A"\n')
    settings = load_settings(file, {"HEARTLINE_HORIZON_DAYS": "30"})
    assert settings["horizon_days"] == 30
    assert settings["company"] == "A"
    assert settings["discount_rate"] == 0.1


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("horizont = 3", "unknown setting horizont"),
        ('horizon_days = "x"', "of type str"),
        ("horizon_days = 0", "1 to 3650 days"),
        ('engine = "pandas"', "one of duckdb, spark"),
        ('timezone = "Mars/Olympus"', "not known"),
        ("horizon_days = true", "of type bool"),
        ("horizon_days", "not valid TOML"),
    ],
)
def test_mistakes_say_what_is_allowed(tmp_path, text, told):
    with pytest.raises(SettingsError, match=told):
        load_settings(write(tmp_path, text), {})


def test_environment_mistakes_name_the_variable(tmp_path):
    with pytest.raises(SettingsError, match="HEARTLINE_HORIZON_DAYS"):
        load_settings(None, {"HEARTLINE_HORIZON_DAYS": "soon"})


def test_the_written_file_is_read_back_as_the_defaults(tmp_path):
    settings = load_settings(write(tmp_path, settings_text()), {})
    assert settings.values == {setting.name: setting.default for setting in SETTINGS}
    told = load_settings(write(tmp_path, settings_text({"currency": "CHF", "periods": 3})), {})
    assert (told["currency"], told["periods"]) == ("CHF", 3)
