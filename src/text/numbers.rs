//! Numbers as people and catalogs write them: `$1,299.00`, `1.299,00 €`, `50块`, `两千五`, `twenty`, `13-inch`, `1.5L`.
//! One scanner for the importer, for understanding and for the guard, so that all three read a text the same way.

use std::ops::Range;

use super::units::{self, Dimension, Unit};
use crate::domain::Currency;

/// An exact decimal: `mantissa / 10^scale`, without trailing zeros.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Decimal {
    mantissa: i64,
    scale: u32,
}

impl Decimal {
    pub fn new(mut mantissa: i64, mut scale: u32) -> Decimal {
        while scale > 0 && mantissa % 10 == 0 {
            mantissa /= 10;
            scale -= 1;
        }
        Decimal { mantissa, scale }
    }

    pub fn whole(n: i64) -> Decimal {
        Decimal::new(n, 0)
    }

    pub fn as_f64(self) -> f64 {
        self.mantissa as f64 / 10f64.powi(self.scale as i32)
    }

    pub fn as_whole(self) -> Option<i64> {
        (self.scale == 0).then_some(self.mantissa)
    }

    /// In minor units of a currency with `exponent` digits, if it fits exactly.
    pub fn minor_units(self, exponent: u32) -> Option<i64> {
        if self.scale > exponent {
            return None;
        }
        self.mantissa.checked_mul(10i64.checked_pow(exponent - self.scale)?)
    }
}

/// A number found in a text, with the unit or currency that it is written with.
#[derive(Clone, Debug, PartialEq)]
pub struct Quantity {
    /// Bytes of the folded text that hold number, sign and unit.
    pub range: Range<usize>,
    pub value: Decimal,
    pub unit: Option<Unit>,
    pub currency: Option<Money>,
    /// Written in words or Chinese numerals rather than digits.
    pub in_words: bool,
}

/// How an amount of money is marked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Money {
    /// A sign or code that names one currency.
    Of(Currency),
    /// 块, 元, bucks: money of the shop's own currency, as people speak.
    Spoken,
}

impl Quantity {
    /// The size in the dimension's base unit, for comparing `1.5 L` with `1500 ml`.
    pub fn base(&self) -> Option<(Dimension, f64)> {
        let unit = self.unit?;
        let size = if unit.size == 0.0 { 1.0 } else { unit.size };
        Some((unit.dimension, self.value.as_f64() * size))
    }

    /// Whether two quantities say the same amount of the same thing.
    pub fn same(&self, other: &Quantity) -> bool {
        match (self.base(), other.base()) {
            (Some((d, a)), Some((e, b))) if d == e && self.unit != other.unit => {
                (a - b).abs() <= 0.001 * a.abs().max(b.abs()) && self.comparable(other)
            }
            _ => self.value == other.value && self.unit.map(|u| u.name) == other.unit.map(|u| u.name),
        }
    }

    fn comparable(&self, other: &Quantity) -> bool {
        let sized = |q: &Quantity| q.unit.is_some_and(|u| u.size != 0.0);
        sized(self) && sized(other)
    }
}

/// As a person writes it: `16 GB`, `2.1 kg`.
impl std::fmt::Display for Quantity {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}", self.value.as_f64())?;
        self.unit.map_or(Ok(()), |u| write!(f, " {}", u.name))
    }
}

