//! What a message asks: clauses, each with its asks, the products it names and its limits.

use std::ops::Range;

use serde::{Deserialize, Serialize};

use super::classify::{self, Guess};
use super::cues::Cue;
use super::index::{Index, Meaning};
use super::lexicon::Lexicon;
use super::link::{Mention, Parsed, What, parse};
use crate::catalog::Catalog;
use crate::domain::{Currency, Lang, Money};
use crate::text::numbers::{self, Quantity};
use crate::text::{is_han, language};

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

/// A guess weaker than this is no reading.
const GUESS_MIN: f64 = 0.30;

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

/// Attributes that a range of the message names or asks for.
fn attributes<'a>(parsed: &'a Parsed, tokens: &'a Range<usize>) -> impl Iterator<Item = (&'a Meaning, Range<usize>)> {
    parsed.spans.iter().filter(move |s| tokens.start <= s.tokens.start && s.tokens.end <= tokens.end).filter_map(|s| {
        let meaning =
            s.meanings.iter().find(|m| matches!(m, Meaning::Attribute(_) | Meaning::Ask(_) | Meaning::Key(_)))?;
        let other = s.meanings.iter().any(|m| matches!(m, Meaning::Product(_) | Meaning::Sku(..)));
        (!other).then(|| (meaning, s.tokens.clone()))
    })
}

fn attr(meaning: &Meaning, against: Against<'_>) -> Option<Attr> {
    match meaning {
        Meaning::Attribute(id) | Meaning::Ask(id) => {
            against.lexicon.attributes.get(*id).map(|a| Attr { name: a.en.clone(), lexical: true })
        }
        Meaning::Key(id) => against.index.keys.get(*id).map(|k| Attr { name: k.clone(), lexical: false }),
        _ => None,
    }
}

pub const SMALLEST: &[&str] = &[
    "lightest",
    "smallest",
    "shortest",
    "thinnest",
    "slimmest",
    "narrowest",
    "lowest",
    "quietest",
    "tiniest",
    "least",
    "fewest",
    "最轻",
    "最小",
    "最短",
    "最薄",
    "最矮",
    "最窄",
    "最安静",
    "最低",
    "最少",
];
pub const LARGEST: &[&str] = &[
    "heaviest",
    "largest",
    "biggest",
    "longest",
    "tallest",
    "thickest",
    "widest",
    "highest",
    "brightest",
    "strongest",
    "most powerful",
    "loudest",
    "deepest",
    "warmest",
    "most",
    "最重",
    "最大",
    "最长",
    "最高",
    "最厚",
    "最宽",
    "最亮",
    "最强",
    "最暖",
    "最久",
    "最多",
];

/// What harms people, whatever is named beside it.
const VIOLENT: &[&str] = &[
    "stab",
    "kill me",
    "kill my",
    "kill some",
    "kill him",
    "kill her",
    "murder",
    "suicide",
    "a bomb",
    "bombs",
    "explosive",
    "poison some",
    "hurt someone",
    "hurt myself",
    "stolen",
    "捅",
    "杀人",
    "杀了",
    "自杀",
    "自残",
    "炸弹",
    "炸药",
    "下毒",
    "毒死",
    "盗刷",
];

