//! What a message asks: clauses, each with its asks, the products it names and its limits.

use std::ops::Range;

use serde::{Deserialize, Serialize};

use super::asks::{attributes, decide};
use super::classify::{self, Guess};
use super::cues::Cue;
use super::details::{contact, order_number, ordinal, price_bound};
use super::index::Index;
use super::lexicon::Lexicon;
use super::link::{Mention, Parsed, What, parse};
use crate::catalog::Catalog;
use crate::domain::{Currency, Lang, Money};
use crate::text::language;

/// One thing that a clause asks for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Ask {
    Price,
    Stock,
    /// The values on offer, of one attribute or of all.
    Options(Option<Attr>),
    Attribute(Attr),
    CountVersions,
    CountValues(Attr),
    CountProducts,
    /// The cheapest, lightest … (`most: false`) or dearest, largest … one.
    Extreme {
        most: bool,
        by: Option<Attr>,
    },
    Compare,
    Search,
    Recommend,
    Similar,
    GoesWith,
    Info,
    Overview,
    Order,
    Policy(String),
    Buy,
    Human,
    Complaint,
    Haggle,
    Greeting,
    Thanks,
    Bye,
    Bot,
    Affirm,
    Deny,
    OffTopic,
    Harm,
    Inject,
}

/// An attribute asked for: a name of the lexicon, or one that only this catalog has.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attr {
    /// Canonical English name, or the catalog's own.
    pub name: String,
    /// Whether the name is the lexicon's.
    pub lexical: bool,
}

/// Bounds on a price, in minor units of the shop's currency.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PriceBound {
    pub min: Option<i64>,
    pub max: Option<i64>,
}

impl PriceBound {
    pub fn is_empty(&self) -> bool {
        self.min.is_none() && self.max.is_none()
    }

    /// How far outside the bounds a price lies, in minor units.
    pub fn distance(&self, price: Money) -> i64 {
        let below = self.min.map_or(0, |m| (m - price.minor_units).max(0));
        let above = self.max.map_or(0, |m| (price.minor_units - m).max(0));
        below + above
    }

    pub fn holds(&self, price: Money) -> bool {
        self.min.is_none_or(|m| price.minor_units >= m) && self.max.is_none_or(|m| price.minor_units <= m)
    }
}

/// Which of the things spoken of before is meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Ordinal {
    /// Counted from 0.
    Nth(usize),
    Last,
    Other,
    Cheaper,
    Dearer,
}

#[derive(Debug)]
pub struct Clause {
    pub tokens: Range<usize>,
    pub asks: Vec<Ask>,
    pub mentions: Vec<Mention>,
    pub price: PriceBound,
    pub ordinal: Option<Ordinal>,
    pub pronoun: bool,
    /// `what about …`, `呢`, `and in blue?`: the question before, asked again of something else.
    pub again: bool,
    pub whole_shop: bool,
    pub in_stock_only: bool,
    /// `do you have …`, `有没有`.
    pub existence: bool,
    /// Whether it asks for two things in two breaths (`how much is it and do you ship to Canada`).
    pub asks_apart: bool,
    /// An order number as written.
    pub order: Option<String>,
    /// An e-mail address or phone number as written.
    pub contact: Option<String>,
    /// Which layer decided the asks.
    pub decided_by: &'static str,
    pub confidence: f64,
}

#[derive(Debug)]
pub struct Reading {
    pub language: Option<Lang>,
    pub parsed: Parsed,
    pub clauses: Vec<Clause>,
    pub guesses: Vec<Guess>,
}

/// Everything that a message is read against.
#[derive(Clone, Copy)]
pub struct Against<'a> {
    pub catalog: &'a Catalog,
    pub index: &'a Index,
    pub lexicon: &'a Lexicon,
    pub currency: Currency,
}

