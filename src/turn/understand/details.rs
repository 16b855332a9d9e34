//! Limits, positions, order numbers and contacts as a clause writes them.

use std::ops::Range;

use super::cues::Cue;
use super::link::Parsed;
use super::reading::{Ordinal, PriceBound};
use crate::domain::Currency;
use crate::text::is_han;
use crate::text::numbers::{self, Quantity};

pub(super) fn price_bound(parsed: &Parsed, tokens: &Range<usize>, currency: Currency) -> PriceBound {
    let bytes = parsed.bytes(tokens);
    let mut bound = PriceBound::default();
    let amounts: Vec<&Quantity> =
        parsed.quantities.iter().filter(|q| bytes.start <= q.range.start && q.range.end <= bytes.end).collect();
    let minor = |q: &Quantity| q.value.minor_units(currency.exponent());
    for (at, quantity) in amounts.iter().enumerate() {
        let money = quantity.currency.is_some();
        if quantity.unit.is_some()
            || quantity.currency.is_some_and(|c| matches!(c, numbers::Money::Of(o) if o != currency))
        {
            continue;
        }
        let Some(value) = minor(quantity) else { continue };
        let before = parsed.text.get(bytes.start..quantity.range.start).unwrap_or_default();
        let after = parsed.text.get(quantity.range.end..bytes.end).unwrap_or_default();
        let next_money = amounts.get(at + 1).is_some_and(|n| {
            n.unit.is_none() && ends_range(parsed.text.get(quantity.range.end..n.range.start).unwrap_or_default())
        });
        if next_money
            && bound.min.is_none()
            && (money || amounts.get(at + 1).is_some_and(|n| n.currency.is_some()) || parsed.has(Cue::Between, tokens))
        {
            bound.min = Some(value);
            bound.max = amounts.get(at + 1).and_then(|n| minor(n));
            break;
        }
        let under = cue_beside(parsed, Cue::Under, before, after, quantity);
        let over = cue_beside(parsed, Cue::Over, before, after, quantity);
        let about = cue_beside(parsed, Cue::About, before, after, quantity);
        if !money && !(under || over) || !money && value < 100 {
            continue;
        }
        // A bare number beside an option's name is that option's.
        if under && !over {
            bound.max = Some(value);
        } else if over && !under {
            bound.min = Some(value);
        } else if about {
            bound.min = Some(value - value / 5);
            bound.max = Some(value + value / 5);
        }
    }
    bound
}

pub(super) fn ends_range(between: &str) -> bool {
    matches!(between.trim(), "to" | "-" | "~" | "and" | "到" | "至" | "和" | "与")
}

pub(super) fn cue_beside(parsed: &Parsed, cue: Cue, before: &str, after: &str, quantity: &Quantity) -> bool {
    parsed.cues.iter().filter(|f| f.cue == cue).any(|f| {
        if f.range.end <= quantity.range.start {
            let gap = parsed.text.get(f.range.end..quantity.range.start).unwrap_or_default();
            before.ends_with(gap)
                && gap.split_whitespace().count() <= 3
                && gap.chars().filter(|c| is_han(*c)).count() <= 4
                && !gap.contains(['?', '.', '，', ','])
        } else {
            let gap = parsed.text.get(quantity.range.end..f.range.start).unwrap_or_default();
            after.starts_with(gap) && gap.trim().chars().count() <= 1
        }
    })
}