fn decide(parsed: &Parsed, clause: &mut Clause, guesses: &[Guess], against: Against<'_>) {
    let tokens = clause.tokens.clone();
    let has = |cue| parsed.has(cue, &tokens);
    let text = parsed.words(&tokens);
    let named = !clause.mentions.is_empty();
    let (sure, likely) = (|l: &str| guess(guesses, l) > 0.75, |l: &str| guess(guesses, l) > 0.5);
    let mut asks: Vec<Ask> = Vec::new();

    if has(Cue::Inject) || sure("injection") {
        asks.push(Ask::Inject);
    }
    // `massage gun` is a product; these words are never about one.
    let violent = VIOLENT.iter().any(|w| text.contains(w));
    if violent || has(Cue::Harm) && !named || sure("harmful") {
        asks.push(Ask::Harm);
    }
    if has(Cue::Human) && (likely("human") || !named) {
        asks.push(Ask::Human);
    }
    if has(Cue::Complaint) && likely("complaint") {
        asks.push(Ask::Complaint);
    }
    if clause.order.is_some() || has(Cue::Order) && !named || clause.contact.is_some() && !named {
        asks.push(Ask::Order);
    }
    if has(Cue::Haggle) {
        asks.push(Ask::Haggle);
    }
    policies(parsed, clause, guesses, &mut asks);

    let spoken: Vec<(Attr, Range<usize>)> = attributes(parsed, &tokens)
        .filter_map(|(m, r)| attr(m, against).map(|a| (a, r)))
        .filter(|(a, _)| !matches!(a.name.as_str(), "price" | "cost"))
        .collect();
    extremes(parsed, text, &has, &spoken, clause, &mut asks);
    let extreme = asks.iter().any(|a| matches!(a, Ask::Extreme { .. }));

    if has(Cue::HowMany) && !asks.contains(&Ask::Haggle) {
        count(parsed, &has, &spoken, clause, &mut asks, text);
    }
    let counted = asks.iter().any(|a| matches!(a, Ask::CountVersions | Ask::CountValues(_) | Ask::CountProducts));
    let pair = clause.mentions.iter().filter(|m| !m.products.is_empty()).count() >= 2;
    let named_pair = clause.mentions.iter().filter(|m| m.what == What::Name || m.products.len() == 1).count() >= 2;
    let higher =
        pair && ["higher price", "lower price", "价格低", "价格高", "更贵", "更便宜"].iter().any(|w| text.contains(w));
    if has(Cue::Compare) && pair
        || named_pair && has(Cue::Or) && !spoken.is_empty()
        || higher
        || pair && text.contains("哪个")
        || pair && (has(Cue::Cheaper) || has(Cue::Dearer) || extreme)
    {
        asks.retain(|a| !matches!(a, Ask::Extreme { by: None, .. }));
        asks.push(Ask::Compare);
    } else if named
        && !pair
        && has(Cue::Compare)
        && [" vs", "versus", "compare", "difference", "对比", "比较", "区别", "差别"].iter().any(|w| text.contains(w))
    {
        asks.push(Ask::Compare);
    } else if named
        && !pair
        && (has(Cue::Cheaper) || has(Cue::Dearer))
        && (has(Cue::Or) || has(Cue::Compare) || text.contains("than") || text.contains('比'))
    {
        asks.push(Ask::Compare);
    }
    // `the tent is $10, right?` states a price; the answer is the price.
    let bytes = parsed.bytes(&tokens);
    let stated = clause.price.is_empty()
        && clause.mentions.iter().any(|m| m.what == What::Name && !m.products.is_empty())
        && parsed
            .quantities
            .iter()
            .any(|q| q.currency.is_some() && bytes.start <= q.range.start && q.range.end <= bytes.end);
    let price_word = stated || has(Cue::Price) && !only_how_much_of(text);
    if price_word && !extreme && !asks.contains(&Ask::Compare) {
        asks.push(Ask::Price);
    }
    if has(Cue::Stock) {
        if asks.iter().any(|a| matches!(a, Ask::Extreme { .. } | Ask::Search)) || counted || has(Cue::Options) {
            clause.in_stock_only = true;
        } else {
            asks.push(Ask::Stock);
        }
    }
    if !counted && !extreme || clause.asks_apart && spoken.iter().any(|(_, r)| which_before(parsed, r)) {
        let options = has(Cue::Options);
        for (attribute, range) in &spoken {
            // Beside a price or a stock question a property describes, unless it is asked for in words of its own.
            let beside = asks.iter().any(|a| matches!(a, Ask::Price | Ask::Stock | Ask::Extreme { .. }));
            let asked = parsed
                .spans
                .iter()
                .any(|s| s.tokens == *range && s.meanings.iter().any(|m| matches!(m, Meaning::Ask(_))));
            if beside && !which_before(parsed, range) && !((asked || options) && clause.asks_apart) {
                continue;
            }
            if options || which_before(parsed, range) {
                asks.push(Ask::Options(Some(attribute.clone())));
            } else {
                asks.push(Ask::Attribute(attribute.clone()));
            }
        }
        if options && spoken.is_empty() && !price_word {
            asks.push(Ask::Options(None));
        }
    }
    let made = ["made", "manufactured", "produced", "come from", "from originally"].iter().any(|w| text.contains(w));
    if made && text.contains("where") && asks.is_empty() {
        asks.push(Ask::Attribute(Attr { name: "origin".to_owned(), lexical: true }));
    }
    for (cue, ask) in [
        (Cue::Similar, Ask::Similar),
        (Cue::GoesWith, Ask::GoesWith),
        (Cue::Recommend, Ask::Recommend),
        (Cue::Overview, Ask::Overview),
        (Cue::Buy, Ask::Buy),
    ] {
        if has(cue) && !(cue == Cue::Overview && named) && !asks.contains(&Ask::Compare) {
            asks.push(ask);
        }
    }
    if asks.is_empty() && has(Cue::Info) && named {
        asks.push(Ask::Info);
    }
    if asks.is_empty() && (has(Cue::Cheaper) || has(Cue::Dearer)) && !named {
        asks.push(Ask::Extreme { most: has(Cue::Dearer), by: None });
    }
    if asks.is_empty() && named && (has(Cue::Show) || clause.existence || !clause.price.is_empty()) {
        asks.push(Ask::Search);
    }
    if asks.is_empty() && !clause.price.is_empty() {
        asks.push(Ask::Search);
    }
    let present = clause.mentions.iter().any(|m| !m.products.is_empty());
    let by_name = clause.mentions.iter().any(|m| m.what == What::Name && !m.products.is_empty());
    let idle = asks.iter().all(|a| {
        matches!(
            a,
            Ask::Attribute(_) | Ask::Recommend | Ask::Search | Ask::Stock | Ask::CountVersions | Ask::CountProducts
        )
    });
    if guess(guesses, "off_topic") > 0.6 && !by_name && idle && !clause.whole_shop {
        asks.clear();
        asks.push(Ask::OffTopic);
    }
    small_talk(&has, named, present, text, guesses, &mut asks);
    if asks.is_empty() {
        by_guess(clause, guesses, named, &mut asks);
    }
    asks.dedup();
    clause.asks = asks;
}

