//! Which versions of a product a message speaks of: its words held against the product's own options and their
//! values, in any order, spelling or language, with negation.

use std::ops::Range;

use indexmap::IndexMap;

use super::cues::Cue;
use super::index::{Index, Meaning, ProductIx};
use super::lexicon::Lexicon;
use super::link::{Parsed, Span};
use super::properties::{Axis, AxisIx, AxisValue, Properties, bare};
use crate::catalog::{Offer, Product};
use crate::text::numbers::{self, Quantity};
use crate::text::tokens::{Kind, tokenize};
use crate::text::{fold, units};

/// The options that a message pins down.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Selection {
    /// Wanted values by option; several of one option are alternatives.
    pub wanted: IndexMap<String, Vec<String>>,
    pub excluded: IndexMap<String, Vec<String>>,
    /// Values asked for that the option does not have: option, the shopper's word.
    pub missing: Vec<(String, String)>,
    /// Values of attributes that the product does not have at all: attribute, the shopper's word.
    pub foreign: Vec<(String, String)>,
    /// Bounds on options that are quantities.
    pub bounds: Vec<Bound>,
    /// Token ranges that were read.
    pub used: Vec<Range<usize>>,
}

/// `at least 16 GB`: a bound on a quantity of a dimension.
#[derive(Clone, Debug, PartialEq)]
pub struct Bound {
    pub at_least: bool,
    pub quantity: Quantity,
}

impl Selection {
    pub fn is_empty(&self) -> bool {
        self.wanted.is_empty() && self.excluded.is_empty() && self.bounds.is_empty()
    }

    /// Whether an offer is one of those spoken of.
    pub fn fits(&self, product: &Product, offer: &Offer<'_>) -> bool {
        let of = |name: &str| offer.option(name).or_else(|| product.attributes.get(name).map(String::as_str));
        let has = |name: &str, values: &[String]| of(name).is_some_and(|v| values.iter().any(|w| w == v));
        self.wanted.iter().all(|(name, values)| match name.split_once('\u{1}') {
            // One word that is a value of several options may mean any of them.
            Some(_) => name.split('\u{1}').any(|n| has(n, values)),
            None => has(name, values),
        }) && !self.excluded.iter().any(|(name, values)| name.split('\u{1}').any(|n| has(n, values)))
            && self.bounds.iter().all(|b| product.axis_names().iter().filter_map(|n| of(n)).any(|v| b.holds(v)))
    }
}

impl Bound {
    /// Whether a catalog value lies inside; false where it is another kind of quantity.
    pub fn holds(&self, value: &str) -> bool {
        let Some((dimension, limit)) = self.quantity.base() else { return false };
        numbers::scan(&fold(value)).iter().any(|q| {
            q.base().is_some_and(|(d, v)| d == dimension && if self.at_least { v >= limit } else { v <= limit })
        })
    }
}

/// Words of a bound that stand behind the number (`16GB以上`); the others stand before it.
const AFTER: &[&str] =
    &["以下", "以内", "之内", "内的", "封顶", "以上", "起", "or less", "or more", "max", "maximum", "minimum", "不到"];

/// A value of one of a product's properties.
#[derive(Clone, Copy)]
struct Form<'a> {
    axis: &'a Axis,
    value: &'a AxisValue,
}

impl<'a> Form<'a> {
    fn option(&self) -> &'a str {
        &self.axis.name.text
    }

    fn same(&self, other: &Form<'_>) -> bool {
        self.option() == other.option() && self.value.text == other.value.text
    }
}

/// Stretches that name products: this one, and others.
#[derive(Clone, Copy, Default)]
pub struct Skip<'a> {
    pub own: &'a [Range<usize>],
    pub others: &'a [Range<usize>],
}

/// A phrase that may be a value.
struct Phrase {
    tokens: Range<usize>,
    key: String,
    /// As measures are compared: `160x230`.
    bare: Option<String>,
    /// Values of the lexicon that it names.
    concepts: Vec<usize>,
    /// `without a lid`
    denies: bool,
}

