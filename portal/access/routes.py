"""Routes that cannot be open by accident: every view declares its access, method by method.

`PortalBlueprint` is the only way to register a view. A route without a declaration is an exception at
import; `check_routes` walks the finished URL map at start; `enforce` judges every request once, before
CSRF and the view, whatever routing made of it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, NoReturn
from urllib.parse import unquote, urlsplit

from flask import Blueprint, Flask, abort, current_app, g, request
from flask.sansio.app import App
from werkzeug.exceptions import MethodNotAllowed
from werkzeug.routing import RequestRedirect

from portal.access.actor import Actor
from portal.access.permissions import PERMISSIONS, Permission
from portal.access.policy import Denied, require_proof

READING = frozenset({"GET", "HEAD", "OPTIONS"})
METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"})


class UndeclaredAccess(TypeError):
    """A route does not say who may use it, or says something that cannot be right."""


@dataclass(frozen=True, slots=True)
class Access:
    """Who may use a view with one method: everybody, whoever is logged in, or holders of a permission."""

    kind: str
    why: str = ""
    permission: Permission | None = None


def needs(permission: Permission) -> Access:
    """Only those who hold `permission` somewhere; the view's query decides about the object."""
    return Access("permission", permission.name, permission)


def signed_in(why: str) -> Access:
    """Everybody who is logged in. `why` says in a sentence why no permission is needed."""
    return Access("signed_in", why)


def public(why: str) -> Access:
    """Everybody. `why` says in a sentence why."""
    return Access("public", why)


Declared = Access | Mapping[str, Access]


class LoginNeeded(Exception):
    """Nobody is logged in and the view is not public: sent to the login page, then back."""


class PortalBlueprint(Blueprint):
    """A blueprint whose routes must say `access=`, and that cannot hook into the whole app."""

    def __init__(self, name: str, import_name: str, **options: Any) -> None:
        for forbidden in ("static_folder", "template_folder"):
            if options.get(forbidden) is not None:
                raise UndeclaredAccess(f"blueprint {name}: {forbidden} is not for plugins or rooms")
        self._adding_rule = False
        super().__init__(name, import_name, **options)
        self.declared: dict[str, dict[str, Access]] = {}

    def route(self, rule: str, *, access: Declared | None = None, **options: Any) -> Callable[..., Any]:
        """As Flask's, with `access`: one declaration for all methods, or one for each."""
        return super().route(rule, access=access, **options)

    def get(self, rule: str, *, access: Declared | None = None, **options: Any) -> Callable[..., Any]:
        """A route for GET."""
        return super().route(rule, methods=["GET"], access=access, **options)

    def post(self, rule: str, *, access: Declared | None = None, **options: Any) -> Callable[..., Any]:
        """A route for POST."""
        return super().route(rule, methods=["POST"], access=access, **options)

    def add_url_rule(
        self,
        rule: str,
        endpoint: str | None = None,
        view_func: Any = None,
        provide_automatic_options: bool | None = None,  # noqa: ARG002 - never: OPTIONS tells nothing
        *,
        access: Declared | None = None,
        **options: Any,
    ) -> None:
        """Register a view with its access; raises `UndeclaredAccess`."""
        if view_func is None:
            raise UndeclaredAccess(f"{self.name}: {rule} has no view")
        methods = [method.upper() for method in options.get("methods") or ["GET"]]
        name = endpoint or view_func.__name__
        known = self.declared.setdefault(name, {})
        for method, one in _by_method(f"{self.name}.{name}", methods, access).items():
            if known.setdefault(method, one) != one:
                raise UndeclaredAccess(f"{self.name}.{name}: two declarations for {method}")
        self._adding_rule = True
        try:
            super().add_url_rule(rule, endpoint, view_func, provide_automatic_options=False, **options)
        finally:
            self._adding_rule = False

    def record(self, func: Callable[[Any], None]) -> None:
        """Flask's own way to add a rule; from anywhere else it could do anything to the app."""
        if not self._adding_rule:
            self._refuse()
        super().record(func)

    def register(self, app: App, options: dict[str, Any]) -> None:
        """Hand the declarations to the app together with the routes."""
        table = access_table(app)
        for endpoint, methods in self.declared.items():
            table[f"{self.name}.{endpoint}"] = methods
        super().register(app, options)

    def _refuse(self, *_args: Any, **_options: Any) -> NoReturn:
        raise UndeclaredAccess(f"blueprint {self.name}: hooks for the whole app are not for rooms or plugins")

    before_app_request = _refuse
    after_app_request = _refuse
    teardown_app_request = _refuse
    app_errorhandler = _refuse
    app_context_processor = _refuse
    app_url_value_preprocessor = _refuse
    app_url_defaults = _refuse
    app_template_filter = _refuse
    app_template_global = _refuse
    app_template_test = _refuse
    add_app_template_filter = _refuse
    add_app_template_global = _refuse
    add_app_template_test = _refuse
    record_once = _refuse
    register_blueprint = _refuse
    endpoint = _refuse


