//! The grammar under which a model words one part: the claims of the worked-out answer, letter by letter and in their
//! order, with free wording between them made of words that claim nothing.

use std::collections::BTreeSet;
use std::fmt::Write;
use std::ops::Range;

use crate::domain::{Lang, Part};
use crate::text::tokens::{Kind, tokenize};
use crate::text::{fold, is_han};
use crate::turn::guard::{ClaimKind, HARMLESS_EN, HARMLESS_ZH, read};
use crate::turn::understand::lexicon::Lexicon;

/// Words between two claims; more is rambling.
const GAP_WORDS_MAX: usize = 7;

/// A stretch of the prose that must be kept, or a name that a pronoun may stand for.
#[derive(Debug, PartialEq)]
struct Kept {
    range: Range<usize>,
    name: bool,
}

/// The grammar in llguidance's variant of Lark.
pub fn for_part(part: &Part, language: Lang, lexicon: &Lexicon) -> String {
    let kept = kept(part, lexicon);
    let prose = part.prose.as_str();
    let mut free = String::new();
    let mut at = 0;
    for stretch in &kept {
        free.push_str(prose.get(at..stretch.range.start).unwrap_or_default());
        free.push(' ');
        at = stretch.range.end;
    }
    free.push_str(prose.get(at..).unwrap_or_default());
    let words = Words::of(&free, language);
    let one_subject = part.subjects.iter().all(|s| part.subjects.first().is_some_and(|f| f.names == s.names));
    let mut pattern = words.start();
    for (position, stretch) in kept.iter().enumerate() {
        if position > 0 {
            pattern.push_str(&words.middle());
        }
        let text = escape(prose.get(stretch.range.clone()).unwrap_or_default());
        match (stretch.name && one_subject, language) {
            (true, Lang::En) => {
                let _ = write!(pattern, "({text}|[Ii]t|[Tt]hey)");
            }
            (true, Lang::Zh) => {
                let _ = write!(pattern, "({text}|它|这款)");
            }
            (false, _) => pattern.push_str(&text),
        }
    }
    let colon = prose.trim_end().ends_with([':', '：']);
    pattern.push_str(&words.end(colon, kept.is_empty()));
    format!("start: TEXT\nTEXT: /{}/\n", pattern.replace('/', "\\/"))
}

/// What of the prose is kept, merged where only marks stand between, in order.
fn kept(part: &Part, lexicon: &Lexicon) -> Vec<Kept> {
    let prose = part.prose.as_str();
    let (folded, origin) = folded_with_origin(prose);
    let claims = read(prose, part, lexicon);
    // The guard folds the same way; where it did not, nothing may be reworded.
    if claims.folded != folded {
        return vec![Kept { range: 0..prose.len(), name: false }];
    }
    let back = |range: &Range<usize>| {
        let start = origin.get(range.start).copied().unwrap_or(prose.len());
        let end = origin.get(range.end).copied().unwrap_or(prose.len());
        start..end
    };
    let mut all: Vec<Kept> = claims.names.iter().map(|(r, _)| Kept { range: back(r), name: true }).collect();
    all.extend(claims.claims.iter().map(|c| Kept { range: back(&widened(&folded, &c.range, &c.kind)), name: false }));
    all.sort_by_key(|k| (k.range.start, k.range.end));
    let mut merged: Vec<Kept> = Vec::new();
    for next in all {
        match merged.last_mut() {
            Some(last) if close(prose, last.range.end, next.range.start) => {
                last.range.end = last.range.end.max(next.range.end);
                last.name = last.name && next.name;
            }
            _ => merged.push(next),
        }
    }
    for kept in &mut merged {
        kept.range = with_brackets(prose, kept.range.clone());
    }
    merged
}

/// Short words between two claims (`$46 to $54`, `3 of the 5`) belong to the claims.
fn close(prose: &str, end: usize, start: usize) -> bool {
    if start <= end {
        return true;
    }
    let between = prose.get(end..start).unwrap_or_default();
    let letters = between.chars().filter(|c| c.is_alphabetic()).count();
    letters == 0 && between.chars().count() <= 3
        || matches!(
            between.trim(),
            "to" | "of" | "of the" | "and" | "or" | "到" | "和" | "或" | "个" | "款" | "中有" | "个款式中有" | "个有货"
        )
}

