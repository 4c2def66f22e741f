"""What of a text is covered before anybody from outside reads it, and what stands in its place.

Names of whoever the case knows are covered wherever they stand: in full width, in traditional
characters, with spaces or characters of no width between them, within a longer word. Numbers,
plates, addresses and accounts are found by their shape. Where a minor is concerned, so are
schools, parents and days of birth: what would let one know who it is (RULES 461, 486). The rule
covers too much rather than too little; a second person looks at every piece.
"""

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cache

from services.packets.flow import MaskReason

STEMS = "甲乙丙丁戊己庚辛壬癸子丑寅卯辰巳午未申酉戌亥"
SHOWN = {
    MaskReason.NAME_FOUND: "某某",
    MaskReason.IDENTITY_NUMBER: "【证件号码】",
    MaskReason.TELEPHONE: "【电话】",
    MaskReason.BANK_CARD: "【银行卡号】",
    MaskReason.PLATE: "【车牌】",
    MaskReason.ACCOUNT: "【账号】",
    MaskReason.FILE_NUMBER: "【文号】",
    MaskReason.LONG_NUMBER: "【号码】",
    MaskReason.ADDRESS: "【地址】",
    MaskReason.BORN_ON: "【出生日期】",
    MaskReason.SCHOOL: "【学校】",
    MaskReason.PARENT: "某某",
    MaskReason.BY_EYE: "【已遮盖】",
}
_OF_MINORS = frozenset({MaskReason.BORN_ON, MaskReason.SCHOOL, MaskReason.PARENT})
_OF_A_PERSON = frozenset({MaskReason.NAME, MaskReason.NAME_FOUND, MaskReason.PARENT})
SHORTEST_NAME = 2
"""A name of one character would cover that character everywhere."""
_WHOLE_NAME = 3
_TAIL = 4
_RUN = 7
"""So many digits in a row tell of somebody."""
_MOBILE, _OLD_IDENTITY, _IDENTITY = 11, 15, 18
_CARD = range(16, 20)
_LINE = range(7, 13)

_TRADITIONAL = (
    "張张陳陈劉刘趙赵黃黄吳吴孫孙馬马鄭郑謝谢許许韓韩馮冯鄧邓葉叶蘇苏呂吕盧卢蔣蒋賈贾鄒邹龍龙"
    "萬万錢钱湯汤顧顾賀贺龔龚嚴严華华國国偉伟傑杰麗丽軍军東东紅红強强蓮莲鳳凤蘭兰寶宝豐丰貴贵"
    "興兴學学愛爱樂乐業业義义歡欢慶庆齊齐靜静穎颖瑤瑶銳锐鋒锋鈞钧鐵铁錦锦長长雲云濤涛澤泽潔洁"
    "漢汉輝辉賓宾維维緒绪紹绍經经綱纲繼继續续剛刚劍剑創创動动勝胜勳勋勵励楊杨羅罗蕭萧郟郏鍾钟"
    "譚谭範范韋韦關关陸陆葛葛連连聶聂閻阎喬乔倫伦儀仪億亿優优兒儿團团園园圓圆堅坚塵尘壽寿夢梦"
    "奪夺婭娅嬌娇孟孟寧宁實实對对導导將将層层嶺岭崗岗嶽岳師师廣广廳厅彥彦後后恆恒憲宪懷怀戰战"
    "揚扬時时曉晓暉晖書书會会條条榮荣樹树橋桥機机權权欽钦歐欧歲岁歷历殺杀氣气溫温滿满潤润灣湾"
    "煒炜煥焕爺爷爾尔獻献瑩莹環环畫画當当眾众確确禮礼禪禅種种穩稳筆笔節节紀纪純纯紅红紋纹細细"
    "綠绿綺绮緯纬縣县總总織织羣群習习聖圣聯联聰聪聲声肅肃臨临舉举莊庄藍蓝藝艺處处術术衛卫衝冲"
    "見见覺觉觀观許许記记詠咏詩诗話话詳详誌志誠诚語语說说課课談谈請请論论諾诺謙谦講讲識识譽誉"
    "讀读豔艳財财貝贝賢贤質质趙赵車车載载輪轮轉转遠远達达還还邊边鄉乡醫医鎮镇鎖锁鏡镜鑑鉴門门"
    "開开閃闪間间陽阳際际雙双難难電电霞霞韻韵順顺預预領领頭头題题願愿類类風风飛飞養养馳驰駿骏"
    "騰腾驕骄魯鲁鮑鲍鳴鸣鴻鸿鵬鹏鶴鹤麥麦點点黨党龐庞"
)
_SIMPLE = dict(zip(_TRADITIONAL[::2], _TRADITIONAL[1::2], strict=True))

