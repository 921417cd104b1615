"""What is left out of a start is there for whoever asks for it."""

import subprocess
import sys

import pytest

BEGUN = """
import sys
from messenger import late
late.prepare()
from aiohttp import helpers, web, web_urldispatcher
from jwt import decode, encode
def left_out(name):
    assert name not in sys.modules, name
"""


def in_a_process_of_its_own(lines: str) -> None:
    done = subprocess.run(
        [sys.executable, "-P", "-c", BEGUN + lines], capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize(
    ("module", "lines"),
    [
        ("html", 'assert web_urldispatcher.html_escape("<b>") == "&lt;b&gt;"'),
        ("argparse", "assert web.ArgumentParser(prog='one').prog == 'one'"),
        ("urllib.request", "assert isinstance(helpers.getproxies(), dict)"),
        (
            "email.headerregistry",
            'assert helpers.parse_content_type("text/x; a=b") == ("text/x", {"a": "b"})',
        ),
        ("attr.validators", "import attr; assert callable(attr.validators.instance_of)"),
        (
            "idna.idnadata",
            "import yarl; assert yarl.URL('http://bücher.example').raw_host[:4] == 'xn--'",
        ),
        ("jwt.jwks_client", "import jwt; assert isinstance(jwt.PyJWKClient, type)"),
        ("aiohttp.client", "import aiohttp; assert isinstance(aiohttp.ClientSession, type)"),
        ("sysconfig", "import zoneinfo; zoneinfo.reset_tzpath(); assert zoneinfo.TZPATH"),
        (
            "msgspec.inspect",
            "from msgspec import inspect as i; assert isinstance(i.type_info(int), i.IntType)",
        ),
        ("cryptography", "import cryptography; assert cryptography.__version__"),
    ],
)
def test_what_is_left_out_comes_when_it_is_used(module: str, lines: str) -> None:
    in_a_process_of_its_own(f"left_out({module!r})\n{lines}\nassert {module!r} in sys.modules")


def test_others_import_what_stood_in_for_nothing() -> None:
    in_a_process_of_its_own(
        "import argparse, html, urllib.request\n"
        "class Parser(argparse.ArgumentParser): pass\n"
        'assert html.unescape("&lt;") == "<"\n'
        "assert callable(urllib.request.urlopen)"
    )


def test_tokens_are_signed_and_read_without_cryptography() -> None:
    in_a_process_of_its_own(
        'token = encode({"sub": "1"}, "k" * 32, algorithm="HS256")\n'
        'assert decode(token, "k" * 32, algorithms=["HS256"]) == {"sub": "1"}\n'
        'left_out("cryptography")'
    )
