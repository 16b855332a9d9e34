//! What a text claims, taken apart: amounts, quantities, counts, stock states, values, names, negations, each with the
//! subject it is said of. The same reading for the rendering and for the model's words, so that the two can be held
//! against each other.

use std::ops::Range;

use crate::domain::{Availability, Part};
use crate::text::numbers::{self, Money as Marked, Quantity};
use crate::text::tokens::{Kind, Token, join_key, tokenize};
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
    /// An amount of money: value in hundredths of the unit written, and the sign it is written with.
    Money(String),
    /// A number with a unit, or a bare one, in a comparable form.
    Number(String),
    Stock(Stock),
    /// A colour, material, size …: the lexicon's concept.
    Value(usize),
    Negation,
    /// `all`, `only`, `some`, `都`: how many a statement speaks of.
    Extent(&'static str),
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
}

/// A text taken apart.
pub struct Claims {
    pub folded: String,
    pub claims: Vec<Claim>,
    /// Where a subject of the part is named: bytes, group.
    pub names: Vec<(Range<usize>, usize)>,
}

/// Longer phrases first: `out of stock` is no `stock`.
const STOCK: &[(&str, Stock)] = &[
    ("not in stock", Stock::Out),
    ("none in stock", Stock::Out),
    ("out of stock", Stock::Out),
    ("sold out", Stock::Out),
    ("unavailable", Stock::Out),
    ("in stock", Stock::In),
    ("available", Stock::In),
    ("on pre-order", Stock::Ahead),
    ("on back-order", Stock::Ahead),
    ("pre-order", Stock::Ahead),
    ("preorder", Stock::Ahead),
    ("back-order", Stock::Ahead),
    ("backorder", Stock::Ahead),
    ("discontinued", Stock::Gone),
    ("没有现货", Stock::Out),
    ("没有库存", Stock::Out),
    ("没有货", Stock::Out),
    ("没货", Stock::Out),
    ("无货", Stock::Out),
    ("缺货", Stock::Out),
    ("断货", Stock::Out),
    ("售罄", Stock::Out),
    ("有货", Stock::In),
    ("有现货", Stock::In),
    ("现货", Stock::In),
    ("可预订", Stock::Ahead),
    ("可以预订", Stock::Ahead),
    ("预约补货", Stock::Ahead),
    ("停产", Stock::Gone),
];

const NEGATIONS: &[&str] = &[
    "not",
    "no",
    "never",
    "without",
    "isn't",
    "aren't",
    "doesn't",
    "don't",
    "can't",
    "cannot",
    "won't",
    "nothing",
    "none",
    "neither",
    "nor",
    "wasn't",
    "couldn't",
    "hasn't",
    "haven't",
    "unfortunately not",
    "不",
    "没",
    "无",
    "非",
    "未",
    "别",
];

const EXTENTS: &[(&str, &str)] = &[
    ("all", "all"),
    ("every", "all"),
    ("both", "all"),
    ("only", "only"),
    ("some", "some"),
    ("most", "most"),
    ("still", "still"),
    ("都", "all"),
    ("全部", "all"),
    ("所有", "all"),
    ("只", "only"),
    ("仅", "only"),
    ("部分", "some"),
];

/// Groups the subjects of a part: a product and its versions share their names.
pub fn groups(part: &Part) -> Vec<(Vec<String>, Vec<String>)> {
    let mut groups: Vec<(Vec<String>, Vec<String>)> = Vec::new();
    for subject in &part.subjects {
        match groups.iter_mut().find(|(_, names)| names == &subject.names) {
            Some((ids, _)) => ids.push(subject.id.clone()),
            None => groups.push((vec![subject.id.clone()], subject.names.clone())),
        }
    }
    groups
}

/// Takes a text apart.
pub fn read(text: &str, part: &Part, lexicon: &Lexicon) -> Claims {
    let folded = fold_lines(text);
    let names = named(&folded, part);
    let masked = mask(&folded, &names);
    let statements = statements(&masked);
    let mut claims = Vec::new();
    amounts(&masked, &mut claims);
    stock(&masked, &mut claims);
    words(&masked, lexicon, &mut claims);
    claims.sort_by_key(|c| (c.range.start, c.range.end));
    for claim in &mut claims {
        claim.statement = statements.iter().filter(|end| **end <= claim.range.start).count();
        let start = claim.statement.checked_sub(1).and_then(|i| statements.get(i)).copied().unwrap_or(0);
        let end = statements.get(claim.statement).copied().unwrap_or(masked.len());
        claim.about = about(&masked, claim, &names, start..end);
    }
    Claims { folded, claims, names }
}

/// Folding joins lines; here they end statements.
fn fold_lines(text: &str) -> String {
    text.lines().map(fold).collect::<Vec<_>>().join("\n")
}