_SURNAMES = (
    "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾"
    "丁魏薛叶阎余潘杜戴夏钟汪田任姜范方石姚谭廖邹熊金陆郝孔白崔康毛邱秦江史顾侯邵孟龙万段雷钱汤"
    "尹黎易常武乔贺赖龚文庞樊兰殷施陶洪翟安颜倪严牛温芦季俞章鲁葛伍韦申尤毕聂丛焦向柳邢路岳齐沿"
    "梅莫庄辛管祝左涂谷祁时舒耿牟卜路詹关苗凌费纪靳盛童欧甄项曲成游阳裴席卫查屈鲍位覃霍翁隋植甘"
    "景薄单包司柏宁柯阮桂闵解强柴华车冉房边辜吉饶刁瞿戚丘古米池滕晋苑邬臧畅宫来嵺苟全褚廉简娄盖符"
)
_COMPOUND = "欧阳|上官|司马|诸葛|司徒|夏侯|东方|皇甫|尉迟|公孙|慕容|令狐|宇文|长孙|独孤|南宫"
_SURNAME = rf"(?:{_COMPOUND}|[{_SURNAMES}])"
_PARENTS = (
    "父亲|母亲|其父|其母|爸爸|妈妈|父|母|祖父|祖母|爷爷|奶奶|外公|外婆|姥姥|姥爷|监护人|法定代理人"
    "|哥哥|弟弟|姐姐|妹妹"
)
_ROLES = (
    "证人|被害人|受害人|被侵害人|犯罪嫌疑人|嫌疑人|被告人|被不起诉人|诉讼代理人|辩护人|妻子|丈夫|儿子"
    "|女儿|老师|班主任|同学|同案人|同案犯|同伙|朋友|邻居|同事|老板|女友|男友|名叫|自称"
)
_NOT_OF_A_NAME = frozenset(
    "说称在到与和的是向对被将把从系于及等陈证供承因为以后前时已未曾又再也就都则并或按经由让使给"
    "发打骂偷抢盗骗报案来去回住家里中上下内外处分受伤供述指认辨认说明提出要求同意，。；、：（）《》“”"
)
_HAN = r"\u4e00-\u9fff"
_ROLE_AND_NAME = re.compile(
    rf"(?P<role>{_PARENTS}|{_ROLES})(?:是|为|叫|系|[:：])?\s*[“\"‘]?"
    rf"(?P<name>{_SURNAME}[{_HAN}]{{1,2}})"
)
_NICKNAME = re.compile(
    r"(?:绰号|外号|小名|乳名|化名|曾用名|网名|昵称|别名)(?:为|是|叫|[:：])?\s*"
    r"[“\"‘「『](?P<name>[^”\"’」』\n]{1,12})[”\"’」』]"
)

