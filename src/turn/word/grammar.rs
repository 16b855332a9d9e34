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
    let literals: Vec<(String, bool)> = kept
        .iter()
        .map(|k| (prose.get(k.range.clone()).unwrap_or_default().to_owned(), k.name && one_subject))
        .collect();
    let after = kept.last().map_or(0, |k| k.range.end);
    words.grammar(&literals, prose.get(after..).unwrap_or_default())
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
    let mut merged = merged(prose, all);
    for kept in &mut merged {
        kept.range = with_brackets(prose, kept.range.clone());
    }
    rejoined(prose, merged)
}

/// Stretches that touch, or that only short words part, are one.
fn merged(prose: &str, kept: Vec<Kept>) -> Vec<Kept> {
    let mut out: Vec<Kept> = Vec::new();
    for next in kept {
        match out.last_mut() {
            Some(last) if close(prose, last.range.end, next.range.start) => {
                last.range.end = last.range.end.max(next.range.end);
                last.name = last.name && next.name;
            }
            _ => out.push(next),
        }
    }
    out
}

/// What stands in one pair of brackets is kept whole.
fn rejoined(prose: &str, mut kept: Vec<Kept>) -> Vec<Kept> {
    for next in &mut kept {
        let open = prose.get(..next.range.start).and_then(|t| t.rfind(['(', '（']));
        let shut = prose.get(..next.range.start).and_then(|t| t.rfind([')', '）']));
        if let Some(open) = open.filter(|o| shut.is_none_or(|s| s < *o)) {
            next.range.start = next.range.start.min(open);
            let rest = prose.get(next.range.end..).unwrap_or_default();
            let end = rest.char_indices().find(|(_, c)| matches!(c, ')' | '）')).map(|(at, c)| at + c.len_utf8());
            next.range.end += end.unwrap_or(0);
            next.name = false;
        }
    }
    merged(prose, kept)
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

/// What may stand between the claims. Words are one terminal, so that the lexer's automaton stays small however often
/// the rules repeat them.
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
            all.remove("i");
            all.insert("I".to_owned());
        }
        let alternatives: Vec<String> = all.iter().map(|w| escape(w)).collect();
        Words { alternatives: alternatives.join("|"), zh }
    }

    /// `literals` in their order, each with whether a pronoun may stand for it, and the end of the worked-out prose:
    /// what follows the last claim is where small models ramble.
    fn grammar(&self, literals: &[(String, bool)], end: &str) -> String {
        let mut start = String::new();
        for (position, (text, pronoun)) in literals.iter().enumerate() {
            if position == 0 {
                let _ = write!(start, "({} | {})", self.literal(text, *pronoun, true), self.opened(text, *pronoun));
            } else {
                let _ = write!(start, " mid {}", self.literal(text, *pronoun, false));
            }
        }
        let end = quote(end);
        let w = &self.alternatives;
        if self.zh {
            let opener = "(\"您好，\" | \"好的，\" | \"亲，\")?";
            let start = if literals.is_empty() { opener.to_owned() } else { start };
            format!(
                "start: {start} {end}\nmid: STOP? \" \"? tok{{0,{}}} \" \"?\ntok: W STOP?\nFIRST: /{w}/\nW: /{w}/\nSTOP: /[，；。：]/\n",
                GAP_WORDS_MAX - 2
            )
        } else {
            let capitals = w.split('|').filter_map(capital).collect::<Vec<_>>().join("|");
            let opener = "(\"Sure! \" | \"Of course. \" | \"Thanks for asking! \")?";
            let (start, end) = match literals.is_empty() {
                true => (opener.to_owned(), end),
                false => (start, format!("({end} | tail{{0,3}} /[.!]/)")),
            };
            format!(
                "start: {start} {end}\nmid: tok{{0,{GAP_WORDS_MAX}}} STOP?\ntok: STOP? W\ntail: W\nFIRST: /{capitals}/\nW: / ({w}|{capitals})/\nSTOP: /[,;:.!]/\n"
            )
        }
    }

    /// A claim; within an English text with the space before it.
    fn literal(&self, text: &str, pronoun: bool, first: bool) -> String {
        let space = if first || self.zh { "" } else { " " };
        let quoted = quote(&format!("{space}{text}"));
        match (pronoun, self.zh, first) {
            (false, ..) => quoted,
            (true, true, _) => format!("({quoted} | \"它\" | \"这款\")"),
            (true, false, true) => format!("({quoted} | \"It\" | \"They\")"),
            (true, false, false) => format!("({quoted} | \" it\" | \" they\")"),
        }
    }

    /// A few words before the first claim.
    fn opened(&self, text: &str, pronoun: bool) -> String {
        if self.zh {
            format!("FIRST tok{{0,4}} STOP? \" \"? {}", self.literal(text, pronoun, false))
        } else {
            format!("FIRST tok{{0,6}} STOP? {}", self.literal(text, pronoun, false))
        }
    }
}

fn capital(word: &str) -> Option<String> {
    let mut chars = word.chars();
    chars.next().map(|c| c.to_uppercase().chain(chars).collect())
}

/// A literal of the grammar.
fn quote(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}

fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 8);
    for c in text.chars() {
        if r"\.+*?()|[]{}^$#&-~/".contains(c) {
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
