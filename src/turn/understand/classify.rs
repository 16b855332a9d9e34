//! A small classifier for what the cues do not settle: multinomial naive Bayes over words, word pairs and Han
//! character pairs, trained at start from `prompts/intents.tsv`, which a shop can extend.

use std::collections::{HashMap, HashSet};
use std::sync::{LazyLock, OnceLock};

use crate::text::tokens::{Kind, tokenize};
use crate::text::{fold, is_han};

/// Shipped examples: `intent<TAB>text`.
const EXAMPLES: &str = include_str!("../../../prompts/intents.tsv");

/// Laplace smoothing; small, because the vocabulary is much larger than a class.
const SMOOTHING: f64 = 0.25;

/// Counts that the classifier decides by.
#[derive(Default)]
pub struct Classifier {
    labels: Vec<String>,
    counts: Vec<HashMap<String, f64>>,
    totals: Vec<f64>,
    examples: Vec<f64>,
    vocabulary: HashSet<String>,
}

/// A label with its probability.
#[derive(Clone, Debug, PartialEq)]
pub struct Guess {
    pub label: String,
    pub probability: f64,
}

/// The classifier trained on the shipped examples and the shop's own.
pub fn shipped() -> &'static Classifier {
    static SHIPPED: LazyLock<Classifier> =
        LazyLock::new(|| Classifier::train(examples(EXAMPLES).chain(examples(OWN.get().map_or("", String::as_str)))));
    &SHIPPED
}

static OWN: OnceLock<String> = OnceLock::new();

/// Adds a shop's own examples to the training, once for the process and before the first message is read.
pub fn extend(table: String) {
    let _ = OWN.set(table);
}

/// The shipped table, for `nlu check`.
pub fn shipped_table() -> &'static str {
    EXAMPLES
}

/// Words of the shipped examples: common English, not typing errors.
pub fn words() -> impl Iterator<Item = &'static str> {
    COMMON.iter().map(String::as_str)
}

/// Whether a word is so frequent in talk that it cannot stand for a product's name.
pub fn is_everyday(word: &str) -> bool {
    EVERYDAY.contains(word)
}

/// Words seen this often among the examples are talk.
const EVERYDAY_EXAMPLES_MIN: usize = 8;

static EVERYDAY: LazyLock<HashSet<String>> = LazyLock::new(|| {
    let mut seen: HashMap<String, usize> = HashMap::new();
    for (_, text) in examples(EXAMPLES) {
        for token in tokenize(&fold(text)).into_iter().filter(|t| t.kind == Kind::Word) {
            *seen.entry(token.text).or_default() += 1;
        }
    }
    let mut all: HashSet<String> =
        seen.into_iter().filter(|(_, n)| *n >= EVERYDAY_EXAMPLES_MIN).map(|(w, _)| w).collect();
    all.extend(include_str!("../../../prompts/words/harmless.en.txt").lines().map(|l| l.trim().to_lowercase()));
    all
});

/// Whether a word is everyday language rather than a name.
pub fn is_common(word: &str) -> bool {
    COMMON.contains(word)
}

static COMMON: LazyLock<HashSet<String>> = LazyLock::new(|| {
    let mut seen: HashMap<String, usize> = HashMap::new();
    for (_, text) in examples(EXAMPLES) {
        for token in tokenize(&fold(text)).into_iter().filter(|t| t.kind == Kind::Word) {
            *seen.entry(token.text).or_default() += 1;
        }
    }
    // Once may be a typing error among the examples.
    let mut common: HashSet<String> = seen.into_iter().filter(|(_, n)| *n > 1).map(|(w, _)| w).collect();
    for list in
        [include_str!("../../../prompts/words/harmless.en.txt"), include_str!("../../../prompts/words/common.en.txt")]
    {
        common.extend(list.lines().map(str::trim).filter(|l| !l.starts_with('#')).map(str::to_lowercase));
    }
    common
});

/// Lines `intent<TAB>text` of a table.
pub fn examples(table: &str) -> impl Iterator<Item = (&str, &str)> {
    table.lines().filter(|l| !l.starts_with('#')).filter_map(|l| l.split_once('\t')).map(|(i, t)| (i.trim(), t.trim()))
}

impl Classifier {
    pub fn train<'a>(examples: impl Iterator<Item = (&'a str, &'a str)>) -> Classifier {
        let mut classifier = Classifier::default();
        for (label, text) in examples {
            let id = classifier.label(label);
            for feature in features(text) {
                classifier.vocabulary.insert(feature.clone());
                if let (Some(counts), Some(total)) = (classifier.counts.get_mut(id), classifier.totals.get_mut(id)) {
                    *counts.entry(feature).or_default() += 1.0;
                    *total += 1.0;
                }
            }
            if let Some(n) = classifier.examples.get_mut(id) {
                *n += 1.0;
            }
        }
        classifier
    }

    fn label(&mut self, label: &str) -> usize {
        self.labels.iter().position(|l| l == label).unwrap_or_else(|| {
            self.labels.push(label.to_owned());
            self.counts.push(HashMap::new());
            self.totals.push(0.0);
            self.examples.push(0.0);
            self.labels.len() - 1
        })
    }

    /// Labels by falling probability. Features that were never seen say nothing.
    pub fn guess(&self, text: &str) -> Vec<Guess> {
        let features: Vec<String> = features(text).into_iter().filter(|f| self.vocabulary.contains(f)).collect();
        let all: f64 = self.examples.iter().sum();
        let vocabulary = self.vocabulary.len() as f64;
        let mut scores: Vec<(usize, f64)> = Vec::with_capacity(self.labels.len());
        for (id, counts) in self.counts.iter().enumerate() {
            let (total, examples) =
                (self.totals.get(id).copied().unwrap_or(0.0), self.examples.get(id).copied().unwrap_or(0.0));
            let mut score = (examples / all.max(1.0)).ln();
            for feature in &features {
                let count = counts.get(feature).copied().unwrap_or(0.0);
                score += ((count + SMOOTHING) / (total + SMOOTHING * vocabulary)).ln();
            }
            scores.push((id, score));
        }
        // Overlapping features are not independent: dividing by their number keeps the probabilities honest.
        let calm = 1.0 + (features.len() as f64).sqrt() * 0.6;
        let top = scores.iter().map(|s| s.1).fold(f64::NEG_INFINITY, f64::max);
        let sum: f64 = scores.iter().map(|s| ((s.1 - top) / calm).exp()).sum();
        let mut guesses: Vec<Guess> = scores
            .iter()
            .filter_map(|(id, s)| {
                Some(Guess {
                    label: self.labels.get(*id)?.clone(),
                    probability: ((s - top) / calm).exp() / sum.max(1e-12),
                })
            })
            .collect();
        guesses.sort_by(|a, b| b.probability.total_cmp(&a.probability));
        guesses
    }
}

fn features(text: &str) -> Vec<String> {
    let tokens = tokenize(&fold(text));
    let mut out = Vec::with_capacity(tokens.len() * 2);
    let mut before: Option<String> = None;
    for token in &tokens {
        let form = match token.kind {
            Kind::Punct if token.text != "?" => {
                before = None;
                continue;
            }
            Kind::Number => "<n>".to_owned(),
            _ => token.stem.clone(),
        };
        if let Some(b) = &before {
            out.push(format!("{b} {form}"));
        }
        if !form.chars().all(is_han) || token.text.len() > 3 || "多少贵退谁修寄".contains(form.as_str()) {
            out.push(form.clone());
        }
        before = Some(form);
    }
    out
}
