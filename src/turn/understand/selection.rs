//! Which versions of a product a message speaks of: its words held against the product's own options and their
//! values, in any order, spelling or language, with negation.

use std::ops::Range;

use indexmap::IndexMap;

use super::heard::{Heard, Phrase};
use super::index::Meaning;
use super::lexicon::Lexicon;
use super::link::{Parsed, Span};
use super::properties::{Axis, AxisValue};
use crate::catalog::{Offer, Product};
use crate::text::numbers::{self, Quantity};
use crate::text::tokens::tokenize;
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

/// A value of one of a product's properties.
#[derive(Clone, Copy)]
pub(super) struct Form<'a> {
    pub(super) axis: &'a Axis,
    pub(super) value: &'a AxisValue,
}

impl<'a> Form<'a> {
    pub(super) fn option(&self) -> &'a str {
        &self.axis.name.text
    }

    pub(super) fn same(&self, other: &Form<'_>) -> bool {
        self.option() == other.option() && self.value.text == other.value.text
    }
}

/// Stretches that name products: this one, and others.
#[derive(Clone, Copy, Default)]
pub struct Skip<'a> {
    pub own: &'a [Range<usize>],
    pub others: &'a [Range<usize>],
}

/// Holds a message against one product.
pub(super) struct Reader<'a> {
    pub(super) heard: &'a Heard<'a>,
    pub(super) parsed: &'a Parsed,
    pub(super) lexicon: &'a Lexicon,
    /// Those properties of the product that the message can speak of.
    pub(super) axes: Vec<&'a Axis>,
}

impl<'a> Reader<'a> {
    /// Values in words: longest phrases first, against every way to write each of the product's values.
    pub(super) fn phrases(
        &self,
        within: &Range<usize>,
        free: &dyn Fn(&Range<usize>) -> bool,
        selection: &mut Selection,
    ) {
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
    pub(super) fn yes_no(&self, within: &Range<usize>, selection: &mut Selection) {
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
                if let Some(value) = value {
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
    pub(super) fn take(&self, mut found: Vec<Form<'_>>, tokens: &Range<usize>, selection: &mut Selection) {
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

    pub(super) fn values(&self) -> impl Iterator<Item = Form<'a>> {
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

    pub(super) fn named_near(&self, axis: &Axis, tokens: &Range<usize>) -> bool {
        let around = tokens.start.saturating_sub(3)..(tokens.end + 3).min(self.parsed.tokens.len());
        !self.names_of(axis, &around).is_empty()
    }

    pub(super) fn tokens_of(&self, bytes: &Range<usize>) -> Option<Range<usize>> {
        let start = self.parsed.tokens.iter().position(|t| t.range.end > bytes.start)?;
        let end = self.parsed.tokens.iter().rposition(|t| t.range.start < bytes.end)? + 1;
        Some(start..end)
    }
}

pub(super) fn overlap(a: &Range<usize>, b: &Range<usize>) -> bool {
    a.start < b.end && b.start < a.end
}

pub fn is_no(value: &str) -> bool {
    let value = value.trim().to_ascii_lowercase();
    value == "no" || value == "none" || value.starts_with("not ")
}

/// Whether a catalog value holds this very quantity.
pub(super) fn says(value: &AxisValue, quantity: &Quantity) -> bool {
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
