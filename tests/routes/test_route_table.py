"""The route table refuses what is not declared, and reads only the parameters that are."""

import pytest
from flask import Blueprint, Flask
from werkzeug.datastructures import MultiDict

from blog_core.dispatch import BadParameters, parse_params
from blog_core.errors import ConfigError
from blog_core.routes import NEVER, CacheClass, Route, RouteTable, cached_page


def page(**changes: object) -> Route:
    given: dict[str, object] = {
        "endpoint": "page",
        "rule": "/page",
        "view": lambda: "",
        "permission": "public",
        "cache": NEVER,
    }
    return Route(**{**given, **changes})  # type: ignore[arg-type]


def refusal(*routes: Route) -> str:
    with pytest.raises(ConfigError) as refused:
        RouteTable().add(routes, owner="a_plugin")
    return str(refused.value)


def test_a_route_without_a_permission_is_refused_by_name():
    text = refusal(page(permission=""))
    assert "route page of a_plugin" in text
    assert "no permission" in text


def test_a_page_for_signed_in_people_cannot_be_cached():
    assert "only public GET routes may be cached" in refusal(
        page(permission="signed-in", cache=cached_page())
    )


def test_a_writing_route_cannot_be_cached():
    assert "only public GET routes" in refusal(
        page(methods=("GET", "POST"), max_body_bytes=10, cache=CacheClass(stored=True))
    )


@pytest.mark.parametrize("ttl_s", [0, -1, float("nan"), float("inf"), 1e12])
def test_a_page_is_not_kept_for_a_time_that_nobody_can_mean(ttl_s: float):
    with pytest.raises(ValueError, match="use more than 0 and at most 31622400"):
        cached_page(ttl_s=ttl_s)


def test_a_writing_route_needs_a_body_limit():
    assert "no body limit" in refusal(page(methods=("POST",)))


def test_an_endpoint_is_declared_once():
    assert "one declaration" in refusal(page(), page())


def test_a_route_added_behind_the_table_stops_the_boot():
    app, table = Flask(__name__), RouteTable()
    blueprint = Blueprint("blog", __name__)
    blueprint.add_url_rule("/stray", "stray", lambda: "")
    app.register_blueprint(blueprint)
    with pytest.raises(ConfigError, match=r"'blog\.stray' outside the route table"):
        table.verify(app, "blog")


def test_declared_parameters_are_parsed():
    given = MultiDict([("page", "3")])
    assert parse_params(page(params={"page": int}), given) == ({"page": 3}, True)


def test_an_undeclared_parameter_is_dropped_and_the_answer_not_stored():
    given = MultiDict([("page", "3"), ("utm_source", "x")])
    assert parse_params(page(params={"page": int}), given) == ({"page": 3}, False)


def test_a_repeated_parameter_is_not_stored():
    given = MultiDict([("page", "3"), ("page", "4")])
    assert parse_params(page(params={"page": int}), given) == ({"page": 3}, False)


def test_every_parameter_that_does_not_parse_is_named_with_what_was_found():
    given = MultiDict([("page", "x"), ("year", "y")])
    with pytest.raises(BadParameters) as refused:
        parse_params(page(params={"page": int, "year": int}), given)
    assert [error.field for error in refused.value.errors] == ["page", "year"]
    assert "found 'x'" in str(refused.value)
    assert refused.value.status == 400
