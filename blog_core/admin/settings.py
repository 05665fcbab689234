"""The effective configuration, for administrators: each value, and where it comes from."""

from itertools import groupby
from operator import itemgetter

from flask import Response

from blog_core.admin.pages import Pages
from blog_core.settings.report import SettingReport


class SettingsPage:
    """The view of the settings. They are changed where they come from, not here."""

    def __init__(self, pages: Pages) -> None:
        self._pages, self._site = pages, pages.site

    def show(self) -> Response:
        """Every setting by section; of secrets only whether they are set."""
        lines = [(_section(line.name), line) for line in self._site.settings.report()]
        # The core's own lines come with its tables in between.
        ordered = sorted(lines, key=lambda pair: (pair[0] != "", pair[0]))
        sections = {
            section: [line for _, line in pairs]
            for section, pairs in groupby(ordered, key=itemgetter(0))
        }
        return self._pages.render(
            "settings.html",
            sections=sections,
            is_set=_is_set,
            ignored=self._site.settings.ignored,
            plugins=self._site.host.statuses,
        )


def _section(name: str) -> str:
    return name.rpartition(".")[0]


def _is_set(line: SettingReport) -> bool:
    """Whether somebody chose the value."""
    return line.source != "default"
