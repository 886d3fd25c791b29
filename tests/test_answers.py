"""What a store keeps of its answers: shared by all who ask, until it changes, and never too much."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from timeline.store.answers import Answers


@pytest.fixture
def asked():
    return []


def ask(answers, asked, question, *, revision=1, weight=1):
    return answers.get(
        revision, question, lambda: asked.append(question) or question.upper(), lambda _: weight
    )


def test_a_question_is_answered_once_until_something_changes(asked):
    answers = Answers()
    assert [ask(answers, asked, "a") for _ in range(3)] == ["A"] * 3
    assert asked == ["a"]
    ask(answers, asked, "a", revision=2)
    assert asked == ["a", "a"]


def test_an_answer_to_an_older_state_is_not_given_to_the_newer_one(asked):
    answers = Answers()
    ask(answers, asked, "a", revision=2)
    ask(answers, asked, "a", revision=1)
    ask(answers, asked, "a", revision=2)
    assert asked == ["a", "a"]


def test_what_was_used_last_stays_and_what_weighs_too_much_is_not_kept(asked):
    answers = Answers(most=100)
    for question in ("a", "b", "c", "d", "a", "e"):
        ask(answers, asked, question, weight=25)
    ask(answers, asked, "a", weight=25)
    ask(answers, asked, "b", weight=25)
    assert asked == ["a", "b", "c", "d", "e", "b"]
    for _ in range(2):
        ask(answers, asked, "huge", weight=34)
    assert asked.count("huge") == 2


def test_a_slow_question_holds_nobody_up_and_an_error_is_not_kept(asked):
    answers = Answers()
    with ThreadPoolExecutor(1) as pool:

        def slow():
            return pool.submit(ask, answers, asked, "quick").result(timeout=20)

        assert answers.get(1, "slow", slow) == "QUICK"
    with pytest.raises(ZeroDivisionError):
        answers.get(1, "broken", lambda: 1 / 0)
    assert ask(answers, asked, "broken") == "BROKEN"