fn guess(guesses: &[Guess], label: &str) -> f64 {
    guesses.iter().find(|g| g.label == label).map_or(0.0, |g| g.probability)
}

/// `how much ram`, `how much does it weigh` are no prices.
fn only_how_much_of(text: &str) -> bool {
    [
        "how much ram",
        "how much storage",
        "how much memory",
        "how much does it weigh",
        "how much do they weigh",
        "how much weight",
        "how much space",
        "how much water",
        "how much does it hold",
    ]
    .iter()
    .any(|p| text.contains(p))
        || text.contains("weigh") && text.contains("how much")
}

/// `which colours`, `what sizes`, `哪些颜色`: the attribute right after a question word.
fn which_before(parsed: &Parsed, attribute: &Range<usize>) -> bool {
    // 哪些颜色, `what color` may be one phrase of the lexicon.
    let own = parsed.words(attribute);
    if ["which ", "what ", "哪些", "哪几", "什么", "啥"].iter().any(|w| own.starts_with(w)) {
        return true;
    }
    let before = attribute.start.saturating_sub(2)..attribute.start;
    parsed
        .tokens
        .get(before)
        .unwrap_or_default()
        .iter()
        .any(|t| matches!(t.text.as_str(), "which" | "what" | "wat" | "哪" | "么" | "啥" | "些"))
        && parsed
            .tokens
            .get(attribute.clone())
            .is_some_and(|t| t.iter().any(|t| t.text.ends_with('s') || t.text.chars().all(is_han)))
}

