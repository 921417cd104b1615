"""`migrations/README.md` has a line for each: what runs beside it, what going back loses."""

import re

from messenger.store.schema.migrate import MIGRATIONS


def test_every_migration_has_its_line_and_its_way_back() -> None:
    page = (MIGRATIONS / "README.md").read_text()
    rows = [
        [cell.strip() for cell in row.strip("|").split("|")]
        for row in re.findall(r"^\| \d{4}\..*$", page, re.M)
    ]
    files = sorted(path.stem for path in MIGRATIONS.glob("*.sql") if "rollback" not in path.name)
    assert [row[0] for row in rows] == files
    for name, beside, back, _ in rows:
        assert (MIGRATIONS / f"{name}.rollback.sql").is_file()
        assert back
        assert name == files[0] or re.match(r"yes\b|no: ", beside), name


def test_what_says_that_it_goes_beside_does() -> None:
    page = (MIGRATIONS / "README.md").read_text()
    for path in MIGRATIONS.glob("*.sql"):
        if "\n-- beside: yes\n" in f"\n{path.read_text()}":
            assert path.read_text().startswith("-- beside: yes\n"), "it is the first line"
            assert f"| {path.stem} | yes" in page
