from vmadvisor.collect.damage import Loss, end_gap, sums_gap


def test_a_loss_says_where_as_far_as_that_is_known():
    loss = Loss("no header", 512)

    assert loss.gap(3.5, 4.5).reason == (
        "the archive is damaged between 3.5 s and 4.5 s: no header: 512 bytes passed over"
    )
    assert loss.gap(None, 4.5).reason.startswith("the archive is damaged before 4.5 s: ")
    assert loss.gap(3.5, None).reason.startswith("the archive is damaged: ")
    assert {loss.gap(3.5, 4.5).path, end_gap("torn").path, sums_gap(3).path} == {"/"}


def test_losses_in_a_row_are_one():
    assert Loss("second", 7).behind(Loss("first", 512)) == Loss("first", 519)
    assert Loss("only", 7).behind(None) == Loss("only", 7)