/// A stretch of a message made ready to be held against many products.
pub struct Heard<'a> {
    parsed: &'a Parsed,
    within: Range<usize>,
    lexicon: &'a Lexicon,
    properties: &'a Properties,
    /// By their first token, longest first.
    phrases: Vec<Vec<Phrase>>,
    /// Tokens that may be part of a value.
    words: Vec<usize>,
    /// Numbers of the tokens' stems among the words of titles.
    stems: Vec<Option<u32>>,
    /// Properties that the message can speak of; no other has any bearing on the reading.
    spoken: Vec<bool>,
}

impl<'a> Heard<'a> {
    pub fn new(parsed: &'a Parsed, within: &Range<usize>, index: &'a Index, lexicon: &'a Lexicon) -> Heard<'a> {
        let properties = &index.properties;
        let mut heard = Heard {
            parsed,
            within: within.clone(),
            lexicon,
            properties,
            phrases: Vec::new(),
            words: Vec::new(),
            stems: parsed.tokens.iter().map(|t| properties.word(&t.stem)).collect(),
            spoken: vec![false; properties.axes.len()],
        };
        heard.phrases = within.clone().map(|start| heard.phrases_from(start)).collect();
        heard.words = within.clone().filter(|at| heard.part_of_value(*at)).collect();
        heard.hear_names();
        heard.hear_values();
        heard.hear_quantities();
        heard
    }

    /// The properties of a product that the message can speak of.
    pub fn spoken_of(&self, ix: ProductIx) -> impl Iterator<Item = AxisIx> {
        let spoken = |a: &AxisIx| self.spoken.get(*a as usize).copied().unwrap_or(false);
        self.properties.of(ix).iter().copied().filter(spoken)
    }

    /// Whether the title of a product has the word of a token; every Han character counts as if.
    pub fn titled(&self, at: usize, ix: ProductIx) -> bool {
        self.parsed.tokens.get(at).is_some_and(|t| t.kind == Kind::Han)
            || self
                .stems
                .get(at)
                .copied()
                .flatten()
                .is_some_and(|word| self.properties.title(ix).is_some_and(|t| t.has_stem(word)))
    }

    /// Reads the part of the message that speaks of a product; what names products is skipped.
    pub fn select(&self, skip: &Skip<'_>, ix: ProductIx) -> Selection {
        let mut selection = Selection::default();
        let axes = self.spoken_of(ix).filter_map(|a| self.properties.axes.get(a as usize)).collect();
        let reader = Reader { heard: self, parsed: self.parsed, lexicon: self.lexicon, axes };
        // Words that name the product are no values, unless its title does not have them (`polarized sunglasses`).
        let free = |t: &Range<usize>| {
            !skip.others.iter().any(|s| overlap(t, s))
                && !skip.own.iter().any(|s| (t.start.max(s.start)..t.end.min(s.end)).any(|at| self.titled(at, ix)))
        };
        reader.quantities(&self.within, &free, &mut selection);
        reader.phrases(&self.within, &free, &mut selection);
        reader.yes_no(&self.within, &mut selection);
        selection
    }

    fn phrases_from(&self, start: usize) -> Vec<Phrase> {
        let longest = 8.min(self.within.end.saturating_sub(start));
        (1..=longest).rev().filter_map(|len| self.phrase(start..start + len)).filter(|p| self.written(p)).collect()
    }

    fn phrase(&self, tokens: Range<usize>) -> Option<Phrase> {
        let phrase = self.parsed.tokens.get(tokens.clone())?;
        let edge = |t: Option<&crate::text::tokens::Token>| t.is_some_and(|t| t.kind == Kind::Punct);
        if edge(phrase.first()) || edge(phrase.last()) || self.inside_longer_word(&tokens) || self.inside_cue(&tokens) {
            return None;
        }
        let key = crate::text::tokens::join_key(phrase.iter());
        let measure = key.chars().any(|c| c.is_ascii_digit()) && key.contains('x');
        let denies =
            ["no ", "without ", "无", "没有", "不带"].iter().any(|n| key.starts_with(n)) || key.ends_with("less");
        Some(Phrase {
            tokens,
            bare: measure.then(|| bare(&key)),
            concepts: self.lexicon.values_of(&key).to_vec(),
            key,
            denies,
        })
    }

    /// Whether any product has a value that can be written so.
    fn written(&self, phrase: &Phrase) -> bool {
        let postings = &self.properties.postings;
        let attribute = |id: &usize| self.lexicon.values.get(*id).and_then(|v| v.attribute);
        postings.by_value.contains_key(&phrase.key)
            || phrase.bare.as_ref().is_some_and(|b| postings.by_bare.contains_key(b))
            || phrase.concepts.iter().any(|id| {
                postings.by_concept.contains_key(id)
                    || phrase.denies && attribute(id).is_some_and(|a| postings.by_attribute.contains_key(&a))
            })
    }

    fn part_of_value(&self, at: usize) -> bool {
        let Some(token) = self.parsed.tokens.get(at) else { return false };
        let word = &token.stem;
        let telling = token.kind == Kind::Word && word.len() > 1 && !super::classify::is_common(word);
        let mixed = word.chars().any(|c| c.is_ascii_digit()) && word.chars().any(|c| c.is_ascii_alphabetic());
        (telling || mixed || may_be_value(word))
            && self.properties.postings.by_value_word.contains_key(word)
            && !self.inside_cue(&(at..at + 1))
    }

    /// Properties whose name, or whose place in the lexicon, the message has.
    fn hear_names(&mut self) {
        let postings = &self.properties.postings;
        for token in &self.parsed.tokens {
            mark(&mut self.spoken, postings.by_name.get(&token.stem));
        }
        for span in &self.parsed.spans {
            mark(&mut self.spoken, postings.by_name.get(&span.key));
            for meaning in &span.meanings {
                let attribute = match meaning {
                    Meaning::Attribute(a) | Meaning::Ask(a) => Some(*a),
                    Meaning::Value(v) => self.lexicon.values.get(*v).and_then(|v| v.attribute),
                    _ => None,
                };
                mark(&mut self.spoken, attribute.and_then(|a| postings.by_attribute.get(&a)));
            }
        }
    }

    /// Properties that have one of the values which the message may name.
    fn hear_values(&mut self) {
        let postings = &self.properties.postings;
        for phrase in self.phrases.iter().flatten() {
            mark(&mut self.spoken, postings.by_value.get(&phrase.key));
            mark(&mut self.spoken, phrase.bare.as_ref().and_then(|b| postings.by_bare.get(b)));
            for concept in &phrase.concepts {
                mark(&mut self.spoken, postings.by_concept.get(concept));
                let attribute = self.lexicon.values.get(*concept).and_then(|v| v.attribute).filter(|_| phrase.denies);
                mark(&mut self.spoken, attribute.and_then(|a| postings.by_attribute.get(&a)));
            }
        }
        for word in self.words.iter().filter_map(|at| self.parsed.tokens.get(*at)) {
            mark(&mut self.spoken, postings.by_value_word.get(&word.stem));
        }
    }

    fn hear_quantities(&mut self) {
        let postings = &self.properties.postings;
        for quantity in self.parsed.quantities.iter().filter(|q| q.currency.is_none()) {
            match quantity.unit {
                Some(unit) => {
                    mark(&mut self.spoken, postings.by_dimension.get(&unit.dimension));
                    mark(&mut self.spoken, postings.unitless.get(&quantity.value));
                    mark(&mut self.spoken, Some(&postings.pieces));
                }
                None => {
                    let number = quantity.value.as_whole();
                    mark(&mut self.spoken, Some(&postings.plain));
                    mark(&mut self.spoken, Some(&postings.sizes));
                    mark(&mut self.spoken, number.and_then(|n| postings.leading.get(&n)));
                }
            }
        }
    }

    /// 绿色 in 青绿色 is another colour, 蓝 in 蓝牙 none at all.
    fn inside_longer_word(&self, tokens: &Range<usize>) -> bool {
        const SHADES: &str = "青蓝洋橘桔橙玫酒粉紫深浅暗亮淡墨草军灰天海宝湖藏米奶象银碧翠荧水雾莫";
        let char_at = |i: Option<usize>| {
            i.and_then(|i| self.parsed.tokens.get(i))
                .filter(|t| t.kind == Kind::Han)
                .and_then(|t| t.text.chars().next())
        };
        let phrase = self.parsed.words(tokens);
        let Some(first) = phrase.chars().next().filter(|c| crate::text::is_han(*c)) else { return false };
        let spaced = self.parsed.tokens.get(tokens.start).is_some_and(|t| t.spaced);
        let shade = phrase.ends_with('色')
            && !spaced
            && char_at(tokens.start.checked_sub(1)).is_some_and(|c| SHADES.contains(c));
        let next = char_at(Some(tokens.end)).filter(|_| !self.parsed.tokens.get(tokens.end).is_some_and(|t| t.spaced));
        let tinted = tokens.len() == 1
            && !spaced
            && "黑白红蓝绿黄紫粉灰棕银金橙青".contains(first)
            && char_at(tokens.start.checked_sub(1)).is_some_and(|c| SHADES.contains(c));
        let lone = tokens.len() == 1
            && "黑白红蓝绿黄紫粉灰棕银金橙青".contains(first)
            && next.is_some_and(|c| !"色的款和或有吗呢还那还、".contains(c));
        shade || tinted || lone
    }

    /// `how low does it go`: words of a question are no values.
    fn inside_cue(&self, tokens: &Range<usize>) -> bool {
        let bytes = self.parsed.bytes(tokens);
        let phrase = self.parsed.words(tokens);
        if super::asks::SMALLEST.contains(&phrase) || super::asks::LARGEST.contains(&phrase) {
            return true;
        }
        self.parsed.cues.iter().any(|f| {
            matches!(f.cue, Cue::Cheapest | Cue::Dearest | Cue::Under | Cue::Over | Cue::HowMany)
                && f.range.start <= bytes.start
                && bytes.end <= f.range.end
                && f.range.len() > bytes.len()
        })
    }
}

fn mark(spoken: &mut [bool], axes: Option<&Vec<AxisIx>>) {
    for axis in axes.into_iter().flatten() {
        if let Some(slot) = spoken.get_mut(*axis as usize) {
            *slot = true;
        }
    }
}

/// Everyday words may nonetheless name a value (`hard`, `soft`, `quiet`, `full`), these hardly.
fn may_be_value(word: &str) -> bool {
    word.len() > 3
        && !matches!(
            word,
            "with" | "size" | "that" | "this" | "have" | "what" | "light" | "type" | "free" | "set" | "from"
        )
}

/// Holds a message against one product.
struct Reader<'a> {
    heard: &'a Heard<'a>,
    parsed: &'a Parsed,
    lexicon: &'a Lexicon,
    /// Those properties of the product that the message can speak of.
    axes: Vec<&'a Axis>,
}