fn extremes(
    parsed: &Parsed,
    text: &str,
    has: &dyn Fn(Cue) -> bool,
    spoken: &[(Attr, Range<usize>)],
    clause: &Clause,
    asks: &mut Vec<Ask>,
) {
    // `largest capacity`: the noun says what is measured, the superlative only which way.
    let grading = |r: &Range<usize>| {
        let phrase = parsed.words(r);
        SMALLEST.contains(&phrase) || LARGEST.contains(&phrase)
    };
    let attribute = spoken.iter().find(|(_, r)| !grading(r)).or_else(|| spoken.first()).map(|(a, _)| a.clone());
    let physical = |words: &[&str]| {
        words.iter().any(|w| {
            text.match_indices(w).any(|(at, _)| {
                let before = text.get(..at).unwrap_or_default();
                let letter = |c: Option<char>| c.is_some_and(|c| c.is_ascii_alphabetic());
                let whole = !w.is_ascii()
                    || !letter(before.chars().next_back())
                        && !letter(text.get(at + w.len()..).and_then(|t| t.chars().next()));
                whole && !before.trim_end().ends_with("at")
            })
        })
    };
    let (small, large) = (physical(SMALLEST), physical(LARGEST));
    // `highest r-value`, R 值最高: a word of price only where nothing else is measured.
    let of_price = |cue: Cue| {
        let text = parsed.words(&clause.tokens);
        if ["price", "cost", "expens", "cheap", "价", "钱", "贵", "便宜"].iter().any(|w| text.contains(w))
            && attribute.is_none()
        {
            return true;
        }
        let plain = ["highest", "lowest", "最高", "最低", "最高的", "最低的", "最少要"];
        parsed.cues.iter().any(|f| {
            f.cue == cue
                && parsed.bytes(&clause.tokens).contains(&f.range.start)
                && !plain.contains(&parsed.text.get(f.range.clone()).unwrap_or_default())
        })
    };
    if has(Cue::Cheapest) && clause.price.is_empty() && of_price(Cue::Cheapest) {
        asks.push(Ask::Extreme { most: false, by: None });
    }
    if has(Cue::Dearest) && of_price(Cue::Dearest) {
        asks.push(Ask::Extreme { most: true, by: None });
    }
    if asks.iter().any(|a| matches!(a, Ask::Extreme { .. })) || attribute.is_none() {
        return;
    }
    if small != large {
        asks.push(Ask::Extreme { most: large, by: attribute });
    }
}

