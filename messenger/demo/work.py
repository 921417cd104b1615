"""What stood on the board in that week: cards, and what became of them. Data alone.

`when` is read as in `talk`. `column` is the place among the board's columns where a card ends,
`due` the day it is due on, in days from now; `source` names the message of `talk` it was made of.
"""

from typing import Final

import msgspec


class Card(msgspec.Struct, frozen=True, kw_only=True):
    when: str
    who: str
    title: str
    to: str | None = None
    column: int = 0
    due: int | None = None
    labels: tuple[str, ...] = ()
    checklist: tuple[str, ...] = ()
    ticked: int = 0
    description: str = ""
    source: str | None = None
    comments: tuple[tuple[str, str], ...] = ()


BOARD: Final = "site"
"""The chat whose board it is."""

CARDS: Final = (
    Card(
        when="5 12:45", who="anna", title="Главная страница: макет", to="maria", column=2,
        labels=("дизайн",), source="layout",
        checklist=("первый экран", "блок отзывов", "подвал с контактами"), ticked=3,
    ),
    Card(
        when="5 12:50", who="dmitry", title="Скрипт для картинок в трёх размерах", to="dmitry",
        column=2, labels=("вёрстка",),
        description="480, 960 и 1920 точек; `webp` и запасной `jpg`.",
    ),
    Card(
        when="5 15:25", who="anna", title="Съёмка каталога в цехе", to="yulia", column=2,
        labels=("фото",), checklist=("столы", "стеллаж «Кижи»", "кресла"), ticked=3,
        comments=(("yulia", "Отбор прислала, 60 кадров."), ("maria", "Беру 18, спасибо!")),
    ),
    Card(
        when="4 10:10", who="dmitry", title="Справочник: порода, цвет, покрытие", to="igor",
        column=2, labels=("тексты",),
        description="Нужен для поиска. 42 позиции, у двух пока нет артикула.",
    ),
    Card(
        when="3 17:40", who="anna", title="Ретушь отобранных кадров", to="yulia", column=1, due=1,
        labels=("фото",), checklist=("главная", "карточки товара", "о мастерской"), ticked=1,
        comments=(("yulia", "Главная готова, остальное завтра к вечеру."),),
    ),
    Card(
        when="2 12:40", who="maria", title="Карточка товара на телефоне", to="maria", column=1,
        due=0, labels=("дизайн", "вёрстка"),
        description="Цена рядом с кнопкой, фотографии листаются пальцем.",
    ),
    Card(
        when="2 15:05", who="anna", title="Оплата на тестовом стенде", to="dmitry", column=1,
        due=-1, labels=("запуск",), source="launch",
        checklist=("карта", "счёт для юрлица", "возврат"), ticked=1,
        comments=(("dmitry", "Карта проходит, жду ключи для счёта."),),
    ),
    Card(
        when="2 15:10", who="dmitry", title="Перенос домена в воскресенье ночью", to="dmitry",
        due=4, labels=("запуск",),
    ),
    Card(
        when="1 10:20", who="igor", title="Тексты для раздела «О мастерской»", to="igor", due=2,
        labels=("тексты",), checklist=("история", "команда", "как заказать"),
    ),
    Card(when="1 11:05", who="maria", title="Иконка сайта, картинка ссылок", labels=("дизайн",)),
    Card(
        when="1 16:30", who="anna", title="Договор с хостингом", to="anna", due=3,
        labels=("запуск",), description="Сравнить два предложения, счёт передать Елене.",
    ),
    Card(when="-50", who="anna", title="Рассылка покупателям о новом сайте", due=7),
)  # fmt: skip
