"""Settings from the environment and from a file: which wins, and what is told of a mistake."""

from __future__ import annotations

import platformdirs
import pytest

from service.settings import Settings, SettingsError, load_settings


@pytest.fixture(autouse=True)
def nothing_set(monkeypatch, tmp_path):
    """Keep the machine's own settings out."""
    monkeypatch.setattr(platformdirs, "user_config_path", lambda _: tmp_path / "config")


@pytest.fixture
def write(monkeypatch, tmp_path):
    """Write a file of settings that is named."""

    def write(text):
        file = tmp_path / "warts.toml"
        file.write_text(text, encoding="utf-8")
        monkeypatch.setenv("WARTS_SETTINGS", str(file))
        return file

    return write


def told(complaint):
    with pytest.raises(SettingsError) as raised:
        load_settings()
    for part in complaint:
        assert part in str(raised.value)


def test_without_a_file_and_without_variables_the_settings_are_the_defaults():
    assert load_settings() == Settings()


def test_the_environment_wins_over_the_file(monkeypatch, write):
    write('queue = 7\nlog_format = "json"\ncors_origins = ["https://a.example"]\n')
    monkeypatch.setenv("WARTS_QUEUE", "9")
    settings = load_settings()
    assert (settings.queue, settings.log_format) == (9, "json")
    assert settings.cors_origins == ("https://a.example",)


def test_the_file_of_the_user_is_read_where_none_is_named(monkeypatch, tmp_path, write):
    (tmp_path / "config").mkdir()
    (tmp_path / "config" / "settings.toml").write_text("queue = 5\n")
    assert load_settings().queue == 5
    write("poll_seconds = 2\n")
    assert (load_settings().queue, load_settings().poll_seconds) == (64, 2.0)


def test_a_file_in_the_working_folder_is_not_read(monkeypatch, tmp_path):
    (tmp_path / "warts.toml").write_text("queue = 5\n")
    monkeypatch.chdir(tmp_path)
    assert load_settings().queue == 64


def test_a_named_file_that_is_not_there_is_an_error(monkeypatch, tmp_path):
    monkeypatch.setenv("WARTS_SETTINGS", str(tmp_path / "none.toml"))
    told(["none.toml", "cannot be read"])


@pytest.mark.parametrize("text", ["queue = ", "\x00", "queue = 1\nqueue = 2\n"])
def test_a_file_that_is_no_toml_is_an_error(write, text):
    told([str(write(text)), "cannot be read"])


def test_an_unknown_key_names_the_file_and_the_setting_that_was_meant(write):
    told([str(write("quue = 3\n")), "no setting quue", "queue"])


def test_an_unknown_variable_names_the_one_that_was_meant(monkeypatch):
    monkeypatch.setenv("WARTS_LOG_LEVLE", "debug")
    told(["WARTS_LOG_LEVLE", "WARTS_LOG_LEVEL"])


def test_variables_that_kubernetes_sets_for_a_service_of_this_name_are_left_alone(monkeypatch):
    monkeypatch.setenv("WARTS_PORT", "tcp://10.0.0.1:80")
    monkeypatch.setenv("WARTS_SERVICE_HOST", "10.0.0.1")
    monkeypatch.setenv("WARTS_PORT_8000_TCP_ADDR", "10.0.0.1")
    assert load_settings() == Settings()


def test_a_bad_value_names_the_key_and_the_file_or_the_variable(monkeypatch, write):
    told(["queue in " + str(write("queue = 0\n")), "0", "greater than or equal to 1"])
    monkeypatch.setenv("WARTS_QUEUE", "many")
    told(["WARTS_QUEUE", "'many'"])


def test_lists_are_told_with_commas_or_spaces(monkeypatch):
    monkeypatch.setenv("WARTS_EMBED_ANCESTORS", "self, https://*.example.org  http://intranet:8080")
    assert load_settings().embed_ancestors == ("self", "https://*.example.org", "http://intranet:8080")


@pytest.mark.parametrize("variable", ["WARTS_EMBED_ANCESTORS", "WARTS_CORS_ORIGINS"])
@pytest.mark.parametrize(
    "value",
    [
        "https://a.example; script-src *",
        "https://a.example\r\nSet-Cookie:x=1",
        "https://a.example/path",
        "javascript:alert(1)",
        "'none'",
        "https://",
        "https://a.example:99999999",
        "https://ä.example",
    ],
)
def test_an_origin_cannot_add_to_a_header(monkeypatch, variable, value):
    monkeypatch.setenv(variable, value)
    told([variable])


def test_a_site_that_may_call_the_api_is_named_in_full(monkeypatch):
    monkeypatch.setenv("WARTS_CORS_ORIGINS", "https://*.example.org")
    told(["WARTS_CORS_ORIGINS", "in full"])