fn count(
    parsed: &Parsed,
    has: &dyn Fn(Cue) -> bool,
    spoken: &[(Attr, Range<usize>)],
    clause: &Clause,
    asks: &mut Vec<Ask>,
    text: &str,
) {
    // 多少钱 holds 多少, `how many dollars` asks a price.
    let after = |f: &super::cues::Found| parsed.text.get(f.range.end..).unwrap_or_default().trim_start();
    let money = |f: &super::cues::Found| {
        ["钱", "元", "块", "刀", "美", "dollars", "bucks", "银子", "米"].iter().any(|m| after(f).starts_with(m))
    };
    let how = parsed
        .cues
        .iter()
        .filter(|f| f.cue == Cue::HowMany && parsed.bytes(&clause.tokens).contains(&f.range.start) && !money(f))
        .find(|f| {
            // `serial number of` counts nothing.
            let before = parsed.text.get(..f.range.start).unwrap_or_default().trim_end();
            !["serial", "model", "part", "item", "order", "phone", "tracking", "style"]
                .iter()
                .any(|w| before.ends_with(w))
        });
    if how.is_none() {
        return;
    }
    let after = how.map(after).unwrap_or_default();
    // `versions`, `kinds`, 款: what is counted, not a property.
    let counted = |r: &Range<usize>| {
        let bytes = parsed.bytes(r);
        parsed.cues.iter().any(|f| f.cue == Cue::Versions && f.range.start <= bytes.start && bytes.end <= f.range.end)
    };
    // `how many grams`: a measure, not a number of things.
    if let Some((unit, _)) = crate::text::units::prefix(after)
        && !matches!(unit.dimension, crate::text::units::Dimension::Count(_) | crate::text::units::Dimension::Zoom)
        && (after.is_ascii() || !matches!(unit.dimension, crate::text::units::Dimension::Angle))
    {
        let named = spoken.first().map(|(a, _)| a.clone());
        asks.push(Ask::Attribute(
            named.unwrap_or_else(|| Attr { name: measured_by(unit.dimension).to_owned(), lexical: true }),
        ));
        return;
    }
    // What stands right behind `how many` is what is counted; properties further on only describe it.
    let end = how.map_or(0, |f| f.range.end);
    let start = how.map_or(0, |f| f.range.start);
    let near = |r: &Range<usize>| {
        // 几种颜色 is one phrase of the lexicon.
        if parsed.bytes(r).start < end && start < parsed.bytes(r).end {
            return true;
        }
        // 颜色有多少种: the property just before.
        let ahead = parsed.text.get(parsed.bytes(r).end..start).unwrap_or("far off, certainly");
        if ahead.chars().count() <= 2 && ahead.chars().all(|c| "有都是一共总".contains(c)) {
            return true;
        }
        let between = parsed.text.get(end..parsed.bytes(r).start).unwrap_or("far off, certainly");
        between.split_whitespace().count() <= 2 && between.chars().filter(|c| is_han(*c)).count() <= 3
    };
    let spoken: Vec<(Attr, Range<usize>)> = spoken.iter().filter(|(_, r)| !counted(r) && near(r)).cloned().collect();
    // R 值是多少, 重量多少: asks the value; 多少 with nothing counted asks a price.
    let asked = how.and_then(|f| parsed.text.get(f.range.clone())).unwrap_or_default();
    if asked == "多少" && !["种", "款", "个", "样", "类", "件", "版", "色", "码"].iter().any(|m| after.starts_with(m))
    {
        let named_end = clause.mentions.iter().map(|m| m.tokens.end).max().unwrap_or(clause.tokens.start);
        let before: String = how
            .and_then(|f| parsed.text.get(parsed.bytes(&(clause.tokens.start..named_end)).end..f.range.start))
            .unwrap_or_default()
            .chars()
            .filter(|c| !"的是要卖有，,？? 多大了价".contains(*c))
            .collect();
        asks.push(match spoken.first() {
            Some((attribute, _)) => Ask::Attribute(attribute.clone()),
            // 防晒 UPF 多少: a property that nobody here has a name for.
            None if !clause.mentions.is_empty() && before.chars().count() >= 2 => {
                Ask::Attribute(Attr { name: before, lexical: false })
            }
            None => Ask::Price,
        });
        return;
    }
    let subject = clause.mentions.iter().any(|m| !m.products.is_empty());
    let one = clause.mentions.iter().any(|m| m.products.len() == 1);
    match spoken.first() {
        Some((attribute, _)) if subject || clause.pronoun || !has(Cue::Products) => {
            asks.push(Ask::CountValues(attribute.clone()))
        }
        _ if one => asks.push(Ask::CountVersions),
        _ if subject => asks.push(Ask::CountProducts),
        _ if has(Cue::Products) || has(Cue::WholeShop) => asks.push(Ask::CountProducts),
        _ if has(Cue::Versions) || has(Cue::Pronoun) || has(Cue::Options) || text.chars().count() < 12 => {
            asks.push(Ask::CountVersions)
        }
        _ => asks.push(Ask::CountProducts),
    }
}

