"""Text that nobody vouches for (OCR, file names, metadata, reasons) is shown in every form and obeyed in none."""

from __future__ import annotations

import html
import json
import re
from xml.etree import ElementTree as etree

import pytest
from markdown_it import MarkdownIt

from parity import plain
from parity.report import annotations, junit, markdown, summary
from parity.report.summary import Detail, Files
from parity.report.terminal.lines import ansi_of, text_of
from tests.harness.report.reports import cause, difference, report, result, rows

MEGABYTE = "A" * (1 << 20)
HOSTILE = {
    "html": "<script>alert(1)</script><img src=x onerror=alert(1)>",
    "escapes": "\x1b[31mred\x1b[0m\x1b]0;title\x07\x9b2Jgone\x08\x7f",
    "direction": "safe\u202egpj.exe\u2066\u200f\u061c",
    "lines": "one\r\n::error title=x::y\n::stop-commands::z\u2028##[group]z",
    "markdown": "| a | `b` **c** [d](javascript:1) ![e](http://f.example) @someone #12 www.g.example\n# h\n```\n- i",
    "xml": "]]> \x00\x0b\ufffe &amp; <!-- -->",
    "half": "\ud83d",
    "megabyte": MEGABYTE,
}
FORMS = ["normal", "verbose", "colours", "markdown", "junit", "annotations"]
OBEYED = re.compile(
    "[\x00-\x09\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufffe\ud800-\udfff]"
)
ANSI = re.compile(r"\x1b\[[\d;]*m")


def carrying(text):
    """A drift report with ``text`` everywhere that text comes from outside."""
    found = difference(f"Items[{text}].text", text, text, note=text)
    made = report(
        2,
        (cause(1, cases=["case_0"], title=f"scoring: {text}", proof=[text], next=f"parity diff {text}"),),
        crashes=[text],
        explanation_failed=text,
        pending={"goldens": 1, "failed": text},
    )
    example = made["causes"][0]["examples"][0]
    example.update(text=f"{text}: golden x, disk {text}", path=text, file=text)
    made["results"] += [
        result(
            "golden",
            "case_1",
            configuration="disk",
            against="golden",
            artifact="words",
            file=text,
            verdicts=["drift"],
            messages=[f"{text} is not JSON"],
            differences=[found],
            counts={"differing": 1},
        ),
        result("contract", "case_1", configuration="disk", artifact="words", verdicts=["contract"], uncompared=[text]),
    ]
    made["stale"]["declared"] = [{"message": text}]
    return made


def form_of(name, made, tmp_path):
    """The report in one of its forms."""
    if name in ("normal", "verbose", "colours"):
        detail = Detail.VERBOSE if name != "normal" else Detail.NORMAL
        lines = summary.lines(made, files=Files(), width=100, detail=detail, differences=rows(made))
        return ansi_of(lines) if name == "colours" else text_of(lines)
    if name == "markdown":
        return markdown.render(made, rows(made))
    return junit.render(made) if name == "junit" else annotations.render(made, tmp_path, rows(made))


@pytest.fixture(params=list(HOSTILE))
def hostile(request):
    return HOSTILE[request.param]


@pytest.mark.parametrize("form", FORMS)
def test_nothing_that_a_terminal_obeys_is_in_any_form(form, hostile, tmp_path):
    text = form_of(form, carrying(hostile), tmp_path)
    assert not OBEYED.search(ANSI.sub("", text) if form == "colours" else text)
    text.encode("utf-8")  # no half of a surrogate pair either
    assert len(text) < 400_000, "a megabyte is cut"


@pytest.mark.parametrize("form", ["normal", "verbose", "markdown", "junit"])
def test_a_long_text_says_how_long_it_is(form, tmp_path):
    text = html.unescape(form_of(form, carrying(MEGABYTE), tmp_path))
    assert re.search(r"A… \(1,\d{3},\d{3} characters\)", " ".join(text.split()))


@pytest.mark.parametrize("form", ["normal", "verbose", "junit", "colours"])
def test_no_line_of_the_log_is_a_workflow_command(form, tmp_path):
    text = ANSI.sub("", form_of(form, carrying(HOSTILE["lines"]), tmp_path))
    assert not re.search(r"^\s*::", text, re.MULTILINE)
    assert "##[" not in text
    assert "::⟩error title=x::y" in text


def test_an_annotation_is_one_line_and_its_properties_end_where_they_should(hostile, tmp_path):
    lines = annotations.render(carrying(hostile), tmp_path).split("\n")
    assert len(lines) == len([line for line in lines if line.startswith("::error ")])
    for line in lines:
        told = re.fullmatch(r"::error ((?:file|line|title)=[^,:]*(?:,(?:file|line|title)=[^,:]*)*)::(.*)", line)
        assert told, line[:200]
        assert not re.search(r"%(?!25|0A|0D|3A|2C)", line)