impl<'a> Reader<'a> {
    /// Quantities with units: `13 inch`, `1.5 升`, `at least 16GB`.
    fn quantities(&self, within: &Range<usize>, free: &dyn Fn(&Range<usize>) -> bool, selection: &mut Selection) {
        for quantity in &self.parsed.quantities {
            let Some(tokens) = self.tokens_of(&quantity.range) else { continue };
            if quantity.currency.is_some() || tokens.start < within.start || tokens.end > within.end || !free(&tokens) {
                continue;
            }
            let bare = quantity.unit.is_none();
            if bare && (quantity.in_words || self.counts_something(&tokens)) {
                continue;
            }
            if self.pieces(quantity, &tokens, selection) {
                continue;
            }
            let found: Vec<Form<'_>> =
                if bare { Vec::new() } else { self.values().filter(|f| says(f.value, quantity)).collect() };
            if let Some(bound) = self.bound(quantity, &found) {
                selection.bounds.push(bound);
                selection.used.push(tokens);
                continue;
            }
            if !found.is_empty() {
                self.take(found, &tokens, selection);
            } else if bare {
                self.bare_number(quantity, &tokens, selection);
            } else if let Some(option) = self.option_measured_in(quantity) {
                let written = self.parsed.words(&tokens).to_owned();
                selection.missing.push((option.to_owned(), written));
                selection.used.push(tokens);
            }
        }
    }

