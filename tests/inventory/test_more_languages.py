"""Java, Rust, Ruby, PHP, .NET, R and conda packages in images."""

from __future__ import annotations

import json
import struct
import zipfile
import zlib
from collections.abc import Mapping
from io import BytesIO

from hypothesis import given
from hypothesis import strategies as st

from hardening.image.synthetic import FileSketch
from hardening.inventory.catalogers import java, rust
from hardening.inventory.frame import Unreadable
from tests.inventory.sketches import inventory_of, packages_of, rows

POM = "#made\ngroupId=org.example\nartifactId=lib\nversion=1.2\n"
POM_PATH = "META-INF/maven/org.example/lib/pom.properties"


def jar(files: Mapping[str, str | bytes]) -> bytes:
    out = BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return out.getvalue()


def test_java_archives_inside_archives() -> None:
    inner = jar({POM_PATH: POM})
    packages = packages_of({"app.war": jar({"WEB-INF/lib/lib-1.2.jar": inner})})
    assert rows(packages) == [("maven", "org.example:lib", "1.2")]
    assert packages[0].purl == "pkg:maven/org.example/lib@1.2"


def test_java_without_maven_goes_by_file_name_and_manifest() -> None:
    manifest = "Manifest-Version: 1.0\nImplementation-Version: 4.5\n"
    packages = packages_of(
        {
            "a/guava-31.1-jre.jar": jar({"x": ""}),
            "a/app.jar": jar({"META-INF/MANIFEST.MF": manifest}),
        }
    )
    assert rows(packages) == [("maven", "app", "4.5"), ("maven", "guava", "31.1-jre")]


def test_a_local_repository_says_the_group_of_an_archive() -> None:
    folder = "root/.m2/repository/org/scala-lang/scala-library/2.13.12"
    packages = packages_of(
        {
            f"{folder}/scala-library-2.13.12.jar": jar({"x": ""}),
            "srv/repository/other-1.0.jar": jar({"x": ""}),
        }
    )
    assert [one.purl for one in packages] == [
        "pkg:maven/org.scala-lang/scala-library@2.13.12",
        "pkg:maven/other@1.0",
    ]


def test_r_packages_are_those_that_were_installed() -> None:
    text = "Package: R6\nVersion: 2.5.1\nLicense: MIT + file LICENSE\n"
    packages = packages_of(
        {
            "usr/lib/R/site-library/R6/DESCRIPTION": text + "Built: R 4.2.2; ; 2023-01-01; unix\n",
            "src/R6/DESCRIPTION": text,
        }
    )
    assert [one.purl for one in packages] == ["pkg:cran/R6@2.5.1"]


def test_the_group_of_well_known_archives_without_one() -> None:
    tomcat = "Implementation-Title: Apache Tomcat\nImplementation-Version: 9.0.70\n"
    embed = "Bundle-SymbolicName: org.apache.tomcat-embed-core\n"
    packages = packages_of(
        {
            "a/spring-core-5.3.20.jar": jar({"x": ""}),
            "a/spring-boot-starter-web-2.5.14.jar": jar({"x": ""}),
            "a/groovy-json-4.0.1.jar": jar({"x": ""}),
            "a/tomcat-embed-core-9.0.70.jar": jar({"META-INF/MANIFEST.MF": embed}),
            "lib/catalina.jar": jar({"META-INF/MANIFEST.MF": tomcat}),
            "lib/unknown-1.jar": jar({"x": ""}),
        }
    )
    assert [one.name for one in packages] == [
        "org.apache.groovy:groovy-json",
        "org.apache.tomcat.embed:tomcat-embed-core",
        "org.apache.tomcat:tomcat-catalina",
        "org.springframework.boot:spring-boot-starter-web",
        "org.springframework:spring-core",
        "unknown",
    ]


def test_the_version_in_a_name_loses_its_classifier() -> None:
    manifest = {"META-INF/MANIFEST.MF": "Implementation-Version: 2.23.19\r\n"}
    packages = packages_of({"a/server-2.23.19-exec.jar": jar(manifest)})
    assert rows(packages) == [("maven", "server", "2.23.19")]


def test_a_signed_archive_has_a_long_manifest() -> None:
    lines = "".join(f"Name: {n}.class\nSHA-256-Digest: {'x' * 44}\n\n" for n in range(9_000))
    manifest = f"Bundle-SymbolicName: org.exam\n ple.long\nBundle-Version: 3\n\n{lines}"
    packages = packages_of({"a/long.jar": jar({"META-INF/MANIFEST.MF": manifest})})
    assert rows(packages) == [("maven", "org.example:long", "3")]


def test_a_damaged_archive_in_an_archive_hides_no_other() -> None:
    inner = jar({POM_PATH: POM})
    found = inventory_of({"x.war": jar({"a.jar": b"no zip", "b.jar": inner, "c.jar": b""})})
    assert rows(found.packages) == [("maven", "org.example:lib", "1.2")]
    assert "(a.jar)" in found.not_assessed[0].reason


