"""Names by which files are told apart before a front end is imported are those of the front end."""

from leastwise.api import load
from leastwise.frontends.cloudformation.cdk.assembly import MANIFEST
from leastwise.frontends.cloudformation.serverless import names
from leastwise.frontends.cloudformation.syntax.recognise import EXTENSIONS


def test_candidates_are_what_the_front_end_of_cloudformation_reads():
    assert load._TEMPLATE == EXTENSIONS
    assert load._SERVICES == names.PROGRAMS
    assert all(name.endswith(EXTENSIONS) for name in names.WRITTEN)


def test_names_that_say_that_a_framework_wrote_are_those_it_writes():
    assert all(name.endswith(load._INDEXES) for name in (MANIFEST, names._STATE, names._CREATE))
