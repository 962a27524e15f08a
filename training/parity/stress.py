"""Stress texts for the parity comparison: own, seeded, no text of others inside.

`documents(seed, prose)` yields (name, text). `prose` is a list of paragraphs that the
mutations are applied to; everything else is generated. Same seed and prose, same texts.
"""
import random
import unicodedata

TEMPLATES_NUMBERS = [
    "{n}km", "{n} km", "{n}km/h", "{n}%", "{n} %", "${n}", "US${n}m", "£{n}bn", "€{n}", "{n}€", "{n}°C.", "{n}kg,",
    "{n}x{n}", "{n}-{n}", "{n}–{n}", "{n}/{n}/{n}", "{n}:{n}", "{n}am", "{n} p.m.", "{n}a.m.", "#{n}", "+{n}", "-{n}",
    "{n}mm", "{n}MB.", "{n}м/с", "{n}كم", "{n}²", "{n}①", "~{n}", "{n}'s", "{n}s", "{n}th", "{n}nd", "'{n}s", "M{n}A1",
    "AK-{n}", "T-{n}", "{n}mm-calibre", "{n}+{n}={n}", "{n}*{n}", "{n}^{n}", "({n})", "[{n}]", "{n}...", "{n}.{n}.{n}",
    "{n}k", "{n}K", "{n}bn", "0x{n}", "{n}e-{n}", "1,{n},{n}", "{n}½", "№{n}", "§{n}", "{n}-year-old", "{n}-strong",
]
ADDRESSES = [
    "http://example.org", "https://www.example.org/a/b?c=d&e=f#g", "www.example.com.", "example.co.uk,", "(example.org)",
    "user@example.org", "mailto:first.last+tag@mail.example.net", "ftp://files.example.int:21/x", "http://203.0.113.7/",
    "http://10.1.2.3/", "192.168.1.1", "172.16.0.1/x", "8.8.8.8:53", "https://пример.рф/путь", "http://münchen.example.de",
    "example.org/path_(x)", "\"https://example.org\"", "<https://example.org>", "@handle", "#hashtag", "#1", "a@b", "a@b.c",
    "git+ssh://git@example.org/x.git", "//example.org", "example..org", "exa_mple.org", "-example.org", "example.org-",
    "https://example.org/…", "http://example.org:99999/", "svn://x.yz", "file:///tmp/x.txt", "C:\\temp\\x.txt", "/etc/x",
    "node.js", "U.S.A.-based", "e.g.example", "end.Start", "one,two", "a/b", "and/or", "w/o", "x->y", "a=b", "a<b>c", "x:y",
]
SHORT = [
    "can't", "Can't", "CAN'T", "cant", "won’t", "WON’T", "he'll've", "I'd've", "y'all", "Y'ALL", "gonna", "Gonna", "GONNA",
    "let's", "Let’s", "LET'S", "c'mon", "ain't", "AIN'T", "'em", "’em", "'Cause", "o'clock", "ma'am", "rock'n'roll", "'90s",
    "John's", "JOHN'S", "James'", "dogs’", "the'", "'tis", "d'état", "l'État", "O'Brien", "Sana'a", "Qur'an", "n't", "not've",
    "a.m.", "p.m.", "U.S.", "U.K.", "U.N.", "D.C.", "Ph.D.", "Gen.", "Lt.", "Col.", "Mr.", "Mrs.", "St.", "Jan.", "Sept.",
    "i.e.", "e.g.", "etc.", "vs.", "v.s.", "No.", "Nos.", "J.", "j.", "A.B.C.", "a.b.c", "Inc.", "Co.", "Corp.", "Ltd.",
    ":)", ":-)", ":(", ";-D", "<3", "</3", "^_^", "(^_^)", "¯\\(ツ)/¯", "(╯°□°）╯︵┻━┻", "ಠ_ಠ", "><(((*>", "xD", "XDD", "8-)",
    "o.O", "-_-", "\\n", "\\t", "<space>", "°C.", "10°F.", "C++", "C#", ".NET", "--", "---", "——", "—", "–", "…", "....", "..",
    "!!!", "?!", "?!?!", "***", "===", "~~~", "_x_", "__init__", "*bold*", "`code`", "``quoted''", "\"\"", "''", "“”", "«»",
    "-LRB-", "-RRB-", "(a)", "(i)", "[sic]", "{x}", "<b>", "</b>", "&amp;", "&", "AT&T", "R&D", "Q&A", "A-10", "F/A-18", "PKK/YPG",
    "al-Qaeda", "Al-Shabaab", "ash-Shabab", "Abu Sayyaf", "ISIS/ISIL", "anti-government", "non-state", "pre-9/11", "9/11",
    "co-op", "re-elected", "so-called", "mid-2014", "Boko-Haram.", "state-run", "twenty-one", "one-third", "7-year-old's",
]
SCRIPTS = [
    (0x0400, 0x04FF), (0x0370, 0x03FF), (0x0590, 0x05FF), (0x0600, 0x06FF), (0x0900, 0x097F), (0x0E00, 0x0E7F),
    (0x1100, 0x11FF), (0x1200, 0x137F), (0x13A0, 0x13FF), (0x10A0, 0x10FF), (0x3040, 0x30FF), (0x4E00, 0x9FFF),
    (0xAC00, 0xD7AF), (0x0100, 0x024F), (0x1E00, 0x1EFF), (0x2000, 0x206F), (0x2070, 0x209F), (0x20A0, 0x20CF),
    (0x2100, 0x214F), (0x2150, 0x218F), (0x2190, 0x21FF), (0x2200, 0x22FF), (0x2460, 0x24FF), (0x2500, 0x27BF),
    (0x2C60, 0x2C7F), (0xA640, 0xA7FF), (0xFB00, 0xFDFF), (0xFE00, 0xFFEF), (0x10000, 0x100FF), (0x10400, 0x1044F),
    (0x12000, 0x1203F), (0x1D400, 0x1D7FF), (0x1F000, 0x1FAFF), (0x20000, 0x2003F), (0xE0000, 0xE007F), (0xE000, 0xE010),
]
SPACES = [" ", "  ", "   ", "\t", "\n", "\n\n", "\r\n", "\u00a0", "\u2003", "\u2009", "\u3000", "\u200b", "\u2028", "\x1c", "\x85", " \n ", "\n  "]
GLUE = ["", "", "", "(", "\"", "'", "“", "[", "-", "…", "*"], ["", "", "", "", ".", ",", ")", "\"", "'s", "’", "…", "?", "!", ";", ":", "...", "-", ".\""]