/// The property that is usually measured in a dimension.
fn measured_by(dimension: crate::text::units::Dimension) -> &'static str {
    use crate::text::units::Dimension;
    match dimension {
        Dimension::Mass => "weight",
        Dimension::Volume => "capacity",
        Dimension::Time => "battery life",
        Dimension::Power => "power",
        Dimension::Light => "brightness",
        Dimension::Temperature => "temperature",
        Dimension::Resolution => "resolution",
        Dimension::Charge => "battery capacity",
        Dimension::Sound => "noise level",
        Dimension::Data => "storage",
        Dimension::Length => "size",
        _ => "size",
    }
}

fn policies(parsed: &Parsed, clause: &Clause, guesses: &[Guess], asks: &mut Vec<Ask>) {
    let named = clause.mentions.iter().any(|m| !m.products.is_empty());
    for (cue, topic) in [
        (Cue::Shipping, "shipping"),
        (Cue::Returns, "returns"),
        (Cue::Warranty, "warranty"),
        (Cue::Payment, "payment"),
        (Cue::Hours, "opening-hours"),
        (Cue::Privacy, "privacy"),
    ] {
        let needs_guess = matches!(cue, Cue::Hours | Cue::Shipping) && named && !clause.asks_apart;
        if parsed.has(cue, &clause.tokens) && clause.order.is_none() && (!needs_guess || guess(guesses, "policy") > 0.2)
        {
            asks.push(Ask::Policy(topic.to_owned()));
        }
    }
    if asks.iter().any(|a| matches!(a, Ask::Policy(_))) && !parsed.has(Cue::Order, &clause.tokens) {
        asks.retain(|a| *a != Ask::Order || clause.order.is_some());
    }
}

fn small_talk(
    has: &dyn Fn(Cue) -> bool,
    named: bool,
    clause_named: bool,
    text: &str,
    guesses: &[Guess],
    asks: &mut Vec<Ask>,
) {
    if has(Cue::Bot) && !clause_named && asks.is_empty() {
        asks.push(Ask::Bot);
        return;
    }
    if !asks.is_empty() || named {
        return;
    }
    let short = text.chars().filter(|c| is_han(*c)).count() * 2 + text.split_whitespace().count() <= 8;
    for (cue, ask, only_short) in [
        (Cue::Bot, Ask::Bot, false),
        (Cue::Thanks, Ask::Thanks, true),
        (Cue::Bye, Ask::Bye, true),
        (Cue::Greeting, Ask::Greeting, true),
        (Cue::Deny, Ask::Deny, true),
        (Cue::Affirm, Ask::Affirm, true),
    ] {
        if has(cue) && (short || !only_short) {
            let weak = matches!(cue, Cue::Affirm | Cue::Bye);
            if weak && guess(guesses, "off_topic") > 0.5 {
                continue;
            }
            asks.push(ask);
            return;
        }
    }
}

fn by_guess(clause: &mut Clause, guesses: &[Guess], named: bool, asks: &mut Vec<Ask>) {
    let Some(best) = guesses.first().filter(|g| g.probability >= GUESS_MIN) else { return };
    let ask = match best.label.as_str() {
        "price" => Ask::Price,
        "availability" => Ask::Stock,
        "options" => Ask::Options(None),
        "count" if named => Ask::CountVersions,
        "superlative" if named => Ask::Extreme { most: false, by: None },
        "compare" => Ask::Compare,
        "search" if named => Ask::Search,
        "recommend" => Ask::Recommend,
        "product_info" if named => Ask::Info,
        "catalog_overview" => Ask::Overview,
        "order_status" if !named => Ask::Order,
        "purchase" => Ask::Buy,
        "human" => Ask::Human,
        "complaint" => Ask::Complaint,
        "haggle" => Ask::Haggle,
        "greeting" if !named => Ask::Greeting,
        "thanks" if !named => Ask::Thanks,
        "goodbye" if !named => Ask::Bye,
        "smalltalk" if !named => Ask::Bot,
        "affirm" if !named => Ask::Affirm,
        "deny" if !named => Ask::Deny,
        "off_topic" if !named => Ask::OffTopic,
        "harmful" if best.probability > 0.6 => Ask::Harm,
        "injection" if best.probability > 0.6 => Ask::Inject,
        _ => return,
    };
    clause.decided_by = "classifier";
    clause.confidence = best.probability;
    asks.push(ask);
}

