//! Which versions of a product a message speaks of: its words held against the product's own options and their
//! values, in any order, spelling or language, with negation.

use std::ops::Range;

use indexmap::IndexMap;

use super::cues::Cue;
use super::index::Meaning;
use super::lexicon::Lexicon;
use super::link::{Parsed, Span};
use crate::catalog::{Offer, Product};
use crate::text::numbers::{self, Quantity};
use crate::text::tokens::{Kind, key, tokenize};
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

/// One way in which a product's option value can be written.
struct Form<'a> {
    option: &'a str,
    value: &'a str,
}

/// Stretches that name products: this one, and others.
#[derive(Clone, Copy, Default)]
pub struct Skip<'a> {
    pub own: &'a [Range<usize>],
    pub others: &'a [Range<usize>],
}

/// Reads the part of a message that speaks of `product`; what names products is skipped.
pub fn select(
    parsed: &Parsed,
    within: &Range<usize>,
    skip: &Skip<'_>,
    product: &Product,
    lexicon: &Lexicon,
) -> Selection {
    let mut selection = Selection::default();
    let reader = Reader { parsed, product, lexicon, options: product.axis_names() };
    // Words that name the product are no values, unless its title does not have them (`polarized sunglasses`).
    let title: Vec<String> =
        tokenize(&fold(&format!("{} {}", product.title, product.title_in(crate::domain::Lang::Zh))))
            .into_iter()
            .map(|t| t.stem)
            .collect();
    let named = |at: usize| {
        parsed.tokens.get(at).is_some_and(|t| title.contains(&t.stem))
            || parsed.tokens.get(at).is_some_and(|t| t.kind == Kind::Han)
    };
    let overlaps = |t: &Range<usize>, s: &Range<usize>| t.start < s.end && s.start < t.end;
    let free = |t: &Range<usize>| {
        !skip.others.iter().any(|s| overlaps(t, s))
            && !skip.own.iter().any(|s| (t.start.max(s.start)..t.end.min(s.end)).any(named))
    };
    reader.quantities(within, &free, &mut selection);
    reader.phrases(within, &free, &mut selection);
    reader.yes_no(within, &mut selection);
    selection
}