    /// `5000片`: a number of pieces, where the product has an option of that name in plain numbers.
    fn pieces(&self, quantity: &Quantity, tokens: &Range<usize>, selection: &mut Selection) -> bool {
        let counted = quantity.unit.is_some_and(|u| u.dimension == units::Dimension::Count("piece"));
        let Some(number) = quantity.value.as_whole().filter(|_| counted) else { return false };
        // An attribute has no values to choose from.
        let plain = |a: &&Axis| a.name.key.contains("piece") && (!a.option || a.values.iter().all(|v| v.plain));
        let Some(axis) = self.axes.iter().copied().find(plain) else { return false };
        let number = number.to_string();
        match axis.values.iter().filter(|_| axis.option).find(|v| v.text.trim() == number) {
            Some(value) => self.take(vec![Form { axis, value }], tokens, selection),
            None => {
                selection.missing.push((axis.name.text.clone(), number));
                selection.used.push(tokens.clone());
            }
        }
        true
    }

    /// `under 2 kg`, `16GB以上`: only where the product is measured in that unit.
    fn bound(&self, quantity: &Quantity, exact: &[Form<'_>]) -> Option<Bound> {
        let near = |cue: Cue| {
            self.parsed.cues.iter().any(|f| {
                let gap = if f.range.end <= quantity.range.start {
                    self.parsed.text.get(f.range.end..quantity.range.start)
                } else {
                    self.parsed.text.get(quantity.range.end..f.range.start)
                };
                let written = self.parsed.text.get(f.range.clone()).unwrap_or_default();
                let behind = AFTER.contains(&written);
                let placed = if f.range.end <= quantity.range.start { !behind } else { behind };
                f.cue == cue
                    && placed
                    && gap.is_some_and(|g| g.trim().chars().count() <= 4 && !g.contains([',', '，', '.', '?']))
            })
        };
        let (under, over) = (near(Cue::Under), near(Cue::Over));
        if under == over || quantity.unit.is_none() {
            return None;
        }
        let known = self.option_measured_in(quantity).is_some() || !exact.is_empty();
        known.then(|| Bound { at_least: over, quantity: quantity.clone() })
    }

    fn option_measured_in(&self, quantity: &Quantity) -> Option<&'a str> {
        let dimension = quantity.unit?.dimension;
        let measured = |v: &AxisValue| v.quantities.iter().any(|q| q.unit.is_some_and(|u| u.dimension == dimension));
        self.axes.iter().find(|a| a.values.iter().any(|v| measured(v))).map(|a| a.name.text.as_str())
    }

