//! Cuts folded text into tokens: Latin words (with a stem that folds plurals), numbers, single Han characters,
//! punctuation. Offsets are bytes into the text that was given.

use std::ops::Range;

use super::is_han;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    Word,
    Number,
    Han,
    Punct,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Token {
    /// The token as written in the folded text.
    pub text: String,
    /// `text` with English plural and possessive endings removed: what names are compared by.
    pub stem: String,
    pub range: Range<usize>,
    pub kind: Kind,
    /// Whether white space stands before it.
    pub spaced: bool,
}

/// Tokens of an already folded text (`super::fold`).
pub fn tokenize(folded: &str) -> Vec<Token> {
    let mut tokens: Vec<Token> = Vec::new();
    let chars: Vec<(usize, char)> = folded.char_indices().collect();
    let at = |i: usize| chars.get(i).map(|&(_, c)| c);
    let offset = |i: usize| chars.get(i).map_or(folded.len(), |&(o, _)| o);
    let mut i = 0;
    let mut spaced = false;
    while let Some(c) = at(i) {
        if c.is_whitespace() {
            spaced = true;
            i += 1;
            continue;
        }
        let start = i;
        let kind = if is_han(c) {
            i += 1;
            Kind::Han
        } else if c.is_ascii_digit() {
            i = number_end(&chars, i);
            Kind::Number
        } else if c.is_alphabetic() {
            while at(i).is_some_and(|c| {
                (c.is_alphabetic() && !is_han(c))
                    || c.is_ascii_digit()
                    || (c == '\'' && at(i + 1).is_some_and(|n| n.is_alphabetic() && !is_han(n)))
            }) {
                i += 1;
            }
            Kind::Word
        } else {
            i += 1;
            Kind::Punct
        };
        let range = offset(start)..offset(i);
        let text = folded.get(range.clone()).unwrap_or_default().to_owned();
        let stem = if kind == Kind::Word { stem(&text) } else { text.clone() };
        tokens.push(Token { text, stem, range, kind, spaced });
        spaced = false;
    }
    tokens
}

/// Digits with inner `.` and `,` (1.5, 10,000); a trailing point is a sentence end.
fn number_end(chars: &[(usize, char)], mut i: usize) -> usize {
    let digit = |i: usize| chars.get(i).is_some_and(|&(_, c)| c.is_ascii_digit());
    while digit(i) || (chars.get(i).is_some_and(|&(_, c)| c == '.' || c == ',') && digit(i + 1)) {
        i += 1;
    }
    i
}

/// Folds plural and possessive endings so that `bottles`, `bottle's` and `bottle` meet. Not a linguistic stemmer on
/// purpose: it must never merge two different product words.
pub fn stem(word: &str) -> String {
    let word = word.strip_suffix("'s").or_else(|| word.strip_suffix('\'')).unwrap_or(word);
    if word.len() <= 3 || !word.is_ascii() {
        return word.to_owned();
    }
    if let Some(base) = word.strip_suffix("ies") {
        return if base.len() >= 3 { format!("{base}y") } else { format!("{base}ie") };
    }
    for ending in ["sses", "shes", "ches", "xes", "zzes"] {
        if word.ends_with(ending) {
            return word.strip_suffix("es").unwrap_or(word).to_owned();
        }
    }
    if word.ends_with("ss") || word.ends_with("us") || word.ends_with("is") {
        return word.to_owned();
    }
    word.strip_suffix('s').unwrap_or(word).to_owned()
}

/// The stems of a phrase without punctuation, joined by spaces between Latin tokens: the key under which names are
/// stored and looked up. `T-Shirts` and `t shirt` share a key.
pub fn key(phrase: &str) -> String {
    join_key(tokenize(&super::fold(phrase)).iter())
}

pub fn join_key<'a>(tokens: impl Iterator<Item = &'a Token>) -> String {
    let mut out = String::new();
    for token in tokens.filter(|t| t.kind != Kind::Punct) {
        if token.kind != Kind::Han && !out.is_empty() {
            out.push(' ');
        }
        if token.kind == Kind::Han && !out.is_empty() && !out.chars().next_back().is_some_and(is_han) {
            out.push(' ');
        }
        out.push_str(&token.stem);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plurals_hyphens_and_case_do_not_matter_to_a_key() {
        for (a, b) in [
            ("T-Shirts", "t shirt"),
            ("Batteries", "battery"),
            ("Water Bottles", "water bottle"),
            ("Watches", "watch"),
            ("Glass", "glass"),
            ("the shop's", "the shop"),
        ] {
            assert_eq!(key(a), key(b), "{a} / {b}");
        }
    }

    #[test]
    fn han_and_latin_are_separated() {
        assert_eq!(key("黑色T恤"), "黑色 t 恤");
        assert_eq!(key("1.5L水壶"), "1.5 l 水壶");
    }

    #[test]
    fn numbers_keep_their_points_but_not_the_sentence_end() {
        let t = tokenize("costs $1,299.50.");
        let texts: Vec<&str> = t.iter().map(|t| t.text.as_str()).collect();
        assert_eq!(texts, ["costs", "$", "1,299.50", "."]);
    }
}
