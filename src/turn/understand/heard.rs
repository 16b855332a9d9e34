//! A stretch of a message made ready to be held against many products: its phrases, and which properties they can
//! speak of at all.

use std::ops::Range;

use super::cues::Cue;
use super::index::{Index, Meaning, ProductIx};
use super::lexicon::Lexicon;
use super::link::Parsed;
use super::properties::{AxisIx, Properties, bare};
use super::selection::{Reader, Selection, Skip, overlap};
use crate::text::tokens::Kind;

/// A phrase that may be a value.
pub(super) struct Phrase {
    pub(super) tokens: Range<usize>,
    pub(super) key: String,
    /// As measures are compared: `160x230`.
    pub(super) bare: Option<String>,
    /// Values of the lexicon that it names.
    pub(super) concepts: Vec<usize>,
    /// `without a lid`
    pub(super) denies: bool,
}

/// A stretch of a message made ready to be held against many products.
pub struct Heard<'a> {
    pub(super) parsed: &'a Parsed,
    pub(super) within: Range<usize>,
    pub(super) lexicon: &'a Lexicon,
    pub(super) properties: &'a Properties,
    /// By their first token, longest first.
    pub(super) phrases: Vec<Vec<Phrase>>,
    /// Tokens that may be part of a value.
    pub(super) words: Vec<usize>,
    /// Numbers of the tokens' stems among the words of titles.
    pub(super) stems: Vec<Option<u32>>,
    /// Properties that the message can speak of; no other has any bearing on the reading.
    pub(super) spoken: Vec<bool>,
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

    pub(super) fn phrases_from(&self, start: usize) -> Vec<Phrase> {
        let longest = 8.min(self.within.end.saturating_sub(start));
        (1..=longest).rev().filter_map(|len| self.phrase(start..start + len)).filter(|p| self.written(p)).collect()
    }

    pub(super) fn phrase(&self, tokens: Range<usize>) -> Option<Phrase> {
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
    pub(super) fn written(&self, phrase: &Phrase) -> bool {
        let postings = &self.properties.postings;
        let attribute = |id: &usize| self.lexicon.values.get(*id).and_then(|v| v.attribute);
        postings.by_value.contains_key(&phrase.key)
            || phrase.bare.as_ref().is_some_and(|b| postings.by_bare.contains_key(b))
            || phrase.concepts.iter().any(|id| {
                postings.by_concept.contains_key(id)
                    || phrase.denies && attribute(id).is_some_and(|a| postings.by_attribute.contains_key(&a))
            })
    }

    pub(super) fn part_of_value(&self, at: usize) -> bool {
        let Some(token) = self.parsed.tokens.get(at) else { return false };
        let word = &token.stem;
        let telling = token.kind == Kind::Word && word.len() > 1 && !super::classify::is_common(word);
        let mixed = word.chars().any(|c| c.is_ascii_digit()) && word.chars().any(|c| c.is_ascii_alphabetic());
        (telling || mixed || may_be_value(word))
            && self.properties.postings.by_value_word.contains_key(word)
            && !self.inside_cue(&(at..at + 1))
    }

    /// Properties whose name, or whose place in the lexicon, the message has.
    pub(super) fn hear_names(&mut self) {
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
    pub(super) fn hear_values(&mut self) {
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

    pub(super) fn hear_quantities(&mut self) {
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
    pub(super) fn inside_longer_word(&self, tokens: &Range<usize>) -> bool {
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
    pub(super) fn inside_cue(&self, tokens: &Range<usize>) -> bool {
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

pub(super) fn mark(spoken: &mut [bool], axes: Option<&Vec<AxisIx>>) {
    for axis in axes.into_iter().flatten() {
        if let Some(slot) = spoken.get_mut(*axis as usize) {
            *slot = true;
        }
    }
}

/// Everyday words may nonetheless name a value (`hard`, `soft`, `quiet`, `full`), these hardly.
pub(super) fn may_be_value(word: &str) -> bool {
    word.len() > 3
        && !matches!(
            word,
            "with" | "size" | "that" | "this" | "have" | "what" | "light" | "type" | "free" | "set" | "from"
        )
}
