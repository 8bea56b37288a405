"""Rights of the example."""

from portal.pluginkit.access import permission
from portal.pluginkit.pages import lazy_gettext as _

TRIP_READ = permission("boats.trip.read", _("See boat trips"), writes=False)
TRIP_BOOK = permission("boats.trip.book", _("Book boat trips"), writes=True)
