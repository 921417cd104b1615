"""What no algorithm knows of Russian and English: irregular forms, stop words, names, short forms.

`IRREGULAR` counts in the index; all else only widens a query, and ranks below what was typed.
"""

from typing import Final


def _groups(lines: str) -> dict[str, tuple[tuple[str, ...], ...]]:
    """Lines of `short = long, other long`: of each side, what else may be meant by it."""
    found: dict[str, set[tuple[str, ...]]] = {}
    for line in filter(None, map(str.strip, lines.strip().splitlines())):
        short, _, longs = line.partition(" = ")
        for long in longs.split(", "):
            found.setdefault(short, set()).add(tuple(long.split()))
            if " " not in long:
                found.setdefault(long, set()).add((short,))
    return {word: tuple(sorted(others)) for word, others in found.items()}


_STOP: Final = """
    и в во не что он на я с со как а то все она так его но да ты к у же вы за бы по ее мне было
    вот от меня еще нет о из ему ли если уже или ни быть был него до вас нибудь опять уж вам ведь
    там потом себя ничего ей может они тут где есть надо ней для мы тебя их чем была сам чтоб чтобы
    без
    будто чего раз тоже себе под будет ж тогда кто этот того потому этого какой ним здесь этом один
    мой тем нее были куда зачем всех можно при об это эта эти эту этой этих том ту тех мне нам нас
    the a an and or of to in on at by for with from as is are was were be been it its this that
    these those i you he she we they my your our their me him her us them do does did not no so if
    but then than there here will would can could should have has had just about into over http
    https www com
    """
STOP: Final = frozenset(_STOP.split())
"""Words that nearly every text has: they are in no index. Phrases are compared with the text."""

_FORMS: Final = """
    человек люди людей людям людьми людях человека
    ребенок ребенка ребенку ребенком дети детей детям детьми детях
    подпись подписи подписью подписей подписям подписями подписях
    окно окна окну окном окне окон окнам окнами окнах окошко окошка окошку
    день дня дню днем дни дней дням днями днях
    письмо письма письму письмом писем письмам письмами письмах
    рынок рынка рынку рынком рынке рынки рынков рынкам рынками рынках
    отец отца отцу отцом
    время времени временем времена времен
    имя имени именем имена имен
    конец конца концу концом конце концы
    список списка списку списком списке списки списков спискам списками списках
    заголовок заголовка заголовку заголовком заголовки заголовков
    остаток остатка остатку остатком остатки остатков остаткам
    кусок куска куску куском куски кусков
    сайт сайта сайту сайтом сайте сайты сайтов сайтам сайтами сайтах
    цена цены цене цену ценой цен ценам ценами ценах
    платеж платежа платежу платежом платеже платежи платежей платежам платежами платежах
    тетрадь тетради тетрадей
    смета сметы смете смету сметой смет сметам сметами сметах
    идти шел шла шли иду идет идут пошел пошла пошли пойду пойдем пойдет
    писать пишу пишет пишем пишут пишешь пиши пишите
    написать напишу напишет напишем напишут напишешь напиши напишите
    сказать скажу скажет скажем скажут скажи скажите
    искать ищу ищет ищем ищут ищи ищите
    купить куплю
    прислать пришлю пришлет пришлем пришлют пришли пришлите присылать
    отправить отправлю
    go goes going went gone
    send sends sending sent
    pay pays paying paid
    buy buys buying bought
    write writes writing wrote written
    child children
    person people
    man men
    woman women
    company companies
    analysis analyses
    """
IRREGULAR: Final = {
    form: forms[0] for forms in map(str.split, _FORMS.strip().splitlines()) for form in forms
}
"""By a form: the one whose stem counts."""
STEMS: Final = {"подпись": "подпис"}
"""Where the algorithm cuts off too much."""

