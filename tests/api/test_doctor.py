"""The doctor's page over REST: of the server that is asked, in the language that is asked for."""

from tests.api.cast import Person, ok


async def test_page_of_the_server_that_is_asked(admin: Person) -> None:
    report = ok(await admin.get("/admin/doctor", locale="en"))
    codes = {each["code"]: each for each in report["checks"]}
    # It called itself, by its own port, and spoke over a socket.
    assert codes["server"]["state"] == codes["version"]["state"] == "well"
    assert codes["server"]["found"].endswith(f"at http://127.0.0.1:{admin.door.server.port}")
    assert codes["schema"]["state"] == "well"
    areas = [each["area"] for each in report["checks"]]
    assert areas == sorted(areas, key=list(dict.fromkeys(areas)).index)
    wrong = {each["code"] for each in report["checks"] if each["state"] == "wrong"}
    # The tests' own database loses all in a crash.
    assert wrong == {"not_durable"}
    assert not report["ok"]
    assert codes["not_durable"]["sql"].startswith("alter system set ")
    assert codes["not_durable"]["fix"] == "switch it on"
    secret = next(each for each in report["settings"] if each["name"] == "SECRET_KEY")
    assert "s" * 8 not in secret["value"]
    told = ok(await admin.get("/admin/doctor"))["checks"]
    assert {each["fix"] for each in told if each["code"] == "not_durable"} == {"включите"}
