"""`/_komponenter`: every component in every state, for whoever builds or judges a page. Development only."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from flask import render_template, request
from flask.typing import ResponseReturnValue
from flask_wtf.file import FileField
from wtforms import BooleanField, DateField, EmailField, IntegerField, RadioField, SelectField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]
from wtforms.validators import InputRequired, Optional

from portal import clock
from portal.access.routes import PortalBlueprint, public
from portal.web.kit.forms import Form, KronerField, LineField, ParagraphField

bp = PortalBlueprint("components", __name__)
WHY = public("Developers look at the components here; served in development only.")


class SampleForm(Form):
    """One field of each kind; texts are samples and stay untranslated."""

    name = LineField("Organisasjonens navn", [InputRequired("Skriv navnet på organisasjonen.")])
    number = LineField(
        "Organisasjonsnummer",
        [InputRequired("Skriv de ni sifrene.")],
        description="Ni siffer, for eksempel 889 640 782.",
    )
    email = EmailField("E-post", [Optional()])
    goal = ParagraphField("Hva skal barna få være med på?", [InputRequired("Beskriv aktiviteten.")])
    amount = KronerField("Beløp", [InputRequired("Skriv beløpet i kroner.")], description="Hele kroner.")
    children = IntegerField("Hvor mange barn?", [Optional()])
    begins = DateField("Første dag", [Optional()])
    place = SelectField(
        "Mottak", choices=[SelectChoice("1", "Dale mottak"), SelectChoice("2", "Hovden transittmottak")]
    )
    group = RadioField(
        "Hvem er aktiviteten for?",
        [InputRequired("Velg en målgruppe.")],
        choices=[
            SelectChoice("0", "Barn 0–5 år"),
            SelectChoice("6", "Barn 6–12 år"),
            SelectChoice("13", "Ungdom 13–17 år"),
        ],
        description="Velg den gruppen flest hører til.",
    )
    attachment = FileField("Vedlegg", description="PDF eller bilde, høyst 20 MB.")
    confirmed = BooleanField(
        "Alle voksne sammen med barna har vist politiattest", [InputRequired("Bekreft.")]
    )


@bp.get("/_komponenter", access=WHY)
def components() -> str:
    """Show everything; `?feil=1` shows the form as it looks when it could not be taken."""
    form = SampleForm(formdata=None, data={"number": "889 640 78", "amount": 4_500_000})
    failing = SampleForm(formdata=request.args, prefix="bad-")
    failing.validate()
    return render_template("shell/components.html", form=form, failing=failing, **_samples())


@bp.get("/_komponenter/fragment", access=WHY)
def still_waiting() -> ResponseReturnValue:
    """What a page that waits is answered while it must go on waiting."""
    return "", 202


def _samples() -> dict[str, Any]:
    now = clock.now()
    return {
        "now": now,
        "soon": now + timedelta(days=6),
        "steps": [
            ("Om organisasjonen", "#", "done", None),
            ("Aktiviteten", "#", "current", None),
            ("Budsjett", "#", "todo", "Tar omtrent ti minutter"),
            ("Les gjennom og send", None, "locked", None),
        ],
        "events": [
            (now, "Vedtak: innvilget 45 000 kr", "Kari Nordmann, UDI Region Vest"),
            (now - timedelta(days=1), "Saken ble fordelt", None),
            (now - timedelta(days=9), "Søknaden ble sendt", "Amina Yusuf, Fjordglimt barnelag"),
        ],
        "rows": [
            ("Fotballskole på Dale", "innvilget", "granted", 4_500_000, now + timedelta(days=6)),
            ("Barnehagetilknytningssamarbeidsprosjektet", "til behandling", "waiting", 125_000_000, now),
            ("Julefest", "avslått", "refused", 1_250_050, now - timedelta(days=40)),
        ],
    }