ALSO: Final = _groups("""
    саша = александр, александра
    шура = александр
    леша = алексей
    алеша = алексей
    толя = анатолий
    аня = анна
    нюра = анна
    настя = анастасия
    андрюша = андрей
    антоша = антон
    тоня = антонина
    боря = борис
    вадик = вадим
    валера = валерий
    валя = валентин, валентина
    варя = варвара
    вася = василий
    вера = вероника
    вика = виктория
    витя = виктор
    виталик = виталий
    вова = владимир
    володя = владимир
    влад = владислав, владимир
    слава = вячеслав, станислав, ярослав, владислав
    галя = галина
    гена = геннадий
    гоша = георгий, игорь
    гриша = григорий
    даша = дарья
    дима = дмитрий
    митя = дмитрий
    женя = евгений, евгения
    катя = екатерина
    лена = елена
    лиза = елизавета
    ваня = иван
    ира = ирина
    илюша = илья
    костя = константин
    ксюша = ксения
    лара = лариса
    лиля = лилия
    люда = людмила
    люба = любовь
    макс = максим
    рита = маргарита
    маша = мария
    мара = марина
    миша = михаил
    надя = надежда
    наташа = наталья, наталия
    коля = николай
    никита = никитос
    оля = ольга
    паша = павел
    петя = петр
    поля = полина
    рома = роман
    света = светлана
    сережа = сергей
    серега = сергей
    соня = софья, софия
    стас = станислав
    степа = степан
    тома = тамара
    таня = татьяна
    тима = тимофей, тимур
    федя = федор
    эдик = эдуард
    юля = юлия
    юра = юрий
    яша = яков
    alex = alexander, alexandra
    andy = andrew
    bill = william
    bob = robert
    kate = katherine
    mike = michael
    nick = nicholas
    tom = thomas
    тз = техническое задание
    кп = коммерческое предложение
    зп = зарплата
    спб = санкт петербург
    питер = санкт петербург
    мск = москва
    бух = бухгалтерия, бухгалтер
    комп = компьютер
    ноут = ноутбук
    док = документ
    доки = документы, документация
    инфа = информация
    допник = дополнительное соглашение
    допсоглашение = дополнительное соглашение
    дс = дополнительное соглашение
    дз = домашнее задание
    ио = исполняющий обязанности
    гендир = генеральный директор
    гд = генеральный директор
    юрлицо = юридическое лицо
    физлицо = физическое лицо
    ип = индивидуальный предприниматель
    бд = база данных
    по = программное обеспечение
    ос = операционная система
    пк = компьютер
    нг = новый год
    др = день рождения
    тк = транспортная компания, трудовой кодекс
    мвп = минимальный продукт
    накл = накладная
    сф = счет фактура
    упд = универсальный передаточный документ
    ттн = товарно транспортная накладная
    пп = платежное поручение
    платежка = платежное поручение, платеж
    авто = автомобиль
    тел = телефон
    адр = адрес
    мб = мегабайт
    асап = asap
    зум = zoom
    джира = jira
    гугл = google
    слак = slack
    эксель = excel, xlsx
    ворд = word, docx
    гит = git
    гитхаб = github
    гитлаб = gitlab
    пдф = pdf
    пэдээф = pdf
    скайп = skype
    фигма = figma
    аутлук = outlook
    докер = docker
    апи = api
    имейл = email, почта
    мейл = email, почта
    бэк = backend, бэкенд
    бэкенд = backend
    фронт = frontend, фронтенд
    фронтенд = frontend
    деплой = deploy
    релиз = release
    баг = bug, ошибка
    таска = task, задача
    митинг = meeting, встреча
    созвон = звонок, встреча
    дедлайн = deadline, срок
    телега = telegram
    телеграм = telegram
    презентация = презентаха, pptx
    doc = document
    docs = documents, documentation
    info = information
    asap = срочно
    hr = кадры
    qa = testing
    db = database
    repo = repository
    spec = specification
    pic = picture
    msg = message
    mtg = meeting
    dept = department
    mgr = manager
    acct = account
    inv = invoice
    q1 = first quarter
    eod = end day
    po = purchase order
    nda = non disclosure agreement
""")
"""By a word's normal form: what else it may stand for, each as one word or several."""
