//! Okapi BM25 (Robertson and Zaragoza, 2009) over word stems and Han character pairs. Built once a catalog version,
//! immutable, small enough for shops of some ten thousand products.

use std::collections::HashMap;

use crate::text::tokens::{Kind, tokenize};
use crate::text::{fold, is_han};

/// Saturation of repeated terms and weight of the document length: the usual values.
const K1: f32 = 1.2;
const B: f32 = 0.75;

/// An inverted index over numbered documents.
#[derive(Debug, Default)]
pub struct Lexical {
    postings: HashMap<String, Vec<(usize, f32)>>,
    lengths: Vec<f32>,
    mean_length: f32,
}

/// A document with its score.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Hit {
    pub doc: usize,
    pub score: f32,
}

impl Lexical {
    /// Indexes documents in their order; each is a list of texts with a weight.
    pub fn build<'t>(docs: impl Iterator<Item = Vec<(&'t str, f32)>>) -> Lexical {
        let mut index = Lexical::default();
        for (doc, fields) in docs.enumerate() {
            let mut counts: HashMap<String, f32> = HashMap::new();
            let mut length = 0.0;
            for (text, weight) in fields {
                for term in terms(text) {
                    *counts.entry(term).or_default() += weight;
                    length += 1.0;
                }
            }
            for (term, count) in counts {
                index.postings.entry(term).or_default().push((doc, count));
            }
            index.lengths.push(length);
        }
        index.mean_length = index.lengths.iter().sum::<f32>() / index.lengths.len().max(1) as f32;
        index
    }

    /// How much a term tells: high for rare ones.
    pub fn rarity(&self, term: &str) -> f32 {
        let holders = self.postings.get(term).map_or(0, Vec::len) as f32;
        let all = self.lengths.len() as f32;
        (1.0 + (all - holders + 0.5) / (holders + 0.5)).ln()
    }

    /// The best documents for a query, best first; ties in document order.
    pub fn search(&self, query: &str, top: usize) -> Vec<Hit> {
        let mut scores: HashMap<usize, f32> = HashMap::new();
        let mut seen: Vec<String> = Vec::new();
        for term in terms(query) {
            if seen.contains(&term) {
                continue;
            }
            let rarity = self.rarity(&term);
            for &(doc, count) in self.postings.get(&term).map_or(&[][..], Vec::as_slice) {
                let length = self.lengths.get(doc).copied().unwrap_or(0.0) / self.mean_length.max(1.0);
                *scores.entry(doc).or_default() += rarity * count * (K1 + 1.0) / (count + K1 * (1.0 - B + B * length));
            }
            seen.push(term);
        }
        let mut hits: Vec<Hit> = scores.into_iter().map(|(doc, score)| Hit { doc, score }).collect();
        hits.sort_by(|a, b| b.score.total_cmp(&a.score).then(a.doc.cmp(&b.doc)));
        hits.truncate(top);
        hits
    }
}

/// Words too common to tell anything, in either language.
const STOP: &[&str] = &[
    "a",
    "an",
    "the",
    "is",
    "are",
    "do",
    "does",
    "you",
    "your",
    "i",
    "my",
    "me",
    "it",
    "of",
    "to",
    "in",
    "on",
    "for",
    "and",
    "or",
    "with",
    "what",
    "how",
    "can",
    "have",
    "has",
    "be",
    "if",
    "at",
    "this",
    "that",
    "we",
    "there",
    "any",
    "get",
    "much",
    "will",
    "take",
    "long",
    "about",
    "want",
    "need",
    "like",
    "go",
    "come",
    "use",
    "would",
    "could",
    "should",
    "when",
    "where",
    "who",
    "which",
    "then",
    "just",
    "also",
    "some",
    "thing",
    "stuff",
    "something",
    "its",
    "they",
    "them",
    "am",
    "was",
    "been",
    "so",
    "from",
    "by",
    "as",
    "u",
    "ur",
    "pls",
    "please",
    "hey",
    "hi",
    "tell",
    "know",
    "one",
    "的",
    "了",
    "吗",
    "呢",
    "么",
    "是",
    "有",
    "我",
    "你",
    "们",
    "可以",
    "什么",
    "怎么",
    "多少",
    "能",
];

/// Stems of words and pairs of neighbouring Han characters.
pub fn terms(text: &str) -> Vec<String> {
    let tokens = tokenize(&fold(text));
    let mut out = Vec::with_capacity(tokens.len());
    for (at, token) in tokens.iter().enumerate() {
        match token.kind {
            Kind::Punct => {}
            Kind::Han => {
                if let Some(next) = tokens.get(at + 1).filter(|t| t.kind == Kind::Han && !t.spaced) {
                    let pair = format!("{}{}", token.text, next.text);
                    if !STOP.contains(&pair.as_str()) {
                        out.push(pair);
                    }
                }
            }
            Kind::Word | Kind::Number => {
                if !STOP.contains(&token.text.as_str()) {
                    out.push(english_stem(&token.stem));
                }
            }
        }
    }
    out
}

/// Folds `shipping`, `shipped`, `ships` together; recall matters here, not grammar.
fn english_stem(word: &str) -> String {
    if word.len() < 5 || word.chars().any(is_han) {
        return word.to_owned();
    }
    for ending in ["ing", "ed", "ment", "al"] {
        if let Some(base) = word.strip_suffix(ending).filter(|b| b.len() >= 3) {
            let mut base = base.to_owned();
            let doubled = base.as_bytes().iter().rev().take(2).collect::<Vec<_>>();
            if ending != "al" && matches!(doubled.as_slice(), [a, b] if a == b && !b"ls".contains(a)) {
                base.pop();
            }
            return base.trim_end_matches('e').to_owned();
        }
    }
    word.trim_end_matches('e').to_owned()
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::indexing_slicing)]
mod tests {
    use super::*;

    #[test]
    fn the_rarer_word_decides_and_forms_of_a_word_meet() {
        let docs = ["Shipping costs within the country", "Returns and refunds", "We ship to Canada in nine days"];
        let index = Lexical::build(docs.iter().map(|d| vec![(*d, 1.0)]));
        assert_eq!(index.search("do you ship to canada", 2)[0].doc, 2);
        assert_eq!(index.search("refunded", 2)[0].doc, 1);
        assert!(index.search("violins", 2).is_empty());
    }

    #[test]
    fn chinese_is_matched_by_pairs_of_characters() {
        let docs = ["30 天内可退货", "支付方式", "加拿大运费"];
        let index = Lexical::build(docs.iter().map(|d| vec![(*d, 1.0)]));
        assert_eq!(index.search("寄到加拿大要多少运费", 1)[0].doc, 2);
    }
}