struct Reader<'a> {
    parsed: &'a Parsed,
    product: &'a Product,
    lexicon: &'a Lexicon,
    options: Vec<&'a str>,
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
            let found: Vec<Form<'_>> = self.values().filter(|f| !bare && says(f.value, quantity)).collect();
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
        let plain = |o: &&str| {
            key(o).contains("piece")
                && self.product.option_values(o).iter().all(|v| v.trim().chars().all(|c| c.is_ascii_digit()))
        };
        let Some(option) = self.options.iter().copied().find(|o| plain(o)) else { return false };
        match self.product.option_values(option).into_iter().find(|v| v.trim() == number.to_string()) {
            Some(value) => self.take(vec![Form { option, value }], tokens, selection),
            None => {
                selection.missing.push((option.to_owned(), number.to_string()));
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
        self.options.iter().copied().find(|option| {
            self.product.axis_values(option).iter().any(|value| {
                numbers::scan(&fold(value)).iter().any(|q| q.unit.is_some_and(|u| u.dimension == dimension))
            })
        })
    }

    /// A number alone is a value when an option has bare numbers (shoe sizes, pieces) or the option's name is beside it.
    fn bare_number(&self, quantity: &Quantity, tokens: &Range<usize>, selection: &mut Selection) {
        let Some(number) = quantity.value.as_whole() else { return };
        let mut beside: Option<&str> = None;
        let mut numeric: Vec<&str> = Vec::new();
        for option in &self.options {
            let values = self.product.axis_values(option);
            let plain = values.iter().any(|v| v.trim().chars().all(|c| c.is_ascii_digit()));
            if plain {
                numeric.push(option);
            }
            let sized = key(option).contains("size")
                && self.parsed.tokens.get(tokens.end).is_some_and(|t| matches!(t.text.as_str(), "码" | "号"));
            if (sized || self.named_near(option, tokens))
                && values.iter().any(|v| v.chars().any(|c| c.is_ascii_digit()))
            {
                beside = Some(option);
            }
        }
        let exact = |option: &str| {
            self.product.axis_values(option).into_iter().find(|v| {
                let digits: String = v.chars().filter(char::is_ascii_digit).collect();
                v.trim() == number.to_string() || (beside == Some(option) && digits == number.to_string())
            })
        };
        if beside.is_none() && numeric.is_empty() {
            return self.leading_number(number, tokens, selection);
        }
        let Some(option) = beside.or_else(|| numeric.first().copied()) else { return };
        match exact(option) {
            Some(value) => self.take(vec![Form { option, value }], tokens, selection),
            None if beside.is_some() => {
                selection.missing.push((option.to_owned(), self.parsed.words(tokens).to_owned()));
                selection.used.push(tokens.clone());
            }
            None => {}
        }
    }

    /// `price of the 30`: a number that only one value of only one option begins with.
    fn leading_number(&self, number: i64, tokens: &Range<usize>, selection: &mut Selection) {
        let mut holders: Vec<Form<'_>> = self
            .values()
            .filter(|f| !self.product.option_values(f.option).is_empty())
            .filter(|f| numbers::scan(&fold(f.value)).first().is_some_and(|q| q.value.as_whole() == Some(number)))
            .collect();
        holders.dedup_by(|a, b| a.option == b.option && a.value == b.value);
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
            for len in (1..=8.min(within.end - start)).rev() {
                let tokens = start..start + len;
                let Some(phrase) = self.parsed.tokens.get(tokens.clone()) else { continue };
                let edge = |t: Option<&crate::text::tokens::Token>| t.is_some_and(|t| t.kind == Kind::Punct);
                if self.inside_longer_word(&tokens) || self.inside_cue(&tokens) {
                    continue;
                }
                if edge(phrase.first())
                    || edge(phrase.last())
                    || !free(&tokens)
                    || selection.used.iter().any(|u| overlap(u, &tokens))
                {
                    continue;
                }
                let phrase = crate::text::tokens::join_key(phrase.iter());
                let mut found: Vec<Form<'_>> = self.values().filter(|f| self.writes(f, &phrase)).collect();
                // `M` is a size before it is short for medium.
                if found.iter().any(|f| key(f.value) == phrase) {
                    found.retain(|f| key(f.value) == phrase);
                }
                if !found.is_empty() {
                    self.take(found, &tokens, selection);
                    step = len;
                    break;
                }
            }
            start += step;
        }
        self.partial(within, free, selection);
        self.unknown(within, free, selection);
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

    /// A word that only one value of the product has: `hepa` for `HEPA filter`, `hard` for `hard cover`.
    fn partial(&self, within: &Range<usize>, free: &dyn Fn(&Range<usize>) -> bool, selection: &mut Selection) {
        for at in within.clone() {
            let tokens = at..at + 1;
            let Some(token) = self.parsed.tokens.get(at) else { continue };
            let word = &token.stem;
            let telling = token.kind == Kind::Word && word.len() > 1 && !super::classify::is_common(word);
            let mixed = word.chars().any(|c| c.is_ascii_digit()) && word.chars().any(|c| c.is_ascii_alphabetic());
            if self.inside_cue(&tokens) {
                continue;
            }
            if !(telling || mixed || self.value_word(word))
                || !free(&tokens)
                || selection.used.iter().any(|u| overlap(u, &tokens))
            {
                continue;
            }
            let mut holders: Vec<Form<'_>> =
                self.values().filter(|f| key(f.value).split(' ').any(|w| w == word)).collect();
            holders.dedup_by(|a, b| a.option == b.option && a.value == b.value);
            let own_name = self.options.iter().any(|o| key(o).split(' ').any(|w| w == word));
            let one_option = holders.iter().all(|h| holders.first().is_some_and(|f| f.option == h.option));
            let all = holders.first().map_or(0, |f| self.product.axis_values(f.option).len());
            if !holders.is_empty() && one_option && !own_name && (holders.len() == 1 || holders.len() < all) {
                self.take(holders, &tokens, selection);
            }
        }
    }

    /// Everyday words that nonetheless name one of this product's values (`hard`, `soft`, `quiet`, `full`).
    fn value_word(&self, word: &str) -> bool {
        word.len() > 3
            && !matches!(
                word,
                "with" | "size" | "that" | "this" | "have" | "what" | "light" | "type" | "free" | "set" | "from"
            )
            && self.values().any(|f| key(f.value).split(' ').any(|w| w == word))
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
                match self.options.iter().find(|o| self.lexicon.attribute_covers(attribute, o)) {
                    Some(option) => own = own.or(Some((*option).to_owned())),
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
        for option in &self.options {
            let values = self.product.axis_values(option);
            let yes = values.iter().copied().find(|v| v.eq_ignore_ascii_case("yes"));
            let no = values.iter().copied().find(|v| is_no(v));
            let (Some(no), true) = (no, yes.is_some() || !selection.wanted.contains_key(*option)) else {
                self.has_it(option, within, selection);
                continue;
            };
            for tokens in self.names_of(option, within) {
                let denied = self.parsed.negated(&tokens) || self.prefixed_non(&tokens);
                let value = if denied { Some(no) } else { yes };
                if value.is_none() {
                    selection.missing.retain(|(o, _)| o != option);
                    selection.missing.push(((*option).to_owned(), self.parsed.words(&tokens).to_owned()));
                    selection.used.push(tokens.clone());
                }
                if let Some(value) = value
                    && (denied || !self.asked_about(&tokens))
                {
                    selection.missing.retain(|(o, _)| o != option);
                    selection.excluded.shift_remove(*option);
                    let wanted = selection.wanted.entry((*option).to_owned()).or_default();
                    if !wanted.iter().any(|w| w == value) {
                        wanted.push(value.to_owned());
                    }
                    selection.used.push(tokens.clone());
                }
            }
        }
    }

    /// `noise cancelling` where the catalog says which kind of it (`adaptive`): the product has it.
    fn has_it(&self, option: &str, within: &Range<usize>, selection: &mut Selection) {
        let flag =
            self.attribute_ids(option).iter().any(|id| self.lexicon.attributes.get(*id).is_some_and(|a| a.yes_no));
        if flag && !selection.wanted.contains_key(option) {
            selection.used.extend(self.names_of(option, within).into_iter().filter(|t| !self.parsed.negated(t)));
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
    fn names_of(&self, option: &str, within: &Range<usize>) -> Vec<Range<usize>> {
        let name = key(option);
        let ids = self.attribute_ids(option);
        self.parsed
            .spans
            .iter()
            .filter(|s| within.start <= s.tokens.start && s.tokens.end <= within.end)
            .filter(|s| {
                let phrase = self
                    .parsed
                    .tokens
                    .get(s.tokens.clone())
                    .map(|t| crate::text::tokens::join_key(t.iter()))
                    .unwrap_or_default();
                phrase == name
                    || s.meanings.iter().any(|m| match m {
                        Meaning::Attribute(a) | Meaning::Ask(a) => ids.contains(a),
                        Meaning::Value(v) => {
                            self.lexicon.values.get(*v).and_then(|v| v.attribute).is_some_and(|a| ids.contains(&a))
                        }
                        _ => false,
                    })
            })
            .map(|s| s.tokens.clone())
            .collect()
    }

    fn attribute_ids(&self, option: &str) -> Vec<usize> {
        let exact = self.lexicon.attributes_of(&key(option));
        if !exact.is_empty() {
            return exact.to_vec();
        }
        (0..self.lexicon.attributes.len()).filter(|a| self.lexicon.attribute_covers(*a, option)).collect()
    }

    /// Whether a phrase is one way to write the value.
    fn writes(&self, form: &Form<'_>, phrase: &str) -> bool {
        let value = key(form.value);
        if phrase.chars().any(|c| c.is_ascii_digit())
            && phrase.contains('x')
            && compact(&value).trim_end_matches(char::is_alphabetic)
                == compact(phrase).trim_end_matches(char::is_alphabetic)
        {
            return true;
        }
        if value == phrase {
            return !(is_no(form.value) || form.value.eq_ignore_ascii_case("yes")) || phrase.contains(' ');
        }
        if form.value.eq_ignore_ascii_case("yes") {
            return false;
        }
        if is_no(form.value) {
            let denies = ["no ", "without ", "无", "没有", "不带"].iter().any(|n| phrase.starts_with(n))
                || phrase.ends_with("less");
            return denies
                && self.lexicon.values_of(phrase).iter().any(|id| {
                    self.lexicon
                        .values
                        .get(*id)
                        .and_then(|v| v.attribute)
                        .is_some_and(|a| self.lexicon.attribute_covers(a, form.option))
                });
        }
        let ids = self.lexicon.values_of(&value);
        ids.iter().any(|id| {
            self.lexicon.values.get(*id).is_some_and(|v| {
                v.terms.iter().any(|t| t == phrase)
                    && (v.attribute.is_none_or(|a| self.lexicon.attribute_covers(a, form.option))
                        || ids.len() == 1
                        || phrase.len() > 2)
            })
        })
    }

    /// Notes values that were found; where several options share the word, the option named nearest decides.
    fn take(&self, mut found: Vec<Form<'_>>, tokens: &Range<usize>, selection: &mut Selection) {
        let near: Vec<usize> =
            (0..found.len()).filter(|i| found.get(*i).is_some_and(|f| self.telling_near(f.option, tokens))).collect();
        if !near.is_empty() && near.len() < found.len() {
            let mut at = 0;
            found.retain(|_| {
                at += 1;
                near.contains(&(at - 1))
            });
        }
        let negated = self.parsed.negated(tokens) || self.prefixed_non(tokens);
        let target = if negated { &mut selection.excluded } else { &mut selection.wanted };
        let mut options: Vec<&str> = found.iter().map(|f| f.option).collect();
        options.dedup();
        let name = options.join("\u{1}");
        let values = target.entry(name).or_default();
        for form in found {
            if !values.iter().any(|v| v == form.value) {
                values.push(form.value.to_owned());
            }
        }
        selection.used.push(tokens.clone());
    }

    fn values(&self) -> impl Iterator<Item = Form<'a>> {
        let product = self.product;
        self.options
            .clone()
            .into_iter()
            .flat_map(move |option| product.axis_values(option).into_iter().map(move |value| Form { option, value }))
    }

    /// Whether the word that tells an option from its siblings (`frame`, `lens`) is within three words.
    fn telling_near(&self, option: &str, tokens: &Range<usize>) -> bool {
        let name = key(option);
        let zh = self.lexicon.zh_attribute(option).map(key);
        let telling: Vec<&str> = name
            .split(' ')
            .filter(|w| self.options.iter().filter(|o| key(o).split(' ').any(|x| x == *w)).count() == 1)
            .collect();
        let around = tokens.start.saturating_sub(3)..(tokens.end + 3).min(self.parsed.tokens.len());
        let window = self.parsed.tokens.get(around.clone()).unwrap_or_default();
        telling.iter().any(|w| window.iter().any(|t| t.stem == *w))
            || zh.is_some_and(|z| {
                let head: String = z.chars().take(2).collect();
                self.parsed.words(&around).contains(&head)
            })
    }

    fn named_near(&self, option: &str, tokens: &Range<usize>) -> bool {
        let around = tokens.start.saturating_sub(3)..(tokens.end + 3).min(self.parsed.tokens.len());
        !self.names_of(option, &around).is_empty()
    }

    fn tokens_of(&self, bytes: &Range<usize>) -> Option<Range<usize>> {
        let start = self.parsed.tokens.iter().position(|t| t.range.end > bytes.start)?;
        let end = self.parsed.tokens.iter().rposition(|t| t.range.start < bytes.end)? + 1;
        Some(start..end)
    }
}

/// `160 x 230` and `160x230` are one.
fn compact(text: &str) -> String {
    text.chars().filter(|c| !c.is_whitespace()).collect()
}

fn overlap(a: &Range<usize>, b: &Range<usize>) -> bool {
    a.start < b.end && b.start < a.end
}

pub fn is_no(value: &str) -> bool {
    let value = value.trim().to_ascii_lowercase();
    value == "no" || value == "none" || value.starts_with("not ")
}

/// Whether a catalog value holds this very quantity.
fn says(value: &str, quantity: &Quantity) -> bool {
    let folded = fold(value);
    let inside = numbers::scan(&folded);
    // `5-25 lbs` is one value of two numbers; asking for 25 lbs is not asking for it.
    inside.len() == 1 && inside.iter().any(|q| q.same(quantity) || bare_unit(q, quantity, &folded))
}

/// `60%` beside `60 %`, `4K` beside `4k`: units that are part of a name.
fn bare_unit(value: &Quantity, asked: &Quantity, folded: &str) -> bool {
    value.value == asked.value
        && asked.unit.is_some_and(|u| {
            tokenize(folded).iter().any(|t| {
                units::parse(&t.text).is_some_and(|v| v.name == u.name) || t.text.ends_with(&u.name.to_lowercase())
            })
        })
        && value.unit.is_none()
}