def test_junit_stays_well_formed_and_shows_the_text(hostile, tmp_path):
    root = etree.fromstring(form_of("junit", carrying(hostile), tmp_path).encode("utf-8"))
    (unit,) = (
        each for each in root.iter("testcase") if (each.get("classname"), each.get("name")) == ("case_1", "words")
    )
    shown = plain.block(hostile, 2000).replace("\r", "")[:50]
    assert shown in unit.find("failure").text


def test_markdown_stays_text(hostile, tmp_path):
    source = form_of("markdown", carrying(hostile), tmp_path)
    shown = MarkdownIt("commonmark", {"html": True}).enable("table").enable("strikethrough").render(source)
    assert set(re.findall(r"<([a-z0-9]+)", shown)) <= {
        "h2",
        "h3",
        "ul",
        "li",
        "p",
        "table",
        "thead",
        "tbody",
        "tr",
        "th",
        "td",
        "details",
        "summary",
        "code",
        "br",
    }
    assert not re.search(r"@\w|#\d|://|www\.", html.unescape(re.sub("<[^>]*>", "", shown)))
    cells = {line.count("|") for line in source.splitlines() if re.match(r"\|  \||\| 1 \|", line)}
    assert cells == {7}


EVIL = "".join(HOSTILE[name] for name in ("html", "escapes", "direction", "lines", "markdown"))


@pytest.fixture
def two_files(project):
    """Documents without a schema, hostile in keys, values and the name of one file."""
    project.write("a.json", {"text": "fine", EVIL: 1, MEGABYTE: 1})
    name = "b\u202e<b>\x1b[31m.json"
    project.write(name, {"text": EVIL, EVIL: 2, MEGABYTE: 2})
    return "a.json", name


@pytest.mark.parametrize("form", ["text", "markdown", "json"])
def test_parity_diff_shows_hostile_names_keys_and_values(project, two_files, form):
    done = project.parity("diff", *two_files, "--format", form)
    assert done.returncode == 1, done.stderr
    assert not OBEYED.search(done.stdout)
    assert form == "json" or not re.search(r"^\s*::|##\[", done.stdout, re.MULTILINE)
    if form == "json":
        found = json.loads(done.stdout)["pairs"][0]
        assert "\u202e" in found["b"]["path"]
        assert {each["path"] for each in found["findings"]} >= {"text"}
    else:
        assert len(done.stdout) < 100_000
        assert re.search(r"1,\d{3},\d{3} characters\)", done.stdout)


def test_an_error_shows_a_hostile_argument(project):
    done = project.parity("run", "--case", f"x\x1b[2J\u202e{'y' * 9000}\n::error::z")
    assert done.returncode == 2
    assert not OBEYED.search(done.stderr)
    assert "unknown case" in done.stderr and "\\x1b[2J" in done.stderr
    assert not re.search(r"^::", done.stderr, re.MULTILINE)


def test_the_page_holds_hostile_text_as_data_only(hostile):
    from parity.report.page.render import html as page
    from tests.harness.report.page.made import payload

    text = page(payload(24, say=hostile[:5000]))
    bare = page(payload(24, say="plain"))
    for sign in ("<script", "<img", "<svg", "<!--"):
        assert text.count(sign) == bare.count(sign), sign
    assert not re.search("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff]", text)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("a\x1b[31m", "a\\x1b[31m"),
        ("a\x9b", "a\\x9b"),
        ("a\tb\nc\rd", "a\\tb\\nc\\rd"),
        ("x\u202ey", "x⟨U+202E⟩y"),
        ("x\u061cy", "x⟨U+061C⟩y"),
        ("\ud83d", "\\ud83d"),
        ("::error::x", "⟨::⟩error::x"),
        ("  ::error::x", "  ⟨::⟩error::x"),
        ("x ##[group]", "x ##⟨[⟩group]"),
        ("grün 日本 🎬 👩‍🚀", "grün 日本 🎬 👩‍🚀"),
    ],
)
def test_one_line_shows_what_would_be_obeyed_and_leaves_the_rest(value, expected):
    assert plain.line(value) == expected
    assert plain.line(plain.line(value)) == expected


def test_a_cut_says_how_much_there_was():
    assert plain.line("x" * 1048576, 3) == "xxx… (1,048,576 characters)"
    assert plain.line("xyz", 3) == "xyz"


def test_json_says_the_same_and_holds_nothing_that_is_obeyed():
    document = {key: value for key, value in HOSTILE.items() if key != "megabyte"}
    text = plain.json_text(json.dumps(document, ensure_ascii=False))
    assert json.loads(text) == document
    assert not OBEYED.search(text)
