import pytest

from messenger.errors import ValidationFailed
from messenger.rules.people_table import MOST, read_people

TAKEN, ADDRESS = "This user name is taken.", "This address is taken."


@pytest.mark.parametrize(
    ("table", "found"),
    [
        ("username,name\nanna,Anna", [("anna", "Anna", None, "user", None)]),
        # As a Russian table program writes it.
        (
            '\ufeffлогин;Имя;роль\r\nanna;"Анна; старшая";Администратор\r\n',
            [("anna", "Анна; старшая", None, "admin", None)],
        ),
        # Only addresses; empty lines and unknown columns are passed over.
        (
            "E-mail\tцех\nanna@example.org\t3\n\n",
            [("anna", "anna", "anna@example.org", "user", None)],
        ),
        (
            "login,email\nanna,a@x.org\nANNA,b@x.org\nboris,A@x.org",
            [
                ("anna", "anna", "a@x.org", "user", None),
                ("ANNA", "ANNA", "b@x.org", "user", TAKEN),
                ("boris", "boris", "A@x.org", "user", ADDRESS),
            ],
        ),
        # A line that is too short, and a role that is none.
        ("name,login,role\nAnna", [("", "Anna", None, "user", ...)]),
        ("login,role\nanna,boss", [("anna", "anna", None, "user", ...)]),
    ],
)
def test_tables_are_read(table: str, found: list[tuple[object, ...]]) -> None:
    people = read_people(table)
    assert len(people) == len(found)
    for person, (username, name, email, role, problem) in zip(people, found, strict=True):
        assert (person.username, person.display_name, person.email, person.role) == (
            username, name, email, role,
        )  # fmt: skip
        assert bool(person.problem) if problem is ... else person.problem == problem


@pytest.mark.parametrize(
    "table",
    [
        "",
        "a,b\n1,2",
        "username\n",
        "username\n" + "anna\n" * (MOST + 1),
        'username\n"' + "x" * 200_000,
    ],
)
def test_what_is_no_table_of_people_is_refused(table: str) -> None:
    with pytest.raises(ValidationFailed):
        read_people(table)
