"""Which of several runs in a folder is read: the newest finished one, or the one that was asked for."""

from __future__ import annotations

import pytest

from tests.harness.tools.diff.deployed import PREFIXES, Folder, write

OLD, NEW = "20250810_090000", "20250811_124759"


@pytest.fixture
def twice(tmp_path) -> Folder:
    """A folder with two runs: in the older one, one value is another."""
    made = Folder(tmp_path / "twice", local=True, stamp=OLD)
    made.results["creative_density"]["densityCoreMetrics"]["totalElements"] = 1
    made.save()
    made.results["creative_density"]["densityCoreMetrics"]["totalElements"] = 44
    made.stamp = NEW
    made.save()
    return made


ONLY = ("--analysis", "creative_density.ml", "--any-contract")


def test_the_newest_set_is_read_whatever_the_order_of_the_files(diff_json, twice, local):
    done = diff_json(local.path, twice.path, *ONLY)
    assert (done.code, done.pair["b"]["stamps"]) == (0, [NEW])


@pytest.mark.parametrize("stamp", [OLD, "20250810"])
def test_a_stamp_or_its_beginning_chooses(diff_json, twice, local, stamp):
    done = diff_json(local.path, twice.path, "--stamp-b", stamp, *ONLY)
    assert done.code == 1
    assert done.pair["b"]["stamps"] == [OLD]
    assert done.finding("CoreMetrics.totalElements")["actual"] == 1


def test_one_stamp_for_both_sides_and_one_for_each(diff_json, twice):
    same = diff_json(twice.path, twice.path, "--stamp", OLD, *ONLY)
    assert (same.code, same.pair["a"]["stamps"], same.pair["b"]["stamps"]) == (0, [OLD], [OLD])
    apart = diff_json(twice.path, twice.path, "--stamp-a", OLD, "--stamp-b", NEW, *ONLY)
    assert (apart.code, apart.finding("CoreMetrics.totalElements")["magnitude"]) == (1, 43)


def test_an_unknown_stamp_is_a_usage_error_that_names_the_known(diff, twice, local):
    done = diff(local.path, twice.path, "--stamp-b", "20240101")
    assert done.code == 2
    assert f"no files with stamp 20240101; there are {OLD}, {NEW}" in done.text


def test_stamps_for_both_and_for_one_exclude_each_other(diff, twice, local):
    assert diff(local.path, twice.path, "--stamp", OLD, "--stamp-a", NEW).code == 2


def test_a_stamp_for_a_file_is_a_usage_error(diff, local):
    file = local.file("scene_pacing", "ml")
    done = diff(file, file, "--stamp", NEW)
    assert done.code == 2
    assert "--stamp chooses among the runs in a folder of outputs" in done.text


def test_a_set_without_its_complete_file_was_never_finished(diff_json, twice, local):
    twice.file("creative_density", "complete").unlink()
    done = diff_json(local.path, twice.path, *ONLY)
    assert done.finding("CoreMetrics.totalElements")["actual"] == 1
    assert (
        f"B: creative_density: the set of {NEW} was never finished (result, ml), so it is not read"
        in done.pair["notes"]
    )


def test_a_newer_set_that_lacks_a_file_gives_way_to_the_last_whole_one(diff_json, twice, local):
    twice.file("creative_density", "result").unlink()
    done = diff_json(local.path, twice.path, *ONLY)
    assert done.finding("CoreMetrics.totalElements")["actual"] == 1
    expected = f"B: creative_density: read is the set of {OLD}; the newer one of {NEW} has only ml, complete"
    assert expected in done.pair["notes"]


def test_a_unified_file_of_a_later_run_is_left_out_and_that_is_said(diff_json, twice, local):
    unified = twice.root / "unified_analysis" / f"{twice.video_id}.json"
    write(unified, {"video_id": twice.video_id})
    now = diff_json(local.path, twice.path)
    assert now.part("unified")["state"] == "extra"
    before = diff_json(local.path, twice.path, "--stamp-b", OLD)
    assert before.part("unified")["state"] == "absent"
    assert f"B: not compared, it is of a later run: unified_analysis/{unified.name}" in before.pair["notes"]


def test_a_working_folder_with_one_id_stands_for_it(diff_json, local, production):
    assert diff_json(production.root, local.root / "insights").pair["b"]["path"] == str(local.path)


def test_a_folder_with_several_ids_asks_which(diff, local, production):
    other = Folder(local.root, video_id="other", local=True)
    other.save()
    done = diff(production.path, local.root)
    assert done.code == 2
    assert "holds 2 ids, name one: 7000000000000000001, other" in done.text


@pytest.mark.parametrize("name", ["empty", "nowhere", "strange"])
def test_a_folder_that_holds_no_outputs_is_a_usage_error(diff, local, tmp_path, name):
    if name != "nowhere":
        (tmp_path / name).mkdir()
    if name == "strange":
        write(tmp_path / name / "notes.txt", "hello")
    done = diff(local.path, tmp_path / name)
    assert done.code == 2
    assert str(tmp_path / name) in done.text


def test_files_whose_names_say_nothing_are_named(diff_json, local, production):
    write(local.path / "scene_pacing" / "backup.json", {})
    write(local.path / "todo.txt", "-")
    notes = diff_json(production.path, local.path).pair["notes"]
    assert "B: not compared, its name does not fit: scene_pacing/backup.json" in notes
    assert "B: not compared, its name says nothing: todo.txt" in notes


def test_all_sets_of_one_stamp_are_no_note(diff_json, local):
    notes = diff_json(local.path, local.path).pair["notes"]
    assert not [note for note in notes if "several stamps" in note]
    assert len(PREFIXES) == 8
