from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from hardening.image.accounts import Accounts, Group, User, accounts, parse_accounts
from hardening.image.synthetic import ImageSketch, LayerSketch, make_image

PASSWD = """root:x:0:0:root:/root:/bin/bash
daemon:x:1:1:daemon:/usr/sbin:/usr/sbin/nologin
# a comment
app:x:1000:1001:,,,:/home/app:/bin/sh
toor:x:0:0::/root:
short:x:5
negative:x:-1:0::/:
huge:x:99999999999:0::/:
"""
GROUP = "root:x:0:\nweb:x:1001:app, daemon\nbroken\n1234:x:77:\n"


def test_accounts_of_the_merged_tree() -> None:
    image = make_image(
        ImageSketch(
            layers=(
                LayerSketch({"etc/passwd": "root:x:0:0:root:/root:/bin/sh\n"}),
                LayerSketch({"etc/passwd": PASSWD, "etc/group": GROUP}),
            )
        )
    )
    found = accounts(image)
    assert [user.name for user in found.users] == ["root", "daemon", "app", "toor"]
    assert found.user("app") == User("app", 1000, 1001, "/home/app", "/bin/sh")
    assert found.user(1000) == found.user("app") == found.user("1000:web")
    assert found.user("0") == found.user("root")
    assert found.user("nobody") is None
    assert found.group("web") == Group("web", 1001, ("app", "daemon"))


def test_a_name_wins_over_a_number() -> None:
    found = parse_accounts(b"1000:x:7:7::/:\napp:x:1000:1000::/:\n", b"")
    assert found.user("1000") == User("1000", 7, 7, "/", "")


def test_ids_the_way_the_engine_resolves_them() -> None:
    found = parse_accounts(PASSWD.encode(), GROUP.encode())
    assert found.ids("") == (0, 0)
    assert found.ids("app") == (1000, 1001)
    assert found.ids("app:root") == (1000, 0)
    assert found.ids("4321") == (4321, 0)
    assert found.ids("4321:55") == (4321, 55)
    assert found.ids("app:1234") == (1000, 77)
    assert found.ids("missing") is None
    assert found.ids("app:missing") is None


def test_no_passwd_is_told_from_an_empty_one() -> None:
    scratch = make_image(ImageSketch(layers=(LayerSketch({"app": "x"}),)))
    assert accounts(scratch) == Accounts((), (), passwd_found=False)
    assert parse_accounts(b"", None).passwd_found


def test_login_shells() -> None:
    found = parse_accounts(PASSWD.encode(), None)
    may = {user.name: user.may_log_in for user in found.users}
    assert may == {"root": True, "daemon": False, "app": True, "toor": True}


def test_free_id_is_neither_uid_nor_gid() -> None:
    found = parse_accounts(b"a:x:10001:5::/:\n", b"g:x:10002:\n")
    assert found.free_id() == 10_003
    assert Accounts().free_id() == 10_001


@given(st.binary(max_size=400), st.binary(max_size=400))
def test_any_bytes_parse(passwd: bytes, group: bytes) -> None:
    found = parse_accounts(passwd, group)
    assert all(user.name for user in found.users)
