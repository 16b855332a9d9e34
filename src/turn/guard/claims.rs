//! What a text claims, taken apart: amounts, quantities, counts, stock states, values, names, negations, degrees, each
//! with the subject it is said of. The same reading for the rendering and for the model's words, so that the two can be
//! held against each other.

use std::ops::Range;

use super::known::{Known, VALUE_TOKENS_MAX};
use super::phrases::{self, Phrase};
use crate::domain::{Availability, Currency, Money, Part};
use crate::text::numbers::{self, Decimal, Money as Marked, Quantity};
use crate::text::tokens::{Kind, Token, join_key, tokenize};
use crate::text::units::Dimension;
use crate::text::{fold, is_han};
use crate::turn::understand::lexicon::Lexicon;

/// One thing that a text says.
#[derive(Clone, Debug, PartialEq)]
pub struct Claim {
    pub kind: ClaimKind,
    /// Bytes in the folded text.
    pub range: Range<usize>,
    /// Index of the group of subjects (a product with its versions) that it is said of, where that is clear.
    pub about: Option<usize>,
    /// Number of the statement (sentence, list line or part of one) that it stands in.
    pub statement: usize,
}

#[derive(Clone, Debug, PartialEq)]
pub enum ClaimKind {
    /// An amount of money and its currency; `None` for 块, 元, bucks.
    Money(Decimal, Option<Currency>),
    /// A number with a unit, or a bare one.
    Number(Amount),
    Stock(Stock),
    /// A colour, material, size …: the lexicon's concept.
    Value(usize),
    /// A value of the part's facts that the lexicon does not know, by its key.
    Own(String),
    Negation,
    /// `all`, `only`, `some`, `都`: how many a statement speaks of.
    Extent(&'static str),
    /// `cheapest`, `更轻`, `the same`.
    Degree(&'static str),
    /// `at least`, `以内`, beside a number.
    Bound(&'static str),
    Yes,
}

/// A number in a form that compares across ways of writing it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Amount {
    /// As written.
    value: Decimal,
    /// In ten-thousandths of the base unit, where the unit converts.
    size: Option<i64>,
    /// Of a unit that converts.
    dimension: Option<Dimension>,
    /// Of a unit that does not.
    unit: Option<&'static str>,
}

/// Stock states as sentences tell them apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stock {
    In,
    Out,
    Ahead,
    Gone,
}

impl Stock {
    pub fn of(state: Availability) -> Stock {
        match state {
            Availability::InStock => Stock::In,
            Availability::OutOfStock => Stock::Out,
            Availability::Preorder | Availability::Backorder => Stock::Ahead,
            Availability::Discontinued => Stock::Gone,
        }
    }

