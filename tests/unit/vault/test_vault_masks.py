"""What a mask shows (domain rules, B12)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tellertui.vault.masks import (
    mask_address,
    mask_card,
    mask_document,
    mask_email,
    mask_name,
    mask_phone,
)


@pytest.mark.parametrize(
    ("name", "mask"),
    [
        ("陳大文", "陳**"),
        ("王伟", "王**"),
        ("李", "李**"),
        ("歐陽娜娜", "歐陽**"),
        ("司马光", "司马**"),
        ("欧阳", "欧**"),
        ("阿卜杜拉·买买提", "阿**"),
        ("CHEN, DA WEI", "CHEN**"),
        ("Smith John", "Smith**"),
        ("Madonna", "M**"),
        ("  陳大文 ", "陳**"),
        ("", "****"),
        ("  ", "****"),
    ],
)
def test_a_name_keeps_the_surname(name: str, mask: str) -> None:
    assert mask_name(name) == mask


@pytest.mark.parametrize(
    ("number", "mask"),
    [
        ("13800138000", "138****8000"),
        ("138-0013-8000", "138****8000"),
        ("+86 138 0013 8000", "138****8000"),
        ("008613800138000", "138****8000"),
        ("+852 6123 4567", "****4567"),
        ("010-66668888", "****8888"),
        ("95588", "****"),
        ("", "****"),
    ],
)
def test_a_phone_keeps_three_and_four(number: str, mask: str) -> None:
    assert mask_phone(number) == mask


@pytest.mark.parametrize(
    ("number", "mask"),
    [
        ("11010519491231002X", "1****************X"),
        ("A123456(3)", "A****************3"),
        ("E12345678", "E****************8"),
        ("12345", "****************"),
        ("", "****************"),
    ],
)
def test_a_document_keeps_its_ends(number: str, mask: str) -> None:
    assert mask_document(number) == mask


@pytest.mark.parametrize(
    ("number", "mask"),
    [
        ("6222021234567890128", "622202*********0128"),
        ("4111 1111 1111 1111", "411111*********1111"),
        ("123456789012", "*********9012"),
        ("1234567", "*********"),
        ("", "*********"),
    ],
)
def test_a_card_keeps_six_and_four(number: str, mask: str) -> None:
    assert mask_card(number) == mask


@pytest.mark.parametrize(
    ("address", "mask"),
    [
        ("北京市朝阳区建国路88号", "北京市朝阳区****"),
        ("上海市 浦东新区 世纪大道100号", "上海市浦东新区****"),
        ("广东省深圳市南山区科技园", "广东省深圳市南山区****"),
        ("江苏省苏州市昆山市前进路", "江苏省苏州市昆山市****"),
        ("内蒙古自治区呼和浩特市赛罕区大学街", "内蒙古自治区呼和浩特市赛罕区****"),
        ("内蒙古自治区锡林郭勒盟正蓝旗上都镇", "内蒙古自治区锡林郭勒盟正蓝旗****"),
        ("河南省新乡市红旗区人民路1号", "河南省新乡市红旗区****"),
        ("浙江省台州市路桥区南官大道", "浙江省台州市路桥区****"),
        ("臺北市大安區忠孝東路四段", "臺北市大安區****"),
        ("香港特別行政區中西區德輔道中1號", "香港特別行政區中西區****"),
        ("深圳市科技园小区3栋", "深圳市****"),
        ("人民路幸福超市", "****"),
        ("12 Main Street", "****"),
        ("", "****"),
    ],
)
def test_an_address_keeps_the_district(address: str, mask: str) -> None:
    assert mask_address(address) == mask


@pytest.mark.parametrize(
    ("address", "mask"),
    [
        ("abcdef@x.cn", "abc***@x.cn"),
        ("abc@x.cn", "a***@x.cn"),
        ("a@b@c.cn", "a***@c.cn"),
        ("@x.cn", "****"),
        ("abc", "****"),
        ("abc@", "****"),
    ],
)
def test_an_email_keeps_three_and_the_domain(address: str, mask: str) -> None:
    assert mask_email(address) == mask


@given(st.text(alphabet="0123456789", min_size=8, max_size=30))
def test_numbers_show_at_most_what_the_rule_allows(number: str) -> None:
    shown = [sum(c.isdigit() for c in mask(number)) for mask in (mask_phone, mask_document, mask_card)]
    assert shown[0] <= 7
    assert shown[1] == 2
    assert shown[2] <= 10


@given(st.text(max_size=40))
def test_every_mask_has_stars_for_any_text(text: str) -> None:
    for mask in (mask_name, mask_phone, mask_document, mask_card, mask_address, mask_email):
        assert "**" in mask(text)
