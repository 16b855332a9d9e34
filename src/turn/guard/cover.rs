//! Every word of a reply is the evidence's, the rendering's, or on a short list of words that claim nothing. An
//! allow-list: what nobody thought of is refused.

use std::collections::HashSet;
use std::sync::LazyLock;

use super::{Objection, Why};
use crate::domain::{Part, Value};
use crate::text::tokens::{Kind, tokenize};
use crate::text::{fold, is_han, language};

/// Words that a reply in English may use whatever it is about.
pub static HARMLESS_EN: LazyLock<HashSet<&'static str>> =
    LazyLock::new(|| lines(include_str!("../../../prompts/words/harmless.en.txt")));
/// Likewise in Chinese, as words and short phrases.
pub static HARMLESS_ZH: LazyLock<HashSet<&'static str>> =
    LazyLock::new(|| lines(include_str!("../../../prompts/words/harmless.zh.txt")));

fn lines(table: &'static str) -> HashSet<&'static str> {
    table.lines().map(str::trim).filter(|l| !l.is_empty() && !l.starts_with('#')).collect()
}

/// Longest phrase of the evidence that is looked up at once.
const PHRASE_CHARS_MAX: usize = 12;

/// The evidence as words and as runs of Han characters.
pub struct Evidence {
    words: HashSet<String>,
    han: String,
}

impl Evidence {
    pub fn of(part: &Part) -> Evidence {
        let mut texts: Vec<String> = vec![fold(&part.rendered())];
        texts.extend(part.subjects.iter().flat_map(|s| s.names.iter().map(|n| fold(n))));
        texts.extend(part.facts.iter().filter_map(|f| match &f.value {
            Value::Text(text) => Some(fold(text)),
            _ => None,
        }));
        let mut words = HashSet::new();
        for text in &texts {
            words.extend(tokenize(text).into_iter().filter(|t| t.kind == Kind::Word).flat_map(|t| [t.text, t.stem]));
        }
        let han = texts
            .iter()
            .map(|t| t.chars().map(|c| if is_han(c) { c } else { ' ' }).collect::<String>())
            .collect::<Vec<_>>()
            .join(" ");
        Evidence { words, han }
    }

    pub fn word(&self, word: &str) -> bool {
        self.words.contains(word) || HARMLESS_EN.contains(word)
    }

    /// Whether a run of Han characters can be cut into harmless phrases and phrases of the evidence.
    fn covers_run(&self, run: &[char]) -> bool {
        let mut reach = vec![false; run.len() + 1];
        if let Some(first) = reach.first_mut() {
            *first = true;
        }
        for start in 0..run.len() {
            if !reach.get(start).copied().unwrap_or(false) {
                continue;
            }
            for len in 1..=PHRASE_CHARS_MAX.min(run.len() - start) {
                let phrase: String = run.get(start..start + len).unwrap_or_default().iter().collect();
                let fits =
                    HARMLESS_ZH.contains(phrase.as_str()) || (len > 1 || run.len() == 1) && self.han.contains(&phrase);
                if fits && let Some(slot) = reach.get_mut(start + len) {
                    *slot = true;
                }
            }
        }
        reach.last().copied().unwrap_or(true)
    }
}

/// Words that nothing covers, and a reply in the wrong language.
pub fn uncovered(text: &str, part: &Part) -> Vec<Objection> {
    let evidence = Evidence::of(part);
    let mut objections: Vec<Objection> = Vec::new();
    let folded = fold(text);
    let mut run: Vec<char> = Vec::new();
    for c in folded.chars().chain([' ']) {
        if is_han(c) {
            run.push(c);
            continue;
        }
        if !run.is_empty() && !evidence.covers_run(&run) {
            objections.push(Objection { claim: run.iter().collect(), why: Why::UncoveredWord });
        }
        run.clear();
    }
    for token in tokenize(&folded).into_iter().filter(|t| t.kind == Kind::Word) {
        if !evidence.word(&token.text) && !evidence.word(&token.stem) {
            objections.push(Objection { claim: token.text, why: Why::UncoveredWord });
        }
    }
    if language::detect(text).is_some()
        && language::detect(text) != language::detect(&part.rendered())
        && part.rendered().chars().any(char::is_alphabetic)
    {
        objections.push(Objection { claim: String::new(), why: Why::WrongLanguage });
    }
    objections
}
