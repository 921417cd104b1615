"""A furniture workshop of eight people, and a photographer who helps them. Data alone."""

from typing import Final

import msgspec

from messenger.model import Role


class Person(msgspec.Struct, frozen=True):
    username: str
    display_name: str
    role: Role = "user"


class Group(msgspec.Struct, frozen=True):
    """`people` by user name; the first makes the group, the second is its admin."""

    name: str
    title: str
    people: tuple[str, ...]
    board: bool = False


PEOPLE: Final = (
    Person("anna", "Анна Соколова", "admin"),
    Person("dmitry", "Дмитрий Орлов"),
    Person("maria", "Мария Волкова"),
    Person("pavel", "Павел Кузнецов"),
    Person("olga", "Ольга Лебедева"),
    Person("igor", "Игорь Новиков"),
    Person("elena", "Елена Морозова"),
    Person("timur", "Тимур Сафин"),
    Person("yulia", "Юлия Белова", "guest"),
)
LOGINS: Final = ("anna", "dmitry", "maria")
"""Who gets a password; the first is the one to look around as."""

COMMON: Final = "common"
"""What `talk` calls the organisation's common chat."""
GROUPS: Final = (
    Group("site", "Новый сайт", ("anna", "dmitry", "maria", "igor", "yulia"), board=True),
    Group("shop", "Цех и заказы", ("pavel", "anna", "timur", "igor", "olga")),
    Group("sales", "Продажи", ("igor", "anna", "elena", "olga")),
)
DIRECTS: Final = {
    "anna": ("anna", "anna"),
    "anna+dmitry": ("anna", "dmitry"),
    "anna+maria": ("maria", "anna"),
    "anna+elena": ("elena", "anna"),
    "anna+timur": ("timur", "anna"),
    "dmitry+maria": ("dmitry", "maria"),
    "pavel+timur": ("pavel", "timur"),
}
"""Who opened the direct chat, and with whom; with oneself it is the notebook."""
MUTED: Final = ("anna", "sales")
DRAFT: Final = ("anna", "shop", "Павел, давай в понедельник сверим остатки по дубу и")
