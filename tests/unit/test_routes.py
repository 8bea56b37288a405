"""Routes cannot be open by accident, and a refusal tells nothing about what it refuses."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Blueprint, Flask, g

from portal.access.actor import Actor, Held, reach_of
from portal.access.permissions import find
from portal.access.policy import Denied
from portal.access.routes import (
    LoginNeeded,
    PortalBlueprint,
    UndeclaredAccess,
    check_routes,
    enforce,
    needs,
    public,
    signed_in,
)

READ, ASSESS = "funding.application.read", "funding.application.assess"


@pytest.fixture(autouse=True)
def permissions() -> None:
    """The permissions the routes below name."""
    from portal.funding import permissions  # noqa: F401


def blueprint() -> PortalBlueprint:
    made = PortalBlueprint("cases", __name__, url_prefix="/saker")
    made.get("/", access=needs(find(READ)))(named("cases"))
    made.get("/<int:number>", access=needs(find(READ)))(named("case"))
    made.post("/<int:number>/vurder", access=needs(find(ASSESS)))(named("assess"))
    made.get("/om", access=public("Tells what cases are."))(named("about"))
    made.get("/mine", access=signed_in("Everybody has cases of their own."))(named("mine"))
    return made


def named(name: str) -> Callable[..., str]:
    def view(**_arguments: object) -> str:
        return name

    view.__name__ = name
    return view


def app_with(actor: Actor, *blueprints: Blueprint) -> Flask:
    """A small app that judges as the portal does, and says in the status what it decided."""
    app = Flask("small")

    @app.before_request
    def judge() -> None:
        g.actor = actor
        enforce()

    app.register_error_handler(Denied, lambda _error: ("denied", 403))
    app.register_error_handler(LoginNeeded, lambda _error: ("log in", 401))
    for one in blueprints:
        app.register_blueprint(one)
    app.view_functions.pop("static", None)
    return app


def holder(role: str) -> Actor:
    held = (Held(1, role, 5, "Region Sør", "authority", "regional", (5,)),)
    return Actor(person_id=1, held=held, reach=reach_of(held))


VISITOR, NOBODY = Actor(), Actor(person_id=2)
PATHS = ("/saker/", "/saker", "/saker//7", "/saker/7", "/saker/7/vurder")
METHODS = ("GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE", "TRACE")


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize(("actor", "status"), [(VISITOR, 401), (NOBODY, 403)])
def test_no_method_path_or_redirect_tells_the_unauthorised_anything(
    method: str, path: str, actor: Actor, status: int
) -> None:
    answer = app_with(actor, blueprint()).test_client().open(path, method=method)
    assert answer.status_code in (status, 404)
    assert "Allow" not in answer.headers
    assert "Location" not in answer.headers


def test_whoever_may_gets_the_page_the_redirect_and_the_405() -> None:
    client = app_with(holder("grant_caseworker"), blueprint()).test_client()
    assert client.get("/saker/").status_code == 200
    assert client.head("/saker/").status_code == 200
    assert client.get("/saker").status_code == 308
    assert client.get("/saker//7").status_code == 308
    assert client.put("/saker/7").status_code == 405
    assert client.options("/saker/7").status_code == 405
    assert client.post("/saker/7/vurder").status_code == 200


def test_a_reader_writes_nothing_and_the_public_reads_the_public() -> None:
    reader = app_with(holder("decision_maker"), blueprint()).test_client()
    assert reader.get("/saker/7").status_code == 200
    assert reader.post("/saker/7/vurder").status_code == 403
    visitor = app_with(VISITOR, blueprint()).test_client()
    assert visitor.get("/saker/om").status_code == 200
    assert visitor.get("/saker/mine").status_code == 401
    assert app_with(NOBODY, blueprint()).test_client().get("/saker/mine").status_code == 200


HOOKS = (
    "before_app_request",
    "after_app_request",
    "teardown_app_request",
    "app_context_processor",
    "app_url_value_preprocessor",
    "app_url_defaults",
    "record",
    "record_once",
    "add_app_template_filter",
    "add_app_template_global",
    "add_app_template_test",
    "register_blueprint",
)


@pytest.mark.parametrize("hook", HOOKS)
def test_a_blueprint_cannot_hook_into_the_whole_app(hook: str) -> None:
    getattr(Blueprint("plain", __name__), hook)(Blueprint("inner", __name__) if "register" in hook else id)
    with pytest.raises(UndeclaredAccess):
        getattr(PortalBlueprint("ours", __name__), hook)(id)


@pytest.mark.parametrize(
    "hook", ["app_errorhandler", "app_template_filter", "app_template_global", "endpoint"]
)
def test_nor_by_decorators(hook: str) -> None:
    with pytest.raises(UndeclaredAccess):
        getattr(PortalBlueprint("ours", __name__), hook)("shell.start")


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
def test_a_writing_method_under_a_reading_permission_cannot_register(method: str) -> None:
    ours = PortalBlueprint("ours", __name__)
    with pytest.raises(UndeclaredAccess, match="reading permission"):
        ours.route("/x", methods=["GET", method], access=needs(find(READ)))(named("x"))
    ours.route("/y", methods=["GET", method], access={"GET": needs(find(READ)), method: needs(find(ASSESS))})(
        named("y")
    )


@pytest.mark.parametrize(
    "declare",
    [
        lambda ours: ours.get("/x")(named("x")),
        lambda ours: ours.get("/x", access=public(" "))(named("x")),
        lambda ours: ours.get("/x", access=signed_in(""))(named("x")),
        lambda ours: ours.route("/x", methods=["GET", "POST"], access={"GET": public("Why.")})(named("x")),
        lambda ours: ours.route("/x", methods=["OPTIONS"], access=public("Why."))(named("x")),
        lambda ours: ours.add_url_rule("/x", "x", None, access=public("Why.")),
        lambda _ours: PortalBlueprint("files", __name__, static_folder="static"),
        lambda _ours: PortalBlueprint("pages", __name__, template_folder="templates"),
    ],
)
def test_a_declaration_that_is_missing_or_cannot_be_right_is_refused(
    declare: Callable[[PortalBlueprint], object],
) -> None:
    with pytest.raises(UndeclaredAccess):
        declare(PortalBlueprint("ours", __name__))


def test_one_view_keeps_one_access_at_all_its_addresses() -> None:
    ours = PortalBlueprint("ours", __name__)
    view = named("view")
    ours.get("/a", access=signed_in("Why."))(view)
    with pytest.raises(UndeclaredAccess, match="two declarations"):
        ours.get("/b", access=public("Why."))(view)


def test_mounting_keeps_the_declarations_and_a_second_name_has_none() -> None:
    app = Flask("small", static_folder=None)
    app.register_blueprint(blueprint(), url_prefix="/annet")
    check_routes(app)
    again = Flask("small", static_folder=None)
    again.register_blueprint(blueprint(), name="other")
    with pytest.raises(UndeclaredAccess, match=r"other\."):
        check_routes(again)


def test_a_plain_blueprint_cannot_start_the_app() -> None:
    plain = Blueprint("plain", __name__)
    plain.get("/bare")(named("bare"))
    app = app_with(VISITOR, plain)
    with pytest.raises(UndeclaredAccess, match="declares no access"):
        check_routes(app)
    assert app.test_client().get("/bare").status_code == 404