REGIONS = "京津冀晋蒙辽吉黑沪苏浙皖闽赣鲁豫鄂湘粤桂琼渝川贵云藏陕甘青宁新港澳"
"""The first character of a plate."""
_PLATE = re.compile(rf"[{REGIONS}][a-z][a-z0-9]{{4,5}}[a-z0-9挂学警]")
_CHINESE_DIGITS = dict(
    zip("〇○零一二三四五六七八九幺壹贰叁肆伍陆柒捌玖", "0001234567891123456789", strict=True)
)
_DIGIT = rf"[0-9{''.join(_CHINESE_DIGITS)}]"
_BETWEEN = r"[\s\-_.·—–/]{0,3}"
_NUMBER = re.compile(rf"(?:[A-Za-z]{{1,3}}{_BETWEEN})?{_DIGIT}(?:{_BETWEEN}{_DIGIT})*[Xx]?")
_ISO_DAY = re.compile(r"(?<!\d)(?:19|20)\d\d[-./]\d{1,2}[-./]\d{1,2}(?!\d)")
_MONEY = re.compile(r"\s*(?:余|多|万|亿)*(?:元|块|美元|港元|圆)")
_MAIL = re.compile(r"[\w.+-]{1,64}@[\w-]{1,64}(?:\.[\w-]{1,24}){1,4}")
_ACCOUNT = re.compile(
    r"(?:微信|[Qq]{2}|支付宝|抖音|快手|微博|账号|帐号|账户|帐户)(?:号码|号|账号|名|昵称|名称)?"
    r"(?:为|是|叫|[:：])?\s*[“\"‘]?(?P<name>[A-Za-z0-9_\-.@]{4,64})"
)
_FILE_NUMBER = re.compile(
    rf"[{_HAN}]{{0,10}}[〔\[(【]\s*\d{{4}}\s*[〕\])】][{_HAN}]{{0,10}}\d{{1,6}}(?:-\d{{1,4}})?\s*号"
)
_LIVES = re.compile(
    r"(?:户籍所在地|户籍地址|户籍地|户籍|现住址|住址|住所地|居住地|家庭住址|暂住地|暂住|现住|家住|租住|地址)"
    r"(?:于|在|为|是|[:：])?\s*(?P<name>[^，。；;,\n()（）]{3,60})"
)
_ENDS = "[省市州盟区县旗镇乡道街路巷弄同村庄屯寨组园苑寓厦舍]"
"""How the name of a place ends before the number of a house."""
_HOUSE = re.compile(
    rf"(?P<before>[{_HAN}]{{1,30}})(?<={_ENDS})"
    r"(?:[0-9A-Za-z一二三四五六七八九十百零〇\-]{1,8}+"
    r"(?:号楼|号院|号|栋|幢|座|单元|层|室|楼|弄|组|队|门)){1,6}+"
)
_BEFORE_A_PLACE = re.compile(r"[在到于往至从住居为是]")
_SCHOOL = re.compile(
    rf"(?P<before>[{_HAN}A-Za-z0-9]{{0,14}})"
    r"(?P<school>幼儿园|小学校?|中学|初中|高中|职高|技校|学校|学院|大学|少年宫|[一二三四五六七八九十]{1,2}中(?=[就读学的，。、]))"
    r"(?:[（(]?(?:初|高|小)?[一二三四五六七八九1-9]{1,2}年级?[）)]?)?"
    r"(?:[（(]?[0-9一二三四五六七八九十]{1,3}[）)]?班)?"
)
_CLASS = re.compile(
    r"(?:初|高)?[一二三四五六七八九1-9]{1,2}年级?\s*[（(]?[0-9一二三四五六七八九十]{1,3}[）)]?\s*班"
)
_BEFORE_A_SCHOOL = re.compile(r"[于在到是的为至去从和与系由被对向读名入回往里外该校某及等，]")
_BORN = re.compile(
    r"(?:出生日期|出生于|生于|出生)(?:为|是|[:：])?\s*(?P<after>\d{4}年\d{1,2}月\d{1,2}日)"
    r"|(?P<before>\d{4}年\d{1,2}月\d{1,2}日)(?:出生|生)"
)


@dataclass(frozen=True, slots=True)
class Known:
    """Somebody whose names are covered."""

    shown: str
    names: tuple[str, ...]
    minor: bool = False
    addresses: tuple[str, ...] = ()
    born_on: date | None = None


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of a text that is covered: characters, the end not included."""

    starts: int
    ends: int
    reason: MaskReason
    shown: str
    minor: bool = False


@dataclass(frozen=True, slots=True)
class _Folded:
    """A text as it is compared, and where each of its characters stood."""

    text: str
    at: tuple[int, ...]

    def piece(self, starts: int, ends: int) -> tuple[int, int]:
        """The same piece of the text as it was written."""
        return self.at[starts], self.at[ends - 1] + 1


def code_name(ordinal: int) -> str:
    """The name that stands in somebody's place: 甲某, 乙某 …"""
    around, at = divmod(ordinal - 1, len(STEMS))
    return f"{STEMS[at]}{around + 1 if around else ''}某"


def cover(texts: Sequence[str], known: Iterable[Known]) -> list[list[Piece]]:
    """What is covered in each of the texts; a name found in one is covered in all of them."""
    people = tuple(known)
    minors = any(one.minor for one in people)
    found = {name: reason for text in texts for name, reason in _names_found(text, minors)}
    return [_pieces(text, people, found, minors) for text in texts]


def everywhere(text: str, word: str) -> list[tuple[int, int]]:
    """Where a word stands in a text, however it is written there."""
    return list(_occurrences(_tight(text), word))


def redacted(text: str, pieces: Iterable[Piece]) -> str:
    """The text with those pieces covered."""
    out, done = [], 0
    for piece in merged(pieces):
        out += [text[done : piece.starts], piece.shown]
        done = piece.ends
    return "".join([*out, text[done:]])


