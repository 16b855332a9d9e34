//! Finds the catalog in a message: which phrases name products, kinds of products, brands, attributes and values. Pure
//! look-up; what the message asks is decided in `reading`.

use std::collections::HashSet;
use std::ops::Range;

use super::cues::{self, Cue, Found};
use super::index::{Index, Meaning, ProductIx};
use super::lexicon::{ConceptId, Lexicon};
use crate::catalog::Catalog;
use crate::text::numbers::{self, Quantity};
use crate::text::tokens::{Kind, Token, join_key, key, tokenize};
use crate::text::{fold, is_han};

/// A message taken apart.
#[derive(Debug)]
pub struct Parsed {
    /// Folded, with typing errors mended.
    pub text: String,
    pub tokens: Vec<Token>,
    pub quantities: Vec<Quantity>,
    pub cues: Vec<Found>,
    pub spans: Vec<Span>,
    /// Words that were mended: as written, as read.
    pub mended: Vec<(String, String)>,
}

/// A phrase that means something in this shop. Spans do not overlap.
#[derive(Clone, Debug)]
pub struct Span {
    pub tokens: Range<usize>,
    /// The phrase as it is looked up.
    pub key: String,
    pub meanings: Vec<Meaning>,
}

impl Span {
    fn has(&self, test: impl Fn(&Meaning) -> bool) -> bool {
        self.meanings.iter().any(test)
    }

    fn is_head(&self) -> bool {
        self.has(|m| matches!(m, Meaning::Product(_) | Meaning::Concept(_) | Meaning::Sku(..)))
    }

    fn is_modifier(&self) -> bool {
        self.has(|m| matches!(m, Meaning::Brand(_) | Meaning::Title(_) | Meaning::Category(_)))
    }

    pub fn is_property(&self) -> bool {
        self.has(|m| matches!(m, Meaning::Attribute(_) | Meaning::Key(_)))
    }

    pub fn is_value(&self) -> bool {
        self.has(|m| matches!(m, Meaning::Value(_) | Meaning::Literal(_)))
    }
}

/// Products that a phrase of the message names.
#[derive(Clone, Debug, PartialEq)]
pub struct Mention {
    pub tokens: Range<usize>,
    /// Catalog positions; empty when the shop has nothing of the kind.
    pub products: Vec<ProductIx>,
    /// The offer of a SKU that was named.
    pub offer: Option<usize>,
    pub what: What,
}

/// By what a mention names its products.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum What {
    /// By name.
    Name,
    /// By kind.
    Concept(ConceptId),
    Brand(usize),
    Category(usize),
}

pub fn parse(message: &str, index: &Index) -> Parsed {
    let folded = fold(message);
    let mut text = String::with_capacity(folded.len());
    let mut mended = Vec::new();
    let mut at = 0;
    for token in tokenize(&folded) {
        text.push_str(folded.get(at..token.range.start).unwrap_or_default());
        let known = index.spelling.knows(&token.text) || index.spelling.knows(&token.stem);
        let better = (token.kind == Kind::Word && !known && !in_address(&folded, &token.range))
            .then(|| index.spelling.mend(&token.text).or_else(|| index.spelling.mend(&token.stem)))
            .flatten();
        match better {
            Some(word) => {
                text.push_str(word);
                mended.push((token.text.clone(), word.to_owned()));
            }
            None => text.push_str(&token.text),
        }
        at = token.range.end;
    }
    text.push_str(folded.get(at..).unwrap_or_default());
    let tokens = tokenize(&text);
    let spans = spans(&tokens, index, &cues::find(&text));
    Parsed { quantities: numbers::scan(&text), cues: cues::find(&text), spans, tokens, mended, text }
}

/// Whether a word is part of an e-mail address, a link or an order number.
fn in_address(folded: &str, range: &Range<usize>) -> bool {
    let start = folded
        .get(..range.start)
        .and_then(|t| t.rfind(|c: char| c.is_whitespace() || is_han(c)))
        .map_or(0, |at| at + 1);
    let end = folded
        .get(range.end..)
        .and_then(|t| t.find(|c: char| c.is_whitespace() || is_han(c)))
        .map_or(folded.len(), |at| range.end + at);
    let word = (start..=range.start).find_map(|at| folded.get(at..end)).unwrap_or_default();
    word.contains('@') || word.contains("://") || word.chars().any(|c| c.is_ascii_digit()) && word.contains(['-', '#'])
}