/// Reads a message. `known_language` is the conversation's, for messages without letters.
pub fn read(message: &str, against: Against<'_>) -> Reading {
    let parsed = parse(message, against.index);
    let guesses = classify::shipped().guess(&parsed.text);
    let clauses =
        clauses(&parsed, against).into_iter().map(|tokens| clause(&parsed, tokens, against, &guesses)).collect();
    Reading { language: language::detect(message), parsed, clauses, guesses }
}

/// Cuts a message where a new question about another thing begins.
fn clauses(parsed: &Parsed, against: Against<'_>) -> Vec<Range<usize>> {
    let mut pieces: Vec<Range<usize>> = Vec::new();
    let mut start = 0;
    for (at, token) in parsed.tokens.iter().enumerate() {
        let hard = matches!(token.text.as_str(), "?" | "？" | "!" | "！" | "。" | ";" | "；" | "\n")
            || token.text == "." && at + 1 < parsed.tokens.len();
        let soft = matches!(token.text.as_str(), "," | "，" | "and" | "also" | "plus" | "另" | "还" | "顺");
        if hard || soft && at > start {
            let end = if hard { at + 1 } else { at };
            pieces.push(start..end);
            start = end;
        }
    }
    if start < parsed.tokens.len() {
        pieces.push(start..parsed.tokens.len());
    }
    let mut out: Vec<Range<usize>> = Vec::new();
    for piece in pieces {
        let opens = out.last().is_none_or(|last| {
            let (before, here) = (names(parsed, last, against), names(parsed, &piece, against));
            asks_something(parsed, last)
                && asks_something(parsed, &piece)
                && !before.is_empty()
                && !here.is_empty()
                && (here.iter().any(|h| !before.contains(h))
                    || parsed
                        .tokens
                        .get(piece.start)
                        .is_some_and(|t| matches!(t.text.as_str(), "and" | "," | "，" | "还" | "另")))
        });
        match out.last_mut() {
            Some(last) if !opens => last.end = piece.end,
            _ => out.push(piece),
        }
    }
    if out.is_empty() { vec![0..parsed.tokens.len()] } else { out }
}

fn names(parsed: &Parsed, tokens: &Range<usize>, against: Against<'_>) -> Vec<Vec<usize>> {
    parsed.mentions(tokens, against.index, against.catalog, against.lexicon).into_iter().map(|m| m.products).collect()
}

fn asks_something(parsed: &Parsed, tokens: &Range<usize>) -> bool {
    [
        Cue::Price,
        Cue::Stock,
        Cue::Options,
        Cue::HowMany,
        Cue::Cheapest,
        Cue::Dearest,
        Cue::Compare,
        Cue::Have,
        Cue::Info,
        Cue::Recommend,
        Cue::Order,
        Cue::Human,
    ]
    .into_iter()
    .any(|c| parsed.has(c, tokens))
        || attributes(parsed, tokens).next().is_some()
}

fn clause(parsed: &Parsed, tokens: Range<usize>, against: Against<'_>, guesses: &[Guess]) -> Clause {
    let has = |cue| parsed.has(cue, &tokens);
    let mut mentions = parsed.mentions(&tokens, against.index, against.catalog, against.lexicon);
    tidy_mentions(parsed, &mut mentions, &tokens, against);
    let price = price_bound(parsed, &tokens, against.currency);
    let ordinal = ordinal(parsed, &tokens);
    let mut clause = Clause {
        pronoun: has(Cue::Pronoun),
        again: has(Cue::WhatAbout),
        whole_shop: has(Cue::WholeShop),
        in_stock_only: false,
        existence: has(Cue::Have),
        asks_apart: parsed.words(&tokens).contains([',', '，', ';'])
            || [" and ", "还有", "另外", "顺便", "并且", "?", "？"]
                .iter()
                .any(|w| parsed.words(&tokens).trim_end_matches(['?', '？']).contains(w)),
        order: order_number(parsed, &tokens),
        contact: contact(parsed.words(&tokens)),
        asks: Vec::new(),
        decided_by: "cues",
        confidence: 1.0,
        mentions,
        price,
        ordinal,
        tokens,
    };
    decide(parsed, &mut clause, guesses, against);
    clause
}

