"""An image joined with its Dockerfile, and the join kept while the Dockerfile is edited."""

from __future__ import annotations

from dataclasses import replace

import pytest

from hardening.image import base as base_module
from hardening.image.model import Origin
from hardening.image.synthetic import ImageSketch, LayerSketch, make_image
from hardening.opening import attach_image, memory_subject, open_image_only
from hardening.opening.instruction_map import moved
from hardening.subject import Subject

TEXT = 'FROM debian:12\nRUN one\nCOPY a /a\nRUN two\nCMD ["/a"]\n'
SKETCH = ImageSketch(
    layers=(
        LayerSketch({"etc/os-release": "ID=debian\n"}, "/bin/sh -c #(nop) ADD file:0 in / "),
        LayerSketch({}, '/bin/sh -c #(nop)  CMD ["bash"]', empty=True),
        LayerSketch({"1": "1"}, "RUN /bin/sh -c one # buildkit"),
        LayerSketch({"a": "a"}, "COPY a /a # buildkit"),
        LayerSketch({"2": "2"}, "RUN /bin/sh -c two # buildkit"),
        LayerSketch({}, 'CMD ["/a"]', empty=True),
    ),
)


def _instructions(subject: Subject) -> list[str | None]:
    """The text of the instruction that each layer came from."""
    image, dockerfile = subject.image, subject.dockerfile
    assert image is not None and dockerfile is not None
    indices = [layer.attribution.instruction for layer in image.layers]
    return [
        None if one is None else dockerfile.instructions[one].span.slice(dockerfile.text)
        for one in indices
    ]


def test_layers_know_their_instruction() -> None:
    subject = memory_subject(TEXT, image=SKETCH)
    assert _instructions(subject)[1:] == ["RUN one", "COPY a /a", "RUN two"]
    assert subject.secrets == ()


def test_an_edit_keeps_the_join() -> None:
    subject = memory_subject(TEXT, image=SKETCH)
    text = "# new\n" + TEXT.replace("RUN one", "ENV X=1\nRUN one --changed").replace("COPY", "ADD")
    changed = subject.with_texts({**subject.texts, "Dockerfile": text})
    assert _instructions(changed)[1:] == ["RUN one --changed", None, "RUN two"]
    assert changed.secrets is subject.secrets
    same = subject.with_texts({**subject.texts, "Dockerfile": TEXT + "# only a comment\n"})
    assert same.image is subject.image, "nothing moved, nothing is made anew"


def test_instructions_are_paired_through_a_change() -> None:
    def indices(before: str, after: str) -> dict[int, int]:
        one, other = memory_subject(before).dockerfile, memory_subject(after).dockerfile
        assert one is not None and other is not None
        return moved(one, other)

    assert indices("FROM a\nRUN x\nRUN y\n", "FROM a\nRUN y\n") == {0: 0, 2: 1}
    assert indices("FROM a\nRUN x\nCMD z\n", "FROM b\nUSER u\nRUN x1\nCMD z\n") == {
        0: 0,
        1: 2,
        2: 3,
    }
    assert indices("FROM a\n", "") == {}


def test_an_image_alone_is_attributed_too() -> None:
    subject = attach_image(open_image_only("app:1"), make_image(SKETCH))
    assert subject.image is not None
    assert subject.image.layers[0].attribution.origin is not Origin.OWN


def test_an_engine_image_is_compared_with_its_base(monkeypatch: pytest.MonkeyPatch) -> None:
    image = replace(make_image(SKETCH), source="engine")
    base = make_image(ImageSketch(layers=SKETCH.layers[:2], reference="debian:12"))
    monkeypatch.setattr(base_module, "local_base", lambda image, dockerfile: base)
    subject = attach_image(memory_subject(TEXT), image)
    assert subject.image is not None
    origins = [layer.attribution.origin for layer in subject.image.layers]
    assert origins == [Origin.BASE, Origin.OWN, Origin.OWN, Origin.OWN]
    assert not subject.image.layers[0].attribution.estimated