    /// A number alone is a value when an option has bare numbers (shoe sizes, pieces) or the option's name is beside it.
    fn bare_number(&self, quantity: &Quantity, tokens: &Range<usize>, selection: &mut Selection) {
        let Some(number) = quantity.value.as_whole() else { return };
        let mut beside: Option<&'a Axis> = None;
        let mut numeric: Option<&'a Axis> = None;
        for axis in self.axes.iter().copied() {
            if axis.values.iter().any(|v| v.plain) {
                numeric = numeric.or(Some(axis));
            }
            let sized = axis.name.key.contains("size")
                && self.parsed.tokens.get(tokens.end).is_some_and(|t| matches!(t.text.as_str(), "码" | "号"));
            if axis.values.iter().any(|v| v.text.chars().any(|c| c.is_ascii_digit()))
                && (sized || self.named_near(axis, tokens))
            {
                beside = Some(axis);
            }
        }
        let Some(axis) = beside.or(numeric) else { return self.leading_number(number, tokens, selection) };
        let written = number.to_string();
        let exact = axis.values.iter().find(|v| {
            let digits = || v.text.chars().filter(char::is_ascii_digit).collect::<String>();
            v.text.trim() == written || (beside.is_some() && digits() == written)
        });
        match exact {
            Some(value) => self.take(vec![Form { axis, value }], tokens, selection),
            None if beside.is_some() => {
                selection.missing.push((axis.name.text.clone(), self.parsed.words(tokens).to_owned()));
                selection.used.push(tokens.clone());
            }
            None => {}
        }
    }

    /// `price of the 30`: a number that only one value of only one option begins with.
    fn leading_number(&self, number: i64, tokens: &Range<usize>, selection: &mut Selection) {
        let mut holders: Vec<Form<'_>> = self
            .values()
            .filter(|f| f.axis.option)
            .filter(|f| f.value.quantities.first().is_some_and(|q| q.value.as_whole() == Some(number)))
            .collect();
        holders.dedup_by(|a, b| a.same(b));
        if holders.len() == 1 && number > 1 {
            self.take(holders, tokens, selection);
        }
    }

