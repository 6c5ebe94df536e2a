"""Makes the image that a sketch describes."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from hardening.image.columns import DIRECTORY, FILE, SYMLINK, Columns
from hardening.image.merge import squash
from hardening.image.model import Attribution, Origin
from hardening.image.sources import LayerInfo, Manifest, NoSource
from hardening.image.stored import StoredImage, image_of
from hardening.image.synthetic import FileSketch, ImageSketch, LayerSketch


def image_from(sketch: ImageSketch, *, label: str = "") -> StoredImage:
    """The image that a sketch describes, its files read. `label` is its `source`; by default it
    names the sketch."""
    filled = [layer for layer in sketch.layers if not layer.empty]
    columns = [_columns(layer) for layer in filled]
    infos = tuple(
        LayerInfo(diff_id=_digest(repr((number, layer))), tar_size=one.tar_size)
        for number, (layer, one) in enumerate(zip(filled, columns, strict=True))
    )
    config = _config(sketch, infos)
    manifest = Manifest(
        id=_digest(json.dumps(config, sort_keys=True)),
        config=config,
        layers=infos,
        repo_tags=(sketch.reference,),
        repo_digests=sketch.repo_digests,
    )
    source = NoSource(label or f"sample {sketch.reference}", manifest)
    image = image_of(sketch.reference, source, manifest).with_files(columns, squash(columns))
    return image.with_attributions(_attributions(sketch, len(filled)))


def _digest(text: str) -> str:
    return f"sha256:{hashlib.sha256(text.encode()).hexdigest()}"


def _columns(layer: LayerSketch) -> Columns:
    columns = Columns(opaque=[path.strip("/") for path in layer.opaque])
    columns.tar_size = 1024
    for written, given in layer.files.items():
        path = written.strip("/")
        if given is None:
            columns.whiteouts.append(path)
            columns.tar_size += 512
            continue
        one = given if isinstance(given, FileSketch) else FileSketch(given)
        content = one.content.encode() if isinstance(one.content, str) else one.content
        owner = (one.mode, one.uid, one.gid)
        if one.link is not None:
            columns.add(path, SYMLINK, owner, link=one.link)
        elif one.directory:
            columns.add(path, DIRECTORY, owner)
        else:
            size = len(content) if one.size is None else one.size
            row = columns.add(path, FILE, owner, size=size, capabilities=one.capabilities)
            columns.captured[row] = content
            columns.tar_size += -size % 512 + size
        columns.tar_size += 512
    return columns


def _config(sketch: ImageSketch, infos: tuple[LayerInfo, ...]) -> dict[str, Any]:
    """The sketch as an OCI image config document."""
    run: dict[str, Any] = {
        "User": sketch.user,
        "Env": [f"{name}={value}" for name, value in sketch.env.items()],
        "Entrypoint": list(sketch.entrypoint) or None,
        "Cmd": list(sketch.cmd) or None,
        "WorkingDir": sketch.working_dir,
        "ExposedPorts": {port: {} for port in sketch.exposed_ports},
        "Volumes": {path: {} for path in sketch.volumes},
        "Labels": dict(sketch.labels),
    }
    if sketch.healthcheck:
        run["Healthcheck"] = {"Test": list(sketch.healthcheck)}
    history = [
        {"created_by": layer.command, "empty_layer": True}
        if layer.empty
        else {"created_by": layer.command}
        for layer in sketch.layers
    ]
    return {
        "os": "linux",
        "architecture": sketch.architecture,
        **({"created": sketch.created} if sketch.created else {}),
        "config": run,
        "rootfs": {"type": "layers", "diff_ids": [info.diff_id for info in infos]},
        "history": history,
    }


def _attributions(sketch: ImageSketch, layers: int) -> tuple[Attribution, ...]:
    if sketch.base_layers is None:
        return (Attribution(),) * layers
    base = min(sketch.base_layers, layers)
    evidence = "the sketch says so"
    return (Attribution(Origin.BASE, evidence=evidence),) * base + (
        Attribution(Origin.OWN, evidence=evidence),
    ) * (layers - base)