def test_a_shaded_archive_names_every_part() -> None:
    other = POM_PATH.replace("/lib/", "/two/")
    data = jar({POM_PATH: POM, other: POM.replace("=lib", "=two")})
    assert [one.name for one in packages_of({"x.jar": data})] == [
        "org.example:lib",
        "org.example:two",
    ]


def test_archives_that_are_nested_too_deeply_are_told() -> None:
    data = jar({POM_PATH: POM})
    for _ in range(java.MAX_DEPTH + 1):
        data = jar({"a.jar": data})
    found = inventory_of({"x.jar": data})
    assert found.packages == ()
    assert "deep" in found.not_assessed[0].reason


def test_an_entry_that_unpacks_to_too_much_is_told() -> None:
    found = inventory_of({"x.jar": jar({POM_PATH: b"\n" * (1 << 20)})})
    assert "too many bytes" in found.not_assessed[0].reason


@given(st.binary(max_size=60), st.integers(0, 400))
def test_no_damage_breaks_the_reader_of_archives(noise: bytes, at: int) -> None:
    data = bytearray(jar({POM_PATH: POM, "a.jar": jar({POM_PATH: POM})}))
    data[at : at + len(noise)] = noise
    try:
        assert all(one.type == "maven" for one in java.read("x-1.jar", bytes(data)))
    except Unreadable as error:
        assert str(error)


def crate_program(content: bytes) -> bytes:
    """A 64-bit ELF file with a section `.dep-v0`."""
    names = b"\0.dep-v0\0.shstrtab\0"
    table = 64 + len(names) + len(content)
    head = bytearray(b"\x7fELF\x02\x01\x01".ljust(64, b"\0"))
    struct.pack_into("<Q", head, 40, table)
    struct.pack_into("<3H", head, 58, 64, 2, 1)
    first = struct.pack("<2I4Q2I2Q", 1, 1, 0, 0, 64 + len(names), len(content), 0, 0, 1, 0)
    second = struct.pack("<2I4Q2I2Q", 9, 3, 0, 0, 64, len(names), 0, 0, 1, 0)
    return bytes(head) + names + content + first + second


CRATES = {
    "packages": [
        {"name": "serde", "version": "1.0.200", "source": "registry"},
        {"name": "cc", "version": "1.0.0", "kind": "build"},
    ]
}


def test_rust_programs_tell_their_crates() -> None:
    data = crate_program(zlib.compress(json.dumps(CRATES).encode()))
    sketch = FileSketch(data.ljust(128 << 10, b"\0"), mode=0o755)
    assert rows(packages_of({"usr/bin/tool": sketch})) == [("cargo", "serde", "1.0.200")]


@given(st.binary(max_size=60), st.integers(0, 300))
def test_no_damage_breaks_the_reader_of_crates(noise: bytes, at: int) -> None:
    data = bytearray(crate_program(zlib.compress(json.dumps(CRATES).encode())))
    data[at : at + len(noise)] = noise
    try:
        assert all(one.type == "cargo" for one in rust.read("x", bytes(data)))
    except Unreadable as error:
        assert str(error)


def test_ruby_by_file_name() -> None:
    folder = "usr/local/bundle/specifications"
    packages = packages_of(
        {
            f"{folder}/nokogiri-1.16.0-x86_64-linux.gemspec": "",
            f"{folder}/default/json-2.7.1.gemspec": "",
            "usr/src/thing-1.0.gemspec": "",
        }
    )
    assert rows(packages) == [("gem", "json", "2.7.1"), ("gem", "nokogiri", "1.16.0")]


def test_php_of_both_versions() -> None:
    one = {"name": "symfony/console", "version": "v6.4.1"}
    for document in ([one], {"packages": [one]}):
        packages = packages_of({"app/vendor/composer/installed.json": json.dumps(document)})
        assert rows(packages) == [("composer", "symfony/console", "6.4.1")]


def test_dotnet_and_conda() -> None:
    libraries = {
        "Newtonsoft.Json/13.0.3": {"type": "package"},
        "App/1.0.0": {"type": "project"},
        "runtimepack.Microsoft.NETCore.App.Runtime.linux-x64/8.0.1": {"type": "runtimepack"},
    }
    packages = packages_of(
        {
            "app/App.deps.json": json.dumps({"libraries": libraries}),
            "opt/conda/conda-meta/zlib-1.2.13-h1.json": '{"name":"zlib","version":"1.2.13"}',
        }
    )
    assert rows(packages) == [
        ("conda", "zlib", "1.2.13"),
        ("nuget", "Microsoft.NETCore.App.Runtime.linux-x64", "8.0.1"),
        ("nuget", "Newtonsoft.Json", "13.0.3"),
    ]