    /// `2 of them`, `3 pieces`, `两个`: a number that counts things rather than names a value.
    fn counts_something(&self, tokens: &Range<usize>) -> bool {
        self.parsed.tokens.get(tokens.end).is_some_and(|t| {
            matches!(
                t.text.as_str(),
                "of" | "个"
                    | "件"
                    | "台"
                    | "款"
                    | "双"
                    | "条"
                    | "products"
                    | "items"
                    | "people"
                    | "st"
                    | "nd"
                    | "rd"
                    | "th"
            )
        }) || tokens.start > 0 && self.parsed.tokens.get(tokens.start - 1).is_some_and(|t| t.text == "第")
    }

    /// Values in words: longest phrases first, against every way to write each of the product's values.
    fn phrases(&self, within: &Range<usize>, free: &dyn Fn(&Range<usize>) -> bool, selection: &mut Selection) {
        let mut start = within.start;
        while start < within.end {
            let mut step = 1;
            for phrase in self.heard.phrases.get(start - within.start).into_iter().flatten() {
                let tokens = &phrase.tokens;
                let mut found: Vec<Form<'_>> = self.values().filter(|f| self.writes(f, phrase)).collect();
                if found.is_empty() || !free(tokens) || selection.used.iter().any(|u| overlap(u, tokens)) {
                    continue;
                }
                // `M` is a size before it is short for medium.
                if found.iter().any(|f| f.value.key == phrase.key) {
                    found.retain(|f| f.value.key == phrase.key);
                }
                self.take(found, tokens, selection);
                step = tokens.len();
                break;
            }
            start += step;
        }
        self.partial(free, selection);
        self.unknown(within, free, selection);
    }

    /// A word that only one value of the product has: `hepa` for `HEPA filter`, `hard` for `hard cover`.
    fn partial(&self, free: &dyn Fn(&Range<usize>) -> bool, selection: &mut Selection) {
        for at in self.heard.words.iter().copied() {
            let tokens = at..at + 1;
            let Some(word) = self.parsed.tokens.get(at).map(|t| t.stem.as_str()) else { continue };
            let mut holders: Vec<Form<'_>> =
                self.values().filter(|f| f.value.key.split(' ').any(|w| w == word)).collect();
            if holders.is_empty() || !free(&tokens) || selection.used.iter().any(|u| overlap(u, &tokens)) {
                continue;
            }
            holders.dedup_by(|a, b| a.same(b));
            let own_name = self.axes.iter().any(|a| a.name.key.split(' ').any(|w| w == word));
            let one_option = holders.iter().all(|h| holders.first().is_some_and(|f| f.option() == h.option()));
            let all = holders.first().map_or(0, |f| f.axis.values.len());
            if one_option && !own_name && (holders.len() == 1 || holders.len() < all) {
                self.take(holders, &tokens, selection);
            }
        }
    }

    /// Known values that this product does not come in: of an option it has, or of one it has not.
    fn unknown(&self, within: &Range<usize>, free: &dyn Fn(&Range<usize>) -> bool, selection: &mut Selection) {
        for span in &self.parsed.spans {
            let inside = within.start <= span.tokens.start && span.tokens.end <= within.end;
            if !inside
                || !span.is_value()
                || !free(&span.tokens)
                || selection.used.iter().any(|u| overlap(u, &span.tokens))
            {
                continue;
            }
            if span.meanings.iter().any(|m| matches!(m, Meaning::Product(_) | Meaning::Attribute(_) | Meaning::Ask(_)))
            {
                continue;
            }
            let word = self.parsed.words(&span.tokens).to_owned();
            let letters = word.chars().count();
            if word.is_ascii()
                && letters < 3
                && !self.parsed.words(&(span.tokens.start.saturating_sub(1)..span.tokens.end)).starts_with("size")
            {
                continue;
            }
            let (mut own, mut other) = (None, None);
            for attribute in self.attributes_of(span) {
                match self.axes.iter().find(|a| a.name.covered_by.contains(&attribute)) {
                    Some(axis) => own = own.or_else(|| Some(axis.name.text.clone())),
                    None => other = other.or_else(|| self.lexicon.attributes.get(attribute).map(|a| a.en.clone())),
                }
            }
            match (own, other) {
                (Some(option), _) => {
                    selection.missing.push((option, word));
                    selection.used.push(span.tokens.clone());
                }
                (None, Some(attribute)) => selection.foreign.push((attribute, word)),
                (None, None) => {}
            }
        }
    }