def valid(cp):
    return not 0xD800 <= cp <= 0xDFFF and unicodedata.category(chr(cp)) != "Cn"


def unicode_text(rng, count):
    out = []
    for _ in range(count):
        lo, hi = rng.choice(SCRIPTS)
        word = []
        for _ in range(rng.randint(1, 7)):
            cp = rng.randint(lo, hi) if rng.random() < 0.85 else rng.randint(0, 0x3FFFF)
            if valid(cp):
                word.append(chr(cp))
        out.append("".join(word) + rng.choice(SPACES if rng.random() < 0.2 else [" "]))
    return "".join(out)


def mutate(rng, text):
    kind = rng.randrange(12)
    words = text.split(" ")
    if kind == 0:
        return text.upper()
    if kind == 1:
        return text.lower()
    if kind == 2:
        return text.replace(". ", ".\r\n").replace(", ", " , ")
    if kind == 3:
        return "".join(c + ("\u200b" if c == " " and rng.random() < 0.3 else "") for c in text)
    if kind == 4:
        return text.replace("'", "’").replace('"', "”").replace(" - ", " — ")
    if kind == 5:
        return "".join(c for c in text if rng.random() > 0.03)
    if kind == 6:
        return "".join(c * (1 if rng.random() > 0.03 else rng.randint(2, 5)) for c in text)
    if kind == 7:
        rng.shuffle(words)
        return " ".join(words)
    if kind == 8:
        return "".join(w + ("" if rng.random() < 0.15 else " ") for w in words)
    if kind == 9:
        return " ".join(w if rng.random() > 0.1 else rng.choice(GLUE[0]) + w + rng.choice(GLUE[1]) for w in words)
    if kind == 10:
        return " ".join(w if rng.random() > 0.08 else rng.choice(SHORT + ADDRESSES) for w in words)
    return "".join(w + rng.choice(SPACES if rng.random() < 0.15 else [" "]) for w in words)