/// Every number in a folded text, left to right.
pub fn scan(folded: &str) -> Vec<Quantity> {
    let mut found = Vec::new();
    let mut i = 0;
    while let Some(rest) = folded.get(i..) {
        let Some(c) = rest.chars().next() else { break };
        let fresh = !folded.get(..i).and_then(|b| b.chars().next_back()).is_some_and(|p| p.is_ascii_alphanumeric());
        if c.is_ascii_digit() {
            let quantity = digits(folded, i);
            i = quantity.range.end.max(i + c.len_utf8());
            found.push(quantity);
        } else if let Some(quantity) = article(folded, i).filter(|_| fresh) {
            i = quantity.range.end;
            found.push(quantity);
        } else if c.is_ascii_alphabetic() && fresh {
            let word = rest.split(|c: char| !c.is_ascii_alphabetic()).next().unwrap_or_default();
            match english_words(rest) {
                Some((value, len)) => {
                    let quantity = with_unit(folded, i, i + len, Decimal::whole(value), true);
                    i = quantity.range.end;
                    found.push(quantity);
                }
                None => i += word.len().max(1),
            }
        } else if let Some((value, len)) = chinese_numeral(rest) {
            let quantity = with_unit(folded, i, i + len, value, true);
            // A lone 一 or 几 in running text (一下, 一样) is no number unless something is counted by it.
            if len > '一'.len_utf8()
                || quantity.unit.is_some()
                || quantity.currency.is_some()
                || counted(folded, i + len)
            {
                i = quantity.range.end;
                found.push(quantity);
            } else {
                i += len;
            }
        } else {
            i += c.len_utf8();
        }
    }
    found
}

/// `a litre`, `half a kilo`: an article stands for one where a measure in letters follows.
fn article(folded: &str, start: usize) -> Option<Quantity> {
    let rest = folded.get(start..)?;
    let (value, len) = [
        ("half a ", Decimal::new(5, 1)),
        ("half an ", Decimal::new(5, 1)),
        ("a ", Decimal::whole(1)),
        ("an ", Decimal::whole(1)),
    ]
    .into_iter()
    .find_map(|(form, value)| rest.starts_with(form).then_some((value, form.len())))?;
    let (unit, unit_len) = units::prefix(rest.get(len..)?)?;
    let spelt = unit_len > 3
        && !matches!(unit.dimension, Dimension::Time | Dimension::Count(_) | Dimension::Zoom | Dimension::Angle);
    spelt.then(|| Quantity {
        range: start..start + len + unit_len,
        value,
        unit: Some(unit),
        currency: None,
        in_words: true,
    })
}

fn counted(folded: &str, end: usize) -> bool {
    folded.get(end..).and_then(|r| r.chars().next()).is_some_and(|c| "个款种件台把双条张只套本支瓶号位".contains(c))
}

/// A number in digits at `start`, reading grouping and decimal signs of both worlds.
fn digits(folded: &str, start: usize) -> Quantity {
    let rest = folded.get(start..).unwrap_or_default();
    let mut len = 0;
    for (at, c) in rest.char_indices() {
        let inner =
            (c == '.' || c == ',') && rest.get(at + 1..).is_some_and(|r| r.starts_with(|d: char| d.is_ascii_digit()));
        if c.is_ascii_digit() || inner {
            len = at + 1;
        } else {
            break;
        }
    }
    let text = rest.get(..len).unwrap_or_default();
    let mut value = parse_digits(text);
    let mut end = start + len;
    if folded.get(end..).is_some_and(|r| r.starts_with("万像素")) {
        let value = Decimal::new(value.mantissa, value.scale + 2);
        let range = start..end + "万像素".len();
        return Quantity { range, value, unit: units::parse("mp"), currency: None, in_words: false };
    }
    // 1.5k, 3万, 2千
    if let Some(scale) = folded.get(end..).and_then(|r| r.chars().next()).and_then(|c| match c {
        '万' => Some(10_000),
        '千' if !folded.get(end..).is_some_and(|r| r.starts_with("千克") || r.starts_with("千瓦")) => Some(1000),
        '百' if !folded.get(end..).is_some_and(|r| r.starts_with("百万像素")) => Some(100),
        _ => None,
    }) {
        value = Decimal::new(value.mantissa.saturating_mul(scale), value.scale);
        end += '万'.len_utf8();
    }
    with_unit(folded, start, end, value, false)
}