    fn attributes_of(&self, span: &Span) -> Vec<usize> {
        span.meanings
            .iter()
            .filter_map(|m| match m {
                Meaning::Value(v) => self.lexicon.values.get(*v).and_then(|v| v.attribute),
                _ => None,
            })
            .collect()
    }

    /// Options that are yes or no: `waterproof`, `not waterproof`, `防水`.
    fn yes_no(&self, within: &Range<usize>, selection: &mut Selection) {
        for axis in self.axes.iter().copied() {
            let option = axis.name.text.as_str();
            let yes = axis.values.iter().find(|v| v.yes).map(|v| v.text.as_str());
            let no = axis.values.iter().find(|v| v.no).map(|v| v.text.as_str());
            let (Some(no), true) = (no, yes.is_some() || !selection.wanted.contains_key(option)) else {
                self.has_it(axis, within, selection);
                continue;
            };
            for tokens in self.names_of(axis, within) {
                let denied = self.parsed.negated(&tokens) || self.prefixed_non(&tokens);
                let value = if denied { Some(no) } else { yes };
                if value.is_none() {
                    selection.missing.retain(|(o, _)| o != option);
                    selection.missing.push((option.to_owned(), self.parsed.words(&tokens).to_owned()));
                    selection.used.push(tokens.clone());
                }
                if let Some(value) = value
                    && (denied || !self.asked_about(&tokens))
                {
                    selection.missing.retain(|(o, _)| o != option);
                    selection.excluded.shift_remove(option);
                    let wanted = selection.wanted.entry(option.to_owned()).or_default();
                    if !wanted.iter().any(|w| w == value) {
                        wanted.push(value.to_owned());
                    }
                    selection.used.push(tokens.clone());
                }
            }
        }
    }

    /// `noise cancelling` where the catalog says which kind of it (`adaptive`): the product has it.
    fn has_it(&self, axis: &Axis, within: &Range<usize>, selection: &mut Selection) {
        if axis.name.flag && !selection.wanted.contains_key(&axis.name.text) {
            selection.used.extend(self.names_of(axis, within).into_iter().filter(|t| !self.parsed.negated(t)));
        }
    }

    /// `is it waterproof?` asks; `the waterproof one` chooses. A yes/no attribute straight before a noun or with a
    /// `with` chooses.
    fn asked_about(&self, _tokens: &Range<usize>) -> bool {
        false
    }

    fn prefixed_non(&self, tokens: &Range<usize>) -> bool {
        let before =
            self.parsed.text.get(..self.parsed.bytes(tokens).start).unwrap_or_default().trim_end_matches([' ', '-']);
        ["non", "not", "no", "without", "isn't", "不", "非", "无", "没有", "不带", "不是"]
            .iter()
            .any(|n| before.ends_with(n))
            && !before.ends_with("是不是")
            && !before.ends_with("有没有")
    }

    /// Where an option is spoken of by name: its own words or any name of the attribute.
    fn names_of(&self, axis: &Axis, within: &Range<usize>) -> Vec<Range<usize>> {
        let ids = &axis.name.attributes;
        let means = |m: &Meaning| match m {
            Meaning::Attribute(a) | Meaning::Ask(a) => ids.contains(a),
            Meaning::Value(v) => {
                self.lexicon.values.get(*v).and_then(|v| v.attribute).is_some_and(|a| ids.contains(&a))
            }
            _ => false,
        };
        self.parsed
            .spans
            .iter()
            .filter(|s| within.start <= s.tokens.start && s.tokens.end <= within.end)
            .filter(|s| s.key == axis.name.key || s.meanings.iter().any(means))
            .map(|s| s.tokens.clone())
            .collect()
    }

