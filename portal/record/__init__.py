"""The audit trail: what happened, by whom, and proof that nobody changed it afterwards."""

from portal.record.events import Event, RecordedEvent, subscribe
from portal.record.services import record

__all__ = ["Event", "RecordedEvent", "record", "subscribe"]
