from leastwise.iam.shown import MAX_PARTS, symbol_ids
from leastwise.source.text import literal_text
from leastwise.source.value import (
    Assumption,
    Choice,
    Encoded,
    Mapping,
    Scalar,
    Sequence,
    Symbol,
    Text,
    Unknown,
)

SECRET = Symbol("root|key.secret", "key.secret")
OTHER = Symbol("root|other", "other")


def test_symbols_are_found_wherever_they_are_in_a_value():
    text = Text((SECRET,))
    choice = Choice(((Assumption("c", "yes", "c"), text), (Assumption("c", "no", "not c"), text)))
    inside = Sequence((Scalar(1), Mapping(((literal_text("k"), choice),))))
    encoded = Text((Encoded(inside),))
    for value in (text, Unknown(SECRET), choice, inside, encoded, Sequence((), tail=SECRET)):
        assert symbol_ids(value) == {"root|key.secret"}


def test_what_is_made_of_a_symbol_is_told_by_its_cause():
    made = Symbol("root|base64encode(key.secret)", "base64encode(key.secret)", cause=SECRET)
    assert symbol_ids(Unknown(made)) == {made.id, SECRET.id}


def test_known_values_have_none():
    assert symbol_ids(literal_text("plain")) == frozenset()


def test_the_search_is_bounded():
    many = Sequence((Text((OTHER,)), *[literal_text("x")] * MAX_PARTS))
    assert symbol_ids(many) == frozenset()