fn price_bound(parsed: &Parsed, tokens: &Range<usize>, currency: Currency) -> PriceBound {
    let bytes = parsed.bytes(tokens);
    let mut bound = PriceBound::default();
    let amounts: Vec<&Quantity> =
        parsed.quantities.iter().filter(|q| bytes.start <= q.range.start && q.range.end <= bytes.end).collect();
    let minor = |q: &Quantity| q.value.minor_units(currency.exponent());
    for (at, quantity) in amounts.iter().enumerate() {
        let money = quantity.currency.is_some();
        if quantity.unit.is_some()
            || quantity.currency.is_some_and(|c| matches!(c, numbers::Money::Of(o) if o != currency))
        {
            continue;
        }
        let Some(value) = minor(quantity) else { continue };
        let before = parsed.text.get(bytes.start..quantity.range.start).unwrap_or_default();
        let after = parsed.text.get(quantity.range.end..bytes.end).unwrap_or_default();
        let next_money = amounts.get(at + 1).is_some_and(|n| {
            n.unit.is_none() && ends_range(parsed.text.get(quantity.range.end..n.range.start).unwrap_or_default())
        });
        if next_money
            && bound.min.is_none()
            && (money || amounts.get(at + 1).is_some_and(|n| n.currency.is_some()) || parsed.has(Cue::Between, tokens))
        {
            bound.min = Some(value);
            bound.max = amounts.get(at + 1).and_then(|n| minor(n));
            break;
        }
        let under = cue_beside(parsed, Cue::Under, before, after, quantity);
        let over = cue_beside(parsed, Cue::Over, before, after, quantity);
        let about = cue_beside(parsed, Cue::About, before, after, quantity);
        if !money && !(under || over) || !money && value < 100 {
            continue;
        }
        // A bare number beside an option's name is that option's.
        if under && !over {
            bound.max = Some(value);
        } else if over && !under {
            bound.min = Some(value);
        } else if about {
            bound.min = Some(value - value / 5);
            bound.max = Some(value + value / 5);
        }
    }
    bound
}

fn ends_range(between: &str) -> bool {
    matches!(between.trim(), "to" | "-" | "~" | "and" | "到" | "至" | "和" | "与")
}

fn cue_beside(parsed: &Parsed, cue: Cue, before: &str, after: &str, quantity: &Quantity) -> bool {
    parsed.cues.iter().filter(|f| f.cue == cue).any(|f| {
        if f.range.end <= quantity.range.start {
            let gap = parsed.text.get(f.range.end..quantity.range.start).unwrap_or_default();
            before.ends_with(gap)
                && gap.split_whitespace().count() <= 3
                && gap.chars().filter(|c| is_han(*c)).count() <= 4
                && !gap.contains(['?', '.', '，', ','])
        } else {
            let gap = parsed.text.get(quantity.range.end..f.range.start).unwrap_or_default();
            after.starts_with(gap) && gap.trim().chars().count() <= 1
        }
    })
}

