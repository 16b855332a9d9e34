//! Text as people and feeds write it, made comparable: folding, tokens, numbers with units and money, language. No
//! catalog and no dialogue here; the guard, the importer and understanding all read text through this room.

pub mod language;
pub mod numbers;
pub mod tokens;
pub mod units;

use unicode_normalization::UnicodeNormalization;

/// Folds what does not change meaning: NFKC (full-width letters and digits), lower case, curly quotes, dashes,
/// unusual spaces. Chinese punctuation stays, because it ends sentences.
pub fn fold(text: &str) -> String {
    // Most of a catalog is ASCII, which normalising leaves as it is.
    if text.is_ascii() { fold_ascii(text) } else { fold_any(text) }
}

fn fold_ascii(text: &str) -> String {
    let one = |c: char| match c {
        '`' => '\'',
        c if c.is_whitespace() => ' ',
        c => c.to_ascii_lowercase(),
    };
    text.chars().map(one).collect()
}

fn fold_any(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    // The Chinese comma would become one that joins numbers ($272.33，8 款).
    let keep = |c: char| if c == '，' { '\u{e000}' } else { c };
    for c in text.chars().map(keep).nfkc() {
        match c {
            '\u{e000}' => out.push('，'),
            '\u{2018}' | '\u{2019}' | '\u{02bc}' | '`' | '´' => out.push('\''),
            '\u{201c}' | '\u{201d}' | '″' => out.push('"'),
            '\u{2010}'..='\u{2015}' | '−' => out.push('-'),
            '\u{200b}'..='\u{200d}' | '\u{feff}' | '\u{00ad}' => {}
            c if c.is_whitespace() => out.push(' '),
            c => out.extend(c.to_lowercase()),
        }
    }
    out
}

/// A Chinese, Japanese or Korean ideograph.
pub fn is_han(c: char) -> bool {
    matches!(c, '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{2fa1f}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ascii_is_folded_as_by_the_long_way() {
        let all: String = (0..=127u8).map(char::from).collect();
        assert_eq!(fold_ascii(&all), fold_any(&all));
    }
}