    /// `0 of 4 in stock`: none is.
    fn denied(self) -> Stock {
        if self == Stock::In { Stock::Out } else { Stock::In }
    }
}

/// A text taken apart.
pub struct Claims {
    pub folded: String,
    pub claims: Vec<Claim>,
    /// Where a subject of the part is named: bytes, group.
    pub names: Vec<(Range<usize>, usize)>,
}

/// Takes a text apart.
pub fn read(text: &str, part: &Part, lexicon: &Lexicon) -> Claims {
    read_as(text, &Known::in_full(part, lexicon), true)
}

/// `values` also looks for values and phrases that no fact alone can be held against.
pub fn read_as(text: &str, known: &Known<'_>, values: bool) -> Claims {
    let (folded, apart) = folded(text);
    let names = named(&folded, known);
    let masked = parted(mask(&folded, &names), &apart);
    let statements = statements(&masked);
    let mut claims = Vec::new();
    amounts(&masked, &mut claims);
    let idle = said(&masked, &mut claims);
    if values {
        valued(&masked, known, &idle, &mut claims);
    }
    claims.sort_by_key(|c| (c.range.start, c.range.end));
    for claim in &mut claims {
        claim.statement = statements.iter().filter(|end| **end <= claim.range.start).count();
        let start = claim.statement.checked_sub(1).and_then(|i| statements.get(i)).copied().unwrap_or(0);
        let end = statements.get(claim.statement).copied().unwrap_or(masked.len());
        claim.about = about(&masked, claim, &names, start..end);
    }
    Claims { folded, claims, names }
}

/// Folding joins lines and turns `，` into a comma; here lines end statements, and where a `，` was is remembered,
/// since it parts numbers.
pub fn folded(text: &str) -> (String, Vec<usize>) {
    let mut out = String::with_capacity(text.len());
    let mut apart = Vec::new();
    for (i, line) in text.lines().enumerate() {
        if i > 0 {
            out.push('\n');
        }
        for (j, piece) in line.split('，').enumerate() {
            if j > 0 {
                apart.push(out.len());
                out.push(',');
            }
            out.push_str(&fold(piece));
        }
    }
    (out, apart)
}

/// The text with what was a `，` no longer part of a number.
pub fn parted(text: String, apart: &[usize]) -> String {
    if apart.is_empty() {
        return text;
    }
    let mut bytes = text.into_bytes();
    for at in apart {
        if let Some(byte) = bytes.get_mut(*at).filter(|b| **b == b',') {
            *byte = b'|';
        }
    }
    String::from_utf8(bytes).unwrap_or_default()
}

/// Where the part's subjects are named. The longest names win.
fn named(folded: &str, known: &Known<'_>) -> Vec<(Range<usize>, usize)> {
    let mut all: Vec<(Range<usize>, usize)> = Vec::new();
    for (name, group) in &known.names {
        let hits = folded.match_indices(name.as_str()).map(|(at, _)| at..at + name.len());
        all.extend(hits.filter(|r| phrases::whole_word(folded, r)).map(|r| (r, *group)));
    }
    all.sort_by_key(|(r, _)| (std::cmp::Reverse(r.len()), r.start));
    let mut chosen: Vec<(Range<usize>, usize)> = Vec::new();
    for (range, group) in all {
        if chosen.iter().all(|(c, _)| c.end <= range.start || range.end <= c.start) {
            chosen.push((range, group));
        }
    }
    chosen.sort_by_key(|(r, _)| r.start);
    chosen
}

/// Names, links and addresses hold digits and words that claim nothing.
fn mask(folded: &str, names: &[(Range<usize>, usize)]) -> String {
    let mut bytes: Vec<u8> = folded.bytes().collect();
    let mut blank = |range: Range<usize>| {
        if let Some(slice) = bytes.get_mut(range) {
            slice.fill(b'_');
        }
    };
    for (range, _) in names {
        blank(range.clone());
    }
    for start in ["https://", "http://"] {
        for (at, _) in folded.match_indices(start) {
            let len = folded
                .get(at..)
                .map_or(0, |r| r.find(|c: char| c.is_whitespace() || is_han(c) || c == '）').unwrap_or(r.len()));
            blank(at..at + len);
        }
    }
    String::from_utf8(bytes).unwrap_or_else(|_| folded.to_owned())
}

/// Ends of statements: sentences, list lines, and what a semicolon parts.
fn statements(text: &str) -> Vec<usize> {
    let mut ends = Vec::new();
    for (at, c) in text.char_indices() {
        let next = text.get(at + c.len_utf8()..).and_then(|t| t.chars().next());
        let stop = matches!(c, '\n' | '。' | '！' | '？' | ';' | '；' | '!' | '?')
            || c == '.' && next.is_none_or(char::is_whitespace);
        if stop {
            ends.push(at + c.len_utf8());
        }
    }
    ends
}

/// The subject named last before a claim in its statement; `$60 for NAME` is said of what follows; what `than NAME` and
/// 比 NAME name is only compared with. A statement that names nothing goes on about the subject before, unless it
/// heads a list.
fn about(text: &str, claim: &Claim, names: &[(Range<usize>, usize)], statement: Range<usize>) -> Option<usize> {
    let after = names.iter().find(|(r, _)| r.start >= claim.range.end && r.end <= statement.end);
    if let Some((range, group)) = after {
        let between = text.get(claim.range.end..range.start).unwrap_or_default().trim();
        if matches!(between, "for" | "for the" | "of" | "of the") {
            return Some(*group);
        }
    }
    let compared = |range: &Range<usize>| {
        let before = text.get(..range.start).unwrap_or_default().trim_end().trim_end_matches(" the");
        before.ends_with(" than") || before.ends_with('比')
    };
    let before = names.iter().rev().filter(|(r, _)| r.end <= claim.range.start);
    let degree = matches!(claim.kind, ClaimKind::Degree(_));
    let inside = before.clone().find(|(r, _)| r.start >= statement.start && !(degree && compared(r)));
    let heads = || text.get(statement.clone()).is_some_and(|s| s.trim_end().ends_with(':'));
    inside.or(after).or_else(|| before.clone().next().filter(|_| !heads())).map(|(_, group)| *group)
}

fn claim(kind: ClaimKind, range: Range<usize>) -> Claim {
    Claim { kind, range, about: None, statement: 0 }
}

fn amounts(text: &str, claims: &mut Vec<Claim>) {
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        for quantity in numbers::scan(line) {
            let range = at + quantity.range.start..at + quantity.range.end;
            // `one` and 一 are articles and pronouns as often as numbers.
            let lone = quantity.in_words && quantity.value.as_whole() == Some(1);
            if !(lone && quantity.currency.is_none() && quantity.unit.is_none()) {
                claims.push(claim(number(&quantity), range));
            }
        }
        at += line.len();
    }
}