/// All phrases that mean something, longest first, without overlaps.
fn spans(tokens: &[Token], index: &Index, cues: &[Found]) -> Vec<Span> {
    let mut all: Vec<Span> = Vec::new();
    for start in 0..tokens.len() {
        if tokens.get(start).is_none_or(|t| t.kind == Kind::Punct) {
            continue;
        }
        for len in (1..=index.longest.min(tokens.len() - start)).rev() {
            let phrase = tokens.get(start..start + len).unwrap_or_default();
            let broken = phrase
                .iter()
                .any(|t| t.kind == Kind::Punct && !matches!(t.text.as_str(), "-" | "/" | "'" | "&" | "+" | "."));
            if broken || phrase.last().is_some_and(|t| t.kind == Kind::Punct) {
                continue;
            }
            // 包 in 包邮 is no bag.
            let inside = |t: &Token| {
                cues.iter().any(|c| {
                    c.range.start <= t.range.start && t.range.end <= c.range.end && c.range.len() > t.range.len()
                })
            };
            if len == 1 && phrase.iter().all(|t| t.kind == Kind::Han && inside(t)) {
                continue;
            }
            let key = join_key(phrase.iter());
            if let Some(meanings) = index.meanings.get(&key) {
                all.push(Span { tokens: start..start + len, key, meanings: meanings.clone() });
            }
        }
    }
    let weight = |s: &Span| -> usize {
        let letters: usize = tokens.get(s.tokens.clone()).unwrap_or_default().iter().map(|t| t.text.len()).sum();
        letters * 4
            + if s.has(|m| matches!(m, Meaning::Product(_))) {
                3
            } else if s.is_head() {
                2
            } else {
                0
            }
    };
    all.sort_by_key(|s| (std::cmp::Reverse(weight(s)), s.tokens.start));
    let mut chosen: Vec<Span> = Vec::new();
    for span in all {
        if chosen.iter().all(|c| c.tokens.end <= span.tokens.start || span.tokens.end <= c.tokens.start) {
            chosen.push(span);
        }
    }
    chosen.sort_by_key(|s| s.tokens.start);
    chosen
}

impl Parsed {
    /// Byte range of a token range.
    pub fn bytes(&self, tokens: &Range<usize>) -> Range<usize> {
        let start = self.tokens.get(tokens.start).map_or(self.text.len(), |t| t.range.start);
        let end = tokens.end.checked_sub(1).and_then(|i| self.tokens.get(i)).map_or(start, |t| t.range.end);
        start..end.max(start)
    }

    pub fn words(&self, tokens: &Range<usize>) -> &str {
        self.text.get(self.bytes(tokens)).unwrap_or_default()
    }

    /// Whether a cue stands inside a token range.
    pub fn has(&self, cue: Cue, tokens: &Range<usize>) -> bool {
        let bytes = self.bytes(tokens);
        self.cues.iter().any(|f| f.cue == cue && bytes.start <= f.range.start && f.range.end <= bytes.end)
    }