/// Drops what only looks like a mention: negated ones beside others, values of another product's options, parts.
fn tidy_mentions(parsed: &Parsed, mentions: &mut Vec<Mention>, tokens: &Range<usize>, against: Against<'_>) {
    if mentions.len() < 2 {
        return;
    }
    // `round it down`: an everyday word that is also a title's, beside a real name.
    let plain =
        |m: &Mention| m.what == What::Name && m.tokens.len() == 1 && classify::is_common(parsed.words(&m.tokens));
    if mentions.iter().any(|m| m.what == What::Name && !plain(m)) {
        let all = mentions.clone();
        mentions.retain(|m| !plain(m) || all.iter().any(|o| o.tokens != m.tokens && coordinated(parsed, m, o)));
    }
    let compare = parsed.has(Cue::Compare, tokens);
    let kept: Vec<Mention> = mentions.clone();
    mentions.retain(|m| {
        let others = || kept.iter().filter(|o| o.tokens != m.tokens);
        if parsed.negated(&m.tokens) && others().any(|o| !o.products.is_empty() && !parsed.negated(&o.tokens)) {
            return false;
        }
        // A part or a value of another product (`storage` of the e-reader, 机器人 of the vacuum) is no product of its own.
        if m.products.is_empty()
            && others().any(|o| !o.products.is_empty() && !o.products.is_empty() && is_value_of(parsed, m, o, against))
        {
            return false;
        }
        if compare && !m.products.is_empty() || others().any(|o| coordinated(parsed, m, o)) {
            return true;
        }
        let word = parsed.words(&m.tokens);
        let is_value = others().filter(|o| !o.products.is_empty()).any(|o| {
            o.products
                .iter()
                .take(20)
                .filter_map(|ix| against.catalog.products().get(*ix))
                .any(|p| holds_word(p, word, against.lexicon))
        });
        // A part of another product (`strap` of the watch) is no product of its own.
        let is_part = m.products.is_empty() && others().any(|o| !o.products.is_empty());
        !(is_value && m.what != What::Name || is_value && word.split(' ').count() == 1 || is_part)
    });
    if mentions.is_empty() {
        *mentions = kept;
    }
}

fn is_value_of(parsed: &Parsed, part: &Mention, whole: &Mention, against: Against<'_>) -> bool {
    let word = parsed.words(&part.tokens);
    let attribute = !against.lexicon.attributes_of(&crate::text::tokens::key(word)).is_empty();
    attribute
        || whole
            .products
            .iter()
            .take(20)
            .filter_map(|ix| against.catalog.products().get(*ix))
            .any(|p| holds_word(p, word, against.lexicon))
}

fn holds_word(product: &crate::catalog::Product, word: &str, lexicon: &Lexicon) -> bool {
    let word = crate::text::tokens::key(word);
    product
        .option_names()
        .iter()
        .flat_map(|o| product.option_values(o))
        .chain(product.attributes.values().map(String::as_str))
        .any(|v| {
            let value = crate::text::tokens::key(v);
            value == word
                || value.split(' ').any(|w| w == word)
                || lexicon
                    .values_of(&value)
                    .iter()
                    .any(|id| lexicon.values.get(*id).is_some_and(|c| c.terms.contains(&word)))
        })
}

/// `A and B`, `A、B`, `A或B`: named side by side.
fn coordinated(parsed: &Parsed, a: &Mention, b: &Mention) -> bool {
    let (first, second) = if a.tokens.start < b.tokens.start { (a, b) } else { (b, a) };
    let between = parsed.tokens.get(first.tokens.end..second.tokens.start).unwrap_or_default();
    between.len() <= 4
        && between.iter().any(|t| {
            matches!(
                t.text.as_str(),
                "and"
                    | "or"
                    | "vs"
                    | "versus"
                    | "&"
                    | ","
                    | "、"
                    | "，"
                    | "和"
                    | "与"
                    | "跟"
                    | "或"
                    | "及"
                    | "/"
                    | "plus"
            )
        })
}