/// Reads `1,299.00`, `1.299,00`, `10,000`, `1.5`, `0,5`.
fn parse_digits(text: &str) -> Decimal {
    let last = text.rfind(['.', ',']);
    let decimal_at = last.filter(|&at| {
        let sign = text.as_bytes().get(at).copied();
        let after = text.len() - at - 1;
        let same = text.bytes().filter(|b| Some(*b) == sign).count();
        let other = text.bytes().any(|b| (b == b'.' || b == b',') && Some(b) != sign);
        match sign {
            Some(b'.') => same == 1 && (after != 3 || !other || text.find(',').is_some_and(|c| c < at)),
            _ => {
                same == 1 && (after != 3 || (other && text.find('.').is_some_and(|p| p < at))) && after <= 2
                    || (other && same == 1 && after != 3)
            }
        }
    });
    let (whole, fraction) = match decimal_at {
        Some(at) => (text.get(..at).unwrap_or_default(), text.get(at + 1..).unwrap_or_default()),
        None => (text, ""),
    };
    let digits: String = whole.chars().chain(fraction.chars()).filter(char::is_ascii_digit).take(18).collect();
    Decimal::new(digits.parse().unwrap_or(i64::MAX), fraction.len() as u32)
}

/// Looks for a currency sign before the number and a currency or unit behind it.
fn with_unit(folded: &str, start: usize, end: usize, value: Decimal, in_words: bool) -> Quantity {
    let mut range = start..end;
    let before = folded.get(..start).unwrap_or_default();
    let trimmed = before.trim_end();
    let mut currency = CURRENCY_BEFORE.iter().find(|(form, _)| trimmed.ends_with(form)).map(|(form, c)| {
        range.start = trimmed.len() - form.len();
        *c
    });
    let rest = folded.get(end..).unwrap_or_default();
    let gap = rest.len() - rest.trim_start_matches([' ', '-']).len();
    let tail = rest.get(gap..).unwrap_or_default();
    let mut unit = None;
    if let Some((form, money)) =
        CURRENCY_AFTER.iter().filter(|(form, _)| starts_word(tail, form)).max_by_key(|(f, _)| f.len())
    {
        currency = currency.or(Some(*money));
        range.end = end + gap + form.len();
    } else if currency.is_none()
        && let Some((found, len)) = units::prefix(tail)
        && (gap == 0 || !ambiguous_spaced(found, tail, len))
    {
        unit = Some(found);
        range.end = end + gap + len;
    }
    Quantity { range, value, unit, currency: currency.map(Into::into), in_words }
}

/// `size 10 in black`: a spaced `in`, `m`, `l`, `p`, `x`, `k`, `g` is a word or a size as often as a unit.
fn ambiguous_spaced(unit: Unit, tail: &str, len: usize) -> bool {
    let form = tail.get(..len).unwrap_or_default();
    match form {
        "in" => tail.get(len..).is_some_and(|r| r.trim_start().starts_with(|c: char| c.is_alphabetic())),
        "p" | "x" | "k" | "times" | "man" => true,
        "m" | "l" => false,
        _ => unit.name.is_empty(),
    }
}

fn starts_word(tail: &str, form: &str) -> bool {
    tail.starts_with(form)
        && !(form.ends_with(|c: char| c.is_ascii_alphabetic())
            && tail.get(form.len()..).is_some_and(|r| r.starts_with(|c: char| c.is_ascii_alphanumeric())))
}

