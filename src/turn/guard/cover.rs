//! Every word of a reply is the rendering's, part of a name, part of a claim that was held against the rendering, or on
//! a short list of words that claim nothing. An allow-list: what nobody thought of is refused.

use std::collections::{HashMap, HashSet};
use std::ops::Range;
use std::sync::LazyLock;

use super::claims::Claims;
use super::known::Known;
use super::{Objection, Why};
use crate::domain::Lang;
use crate::text::tokens::{Kind, Token, tokenize};
use crate::text::{is_han, language};

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
    /// The rendering's language: harmless are only its words.
    language: Option<Lang>,
    /// Stems of the rendering outside its claims and names, and how often each stands there: a word may not be said
    /// more often, or `none match that` would cover `we match any price`.
    words: HashMap<String, usize>,
    names_of: HashSet<String>,
    han: String,
    names: String,
}

impl<'k> Evidence<'k> {
    fn of(meant: &Claims, known: &'k Known<'k>) -> Evidence<'k> {
        let rest = without(meant);
        let mut words = HashMap::new();
        for token in tokenize(&rest).into_iter().filter(|t| t.kind == Kind::Word) {
            *words.entry(token.stem).or_default() += 1;
        }
        let idle = |word: &str| {
            let lexicon = known.lexicon;
            lexicon.values_of(word).is_empty() && lexicon.attributes_of(word).is_empty()
        };
        let named = known.names.iter().flat_map(|(name, _)| tokenize(name));
        let names_of = named.filter(|t| t.kind == Kind::Word && idle(&t.stem)).map(|t| t.stem).collect();
        let runs = |text: &str| text.chars().map(|c| if is_han(c) { c } else { ' ' }).collect::<String>();
        let names = known.names.iter().map(|(name, _)| runs(name)).collect::<Vec<_>>().join(" ");
        Evidence { known, language: language::detect(&meant.folded), words, names_of, han: runs(&rest), names }
    }

    /// Takes one use of a word from what the rendering has.
    fn word(&mut self, token: &Token) -> bool {
        let harmless = |word: &str| self.language != Some(Lang::Zh) && HARMLESS_EN.contains(word);
        if harmless(&token.text) || self.names_of.contains(&token.stem) {
            return true;
        }
        let plural = harmless(&token.stem);
        let left = self.words.get_mut(&token.stem).filter(|n| **n > 0);
        let had = left.is_some();
        if let Some(n) = left {
            *n -= 1;
        }
        had || plural
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
                let harmless = self.language != Some(Lang::En) && HARMLESS_ZH.contains(phrase);
                let fits = harmless || (len > 1 || count == 1) && self.phrase(phrase);
                if fits && let Some(slot) = reach.get_mut(start + len) {
                    *slot = true;
                }
            }
        }
        reach.last().copied().unwrap_or(true)
    }
}

/// Words that nothing covers, and a reply in the wrong language.
pub fn uncovered(said: &Claims, meant: &Claims, known: &Known<'_>) -> Vec<Objection> {
    let mut evidence = Evidence::of(meant, known);
    let rest = without(said);
    let mut objections: Vec<Objection> = Vec::new();
    let mut refuse = |claim: &str| objections.push(Objection { claim: claim.to_owned(), why: Why::UncoveredWord });
    for run in rest.split(|c: char| !is_han(c)).filter(|r| !r.is_empty()) {
        if !evidence.covers_run(run) {
            refuse(run);
        }
    }
    for token in tokenize(&rest).into_iter().filter(|t| t.kind == Kind::Word) {
        if !evidence.word(&token) {
            refuse(&token.text);
        }
    }
    let (language, expected) = (language::detect(&said.folded), evidence.language);
    if language.is_some() && language != expected && meant.folded.chars().any(char::is_alphabetic) {
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
