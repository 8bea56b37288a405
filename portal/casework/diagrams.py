"""Workflows as Mermaid diagrams, and the command that writes them into the documentation."""

from __future__ import annotations

from pathlib import Path

import click
from flask.cli import AppGroup

from portal.casework.workflow import WORKFLOWS, Transition, Workflow
from portal.web.kit.i18n import use_locale

FOLDER = Path(__file__).resolve().parents[2] / "docs" / "workflows"
workflows_cli = AppGroup("workflows", help="The workflows of all kinds of cases.")


def drawn(workflow: Workflow) -> str:
    """A Markdown page with the workflow's diagram and, for each step, who may take it and what it asks."""
    with use_locale("en"):
        lines = [f"# {workflow.title}", "", f"Kind of case: `{workflow.kind}`.", "", "```mermaid"]
        lines += ["stateDiagram-v2", f"    [*] --> {workflow.first.name}"]
        lines += [f"    {state.name} : {state.staff}" for state in workflow.states]
        lines += [
            f"    {source} --> {step.target} : {step.name}"
            for step in workflow.transitions
            for source in step.source
        ]
        lines += [f"    {state.name} --> [*]" for state in workflow.states if state.kind == "closed"]
        lines += ["```", "", "| step | from | to | permission | asks |", "|---|---|---|---|---|"]
        lines += [
            f"| {step.name} | {', '.join(step.source)} | {step.target}"
            f" | `{step.permission.name}` | {_asks(step)} |"
            for step in workflow.transitions
        ]
    return "\n".join(lines) + "\n"


def _asks(step: Transition) -> str:
    asked = []
    if step.guard is not None:
        asked.append(step.guard.__name__.replace("_", " "))
    if step.needs_reason:
        asked.append("a reason")
    if step.part == "decided":
        asked.append("not who prepared it")
    return ", ".join(asked)


@workflows_cli.command("draw")
def draw_command() -> None:
    """Write one page a workflow into docs/workflows."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    for workflow in WORKFLOWS.values():
        path = FOLDER / f"{workflow.kind.replace('.', '-')}.md"
        path.write_text(drawn(workflow), encoding="utf-8")
        click.echo(f"drawn: {path.name}")