type Marked = (&'static str, Mark);

#[derive(Clone, Copy)]
enum Mark {
    Code(&'static str),
    Spoken,
}

impl From<Mark> for Money {
    fn from(mark: Mark) -> Money {
        match mark {
            Mark::Code(code) => Currency::parse(code).map_or(Money::Spoken, Money::Of),
            Mark::Spoken => Money::Spoken,
        }
    }
}

const CURRENCY_BEFORE: &[Marked] = &[
    ("us$", Mark::Code("USD")),
    ("$", Mark::Code("USD")),
    ("usd", Mark::Code("USD")),
    ("€", Mark::Code("EUR")),
    ("eur", Mark::Code("EUR")),
    ("£", Mark::Code("GBP")),
    ("gbp", Mark::Code("GBP")),
    ("¥", Mark::Code("CNY")),
    ("rmb", Mark::Code("CNY")),
    ("cny", Mark::Code("CNY")),
];

const CURRENCY_AFTER: &[Marked] = &[
    ("$", Mark::Code("USD")),
    ("usd", Mark::Code("USD")),
    ("us dollars", Mark::Code("USD")),
    ("us dollar", Mark::Code("USD")),
    ("dollars", Mark::Spoken),
    ("dollar", Mark::Spoken),
    ("bucks", Mark::Spoken),
    ("buck", Mark::Spoken),
    ("美元", Mark::Code("USD")),
    ("美金", Mark::Code("USD")),
    ("刀", Mark::Spoken),
    ("块钱", Mark::Spoken),
    ("块", Mark::Spoken),
    ("元", Mark::Spoken),
    ("€", Mark::Code("EUR")),
    ("eur", Mark::Code("EUR")),
    ("euros", Mark::Code("EUR")),
    ("euro", Mark::Code("EUR")),
    ("欧元", Mark::Code("EUR")),
    ("欧", Mark::Code("EUR")),
    ("£", Mark::Code("GBP")),
    ("quid", Mark::Code("GBP")),
    ("英镑", Mark::Code("GBP")),
    ("人民币", Mark::Code("CNY")),
    ("rmb", Mark::Code("CNY")),
];

const ENGLISH: &[(&str, i64)] = &[
    ("zero", 0),
    ("one", 1),
    ("two", 2),
    ("three", 3),
    ("four", 4),
    ("five", 5),
    ("six", 6),
    ("seven", 7),
    ("eight", 8),
    ("nine", 9),
    ("ten", 10),
    ("eleven", 11),
    ("twelve", 12),
    ("thirteen", 13),
    ("fourteen", 14),
    ("fifteen", 15),
    ("sixteen", 16),
    ("seventeen", 17),
    ("eighteen", 18),
    ("nineteen", 19),
    ("twenty", 20),
    ("thirty", 30),
    ("forty", 40),
    ("fifty", 50),
    ("sixty", 60),
    ("seventy", 70),
    ("eighty", 80),
    ("ninety", 90),
    ("dozen", 12),
];

/// A number in English words at the start of `text` (up to the thousands) and its length. A lone `one` is a pronoun
/// more often than a number and is left alone.
fn english_words(text: &str) -> Option<(i64, usize)> {
    let (mut total, mut current, mut end, mut words) = (0i64, 0i64, 0usize, 0);
    let mut at = 0;
    loop {
        let rest = text.get(at..)?;
        let word = rest.split(|c: char| !c.is_ascii_alphabetic()).next().unwrap_or_default();
        let small = ENGLISH.iter().find(|(w, _)| *w == word).map(|(_, n)| *n);
        match (small, word) {
            (Some(n), _) if words == 0 || current % 10 == 0 || current == 0 => current = current.saturating_add(n),
            (None, "hundred") => current = current.max(1).saturating_mul(100),
            (None, "thousand" | "grand") => {
                total = total.saturating_add(current.max(1).saturating_mul(1000));
                current = 0;
            }
            (None, "and") if words > 0 && current % 100 == 0 => {
                at += word.len() + 1;
                if !text.get(at..).is_some_and(|r| ENGLISH.iter().any(|(w, _)| r.starts_with(w))) {
                    break;
                }
                continue;
            }
            _ => break,
        }
        words += 1;
        at += word.len();
        end = at;
        match text.get(at..).and_then(|r| r.chars().next()) {
            Some(' ' | '-') => at += 1,
            _ => break,
        }
    }
    let first = text.get(..end)?;
    if words == 0 || matches!(first, "one" | "hundred" | "thousand" | "grand") {
        return None;
    }
    Some((total.saturating_add(current), end))
}

/// A Chinese numeral (`两千五`, `三百`, `十二`, `半`) at the start of `text` and its length in bytes.
fn chinese_numeral(text: &str) -> Option<(Decimal, usize)> {
    let digit = |c: char| {
        Some(match c {
            '零' | '〇' => 0,
            '一' => 1,
            '二' | '两' | '俩' => 2,
            '三' => 3,
            '四' => 4,
            '五' => 5,
            '六' => 6,
            '七' => 7,
            '八' => 8,
            '九' => 9,
            _ => return None,
        })
    };
    let scale = |c: char| {
        Some(match c {
            '十' => 10i64,
            '百' => 100,
            '千' => 1000,
            '万' => 10_000,
            _ => return None,
        })
    };
    let (mut total, mut current, mut len, mut last_scale, mut run) = (0i64, None::<i64>, 0usize, 0i64, 0);
    for c in text.chars() {
        if let Some(d) = digit(c) {
            current = Some(match current {
                Some(before) if last_scale == 0 || run > 0 => before.saturating_mul(10).saturating_add(d),
                _ => d,
            });
            run += 1;
        } else if let Some(s) = scale(c) {
            if s == 10_000 {
                total = total.saturating_add(current.unwrap_or(0)).max(1).saturating_mul(s);
            } else {
                total = total.saturating_add(current.unwrap_or(1).saturating_mul(s));
            }
            current = None;
            last_scale = s;
            run = 0;
        } else {
            break;
        }
        len += c.len_utf8();
    }
    if len == 0 {
        return None;
    }
    // 两千五 is 2500: a digit right after a scale stands for the next scale down.
    if let Some(n) = current {
        total +=
            if last_scale >= 100 && run == 1 && !text.get(..len)?.contains('零') { n * last_scale / 10 } else { n };
    }
    Some((Decimal::whole(total), len))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Vec<String> {
        scan(&crate::text::fold(text))
            .into_iter()
            .map(|q| {
                let mark = match (q.currency, q.unit) {
                    (Some(Money::Of(c)), _) => c.to_string(),
                    (Some(Money::Spoken), _) => "money".into(),
                    (None, Some(u)) => u.name.to_owned(),
                    _ => "-".into(),
                };
                format!("{} {mark}", q.value.as_f64())
            })
            .collect()
    }

    #[test]
    fn money_in_every_form_people_write() {
        for (text, expected) in [
            ("$1,299.00", "1299 USD"),
            ("1.299,00 €", "1299 EUR"),
            ("under 50 bucks", "50 money"),
            ("fifty dollars", "50 money"),
            ("五十块", "50 money"),
            ("两百块钱以内", "200 money"),
            ("两千五百元", "2500 money"),
            ("两千五", "2500 -"),
            ("3万", "30000 -"),
            ("200 美元", "200 USD"),
            ("two hundred and fifty dollars", "250 money"),
            ("USD 15.00", "15 USD"),
            ("0,5 l", "0.5 L"),
        ] {
            assert_eq!(read(text), [expected], "{text}");
        }
    }

    #[test]
    fn units_in_every_form_people_write() {
        for (text, expected) in [
            ("13-inch", "13 in"),
            ("13\"", "13 in"),
            ("13寸", "13 in"),
            ("1.5L", "1.5 L"),
            ("1 liter", "1 L"),
            ("10000mAh", "10000 mAh"),
            ("10,000 mah", "10000 mAh"),
            ("20 hours", "20 h"),
            ("100ft", "100 ft"),
            ("60%", "60 %"),
            ("size 10 in black", "10 -"),
            ("110 degrees", "110 °"),
            ("256GB SSD", "256 GB"),
            ("三个小时", "3 h"),
        ] {
            assert_eq!(read(text), [expected], "{text}");
        }
    }

    #[test]
    fn words_that_only_look_like_numbers_are_left_alone() {
        for text in ["which one is it", "看一下", "一样的", "someone", "often"] {
            assert!(read(text).is_empty(), "{text}: {:?}", read(text));
        }
    }

    #[test]
    fn the_same_amount_in_another_unit_is_the_same() {
        let one = |t: &str| scan(t).into_iter().next();
        assert!(one("1.5 l").zip(one("1500ml")).is_some_and(|(a, b)| a.same(&b)));
        assert!(one("6 ft").zip(one("6 feet")).is_some_and(|(a, b)| a.same(&b)));
        assert!(!one("6 ft").zip(one("6 in")).is_some_and(|(a, b)| a.same(&b)));
    }
}
