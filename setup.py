"""What setup.cfg cannot say: `migrations/` lives beside the package and travels inside it."""

from pathlib import Path
from shutil import copytree

from setuptools import setup
from setuptools.command.build_py import build_py


class BuildWithMigrations(build_py):
    """Copies `migrations/` to `messenger/migrations/` in what is built; a checkout needs none."""

    def run(self) -> None:
        super().run()
        if not self.editable_mode:
            target = Path(self.build_lib, "messenger", "migrations")
            copytree("migrations", target, dirs_exist_ok=True)


setup(cmdclass={"build_py": BuildWithMigrations})
