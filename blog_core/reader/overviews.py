"""The overviews: all tags, and the archive by year and month."""

from itertools import groupby

from sqlalchemy import RowMapping

from blog_core.caching import Page
from blog_core.content import reading
from blog_core.reader.dates import MONTHS
from blog_core.reader.pages import ArchivePage, MonthView, TagsPage, TagView, YearView, level_of
from blog_core.reader.theming import Theme


class Overviews:
    """The views of the overviews of one blog. Each is one statement when it is not cached."""

    def __init__(self, theme: Theme) -> None:
        self._theme, self._site = theme, theme.site

    def tags(self) -> Page:
        """Every tag with visible posts."""
        path = self._theme.urls.tags()
        rows = reading.tags(self._site)
        model = TagsPage(
            site=self._theme.view,
            head=self._theme.head("Tags", path),
            path=path,
            tags=tuple(
                TagView(row["name"], self._theme.urls.tag(row["slug"]), row["posts"])
                for row in rows
            ),
        )
        return self._theme.html("tags.html", model)

    def archive(self) -> Page:
        """Every month with visible posts."""
        path = self._theme.urls.archive()
        rows = reading.months(self._site)
        model = ArchivePage(
            site=self._theme.view,
            head=self._theme.head("Archive", path),
            path=path,
            years=self._years(rows),
        )
        return self._theme.html("archive.html", model)

    def _years(self, rows: tuple[RowMapping, ...]) -> tuple[YearView, ...]:
        largest = max((row["posts"] for row in rows), default=1)
        return tuple(
            self._year(int(year), {row["month"]: row["posts"] for row in months}, largest)
            for year, months in groupby(rows, key=lambda row: row["month"][:4])
        )

    def _year(self, year: int, posts: dict[str, int], largest: int) -> YearView:
        months = []
        for number, name in enumerate(MONTHS, start=1):
            month = f"{year:04}-{number:02}"
            count = posts.get(month, 0)
            url = self._theme.urls.month(month) if count else ""
            months.append(MonthView(name, url, count, level_of(count, largest)))
        return YearView(year, sum(posts.values()), tuple(months))
