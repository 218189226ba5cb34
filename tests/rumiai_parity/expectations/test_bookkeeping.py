"""A report that does not add up is found."""

from rumiai_parity.expectations.bookkeeping import check_report


def report(**changes):
    return {
        "processing_metrics": {
            "counters": {"decode_passes": changes.get("decode_passes", 1), "audio_extractions": 1},
            "uptime_seconds": 10.0,
            "cpu_percent": changes.get("cpu", 140.0),
            "stage_seconds": {"running_ml_analysis": changes.get("ml", 9.0), "generating_report": 1.0},
        },
        "video_metrics": {"average_ml_times": {"yolo": changes.get("yolo", 8.5)}},
    }


def failed(document, *, has_audio=True):
    return [f"{e.expected}: {e.got}" for e in check_report(document, has_audio=has_audio) if not e.passed]


def test_a_report_that_adds_up_passes():
    assert failed(report()) == []


def test_a_second_decode_pass_is_found():
    assert failed(report(decode_passes=2)) == ["1 decode_passes: 2"]


def test_an_extraction_from_a_clip_without_audio_is_found():
    assert failed(report(), has_audio=False) == ["0 audio_extractions: 1"]


def test_times_that_do_not_add_up_are_found():
    assert failed(report(ml=3.0, yolo=3.0)) == [
        "times of stages within 10% of the wall: 4.00 of 10.00 s",
        "times of services and the other stages within 10% of the wall or 5 s: 4.00 of 10.00 s",
    ]
    assert failed(report(yolo=2.0)) == [
        "times of services and the other stages within 10% of the wall or 5 s: 3.00 of 10.00 s"
    ]


def test_services_that_took_no_time_leave_what_decoding_takes():
    assert failed(report(ml=9.0, yolo=6.0)) == []


def test_on_a_busy_machine_decoding_may_take_as_much_longer_as_the_run_got_less_of_a_core():
    assert failed(report(ml=9.0, yolo=2.0, cpu=70.0)) == []
    assert failed(report(ml=9.0, yolo=1.0, cpu=70.0)) == [
        "times of services and the other stages within 10% of the wall or 7.14 s: 2.00 of 10.00 s"
    ]
