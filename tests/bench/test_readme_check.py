from readme_check import BLOCK, README, written


def test_the_readme_shows_what_check_says_today():
    readme = README.read_text(encoding="utf-8")

    assert BLOCK.search(readme) is not None
    assert written(readme) == readme, "run python tests/bench/readme_check.py"