    /// Whether a negation governs the phrase: `not the black one`, `不要黑色的`, `除了黑色`.
    pub fn negated(&self, tokens: &Range<usize>) -> bool {
        let start = self.bytes(tokens).start;
        self.cues.iter().any(|f| {
            if !matches!(f.cue, Cue::Negation | Cue::Except) || f.range.end > start {
                return false;
            }
            let between = self.text.get(f.range.end..start).unwrap_or_default();
            let written = self.text.get(f.range.clone()).unwrap_or_default();
            // 有没有 and 是不是 ask, they do not deny.
            let before = self.text.get(..f.range.start).unwrap_or_default();
            let asks = match written {
                "没有" => before.ends_with('有'),
                w if w.starts_with('不') && w.chars().count() > 1 => {
                    w.chars().nth(1).is_some_and(|c| before.ends_with(c))
                }
                "不" => {
                    let next = self.text.get(f.range.end..).and_then(|t| t.chars().next());
                    before.chars().next_back().is_some_and(|b| Some(b) == next)
                }
                _ => false,
            };
            let near = between.split_whitespace().count() <= 3 && between.chars().filter(|c| is_han(*c)).count() <= 3;
            let stops = between.contains([',', '.', '?', ';', '，', '。', '？', '；', '、']);
            let crossed = between.chars().any(is_han) && between.trim().contains(' ')
                || between.split_whitespace().skip(1).any(|w| matches!(w, "with" | "in" | "and" | "for" | "at"))
                || between.chars().skip(1).any(|c| matches!(c, '带' | '有' | '的' | '要'));
            let joined = f.cue == Cue::Negation
                && between.split_whitespace().any(|w| matches!(w, "but" | "just" | "only" | "sure"));
            !asks && near && !stops && !joined && !crossed
        })
    }

    /// Everything that a range names, adjacent phrases taken together (`norrvale fjell tent`).
    pub fn mentions(&self, within: &Range<usize>, index: &Index, catalog: &Catalog, lexicon: &Lexicon) -> Vec<Mention> {
        let inside: Vec<&Span> = self
            .spans
            .iter()
            .filter(|s| {
                within.start <= s.tokens.start && s.tokens.end <= within.end && (s.is_head() || s.is_modifier())
            })
            .collect();
        let mut mentions: Vec<Mention> = Vec::new();
        let mut at = 0;
        while at < inside.len() {
            let mut end = at + 1;
            while let (Some(last), Some(next)) = (inside.get(end - 1), inside.get(end)) {
                if !self.adjacent(last.tokens.end, next.tokens.start) {
                    break;
                }
                end += 1;
            }
            let group = inside.get(at..end).unwrap_or_default();
            if let Some(mention) = resolve(group, index, catalog, lexicon) {
                mentions.push(mention);
            }
            at = end;
        }
        mentions
    }

    /// Whether two phrases touch: nothing, a hyphen, or 的 between them.
    fn adjacent(&self, end: usize, start: usize) -> bool {
        self.tokens
            .get(end..start)
            .is_some_and(|between| between.iter().all(|t| matches!(t.text.as_str(), "-" | "的" | "'")))
    }
}

fn resolve(group: &[&Span], index: &Index, catalog: &Catalog, lexicon: &Lexicon) -> Option<Mention> {
    let tokens = group.first()?.tokens.start..group.last()?.tokens.end;
    for span in group {
        if let Some(Meaning::Sku(product, offer)) = span.meanings.iter().find(|m| matches!(m, Meaning::Sku(..))) {
            let offer = (*offer != usize::MAX).then_some(*offer);
            return Some(Mention { tokens, products: vec![*product], offer, what: What::Name });
        }
    }
    let mut candidates: Option<Vec<ProductIx>> = None;
    let mut what = None;
    // The head of a noun phrase is its last noun, so it is read first; what stands before it narrows.
    for span in group.iter().rev() {
        let Some((own, kind)) = named_by(span, index, catalog, lexicon) else { continue };
        candidates = Some(match candidates.take() {
            None => own,
            Some(before) => {
                let named: HashSet<ProductIx> = own.iter().copied().collect();
                let both: Vec<ProductIx> = before.iter().copied().filter(|p| named.contains(p)).collect();
                if before.is_empty() && !own.is_empty() {
                    what = Some(kind.clone());
                    own
                } else if both.is_empty() {
                    before
                } else {
                    if kind == What::Name {
                        what = Some(What::Name);
                    }
                    both
                }
            }
        });
        what = what.or(Some(kind));
    }
    let products = candidates?;
    Some(Mention { tokens, products, offer: None, what: what? })
}

