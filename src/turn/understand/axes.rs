//! Which of a product's own properties a message asks for: its words held against the names that this product's
//! attributes and options have, the lexicon's names for them, and the ways to ask for them. A property that the
//! product has is preferred to one that it has not.

use std::collections::HashMap;
use std::ops::Range;

use super::classify::is_common;
use super::lexicon::Lexicon;
use super::link::Parsed;
use crate::catalog::Product;
use crate::text::tokens::{Kind, join_key, key};

/// Longest phrase, in tokens, by which a property is asked for.
const PHRASE_TOKENS_MAX: usize = 8;

/// A property of the product and the phrase that asks for it.
#[derive(Clone, Debug, PartialEq)]
pub struct Asked<'p> {
    pub axis: &'p str,
    pub tokens: Range<usize>,
    /// Letters of the phrase: longer phrases say more surely what is meant.
    pub weight: usize,
}

/// Names under which different feeds keep what a shopper takes for the same thing.
const RELATED: &[&[&str]] = &[
    &[
        "size",
        "dimensions",
        "length",
        "width",
        "height",
        "depth",
        "diameter",
        "capacity",
        "volume",
        "packed size",
        "screen size",
    ],
    &["fill", "filling", "insulation", "fill material", "stuffing"],
    &["waterproof", "water resistance", "water resistant", "water rating", "hydrostatic head"],
    &["max load", "maximum load", "weight capacity"],
    &["warmth", "comfort temperature", "insulation"],
    &["noise", "noise level"],
    &["ports", "charging port", "connectors", "connector", "output"],
    &["material", "upper", "fabric", "wood", "body"],
    &["battery life", "battery", "run time"],
    &["washing", "machine washable", "care", "dishwasher safe"],
    &["thickness", "paper weight"],
    &["max speed", "boil time", "speeds"],
    &["color", "frame color", "finish", "pattern"],
];

/// Keys of what feeds may call a property of this key.
pub fn related_keys(asked: &str) -> Vec<&'static str> {
    RELATED.iter().filter(|g| g.contains(&asked)).flat_map(|g| g.iter().copied()).collect()
}

/// Properties that the product has in the place of one that it has not.
pub fn related<'p>(attribute: &str, product: &'p Product) -> Vec<&'p str> {
    let names = related_keys(&key(attribute));
    product.axis_names().into_iter().filter(|axis| names.contains(&key(axis).as_str())).collect()
}

/// The properties asked for, strongest phrase first; phrases do not overlap. `skip` are the tokens that name products.
pub fn asked<'p>(
    parsed: &Parsed,
    within: &Range<usize>,
    skip: &[Range<usize>],
    product: &'p Product,
    lexicon: &Lexicon,
) -> Vec<Asked<'p>> {
    let phrases = phrases(parsed, within, skip);
    let mut all: Vec<Asked<'p>> = Vec::new();
    for axis in product.axis_names() {
        let own = key(axis);
        let mut terms: Vec<(String, usize)> = vec![(own.clone(), 2)];
        for attribute in attributes_of(&own, lexicon) {
            terms.extend(attribute.terms.iter().chain(&attribute.asks).map(|t| (t.clone(), 0)));
        }
        let whole = terms
            .iter()
            .filter_map(|(term, bonus)| phrases.get(term).map(|r| (r.clone(), term.len() + bonus)))
            .max_by_key(|(_, w)| *w);
        let found = whole.or_else(|| by_word(&own, product, &phrases));
        if let Some((tokens, weight)) = found {
            all.push(Asked { axis, tokens, weight });
        }
    }
    if all.is_empty() && !skip.is_empty() {
        // `how fast does the Kettlerock boil`: a word of the name may ask as well.
        return asked_by_name(parsed, within, product);
    }
    all.sort_by_key(|a| std::cmp::Reverse(a.weight));
    let mut chosen: Vec<Asked<'p>> = Vec::new();
    for asked in all {
        let clash = chosen
            .iter()
            .any(|c| c.tokens.start < asked.tokens.end && asked.tokens.start < c.tokens.end && c.weight > asked.weight);
        if !clash {
            chosen.push(asked);
        }
    }
    chosen
}

fn asked_by_name<'p>(parsed: &Parsed, within: &Range<usize>, product: &'p Product) -> Vec<Asked<'p>> {
    let phrases = phrases(parsed, within, &[]);
    let found = product.axis_names().into_iter().filter_map(|axis| {
        let own = key(axis);
        let verb = own.split(' ').next().filter(|w| own.contains(' ') && !product.title.to_lowercase().ends_with(w))?;
        phrases.get(verb).map(|tokens| Asked { axis, tokens: tokens.clone(), weight: verb.len() })
    });
    found.filter(|a| a.weight > 3).take(1).collect()
}

/// Lexicon attributes that an axis of this name is, or is a kind of.
fn attributes_of<'l>(own: &str, lexicon: &'l Lexicon) -> Vec<&'l super::lexicon::Attribute> {
    let exact = lexicon.attributes_of(own);
    let ids = if exact.is_empty() { lexicon.covering(own) } else { exact.to_vec() };
    ids.into_iter().filter_map(|id| lexicon.attributes.get(id)).collect()
}

/// A telling word of the axis' own name: `oven` of `oven safe to`.
fn by_word(own: &str, product: &Product, phrases: &HashMap<String, Range<usize>>) -> Option<(Range<usize>, usize)> {
    const VAGUE: &[&str] = &[
        "size", "type", "color", "colour", "time", "max", "maximum", "safe", "rating", "level", "included", "number",
        "free", "back", "base", "power",
    ];
    own.split(' ')
        .filter(|w| w.len() > 3 && !VAGUE.contains(w))
        .filter(|w| product.axis_names().iter().filter(|a| key(a).split(' ').any(|x| x == *w)).count() == 1)
        .find_map(|word| {
            let direct = phrases.get(word).cloned();
            let related = || {
                let stem: String = word.chars().take(word.len().saturating_sub(2).max(4)).collect();
                phrases
                    .iter()
                    .find(|(p, _)| {
                        !p.contains(' ')
                            && p.starts_with(&stem)
                            && p.len() <= word.len() + 3
                            && (!is_common(p) || *p == word)
                    })
                    .map(|(_, r)| r.clone())
            };
            direct.or_else(related).map(|range| (range, word.len().saturating_sub(1)))
        })
}

/// Every phrase of the range by its key.
fn phrases(parsed: &Parsed, within: &Range<usize>, skip: &[Range<usize>]) -> HashMap<String, Range<usize>> {
    let mut all = HashMap::new();
    for start in within.clone() {
        for len in 1..=PHRASE_TOKENS_MAX.min(within.end - start) {
            let range = start..start + len;
            let Some(tokens) = parsed.tokens.get(range.clone()) else { continue };
            if skip.iter().any(|s| s.start < range.end && range.start < s.end)
                || tokens.last().is_some_and(|t| t.kind == Kind::Punct)
            {
                continue;
            }
            let phrase = join_key(tokens.iter());
            let words = tokens.iter().map(|t| t.text.as_str()).collect::<Vec<_>>().join(" ");
            for form in [phrase, words] {
                if form.chars().count() > 1 {
                    all.entry(form).or_insert_with(|| range.clone());
                }
            }
        }
    }
    all
}
