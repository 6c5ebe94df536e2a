"""Remembered answers never answer another question."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from hardening.analyse import analyse
from hardening.analysis_cache import SIZE, Key, Remembered, key_of
from hardening.model import RunConfiguration
from hardening.opening import memory_subject, open_files
from hardening.rules import all_rules

TEXT = "FROM debian:12\nCOPY . /app\n"
RULES = all_rules()


def test_other_files_in_memory_are_another_question() -> None:
    bare = memory_subject(TEXT, files={"app.py": "", ".dockerignore": ".git\n"})
    leaking = memory_subject(TEXT, files={"id_rsa": "", ".dockerignore": ".git\n"})
    assert key_of(bare, RULES) != key_of(leaking, RULES)
    assert analyse(bare).findings != analyse(leaking).findings


def test_the_folder_is_read_again_when_it_is_opened_again(tmp_path: Path) -> None:
    (tmp_path / "Dockerfile").write_text(TEXT)
    before = analyse(open_files(tmp_path)).findings
    (tmp_path / ".env").write_text("TOKEN=1\n")
    after = analyse(open_files(tmp_path)).findings
    assert after != before


def test_the_same_texts_again_are_the_same_question() -> None:
    subject = memory_subject(TEXT, files={".dockerignore": "a\n", "b": ""})
    changed = subject.with_texts({**subject.texts, ".dockerignore": "b\n"})
    back = changed.with_texts(subject.texts)
    assert key_of(subject, RULES) == key_of(back, RULES) != key_of(changed, RULES)
    assert hash(key_of(subject, RULES)) == hash(key_of(back, RULES))


def test_build_arguments_and_the_run_are_part_of_it() -> None:
    subject = memory_subject(TEXT)
    run = replace(subject, run_configuration=RunConfiguration(privileged=True))
    arguments = replace(subject, build_args={"A": "b"})
    assert len({key_of(one, RULES) for one in (subject, run, arguments)}) == 3
    assert key_of(subject, RULES[:3]) != key_of(subject, RULES)


def test_the_oldest_is_forgotten() -> None:
    asked: list[Key] = []
    answers: Remembered[int] = Remembered()
    keys = [key_of(memory_subject(f"FROM a:{one}\n"), ()) for one in range(SIZE + 1)]

    def ask(key: Key) -> None:
        def answer() -> int:
            asked.append(key)
            return len(asked)

        answers.get(key, answer)

    for key in [*keys, keys[-1], keys[0]]:
        ask(key)
    assert asked == [*keys, keys[0]]