/// The products that one phrase names.
fn named_by(span: &Span, index: &Index, catalog: &Catalog, lexicon: &Lexicon) -> Option<(Vec<ProductIx>, What)> {
    let named: Vec<ProductIx> = products(span);
    if !named.is_empty() {
        return Some((named, What::Name));
    }
    for meaning in &span.meanings {
        if let Meaning::Title(id) = meaning {
            return index.titles.get(*id).map(|(_, p)| (p.clone(), What::Name));
        }
    }
    let concepts: Vec<ConceptId> =
        span.meanings.iter().filter_map(|m| if let Meaning::Concept(c) = m { Some(*c) } else { None }).collect();
    if let Some(first) = concepts.first() {
        let mut seen: HashSet<ProductIx> = HashSet::new();
        let all = concepts.iter().flat_map(|c| index.products_of(*c)).copied().filter(|p| seen.insert(*p));
        let all: Vec<ProductIx> = all.collect();
        // A product whose whole title is this very kind is what the word names (`Headphones` beside `Earbuds`).
        let own: Vec<ProductIx> = all
            .iter()
            .copied()
            .filter(|ix| index.whole_titles.get(ix).is_some_and(|w| w.iter().any(|c| concepts.contains(c))))
            .collect();
        if all.is_empty()
            && let Some((narrower, broader)) = head_of(span, &concepts, index, catalog, lexicon)
        {
            return Some((narrower, What::Concept(broader)));
        }
        let found = concepts.iter().find(|c| !index.products_of(**c).is_empty()).unwrap_or(first);
        return match own.as_slice() {
            [one] => Some((vec![*one], What::Name)),
            [] => Some((all, What::Concept(*found))),
            _ => Some((own, What::Concept(*found))),
        };
    }
    span.meanings.iter().find_map(|m| match m {
        Meaning::Category(id) => index.categories.get(*id).map(|(_, p)| (p.clone(), What::Category(*id))),
        Meaning::Brand(id) => index.brands.get(*id).map(|(_, p)| (p.clone(), What::Brand(*id))),
        _ => None,
    })
}

/// `laptop backpack` where the shop has backpacks, one of them for laptops: the head noun's products of which the rest
/// of the phrase is true. A kind that is only a relative (`toaster oven` for ovens without toasters) finds none.
fn head_of(
    span: &Span,
    concepts: &[ConceptId],
    index: &Index,
    catalog: &Catalog,
    lexicon: &Lexicon,
) -> Option<(Vec<ProductIx>, ConceptId)> {
    for concept in concepts {
        let names = [span.key.as_str()];
        for wider in lexicon.with_broader(*concept).into_iter().skip(1).filter(|w| !index.products_of(*w).is_empty()) {
            let Some(row) = lexicon.concepts.get(wider) else { continue };
            for head in [key(&row.en), key(&row.zh)].into_iter().filter(|h| !h.is_empty()) {
                let rests =
                    names.iter().filter_map(|n| n.strip_suffix(head.as_str())).map(str::trim).filter(|r| !r.is_empty());
                for rest in rests {
                    let fits =
                        |ix: &&ProductIx| catalog.products().get(**ix).is_some_and(|p| speaks_of(p, rest, lexicon));
                    let found: Vec<ProductIx> = index.products_of(wider).iter().filter(fits).copied().collect();
                    if !found.is_empty() {
                        return Some((found, wider));
                    }
                }
            }
        }
    }
    None
}

/// Whether a product's title or one of its values says the word, in either language.
fn speaks_of(product: &crate::catalog::Product, word: &str, lexicon: &Lexicon) -> bool {
    let title = key(&product.title);
    let zh = product.title_in(crate::domain::Lang::Zh);
    if title.split(' ').any(|w| w == word) || zh.contains(word) {
        return true;
    }
    product.axis_names().iter().flat_map(|a| product.axis_values(a)).any(|value| {
        let value = key(value);
        value == word
            || value.split(' ').any(|w| w == word)
            || lexicon
                .values_of(&value)
                .iter()
                .any(|id| lexicon.values.get(*id).is_some_and(|v| v.terms.iter().any(|t| t == word)))
    })
}

fn products(span: &Span) -> Vec<ProductIx> {
    span.meanings.iter().filter_map(|m| if let Meaning::Product(ix) = m { Some(*ix) } else { None }).collect()
}