pub(super) fn ordinal(parsed: &Parsed, tokens: &Range<usize>) -> Option<Ordinal> {
    let text = parsed.words(tokens);
    const WORDS: &[(&str, usize)] = &[
        ("first one", 0),
        ("1st one", 0),
        ("the first", 0),
        ("the former", 0),
        ("number one", 0),
        ("#1", 0),
        ("option 1", 0),
        ("no. 1", 0),
        ("the 1st", 0),
        ("second one", 1),
        ("2nd one", 1),
        ("the second", 1),
        ("the latter", 1),
        ("number two", 1),
        ("number 2", 1),
        ("#2", 1),
        ("option 2", 1),
        ("the 2nd", 1),
        ("2nd", 1),
        ("third one", 2),
        ("3rd one", 2),
        ("the third", 2),
        ("number three", 2),
        ("number 3", 2),
        ("#3", 2),
        ("option 3", 2),
        ("3rd", 2),
        ("fourth one", 3),
        ("the fourth", 3),
        ("4th", 3),
        ("number 4", 3),
        ("fifth one", 4),
        ("the fifth", 4),
        ("5th", 4),
        ("第一", 0),
        ("第1", 0),
        ("前者", 0),
        ("头一个", 0),
        ("第二", 1),
        ("第2", 1),
        ("后者", 1),
        ("第三", 2),
        ("第3", 2),
        ("第四", 3),
        ("第4", 3),
        ("第五", 4),
        ("第5", 4),
    ];
    if let Some((_, nth)) = WORDS.iter().find(|(w, _)| text.contains(w)) {
        return Some(Ordinal::Nth(*nth));
    }
    if ["last one", "the last", "最后一个", "最后那个", "最后一款"].iter().any(|w| text.contains(w)) {
        return Some(Ordinal::Last);
    }
    if parsed.has(Cue::Other, tokens) {
        return Some(Ordinal::Other);
    }
    let one = |words: &[&str]| words.iter().any(|w| text.contains(w));
    if one(&["cheaper one", "cheaper of", "便宜的那", "便宜那", "较便宜的"]) {
        return Some(Ordinal::Cheaper);
    }
    one(&["pricier one", "more expensive one", "dearer one", "贵的那", "贵那个"]).then_some(Ordinal::Dearer)
}

/// `#W2611340`, `LF-20417`, `order 20417`.
pub(super) fn order_number(parsed: &Parsed, tokens: &Range<usize>) -> Option<String> {
    let text = parsed.words(tokens);
    let worded = parsed.has(Cue::Order, tokens) || text.contains("order") || text.contains("单");
    for word in text.split(|c: char| {
        c.is_whitespace()
            || is_han(c)
            || matches!(c, ',' | '?' | '.' | '，' | '？' | '。' | ':' | '：' | '(' | ')' | '!' | '！' | ';' | '；')
    }) {
        let bare: String = word.chars().filter(char::is_ascii_alphanumeric).collect();
        let digits = bare.chars().filter(char::is_ascii_digit).count();
        let letters = bare.len() - digits;
        let shaped = digits >= 4 && letters <= 4 && bare.chars().skip(letters).all(|c| c.is_ascii_digit());
        if shaped
            && !word.contains(['@', '$', '+'])
            && (word.starts_with('#')
                || letters >= 1 && word.contains('-')
                || letters == 1 && digits >= 6
                || worded && digits >= 5)
        {
            return Some(word.trim_start_matches('#').to_uppercase());
        }
    }
    None
}

pub(super) fn contact(text: &str) -> Option<String> {
    let email = text
        .split(|c: char| {
            c.is_whitespace()
                || is_han(c)
                || matches!(
                    c,
                    ',' | ';'
                        | '<'
                        | '>'
                        | '('
                        | ')'
                        | '，'
                        | '：'
                        | '？'
                        | '?'
                        | '。'
                        | '！'
                        | '；'
                        | '、'
                        | '（'
                        | '）'
                )
        })
        .find(|w| {
            w.split_once('@')
                .is_some_and(|(user, host)| !user.is_empty() && host.contains('.') && !host.starts_with('.'))
        });
    if let Some(email) = email {
        return Some(email.trim_end_matches(['.', '?', '!', ':', ',', ';', '\'', '"']).to_owned());
    }
    let mut run = String::new();
    let mut digits = 0;
    for c in text.chars().chain(['\n']) {
        if c.is_ascii_digit() || (!run.is_empty() && matches!(c, ' ' | '-' | '(' | ')')) || c == '+' {
            digits += usize::from(c.is_ascii_digit());
            run.push(c);
        } else {
            if digits >= 10 {
                return Some(run.trim().to_owned());
            }
            run.clear();
            digits = 0;
        }
    }
    None
}