fn ordinal(parsed: &Parsed, tokens: &Range<usize>) -> Option<Ordinal> {
    let text = parsed.words(tokens);
    const WORDS: &[(&str, usize)] = &[
        ("first one", 0),
        ("1st one", 0),
        ("the first", 0),
        ("the former", 0),
        ("number one", 0),
        ("#1", 0),
        ("option 1", 0),
        ("no. 1", 0),
        ("the 1st", 0),
        ("second one", 1),
        ("2nd one", 1),
        ("the second", 1),
        ("the latter", 1),
        ("number two", 1),
        ("number 2", 1),
        ("#2", 1),
        ("option 2", 1),
        ("the 2nd", 1),
        ("2nd", 1),
        ("third one", 2),
        ("3rd one", 2),
        ("the third", 2),
        ("number three", 2),
        ("number 3", 2),
        ("#3", 2),
        ("option 3", 2),
        ("3rd", 2),
        ("fourth one", 3),
        ("the fourth", 3),
        ("4th", 3),
        ("number 4", 3),
        ("fifth one", 4),
        ("the fifth", 4),
        ("5th", 4),
        ("第一", 0),
        ("第1", 0),
        ("前者", 0),
        ("头一个", 0),
        ("第二", 1),
        ("第2", 1),
        ("后者", 1),
        ("第三", 2),
        ("第3", 2),
        ("第四", 3),
        ("第4", 3),
        ("第五", 4),
        ("第5", 4),
    ];
    if let Some((_, nth)) = WORDS.iter().find(|(w, _)| text.contains(w)) {
        return Some(Ordinal::Nth(*nth));
    }
    if ["last one", "the last", "最后一个", "最后那个", "最后一款"].iter().any(|w| text.contains(w)) {
        return Some(Ordinal::Last);
    }
    if parsed.has(Cue::Other, tokens) {
        return Some(Ordinal::Other);
    }
    let one = |words: &[&str]| words.iter().any(|w| text.contains(w));
    if one(&["cheaper one", "cheaper of", "便宜的那", "便宜那", "较便宜的"]) {
        return Some(Ordinal::Cheaper);
    }
    one(&["pricier one", "more expensive one", "dearer one", "贵的那", "贵那个"]).then_some(Ordinal::Dearer)
}

/// `#W2611340`, `LF-20417`, `order 20417`.
fn order_number(parsed: &Parsed, tokens: &Range<usize>) -> Option<String> {
    let text = parsed.words(tokens);
    let worded = parsed.has(Cue::Order, tokens) || text.contains("order") || text.contains("单");
    for word in text.split(|c: char| {
        c.is_whitespace()
            || is_han(c)
            || matches!(c, ',' | '?' | '.' | '，' | '？' | '。' | ':' | '：' | '(' | ')' | '!' | '！' | ';' | '；')
    }) {
        let bare: String = word.chars().filter(char::is_ascii_alphanumeric).collect();
        let digits = bare.chars().filter(char::is_ascii_digit).count();
        let letters = bare.len() - digits;
        let shaped = digits >= 4 && letters <= 4 && bare.chars().skip(letters).all(|c| c.is_ascii_digit());
        if shaped
            && !word.contains(['@', '$', '+'])
            && (word.starts_with('#')
                || letters >= 1 && word.contains('-')
                || letters == 1 && digits >= 6
                || worded && digits >= 5)
        {
            return Some(word.trim_start_matches('#').to_uppercase());
        }
    }
    None
}

fn contact(text: &str) -> Option<String> {
    let email = text
        .split(|c: char| {
            c.is_whitespace()
                || is_han(c)
                || matches!(
                    c,
                    ',' | ';'
                        | '<'
                        | '>'
                        | '('
                        | ')'
                        | '，'
                        | '：'
                        | '？'
                        | '?'
                        | '。'
                        | '！'
                        | '；'
                        | '、'
                        | '（'
                        | '）'
                )
        })
        .find(|w| {
            w.split_once('@')
                .is_some_and(|(user, host)| !user.is_empty() && host.contains('.') && !host.starts_with('.'))
        });
    if let Some(email) = email {
        return Some(email.trim_end_matches(['.', '?', '!', ':', ',', ';', '\'', '"']).to_owned());
    }
    let mut run = String::new();
    let mut digits = 0;
    for c in text.chars().chain(['\n']) {
        if c.is_ascii_digit() || (!run.is_empty() && matches!(c, ' ' | '-' | '(' | ')')) || c == '+' {
            digits += usize::from(c.is_ascii_digit());
            run.push(c);
        } else {
            if digits >= 10 {
                return Some(run.trim().to_owned());
            }
            run.clear();
            digits = 0;
        }
    }
    None
}