    /// Whether a phrase is one way to write the value.
    fn writes(&self, form: &Form<'_>, phrase: &Phrase) -> bool {
        let (value, covered_by) = (form.value, &form.axis.name.covered_by);
        if phrase.bare.as_ref().is_some_and(|b| *b == value.bare) {
            return true;
        }
        if value.key == phrase.key {
            return !(value.no || value.yes) || phrase.key.contains(' ');
        }
        if value.yes || phrase.concepts.is_empty() {
            return false;
        }
        let attribute = |id: &usize| self.lexicon.values.get(*id).and_then(|v| v.attribute);
        if value.no {
            return phrase.denies
                && phrase.concepts.iter().any(|id| attribute(id).is_some_and(|a| covered_by.contains(&a)));
        }
        let sure = value.concepts.len() == 1 || phrase.key.len() > 2;
        let fits = |id: &usize| sure || attribute(id).is_none_or(|a| covered_by.contains(&a));
        value.concepts.iter().any(|id| phrase.concepts.contains(id) && fits(id))
    }

    /// Notes values that were found; where several options share the word, the option named nearest decides.
    fn take(&self, mut found: Vec<Form<'_>>, tokens: &Range<usize>, selection: &mut Selection) {
        let near: Vec<usize> =
            (0..found.len()).filter(|i| found.get(*i).is_some_and(|f| self.telling_near(f.axis, tokens))).collect();
        if !near.is_empty() && near.len() < found.len() {
            let mut at = 0;
            found.retain(|_| {
                at += 1;
                near.contains(&(at - 1))
            });
        }
        let negated = self.parsed.negated(tokens) || self.prefixed_non(tokens);
        let target = if negated { &mut selection.excluded } else { &mut selection.wanted };
        let mut options: Vec<&str> = found.iter().map(Form::option).collect();
        options.dedup();
        let name = options.join("\u{1}");
        let values = target.entry(name).or_default();
        for form in found {
            if !values.contains(&form.value.text) {
                values.push(form.value.text.clone());
            }
        }
        selection.used.push(tokens.clone());
    }

    fn values(&self) -> impl Iterator<Item = Form<'a>> {
        self.axes.iter().copied().flat_map(|axis| axis.values.iter().map(move |value| Form { axis, value }))
    }

    /// Whether the word that tells an option from its siblings (`frame`, `lens`) is within three words.
    fn telling_near(&self, axis: &Axis, tokens: &Range<usize>) -> bool {
        let around = tokens.start.saturating_sub(3)..(tokens.end + 3).min(self.parsed.tokens.len());
        let window = self.parsed.tokens.get(around.clone()).unwrap_or_default();
        let has = |a: &Axis, word: &str| a.name.key.split(' ').any(|w| w == word);
        let telling = |word: &str| self.axes.iter().filter(|a| has(a, word)).count() == 1;
        axis.name.key.split(' ').any(|w| window.iter().any(|t| t.stem == w) && telling(w))
            || axis.name.zh_head.as_ref().is_some_and(|head| self.parsed.words(&around).contains(head))
    }

    fn named_near(&self, axis: &Axis, tokens: &Range<usize>) -> bool {
        let around = tokens.start.saturating_sub(3)..(tokens.end + 3).min(self.parsed.tokens.len());
        !self.names_of(axis, &around).is_empty()
    }

    fn tokens_of(&self, bytes: &Range<usize>) -> Option<Range<usize>> {
        let start = self.parsed.tokens.iter().position(|t| t.range.end > bytes.start)?;
        let end = self.parsed.tokens.iter().rposition(|t| t.range.start < bytes.end)? + 1;
        Some(start..end)
    }
}

fn overlap(a: &Range<usize>, b: &Range<usize>) -> bool {
    a.start < b.end && b.start < a.end
}

pub fn is_no(value: &str) -> bool {
    let value = value.trim().to_ascii_lowercase();
    value == "no" || value == "none" || value.starts_with("not ")
}

/// Whether a catalog value holds this very quantity.
fn says(value: &AxisValue, quantity: &Quantity) -> bool {
    // `5-25 lbs` is one value of two numbers; asking for 25 lbs is not asking for it.
    let [one] = value.quantities.as_slice() else { return false };
    one.same(quantity) || bare_unit(one, quantity, &value.text)
}

/// `60%` beside `60 %`, `4K` beside `4k`: units that are part of a name.
fn bare_unit(value: &Quantity, asked: &Quantity, written: &str) -> bool {
    value.value == asked.value
        && value.unit.is_none()
        && asked.unit.is_some_and(|u| {
            tokenize(&fold(written)).iter().any(|t| {
                units::parse(&t.text).is_some_and(|v| v.name == u.name) || t.text.ends_with(&u.name.to_lowercase())
            })
        })
}
