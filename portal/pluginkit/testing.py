"""The contract suite every plugin gets: inherit, name the plugin, and run pytest.

    class TestChildGrants(PluginContract):
        plugin = "child_grants"

Needs a fixture `app`: the portal with the plugin installed, inside an application context.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from flask import Flask

from portal.web.kit.i18n import use_locale

__all__ = ["PluginContract"]

METHODS = ("GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS")


class PluginContract:
    """What holds for every plugin, whatever it does."""

    plugin: str

    def test_it_is_loaded_and_says_what_it_is(self, app: Flask) -> None:
        """Title, description and personal data are there, and in Norwegian where the reader is."""
        info = self._info(app)
        for words in (info.title, info.description, info.personal_data):
            with use_locale("en"):
                english = str(words)
            for language in ("nb", "nn"):
                with use_locale(language):
                    assert str(words).strip(), f"{english!r} is empty in {language}"
                    assert str(words) != english, f"{english!r} is not translated to {language}"

    def test_off_closes_every_address_and_on_opens_them_again(self, app: Flask) -> None:
        """The whole prefix answers 404 for every method while it is off, and as before when it is on."""
        before = dict(self._answers(app))
        assert before, "a plugin without pages"
        self._command(app, "disable", "--message", "Av.", "--despite-blockers")
        assert set(dict(self._answers(app)).values()) == {404}
        self._command(app, "enable")
        assert dict(self._answers(app)) == before

    def test_a_person_keeps_the_rest_of_the_portal_while_it_is_off(self, app: Flask) -> None:
        """The front page stands without the plugin."""
        self._command(app, "disable", "--message", "Av.", "--despite-blockers")
        assert app.test_client().get("/").status_code == 200

    def _info(self, app: Flask) -> Any:
        plugins = app.extensions["plugins"]
        assert self.plugin not in plugins.broken, plugins.broken.get(self.plugin)
        return plugins.loaded[self.plugin].info

    def _command(self, app: Flask, *words: str) -> None:
        command, *options = words
        result = app.test_cli_runner().invoke(args=["plugins", command, self.plugin, *options])
        assert result.exit_code == 0, result.output

    def _answers(self, app: Flask) -> Iterator[tuple[tuple[str, str], int]]:
        prefix = self._info(app).url_prefix
        client = app.test_client()
        rules = [rule.rule for rule in app.url_map.iter_rules() if rule.rule.startswith(f"{prefix}/")]
        for rule in sorted({*rules, f"{prefix}/", f"{prefix}/no/such/page"}):
            path = rule.replace("<int:", "<").split("<")[0] + ("1" if "<" in rule else "")
            for method in METHODS:
                yield (path, method), client.open(path, method=method).status_code
