import pytest

from leastwise.reporters.github_hash import line_hashes

# Input and hashes as GitHub's own tests give them: github/codeql-action, src/fingerprints.test.ts.
GREETING = "e9496ae3ebfced30 fb7c023a8b9ccb3f ce8ba1a563dcdaca e20e36e16fcb0cc8 b3edc88f2938467e c8e28b0b4002a3a0 c129715d7a2bc9a3"
VECTORS = [
    ("", "c129715d7a2bc9a3"),
    (" a\nb\n  \t\tc\n d", "271789c17abda88f 54703d4cd895b18 180aee12dab6264 a23a3dc5e078b07b"),
    (
        " hello; \t\nworld!!!\n\n\n  \t\tGreetings\n End",
        "8b7cf3e952e7aeb2 b1ae1287ec4718d9 bff680108adb0fcc c6805c5e1288b612 b86d3392aea1be30 e6ceba753e1a442",
    ),
    (" hello; \t\nworld!!!\n\n\n  \t\tGreetings\n End\n", GREETING),
    (" hello; \t\nworld!!!\r\r\r  \t\tGreetings\r End\r", GREETING),
    (" hello; \t\r\nworld!!!\r\n\r\n\r\n  \t\tGreetings\r\n End\r\n", GREETING),
    (" hello; \t\nworld!!!\r\n\n\r  \t\tGreetings\r End\r\n", GREETING),
    (
        "x = 2\nx = 1\nprint(x)\nx = 3\nprint(x)\nx = 4\nprint(x)\n",
        "e54938cc54b302f1 bb609acbe9138d60 1131fd5871777f34 5c482a0f8b35ea28 54517377da7028d2 2c644846cb18d53e f1b89f20de0d133 c129715d7a2bc9a3",
    ),
]


@pytest.mark.parametrize(("text", "hashes"), VECTORS)
def test_hashes_are_those_of_github(text, hashes):
    expected = {n: f"{value}:1" for n, value in enumerate(hashes.split(), 1)}
    assert line_hashes(text.encode(), range(1, 100)) == expected


def test_equal_lines_are_numbered():
    found = line_hashes(b"Lorem ipsum dolor sit amet.\n" * 10, range(1, 12))
    assert list(found.values()) == [
        "a7f2ff13bc495cf2:1",
        "a7f2ff13bc495cf2:2",
        "a7f2ff13bc495cf2:3",
        "a7f2ff13bc495cf2:4",
        "a7f2ff13bc495cf2:5",
        "a7f2ff13bc495cf2:6",
        "a7f2ff1481e87703:1",
        "a9cf91f7bbf1862b:1",
        "55ec222b86bcae53:1",
        "cc97dc7b1d7d8f7b:1",
        "c129715d7a2bc9a3:1",
    ]


def test_asking_for_one_line_gives_the_same_as_asking_for_all():
    data = "".join(f"line {n} é😀\n" * (n % 3 + 1) for n in range(40)).encode()
    every = line_hashes(data, range(1, 200))
    for number, value in every.items():
        assert line_hashes(data, {number}) == {number: value}


def test_lines_the_file_does_not_have_get_none():
    assert line_hashes(b"a\n", {7}) == {}
    assert line_hashes(b"a\n", ()) == {}