def merged(pieces: Iterable[Piece]) -> list[Piece]:
    """Pieces in order, none over another; what overlaps is one, shown as the longer of them.

    A name is never part of anything else: an address that holds one is covered before and behind
    it, so that whoever shows the address again shows no name with it.
    """
    every = list(pieces)
    names = _united(one for one in every if one.reason in _OF_A_PERSON)
    others = _united(one for one in every if one.reason not in _OF_A_PERSON)
    around = [part for one in others for part in _around(one, names)]
    return sorted([*names, *around], key=lambda one: one.starts)


def _around(piece: Piece, names: Sequence[Piece]) -> Iterator[Piece]:
    """What is left of a piece before, between and behind names."""
    at = piece.starts
    for name in names:
        if name.ends > at and name.starts < piece.ends:
            if name.starts > at:
                yield replace(piece, starts=at, ends=name.starts)
            at = name.ends
    if at < piece.ends:
        yield replace(piece, starts=at)


def _united(pieces: Iterable[Piece]) -> list[Piece]:
    out: list[Piece] = []
    for piece in sorted(pieces, key=lambda one: (one.starts, -one.ends)):
        if out and piece.starts < out[-1].ends:
            last = out[-1]
            longer = max(last, piece, key=lambda one: one.ends - one.starts)
            out[-1] = replace(
                longer,
                starts=last.starts,
                ends=max(last.ends, piece.ends),
                minor=last.minor or piece.minor,
            )
        else:
            out.append(piece)
    return out


def _pieces(
    text: str,
    people: Sequence[Known],
    found: dict[str, MaskReason],
    minors: bool,  # noqa: FBT001  # a fact, no switch
) -> list[Piece]:
    tight, loose = _tight(text), _loose(text)
    pieces = [*_of_people(tight, people), *_shapes(loose, tight)]
    for name, reason in found.items():
        pieces += [_piece(*span, reason) for span in _occurrences(tight, name)]
    if minors:
        pieces += _of_minors(loose, people)
    return merged(pieces)


def _piece(starts: int, ends: int, reason: MaskReason) -> Piece:
    return Piece(starts, ends, reason, SHOWN[reason], minor=reason in _OF_MINORS)


def _of_people(tight: _Folded, people: Sequence[Known]) -> Iterator[Piece]:
    for one in people:
        for name in one.names:
            for word in _forms(name):
                for starts, ends in _occurrences(tight, word):
                    yield Piece(starts, ends, MaskReason.NAME, one.shown, minor=one.minor)
        for address in one.addresses:
            tail = re.split(r"[省市区县旗]", address)[-1]
            for word in {address, tail} if len(tail) >= _TAIL else {address}:
                for span in _occurrences(tight, word):
                    yield replace(_piece(*span, MaskReason.ADDRESS), minor=one.minor)


def _forms(name: str) -> Iterator[str]:
    """A name as it may stand: whole, and without the family name where two characters are left."""
    yield name
    folded = _tight(name).text
    if len(folded) >= _WHOLE_NAME and re.fullmatch(rf"{_SURNAME}[{_HAN}]{{2}}", folded):
        yield folded[-2:]


def _occurrences(tight: _Folded, word: str) -> Iterator[tuple[int, int]]:
    wanted = _tight(word).text
    if len(wanted) < SHORTEST_NAME:
        return
    start = tight.text.find(wanted)
    while start >= 0:
        yield tight.piece(start, start + len(wanted))
        start = tight.text.find(wanted, start + 1)


def _names_found(text: str, minors: bool) -> Iterator[tuple[str, MaskReason]]:  # noqa: FBT001  # a fact, no switch
    """What reads like a name: behind a word for somebody, or said to be what one is called."""
    loose = _loose(text).text
    for hit in _ROLE_AND_NAME.finditer(loose):
        name = hit["name"]
        if len(name) > SHORTEST_NAME and name[-1] in _NOT_OF_A_NAME:
            name = name[:-1]
        if name[-1] not in _NOT_OF_A_NAME:
            of_a_minor = minors and hit["role"] in _PARENTS.split("|")
            yield name, MaskReason.PARENT if of_a_minor else MaskReason.NAME_FOUND
    for hit in _NICKNAME.finditer(loose):
        yield hit["name"], MaskReason.NAME_FOUND