/// A Chinese negation takes the word that it denies with it: 不能, 没有.
fn widened(folded: &str, range: &Range<usize>, kind: &ClaimKind) -> Range<usize> {
    let negation = *kind == ClaimKind::Negation && folded.get(range.clone()).is_some_and(|t| t.chars().all(is_han));
    let next = folded.get(range.end..).and_then(|t| t.chars().next()).filter(|c| negation && is_han(*c));
    range.start..range.end + next.map_or(0, char::len_utf8)
}

fn with_brackets(prose: &str, mut range: Range<usize>) -> Range<usize> {
    while let Some(c) =
        prose.get(range.end..).and_then(|t| t.chars().next()).filter(|c| matches!(c, ')' | '）' | '”' | '"'))
    {
        range.end += c.len_utf8();
    }
    while let Some(c) =
        prose.get(..range.start).and_then(|t| t.chars().next_back()).filter(|c| matches!(c, '(' | '（' | '“' | '"'))
    {
        range.start -= c.len_utf8();
    }
    range
}

/// The folded text, and for each of its bytes (and its end) the byte of the original that it came from.
fn folded_with_origin(text: &str) -> (String, Vec<usize>) {
    let mut folded = String::new();
    let mut origin = Vec::new();
    for (at, c) in text.char_indices() {
        let piece = if c == '\n' { "\n".to_owned() } else { fold(&c.to_string()) };
        origin.extend(std::iter::repeat_n(at, piece.len()));
        folded.push_str(&piece);
    }
    origin.push(text.len());
    (folded, origin)
}

/// What may stand between the claims.
struct Words {
    alternatives: String,
    zh: bool,
}

impl Words {
    fn of(free: &str, language: Lang) -> Words {
        let zh = language == Lang::Zh;
        let mut all: BTreeSet<String> = BTreeSet::new();
        if zh {
            all.extend(HARMLESS_ZH.iter().map(|w| (*w).to_owned()));
            for run in free.split(|c: char| !is_han(c)).filter(|r| !r.is_empty()) {
                all.insert(run.to_owned());
            }
        } else {
            let folded = fold(free);
            let own = tokenize(&folded).into_iter().filter(|t| t.kind == Kind::Word).map(|t| t.text);
            all.extend(HARMLESS_EN.iter().map(|w| (*w).to_owned()).chain(own));
            all.insert("I".to_owned());
            all.remove("i");
            let capital = |w: &String| {
                let mut chars = w.chars();
                chars.next().map(|c| c.to_uppercase().chain(chars).collect::<String>())
            };
            let capitals: Vec<String> = all.iter().filter_map(capital).collect();
            all.extend(capitals);
        }
        let alternatives: Vec<String> = all.iter().map(|w| escape(w)).collect();
        Words { alternatives: alternatives.join("|"), zh }
    }

    fn start(&self) -> String {
        let w = &self.alternatives;
        if self.zh {
            format!("(({w}){{1,4}}[，！。]? ?)?")
        } else {
            format!("(({w})([,!.]? ({w})){{0,6}}[,:!.]? )?")
        }
    }

    fn middle(&self) -> String {
        let w = &self.alternatives;
        if self.zh {
            format!("[，；。]? ?(({w})[，；。]?){{0,{}}} ?", GAP_WORDS_MAX - 2)
        } else {
            format!("[,;:.]?( ({w})[,;.]?){{0,{GAP_WORDS_MAX}}} ")
        }
    }

    /// The end of the prose; `alone` where nothing had to be kept.
    fn end(&self, colon: bool, alone: bool) -> String {
        let w = &self.alternatives;
        let least = if alone { 1 } else { 0 };
        match (self.zh, colon) {
            (true, true) => format!(" ?(({w})[，]?){{{least},5}}："),
            (true, false) => format!(" ?(({w})[，]?){{{least},6}}[。！]"),
            (false, true) => format!("( ?({w}),?){{{least},7}}:"),
            (false, false) => format!("( ?({w}),?){{{least},8}}[.!]"),
        }
    }
}

fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 8);
    for c in text.chars() {
        if r"\.+*?()|[]{}^$#&-~".contains(c) {
            out.push('\\');
        }
        out.push(c);
    }
    out
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn folding_remembers_where_each_byte_came_from() {
        let (folded, origin) = folded_with_origin("Ａ–b");
        assert_eq!(folded, "a-b");
        assert_eq!(origin, [0, 3, 6, 7]);
    }
}
