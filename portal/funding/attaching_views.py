"""The applicant's files: attaching uploads and kept papers, taking them away."""

from __future__ import annotations

from flask import request
from flask.typing import ResponseReturnValue

from portal.casework.firing import CaseChanged
from portal.documents.types import UploadRefused
from portal.funding import applying, queries
from portal.funding.applying_views import group_page
from portal.funding.paths import Paths
from portal.funding.scheme import Group, Scheme
from portal.web.kit.requests import actor, see_other


def attach(scheme: Scheme, case_id: int) -> ResponseReturnValue:
    """Take in files, or a paper kept from before; a refused one is explained where it was chosen."""
    paper = request.form.get("paper", type=int)
    try:
        if paper is not None:
            applying.attach_paper(scheme, case_id, paper, actor=actor())
        else:
            _take_in(scheme, case_id)
    except UploadRefused as refused:
        facts = queries.get_application(case_id, scheme=scheme.code, actor=actor())
        return group_page(facts, _page(scheme), None, upload=refused.message), 422
    except CaseChanged:
        return see_other(Paths(scheme.prefix).case(case_id))
    return see_other(Paths(scheme.prefix).group(case_id, _page(scheme).code))


def remove(scheme: Scheme, case_id: int, document_id: int) -> ResponseReturnValue:
    """Take an attachment away again."""
    try:
        applying.remove_file(scheme, case_id, document_id, actor=actor())
    except CaseChanged:
        return see_other(Paths(scheme.prefix).case(case_id))
    return see_other(Paths(scheme.prefix).group(case_id, _page(scheme).code))


def _take_in(scheme: Scheme, case_id: int) -> None:
    """Several photographs may come at once; those before a refused one are kept, and shown as attached."""
    sent = [one for one in request.files.getlist("file") if one.filename]
    if not sent:
        raise UploadRefused("empty")
    for one in sent:
        applying.attach_file(scheme, case_id, content=one.read(), filename=one.filename or "", actor=actor())


def _page(scheme: Scheme) -> Group:
    return next(one for one in scheme.groups if one.kind == "files")