/// Where the part's subjects are named. The longest names win.
fn named(folded: &str, part: &Part) -> Vec<(Range<usize>, usize)> {
    let mut all: Vec<(Range<usize>, usize)> = Vec::new();
    for (group, (_, names)) in groups(part).iter().enumerate() {
        for name in names.iter().map(|n| fold(n)).filter(|n| !n.is_empty()) {
            // The rendering puts a space between Han and Latin letters; a feed may not.
            let spaced = fold(&crate::turn::say::tidy(name.clone()));
            for form in [&name, &spaced] {
                all.extend(folded.match_indices(form.as_str()).map(|(at, _)| (at..at + form.len(), group)));
            }
        }
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

/// The subject named last before a claim in its statement; `$60 for NAME` is said of what follows; a statement that
/// names nothing goes on about the subject before.
fn about(text: &str, claim: &Claim, names: &[(Range<usize>, usize)], statement: Range<usize>) -> Option<usize> {
    let after = names.iter().find(|(r, _)| r.start >= claim.range.end && r.end <= statement.end);
    if let Some((range, group)) = after {
        let between = text.get(claim.range.end..range.start).unwrap_or_default().trim();
        if matches!(between, "for" | "for the" | "of" | "of the") {
            return Some(*group);
        }
    }
    let before = names.iter().rev().find(|(r, _)| r.end <= claim.range.start);
    let inside = before.filter(|(r, _)| r.start >= statement.start);
    inside.or(after).or(before).map(|(_, group)| *group)
}

fn amounts(text: &str, claims: &mut Vec<Claim>) {
    let lines = text.split_inclusive('\n');
    let mut at = 0;
    for line in lines {
        for quantity in numbers::scan(line) {
            let range = at + quantity.range.start..at + quantity.range.end;
            // `one` and 一 are articles and pronouns as often as numbers.
            if quantity.in_words
                && quantity.value.as_whole() == Some(1)
                && quantity.currency.is_none()
                && quantity.unit.is_none()
            {
                continue;
            }
            claims.push(Claim { kind: number(&quantity), range, about: None, statement: 0 });
        }
        at += line.len();
    }
}

/// A quantity in a form that compares: amount and sign, or value and unit.
pub fn number(quantity: &Quantity) -> ClaimKind {
    let value = quantity.value.as_f64();
    match (quantity.currency, quantity.unit) {
        (Some(Marked::Of(currency)), _) => ClaimKind::Money(format!("{value} {currency}")),
        (Some(Marked::Spoken), _) => ClaimKind::Money(format!("{value} ?")),
        (None, Some(_)) => match quantity.base() {
            Some((dimension, size)) => ClaimKind::Number(format!("{size:.4} {dimension:?}")),
            None => ClaimKind::Number(format!("{value}")),
        },
        (None, None) => ClaimKind::Number(format!("{value}")),
    }
}

fn whole_word(text: &str, range: &Range<usize>) -> bool {
    let latin = |c: Option<char>| c.is_some_and(|c| c.is_ascii_alphanumeric() || c == '\'');
    let inside = text.get(range.clone()).unwrap_or_default();
    let first = inside.chars().next().is_some_and(|c| c.is_ascii_alphanumeric());
    !(first
        && (latin(text.get(..range.start).and_then(|t| t.chars().next_back()))
            || latin(text.get(range.end..).and_then(|t| t.chars().next()))))
}

fn stock(text: &str, claims: &mut Vec<Claim>) {
    let mut taken: Vec<Range<usize>> = Vec::new();
    for (phrase, state) in STOCK {
        for (at, _) in text.match_indices(phrase) {
            let range = at..at + phrase.len();
            if !whole_word(text, &range) || taken.iter().any(|t| t.start < range.end && range.start < t.end) {
                continue;
            }
            taken.push(range.clone());
            claims.push(Claim { kind: ClaimKind::Stock(*state), range, about: None, statement: 0 });
        }
    }
}

/// Negations, extents and values of the lexicon.
fn words(text: &str, lexicon: &Lexicon, claims: &mut Vec<Claim>) {
    let stocked: Vec<Range<usize>> =
        claims.iter().filter(|c| matches!(c.kind, ClaimKind::Stock(_))).map(|c| c.range.clone()).collect();
    let free = |r: &Range<usize>| !stocked.iter().any(|s| s.start < r.end && r.start < s.end);
    let mut note = |kind: ClaimKind, range: Range<usize>| {
        if free(&range) {
            claims.push(Claim { kind, range, about: None, statement: 0 });
        }
    };
    for word in NEGATIONS {
        for (at, _) in text.match_indices(word) {
            let range = at..at + word.len();
            if whole_word(text, &range) {
                note(ClaimKind::Negation, range);
            }
        }
    }
    for (word, extent) in EXTENTS {
        for (at, _) in text.match_indices(word) {
            let range = at..at + word.len();
            if whole_word(text, &range) {
                note(ClaimKind::Extent(extent), range);
            }
        }
    }
    let tokens = tokenize(text);
    let mut start = 0;
    while start < tokens.len() {
        let found = (1..=5.min(tokens.len() - start)).rev().find_map(|len| {
            let phrase: &[Token] = tokens.get(start..start + len)?;
            let broken = phrase.iter().any(|t| t.kind == Kind::Punct && t.text != "-");
            let ids = if broken { &[][..] } else { lexicon.values_of(&join_key(phrase.iter())) };
            // A word that grades and a word that names (`light`, `large`) look alike; colours and materials do not.
            let telling = phrase.iter().map(|t| t.text.chars().count()).sum::<usize>() > 2
                || phrase.iter().all(|t| t.kind == Kind::Han) && len > 1;
            Some((len, *ids.first().filter(|_| telling)?))
        });
        match found {
            Some((len, id)) => {
                let range = tokens.get(start).map_or(0, |t| t.range.start)
                    ..tokens.get(start + len - 1).map_or(0, |t| t.range.end);
                note(ClaimKind::Value(id), range);
                start += len;
            }
            None => start += 1,
        }
    }
}