def _shapes(loose: _Folded, tight: _Folded) -> Iterator[Piece]:
    undated = _ISO_DAY.sub(lambda day: "…" * len(day[0]), loose.text)
    for hit in _NUMBER.finditer(undated):
        reason = _number(hit[0], undated[hit.end() : hit.end() + 8])
        if reason:
            yield _piece(*loose.piece(*hit.span()), reason)
    for hit in _PLATE.finditer(tight.text):
        yield _piece(*tight.piece(*hit.span()), MaskReason.PLATE)
    for hit in _HOUSE.finditer(loose.text):
        starts = hit.start() + _cut(hit["before"], _BEFORE_A_PLACE)
        yield _piece(*loose.piece(starts, hit.end()), MaskReason.ADDRESS)
    for shape, reason, group in _BY_SHAPE:
        for hit in shape.finditer(loose.text):
            yield _piece(*loose.piece(*hit.span(group)), reason)


def _number(written: str, following: str) -> MaskReason | None:
    """What a row of digits is, by how many there are; money is none of it."""
    ends_in_x = written[-1] in "Xx"
    digits = "".join(_CHINESE_DIGITS.get(one, one) for one in written)
    digits = re.sub(r"[^0-9]", "", digits)
    long = len(digits) + ends_in_x
    if long < _RUN or (_MONEY.match(following) and long < _MOBILE):
        return None
    if long == _MOBILE and digits[0] == "1":
        return MaskReason.TELEPHONE
    lettered = written[0].isascii() and written[0].isalpha()
    if ends_in_x or lettered or long in (_OLD_IDENTITY, _IDENTITY):
        return MaskReason.IDENTITY_NUMBER
    if long in _CARD:
        return MaskReason.BANK_CARD
    if long in _LINE and (digits[0] == "0" or long < _RUN + 2):
        return MaskReason.TELEPHONE
    return MaskReason.LONG_NUMBER


def _cut(before: str, words: re.Pattern[str]) -> int:
    """Where a name begins that other words stand before; two characters of it are left."""
    ends = [cut.end() for cut in words.finditer(before)]
    return max((one for one in ends if len(before) - one >= SHORTEST_NAME), default=0)


def _of_minors(loose: _Folded, people: Sequence[Known]) -> Iterator[Piece]:
    """Schools, classes and days of birth: what would tell who a minor is."""
    for hit in _SCHOOL.finditer(loose.text):
        starts = hit.start() + _cut(hit["before"], _BEFORE_A_SCHOOL)
        yield _piece(*loose.piece(starts, hit.end()), MaskReason.SCHOOL)
    for hit in _CLASS.finditer(loose.text):
        yield _piece(*loose.piece(*hit.span()), MaskReason.SCHOOL)
    for hit in _BORN.finditer(loose.text):
        group = "after" if hit["after"] else "before"
        yield _piece(*loose.piece(*hit.span(group)), MaskReason.BORN_ON)
    for one in people:
        if one.minor and one.born_on:
            day = one.born_on
            said = rf"{day.year}\D{{1,2}}0?{day.month}\D{{1,2}}0?{day.day}(?!\d)日?"
            for hit in re.finditer(said, loose.text):
                yield _piece(*loose.piece(*hit.span()), MaskReason.BORN_ON)


_BY_SHAPE: tuple[tuple[re.Pattern[str], MaskReason, int | str], ...] = (
    (_MAIL, MaskReason.ACCOUNT, 0),
    (_ACCOUNT, MaskReason.ACCOUNT, "name"),
    (_FILE_NUMBER, MaskReason.FILE_NUMBER, 0),
    (_LIVES, MaskReason.ADDRESS, "name"),
)


def _fold(text: str, keeps: Callable[[str], bool]) -> _Folded:
    chars: list[str] = []
    at: list[int] = []
    for index, written in enumerate(text):
        for char in _plain(written):
            if keeps(char):
                chars.append(char)
                at.append(index)
    return _Folded("".join(chars), tuple(at))


@cache
def _plain(written: str) -> str:
    """A character as it is compared: half width, simple."""
    return "".join(_SIMPLE.get(char, char) for char in unicodedata.normalize("NFKC", written))


def _loose(text: str) -> _Folded:
    """Full width as half width, traditional as simple, nothing of no width; spaces stay."""
    return _fold(text, _has_width)


@cache
def _has_width(char: str) -> bool:
    return char in "\n\t" or unicodedata.category(char) not in {"Cf", "Mn", "Me", "Cc"}


def _tight(text: str) -> _Folded:
    """Letters and digits only, small: what stands between them makes no name another."""
    folded = _fold(text, str.isalnum)
    lowered = [
        (low, at)
        for char, at in zip(folded.text, folded.at, strict=True)
        for low in char.casefold()
    ]
    return _Folded("".join(low for low, _ in lowered), tuple(at for _, at in lowered))
