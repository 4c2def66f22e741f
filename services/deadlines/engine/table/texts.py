"""From which day each text that the rows rest on applies."""

from datetime import date

CPL = date(2018, 10, 26)
RULES = date(2019, 12, 30)
MPS = date(2020, 9, 1)
"""公安机关办理刑事案件程序规定 (2020 revision); its day of effect is from a secondary page."""
LAID = date(2022, 1, 1)
FLOW_2016 = date(2016, 7, 27)
"""The day of the document; a public copy gives 4 August 2016 as its publication."""
PSUP_2021 = date(2022, 1, 1)
CUST_2023 = date(2023, 11, 30)
"""The day of the document."""
BAIL_2022 = date(2022, 9, 5)
"""The day of the document."""
SPC_I = date(2021, 3, 1)
"""最高人民法院关于适用刑事诉讼法的解释; its day of effect is from a secondary page."""

COPY_ZH = "依据公开转载文本核对，未核对官方文本"
COPY_EN = "checked against a public copy of the text, not against the official one"
"""What a row says that rests on a text whose official edition was not at hand."""