def adversarial():
    yield "empty", ""
    for name, text in [
        ("blank", " "), ("two-blanks", "  "), ("line-feed", "\n"), ("blank-line-feed", " \n"), ("line-feeds", "\n\n\n"),
        ("tab-word", "\tword"), ("word-blank", "word "), ("word-blanks", "word  "), ("zero-width", "\u200b"), ("bom", "\ufefftext"),
        ("nbsp", "a\u00a0b"), ("nul", "a\0b"), ("separators", "a\x1cb\x1dc\x1ed\x1fe"), ("one", "a"), ("dot", "."), ("quote", "'"),
    ]:
        yield name, text
    for unit in ["(", ")", "'", "\"", ".", "-", "a-", "a.", "a'", "'s", ":)", "!?", "@", "a@", "http://", "a/", "1,", "ab.Cd", "/", "$1"]:
        yield f"run {unit}", unit * 400
    yield "long word", "x" * 3000
    yield "long number", "1234567890" * 200
    yield "long host", "a." * 600 + "org"
    yield "99 and 100", " ".join(c * n for c in "aé1中" for n in (98, 99, 100, 101))
    yield "combining", " ".join("e" + "\u0301" * n for n in range(1, 12)) + " ΑΣ ΑΣ. ΣΑΣ' Σ İI ıi ẞß ǅǄǆ ﬁﬂ"
    yield "emoji", "👩‍👩‍👧‍👦 🏳️‍🌈 👍🏽 🇺🇦🇸🇾 ☪️✝️ 1️⃣ 🧑🏿‍🚀. Fire🔥🔥 at the base🏠! (👀)"
    yield "right-to-left", "قال المتحدث باسم الجيش إن ٣ جنود قُتلوا. اللواء 'حفتر' في طرابلس. שלום, עולם! \u202eabc\u202c \u2067x\u2069"


def numbers(rng):
    for _ in range(12):
        items = [t.replace("{n}", str(rng.choice([1, 3, 7, 9, 10, 12, 50, 99, 120, 1979, 2017, 45000]))) for t in TEMPLATES_NUMBERS]
        rng.shuffle(items)
        yield "They counted " + " and ".join(items[:30]) + " near the border."


def glued(rng, items, per_document=60):
    items = list(items)
    rng.shuffle(items)
    for i in range(0, len(items), per_document):
        words = [rng.choice(GLUE[0]) + w + rng.choice(GLUE[1]) for w in items[i:i + per_document]]
        yield " ".join(words)


def documents(seed, prose, exceptions=(), unicode_docs=60, mutations=200):
    rng = random.Random(seed)
    for name, text in adversarial():
        yield f"adversarial: {name}", text
    for i, text in enumerate(numbers(rng)):
        yield f"numbers {i}", text
    for _ in range(3):
        for i, text in enumerate(glued(rng, SHORT + ADDRESSES)):
            yield f"short forms {i}", text
    for i, text in enumerate(glued(rng, exceptions)):
        yield f"exceptions {i}", text
    for i, text in enumerate(glued(rng, [e.upper() for e in exceptions] + [e.capitalize() for e in exceptions])):
        yield f"exceptions re-cased {i}", text
    for i in range(unicode_docs):
        yield f"unicode {i}", unicode_text(rng, rng.choice([3, 20, 80, 150]))
    for i in range(mutations if prose else 0):
        yield f"mutated {i}", mutate(rng, rng.choice(prose))
    if prose:
        yield "very long", "\n\n".join(rng.choice(prose) for _ in range(60))
        yield "very long line", " ".join(rng.choice(prose) for _ in range(40))