/// A quantity in a form that compares.
pub fn number(quantity: &Quantity) -> ClaimKind {
    let value = quantity.value;
    match (quantity.currency, quantity.unit) {
        (Some(Marked::Of(currency)), _) => ClaimKind::Money(value, Some(currency)),
        (Some(Marked::Spoken), _) => ClaimKind::Money(value, None),
        (None, None) => ClaimKind::Number(Amount { value, size: None, dimension: None, unit: None }),
        (None, Some(unit)) => {
            let calendar = unit.dimension == Dimension::Time && unit.size > 80_000.0;
            let converts = unit.size != 0.0 && !calendar && unit.dimension != Dimension::Temperature;
            let size = quantity.base().filter(|_| converts).map(|(_, size)| (size * 10_000.0).round() as i64);
            let (dimension, name) = if converts { (Some(unit.dimension), None) } else { (None, Some(unit.name)) };
            ClaimKind::Number(Amount { value, size, dimension, unit: name })
        }
    }
}

pub fn money(money: Money) -> ClaimKind {
    ClaimKind::Money(Decimal::new(money.minor_units, money.currency.exponent()), Some(money.currency))
}

pub fn count(n: u64) -> ClaimKind {
    let value = Decimal::whole(i64::try_from(n).unwrap_or(i64::MAX));
    ClaimKind::Number(Amount { value, size: None, dimension: None, unit: None })
}

/// Whether two claims say the same, however each is written.
pub fn same(a: &ClaimKind, b: &ClaimKind) -> bool {
    match (a, b) {
        (ClaimKind::Number(a), ClaimKind::Number(b)) => match (a.size, b.size) {
            (Some(x), Some(y)) => x == y && a.dimension == b.dimension,
            _ => a == b,
        },
        _ => a == b,
    }
}

/// Whether a fact's number carries what a reply says: the same, or the bare number of a fact that has a unit, or a
/// count of a thing that is counted by a unit.
pub fn supports(fact: &ClaimKind, said: &ClaimKind) -> bool {
    match (fact, said) {
        (ClaimKind::Number(f), ClaimKind::Number(s)) => {
            let bare = s.size.is_none() && s.unit.is_none();
            let counts = f.size.is_none() && f.unit.is_none() && matches!(s.dimension, Some(Dimension::Count(_)));
            same(fact, said) || (bare || counts) && f.value == s.value
        }
        _ => fact == said,
    }
}

/// What fixed phrases say. Returns where phrases stand that say nothing (`right now`).
fn said(text: &str, claims: &mut Vec<Claim>) -> Vec<Range<usize>> {
    let mut idle = Vec::new();
    let numbers: Vec<(Range<usize>, bool)> = claims
        .iter()
        .map(|c| (c.range.clone(), matches!(&c.kind, ClaimKind::Number(a) if a.value.as_whole() == Some(0))))
        .collect();
    for (range, phrase) in phrases::find(text) {
        // A unit or a sign inside a number is no phrase.
        if numbers.iter().any(|(n, _)| n.start <= range.start && range.end <= n.end) {
            continue;
        }
        let kind = match phrase {
            Phrase::Stock(state) if none_of(text, &numbers, range.start) => ClaimKind::Stock(state.denied()),
            Phrase::Stock(state) => ClaimKind::Stock(state),
            Phrase::Negation => ClaimKind::Negation,
            Phrase::Extent(extent) => ClaimKind::Extent(extent),
            Phrase::Degree(degree) => ClaimKind::Degree(degree),
            Phrase::Bound(_) | Phrase::NegativeBound(_) if !beside(text, &numbers, &range) => match phrase {
                Phrase::NegativeBound(_) => ClaimKind::Negation,
                _ => continue,
            },
            Phrase::Bound(bound) | Phrase::NegativeBound(bound) => ClaimKind::Bound(bound),
            Phrase::Yes => ClaimKind::Yes,
            Phrase::Neutral => {
                idle.push(range);
                continue;
            }
        };
        claims.push(claim(kind, range));
    }
    idle
}