def access_table(app: App) -> dict[str, dict[str, Access]]:
    """Endpoint → method → access, of everything registered so far."""
    table: dict[str, dict[str, Access]] = app.extensions.setdefault("portal_access", {})
    return table


def check_routes(app: Flask) -> None:
    """Walk the finished URL map; raises `UndeclaredAccess` for any rule that no declaration covers."""
    table = access_table(app)
    for rule in app.url_map.iter_rules():
        declared = table.get(rule.endpoint)
        if declared is None:
            raise UndeclaredAccess(f"{rule.rule} ({rule.endpoint}) declares no access")
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}:
            if method not in declared:
                raise UndeclaredAccess(f"{method} {rule.rule} ({rule.endpoint}) declares no access")
            one = declared[method]
            if one.permission is not None and one.permission.name not in PERMISSIONS:
                raise UndeclaredAccess(f"{rule.endpoint}: permission {one.permission.name} is not declared")


def enforce() -> None:
    """Judge the request by the declaration of the matched view; called once, before everything else.

    Raises `LoginNeeded`, `Denied`, `ProofNeeded`, or the routing error once the visitor passed one of the
    URL's declarations: a wrong method or a missing slash must not reveal more than the page itself would.
    """
    actor: Actor = g.actor
    error = request.routing_exception
    if error is None:
        access = _declared(request.endpoint, request.method)
        _judge(actor, access)
        if request.method not in READING and access is not None and access.permission is not None:
            require_proof(actor, access.permission)
        if request.method == "OPTIONS":
            abort(405)
        return
    if isinstance(error, (MethodNotAllowed, RequestRedirect)):
        _judge_any(actor, _candidates(error))


def _judge(actor: Actor, access: Access | None) -> None:
    if access is None:
        abort(404)
    if access.kind == "public":
        return
    if not actor.signed_in:
        raise LoginNeeded
    if access.permission is not None and not actor.may_somewhere(access.permission.name):
        raise Denied(access.permission)


def _judge_any(actor: Actor, candidates: Iterable[Access]) -> None:
    refused: Exception | None = None
    for access in candidates:
        try:
            _judge(actor, access)
        except (LoginNeeded, Denied) as error:
            refused = refused or error
        else:
            return
    if refused is not None:
        raise refused
    abort(404)


def _candidates(error: MethodNotAllowed | RequestRedirect) -> list[Access]:
    adapter = current_app.create_url_adapter(request)
    if adapter is None:
        return []
    path = None
    if isinstance(error, RequestRedirect):
        path = unquote(urlsplit(error.new_url).path).removeprefix(request.root_path)
    found: list[Access] = []
    for method in METHODS - {"HEAD"}:
        try:
            rule, _values = adapter.match(path, method=method, return_rule=True)
        except Exception:  # noqa: S112 - the other methods may match
            continue
        access = _declared(rule.endpoint, method)
        if access is not None:
            found.append(access)
    return found


def _declared(endpoint: str | None, method: str) -> Access | None:
    methods = access_table(current_app).get(endpoint or "", {})
    if method in ("HEAD", "OPTIONS"):
        return methods.get("GET") or next(iter(methods.values()), None)
    return methods.get(method)


def _by_method(where: str, methods: list[str], access: Declared | None) -> dict[str, Access]:
    if access is None:
        raise UndeclaredAccess(f"{where} declares no access")
    declared = dict(access) if isinstance(access, Mapping) else dict.fromkeys(methods, access)
    if set(declared) != set(methods) or not set(methods) <= METHODS:
        raise UndeclaredAccess(f"{where}: access for {sorted(declared)}, methods {sorted(methods)}")
    for method, one in declared.items():
        _check_one(f"{method} {where}", method, one)
    return declared


def _check_one(where: str, method: str, access: Access) -> None:
    if access.kind != "permission" and not access.why.strip():
        raise UndeclaredAccess(f"{where}: says not why it is {access.kind}")
    if method not in READING and access.permission is not None and not access.permission.writes:
        raise UndeclaredAccess(f"{where}: a writing method under the reading permission {access.why}")
