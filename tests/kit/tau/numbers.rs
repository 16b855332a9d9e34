//! Numbers in a reply: counts in digits and words, amounts of money as they are written in English and Chinese.

use super::scan::What;

pub fn digits(lower: &[char], i: usize) -> usize {
    lower[i..].iter().take_while(|c| c.is_ascii_digit() || **c == ',' || **c == '.').count()
}

const ENGLISH: [&str; 21] = [
    "zero",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
    "thirteen",
    "fourteen",
    "fifteen",
    "sixteen",
    "seventeen",
    "eighteen",
    "nineteen",
    "twenty",
];
const CHINESE: [&str; 13] = ["零", "一", "二", "三", "四", "五", "六", "七", "八", "九", "十", "十一", "十二"];

/// A whole number in digits or words at `i`: its length and value. "One" and 一 are left out: they are articles.
pub fn count_at(lower: &[char], i: usize) -> Option<(usize, i64)> {
    let len = lower[i..].iter().take_while(|c| c.is_ascii_digit()).count();
    if len > 0 {
        let decimal = lower.get(i + len) == Some(&'.') && lower.get(i + len + 1).is_some_and(char::is_ascii_digit);
        let glued = lower.get(i + len).is_some_and(|c| *c == '%' || *c == 'x');
        let value: i64 = lower[i..i + len].iter().collect::<String>().parse().ok()?;
        return (len <= 4 && !decimal && !glued).then_some((len, value));
    }
    let text: String = lower[i..].iter().take(12).collect();
    if let Some(n) = (2..21).rev().find(|n| text.starts_with(ENGLISH[*n])) {
        let len = ENGLISH[n].len();
        let edge = text[len..].chars().next().is_none_or(|c| !c.is_alphanumeric());
        return edge.then_some((len, n as i64));
    }
    let counter = |rest: &str| {
        ["款", "种", "个版本", "个型号", "个款", "个选", "个颜", "个尺"].iter().any(|c| rest.starts_with(c))
    };
    let teens =
        text.strip_prefix('十').and_then(|t| (1..10).find(|n| t.starts_with(CHINESE[*n]))).map(|n| (2, 10 + n as i64));
    let plain = (2..11).find(|n| text.starts_with(CHINESE[*n])).map(|n| (1, n as i64));
    let two = text.starts_with('两').then_some((1, 2));
    teens.or(plain).or(two).filter(|(len, _)| counter(&text.chars().skip(*len).collect::<String>()))
}

/// An amount of money at `i`: its length, cents, and whether the currency is the dollar.
pub fn amount(lower: &[char], i: usize) -> Option<(usize, What)> {
    let text: String = lower[i..].iter().take(4).collect();
    let before = i.checked_sub(1).map(|j| lower[j]);
    let mark = [
        ("us$", true),
        ("usd ", true),
        ("usd", true),
        ("$", true),
        ("¥", false),
        ("￥", false),
        ("€", false),
        ("£", false),
    ];
    if let Some((sign, dollar)) = mark.iter().find(|(sign, _)| text.starts_with(sign)) {
        let mut at = i + sign.chars().count();
        at += usize::from(lower.get(at) == Some(&' '));
        let (len, cents) = money(lower, at)?;
        let tail: String = lower[at + len..].iter().take(4).collect();
        return Some((at + len - i + if tail.starts_with(" usd") { 4 } else { 0 }, What::Amount(cents, *dollar)));
    }
    if !lower[i].is_ascii_digit() || before.is_some_and(|c| c.is_ascii_alphanumeric() || c == '.') {
        return None;
    }
    let (len, cents) = money(lower, i)?;
    let tail: String = lower[i + len..].iter().take(9).collect();
    let space = usize::from(tail.starts_with(' '));
    let unit = [
        ("usd", true),
        ("us dollars", true),
        ("dollars", true),
        ("dollar", true),
        ("bucks", true),
        ("美元", true),
        ("美金", true),
        ("刀", true),
        ("元", false),
        ("块", false),
        ("rmb", false),
        ("yuan", false),
        ("人民币", false),
    ];
    if let Some((unit, dollar)) = unit.iter().find(|(unit, _)| tail[space..].starts_with(unit)) {
        return Some((len + space + unit.chars().count(), What::Amount(cents, *dollar)));
    }
    let said: String = lower[i..i + len].iter().collect();
    let cents_given = said.rsplit_once('.').is_some_and(|(_, after)| after.len() == 2);
    (cents_given && !tail.trim_start().starts_with(|c: char| c.is_ascii_alphabetic() && !tail.starts_with(' ')))
        .then_some((len, What::Amount(cents, true)))
}

/// `1,299.00` as its length and cents.
fn money(lower: &[char], i: usize) -> Option<(usize, i64)> {
    let mut len = digits(lower, i);
    while len > 0 && matches!(lower[i + len - 1], ',' | '.') {
        len -= 1;
    }
    let said: String = lower.get(i..i + len)?.iter().filter(|c| **c != ',').collect();
    let value: f64 = said.parse().ok()?;
    Some((len, (value * 100.0).round() as i64))
}

/// What makes the number before `i` one part of a share ("3 of 5", "5款中有3款"): its length and the share.
pub fn share_at(lower: &[char], i: usize, n: i64) -> Option<(usize, What)> {
    let english = [" out of the ", " out of ", " of the ", " of its ", " of our ", " of ", "/"];
    let chinese =
        ["个版本中有", "个版本中", "个版本里有", "个版本里", "款里有", "款中有", "款里", "款中", "个中有", "种中有"];
    let joints = english.iter().map(|j| (j, false)).chain(chinese.iter().map(|j| (j, true)));
    for (joint, whole_first) in joints {
        let Some(len) = after_joint(lower, i, joint, whole_first) else { continue };
        if let Some((more, m)) = lower.get(i + len).and_then(|_| count_at(lower, i + len)) {
            let what = if whole_first { What::Share(m, n) } else { What::Share(n, m) };
            return Some((len + more, what));
        }
    }
    None
}

/// The length of `joint` at `i`; in Chinese, blanks between it and the numbers do not matter.
fn after_joint(lower: &[char], i: usize, joint: &str, blanks: bool) -> Option<usize> {
    let skip = |at: usize| lower[at..].iter().take_while(|c| blanks && **c == ' ').count();
    let mut at = i;
    for c in joint.chars() {
        at += skip(at);
        (lower.get(at) == Some(&c)).then_some(())?;
        at += 1;
    }
    Some(at + skip(at) - i)
}
