//! Every word of a reply is the rendering's, part of a name, part of a claim that was held against the rendering, or on
//! a short list of words that claim nothing. An allow-list: what nobody thought of is refused.

use std::collections::HashSet;
use std::ops::Range;
use std::sync::LazyLock;

use super::claims::Claims;
use super::known::Known;
use super::{Objection, Why};
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
struct Evidence<'k> {
    known: &'k Known<'k>,
    words: HashSet<String>,
    han: String,
    names: String,
}

impl<'k> Evidence<'k> {
    /// `rendering`: folded.
    fn of(rendering: &str, known: &'k Known<'k>) -> Evidence<'k> {
        let mut words = HashSet::new();
        for token in tokenize(rendering).into_iter().filter(|t| t.kind == Kind::Word) {
            words.insert(token.stem);
            words.insert(token.text);
        }
        let idle = |word: &str| {
            let lexicon = known.lexicon;
            lexicon.values_of(word).is_empty() && lexicon.attributes_of(word).is_empty()
        };
        let named = known.names.iter().flat_map(|(name, _)| tokenize(name));
        words.extend(named.filter(|t| t.kind == Kind::Word && idle(&t.stem)).flat_map(|t| [t.text, t.stem]));
        let runs = |text: &str| text.chars().map(|c| if is_han(c) { c } else { ' ' }).collect::<String>();
        let names = known.names.iter().map(|(name, _)| runs(name)).collect::<Vec<_>>().join(" ");
        Evidence { known, words, han: runs(rendering), names }
    }

    fn word(&self, word: &str) -> bool {
        self.words.contains(word) || HARMLESS_EN.contains(word)
    }

    fn phrase(&self, phrase: &str) -> bool {
        let lexicon = self.known.lexicon;
        self.han.contains(phrase)
            || self.names.contains(phrase)
                && lexicon.values_of(phrase).is_empty()
                && lexicon.attributes_of(phrase).is_empty()
    }

    /// Whether a run of Han characters can be cut into harmless phrases and phrases of the evidence.
    fn covers_run(&self, run: &str) -> bool {
        let bounds: Vec<usize> = run.char_indices().map(|(at, _)| at).chain([run.len()]).collect();
        let count = bounds.len() - 1;
        let mut reach = vec![false; bounds.len()];
        if let Some(first) = reach.first_mut() {
            *first = true;
        }
        for start in 0..count {
            if !reach.get(start).copied().unwrap_or(false) {
                continue;
            }
            for len in 1..=PHRASE_CHARS_MAX.min(count - start) {
                let (from, to) = (bounds.get(start).copied(), bounds.get(start + len).copied());
                let phrase = from.zip(to).and_then(|(from, to)| run.get(from..to)).unwrap_or_default();
                let fits = HARMLESS_ZH.contains(phrase) || (len > 1 || count == 1) && self.phrase(phrase);
                if fits && let Some(slot) = reach.get_mut(start + len) {
                    *slot = true;
                }
            }
        }
        reach.last().copied().unwrap_or(true)
    }
}

/// Words that nothing covers, and a reply in the wrong language. `meant` is the rendering, `text` what was read.
pub fn uncovered(text: &str, said: &Claims, meant: &str, known: &Known<'_>) -> Vec<Objection> {
    let evidence = Evidence::of(&fold(meant), known);
    let rest = without(said);
    let mut objections: Vec<Objection> = Vec::new();
    let mut refuse = |claim: &str| objections.push(Objection { claim: claim.to_owned(), why: Why::UncoveredWord });
    for run in rest.split(|c: char| !is_han(c)).filter(|r| !r.is_empty()) {
        if !evidence.covers_run(run) {
            refuse(run);
        }
    }
    for token in tokenize(&rest).into_iter().filter(|t| t.kind == Kind::Word) {
        if !evidence.word(&token.text) && !evidence.word(&token.stem) {
            refuse(&token.text);
        }
    }
    let (language, expected) = (language::detect(text), language::detect(meant));
    if language.is_some() && language != expected && meant.chars().any(char::is_alphabetic) {
        objections.push(Objection { claim: String::new(), why: Why::WrongLanguage });
    }
    objections
}

/// The text without the claims and names, which were held against the rendering already.
fn without(said: &Claims) -> String {
    let mut bytes = said.folded.clone().into_bytes();
    let mut blank = |range: &Range<usize>| {
        if let Some(slice) = bytes.get_mut(range.clone()) {
            slice.fill(b'_');
        }
    };
    said.claims.iter().for_each(|c| blank(&c.range));
    said.names.iter().for_each(|(r, _)| blank(r));
    String::from_utf8(bytes).unwrap_or_else(|_| said.folded.clone())
}
