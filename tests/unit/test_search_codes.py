"""Words and senders as characters: each its own, and such as the database takes."""

from itertools import chain

from messenger.search.codes import of_sender, of_word


def test_words_and_senders_have_characters_of_their_own_and_the_first_words_the_shortest() -> None:
    words = [of_word(number) for number in chain(range(1, 60_000), range(1_000_000, 1_000_100))]
    senders = [of_sender(user_id) for user_id in chain(range(1, 20_000), (2**52,))]
    assert len({*words, *senders}) == len(words) + len(senders)
    assert all(len(each) == 1 for each in words)
    sizes = [len(each.encode()) for each in words]
    assert sizes == sorted(sizes)
    assert (sizes[126], sizes[127], sizes[2000], sizes[-1]) == (1, 2, 3, 4)
    assert "\x00" not in words
    assert all(each.startswith("s") and len(each) > 1 for each in senders if len(each) != 1)


def test_there_is_a_character_for_whatever_number() -> None:
    assert {len(of_word(number).encode()) for number in (2_000_000, 2**31 - 1)} == {4}
