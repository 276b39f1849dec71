"""Of many limited groups those are reckoned that are, or within a minute will be, nearest to their limits."""

from vmadvisor.model.nearest_groups import nearest_groups


def test_few_groups_are_all_reckoned(sample, track, group):
    boxes = tuple(group(60.0, path=f"/{name}", current_pages=10) for name in "abc")

    assert nearest_groups(track(sample(60.1, groups=boxes)), count=3) == boxes


def test_the_fullest_and_those_that_soon_will_be_are_kept_in_the_samples_order(
    sample, track, group
):
    def at(time_s, growing_pages):
        sizes = {"/idle": 300, "/growing": growing_pages, "/half": 500, "/full": 990}
        boxes = (group(time_s, path=path, current_pages=size) for path, size in sizes.items())
        return sample(time_s + 0.1, groups=tuple(boxes))

    seen = track(at(60.0, 100), at(70.0, 200))

    assert [one.path for one in nearest_groups(seen, count=2)] == ["/growing", "/full"]
    assert [one.path for one in nearest_groups(seen, count=3)] == ["/growing", "/half", "/full"]


def test_a_limit_of_one_page_and_one_reading_are_no_trouble(sample, track, group):
    boxes = (
        group(60.0, path="/tiny", limit_pages=0, current_pages=3),
        group(60.0, path="/box", current_pages=900),
    )

    [nearest] = nearest_groups(track(sample(60.1, groups=boxes)), count=1)

    assert nearest.path == "/tiny"
