"""What is named twice, so that few modules are imported at first, is the same in both places."""

from leastwise.frontends.cloudformation.reading import grants, readers
from leastwise.frontends.cloudformation.reading import service_attachments as services


def test_types_whose_readers_are_imported_late_are_those_that_are_read_there():
    assert grants.GRANTS.keys() == readers._GRANTS
    named = {services.MAPPED, services.BLUEPRINT, services.BUDGET, services.ASSIGNED}
    assert named | services.SESSION.keys() == readers._SERVICES
    assert readers._services().keys() == readers._SERVICES