/// `0 个有货`, `0 of 4 in stock`: none is.
fn none_of(text: &str, numbers: &[(Range<usize>, bool)], at: usize) -> bool {
    let last = numbers.iter().rev().find(|(n, zero)| n.end <= at && *zero);
    last.and_then(|(n, _)| text.get(n.end..at))
        .is_some_and(|t| t.chars().count() < 12 && !t.contains(['.', '。', '\n']))
}

/// Whether a number stands right before or behind.
fn beside(text: &str, numbers: &[(Range<usize>, bool)], range: &Range<usize>) -> bool {
    let idle =
        |gap: Option<&str>| gap.is_some_and(|g| g.chars().all(|c| c == ' ') || matches!(g.trim(), "at" | "为" | "是"));
    numbers.iter().any(|(n, _)| idle(text.get(n.end..range.start)) || idle(text.get(range.end..n.start)))
}

/// Values of the lexicon and of the part's own facts.
fn valued(text: &str, known: &Known<'_>, idle: &[Range<usize>], claims: &mut Vec<Claim>) {
    let stocked = claims.iter().filter(|c| matches!(c.kind, ClaimKind::Stock(_))).map(|c| c.range.clone());
    let taken: Vec<Range<usize>> = stocked.chain(idle.iter().cloned()).collect();
    let tokens = tokenize(text);
    let mut start = 0;
    while let Some(first) = tokens.get(start) {
        let most = if first.kind == Kind::Punct { 0 } else { VALUE_TOKENS_MAX.min(tokens.len() - start) };
        let found = (1..=most).rev().find_map(|len| {
            let phrase = tokens.get(start..start + len)?;
            value(phrase, known).map(|kind| (len, kind))
        });
        let Some((len, kind)) = found else {
            start += 1;
            continue;
        };
        let end = tokens.get(start + len - 1).map_or(first.range.end, |t| t.range.end);
        let range = first.range.start..end;
        if !taken.iter().any(|s| s.start < range.end && range.start < s.end) {
            claims.push(claim(kind, range));
        }
        start += len;
    }
}

fn value(phrase: &[Token], known: &Known<'_>) -> Option<ClaimKind> {
    let last = phrase.last()?;
    if last.kind == Kind::Punct
        || phrase.iter().any(|t| t.kind == Kind::Punct && !matches!(t.text.as_str(), "-" | "/" | "," | "&"))
    {
        return None;
    }
    // `not waterproof` is a denial and a value.
    let denial = phrase.first().is_some_and(|t| matches!(t.text.as_str(), "not" | "no" | "不"));
    if denial && phrase.len() > 1 && phrase.get(1..).and_then(|rest| value(rest, known)).is_some() {
        return None;
    }
    let key = join_key(phrase.iter());
    let broken = phrase.iter().any(|t| t.kind == Kind::Punct && t.text != "-");
    // A word that grades and a word that names (`light`, `large`) look alike; colours and materials do not.
    let telling = phrase.iter().map(|t| t.text.chars().count()).sum::<usize>() > 2
        || phrase.iter().all(|t| t.kind == Kind::Han) && phrase.len() > 1;
    let id = known.lexicon.values_of(&key).first().filter(|_| telling && !broken);
    let numeric = phrase.iter().all(|t| t.kind != Kind::Word && t.kind != Kind::Han);
    match id {
        Some(id) => Some(ClaimKind::Value(*id)),
        None if !numeric && known.values.contains(&key) => Some(ClaimKind::Own(key)),
        None => None,
    }
}
