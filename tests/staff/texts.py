"""Texts that somebody, sooner or later, types into a form."""

HOSTILE = {
    "NUL": "De\x00mo",
    "escape": "De\x1bmo",
    "C1 control": "De\x85mo",
    "lone surrogate": "De\ud800mo",
    "noncharacter": "De\uffffmo",
    "bytes that were not text": "De\ufffdmo",
}
HARMLESS = {
    "emoji": "Demo 🏡",
    "joined emoji": "Demo 👩\u200d⚕️",
    "right to left": "مريض تجريبي",
    "a joiner inside a word": "می\u200cخواهم",
    "markup": '<script>alert("demo")</script>',
    "letters of many alphabets": "O’Demo-Łukasz Nguyễn Дemo",
    "template": "{{ settings.SECRET_KEY }} %s {0}",
    "combining marks": "Zo\u0308e\u0301",
}
