//! Who does what: the shop has and sells, the shopper asks and chooses. A reply that swaps the two (`you have 3 lamps`)
//! is wrong though every number in it is right.

use std::ops::Range;

use crate::text::tokens::{Kind, Token, tokenize};

#[derive(Clone, Copy, PartialEq, Eq)]
enum Person {
    Shop,
    Shopper,
}

/// A pronoun and the word after it.
struct Pair<'t> {
    person: Person,
    next: &'t str,
    /// What only the shop does or owns, said of the shopper.
    slip: bool,
    range: Range<usize>,
}

/// What only a shop does or feels, after `you`.
const DEEDS: &[&str] = &[
    "have",
    "sell",
    "carry",
    "stock",
    "ship",
    "offer",
    "accept",
    "deliver",
    "list",
    "sold",
    "carried",
    "suggest",
    "recommend",
    "afraid",
    "sorry",
    "apologize",
    "apologise",
];
/// What a shopper owns, after `your`; all else is the shop's.
const OWN: &[&str] = &[
    "order",
    "orders",
    "question",
    "questions",
    "budget",
    "need",
    "needs",
    "preference",
    "preferences",
    "choice",
    "request",
    "message",
    "size",
    "email",
    "e",
    "phone",
    "home",
    "item",
    "purchase",
    "help",
    "patience",
    "understanding",
    "own",
    "name",
    "address",
    "account",
    "interest",
];
/// Words between a pronoun and its verb.
const BETWEEN: &[&str] = &[
    "do",
    "don't",
    "can",
    "can't",
    "will",
    "won't",
    "also",
    "currently",
    "only",
    "still",
    "now",
    "not",
    "are",
    "were",
    "would",
];

const SHOP_ZH: &[&str] = &["我们", "咱们", "我", "咱", "本店"];
const SHOPPER_ZH: &[&str] = &["您们", "你们", "您", "你"];
/// After 您, what only a shop does.
const DEEDS_ZH: &[&str] = &[
    "有",
    "没有",
    "共有",
    "目前有",
    "现在有",
    "店",
    "店里",
    "这边有",
    "这里有",
    "卖",
    "出售",
    "提供",
    "不卖",
    "家有",
    "最",
];
/// Only a shop is many.
const MANY_ZH: &[&str] = &["您们", "你们"];
/// After 您有, what a shopper has after all.
const SHOPPER_HAS_ZH: &[&str] = &["什么", "兴趣", "任何", "需要", "其他", "别的", "问题", "疑问", "想", "空"];

fn english<'t>(tokens: &'t [Token], pairs: &mut Vec<Pair<'t>>) {
    for (i, token) in tokens.iter().enumerate().filter(|(_, t)| t.kind == Kind::Word) {
        let (word, ending) = token.text.split_once('\'').unwrap_or((&token.text, ""));
        let (person, owns) = match word {
            "we" | "i" | "us" => (Person::Shop, false),
            "our" | "my" => (Person::Shop, true),
            "you" => (Person::Shopper, false),
            "your" => (Person::Shopper, true),
            _ => continue,
        };
        let following = tokens.get(i + 1..).unwrap_or_default().iter().take_while(|t| t.kind != Kind::Punct);
        let next = if ending.is_empty() { following.clone().next().map_or("", |t| t.text.as_str()) } else { ending };
        let next = if matches!(next, "m" | "am" | "re") { "are" } else { next };
        let verb = following.map(|t| t.text.as_str()).find(|w| !BETWEEN.contains(w)).unwrap_or_default();
        let asks = i > 0 && tokens.get(i - 1).is_some_and(|t| matches!(t.text.as_str(), "do" | "if" | "would" | "can"));
        let slip =
            person == Person::Shopper && if owns { !OWN.contains(&next) } else { DEEDS.contains(&verb) && !asks };
        if !next.is_empty() {
            pairs.push(Pair { person, next, slip, range: token.range.clone() });
        }
    }
}

fn chinese<'t>(folded: &'t str, pairs: &mut Vec<Pair<'t>>) {
    let mut at = 0;
    while let Some(rest) = folded.get(at..).filter(|r| !r.is_empty()) {
        let shop = SHOP_ZH.iter().find(|p| rest.starts_with(**p)).map(|p| (Person::Shop, *p));
        let found = shop.or_else(|| SHOPPER_ZH.iter().find(|p| rest.starts_with(**p)).map(|p| (Person::Shopper, *p)));
        let Some((person, pronoun)) = found else {
            at += rest.chars().next().map_or(1, char::len_utf8);
            continue;
        };
        let after = rest.get(pronoun.len()..).unwrap_or_default();
        let len = after.chars().next().map_or(0, char::len_utf8);
        let deed = DEEDS_ZH.iter().filter(|d| after.starts_with(**d)).max_by_key(|d| d.len());
        // 您有什么需要 is no claim.
        let asked = deed.is_some_and(|d| {
            let object = after.get(d.len()..).unwrap_or_default();
            SHOPPER_HAS_ZH.iter().any(|h| object.starts_with(h))
        });
        let slip = person == Person::Shopper && (MANY_ZH.contains(&pronoun) || deed.is_some());
        if person == Person::Shop || !asked {
            let next = after.get(..len).unwrap_or_default();
            pairs.push(Pair { person, next, slip, range: at..at + pronoun.len() });
        }
        at += pronoun.len();
    }
}

fn pairs<'t>(folded: &'t str, tokens: &'t [Token]) -> Vec<Pair<'t>> {
    let mut pairs = Vec::new();
    english(tokens, &mut pairs);
    chinese(folded, &mut pairs);
    pairs
}

/// Pronouns that stand for the wrong side, by the rendering or by what only a shop does.
pub fn swapped(said: &str, meant: &str) -> Vec<Range<usize>> {
    let (said_tokens, meant_tokens) = (tokenize(said), tokenize(meant));
    let told = pairs(meant, &meant_tokens);
    let wrong = |pair: &Pair<'_>| {
        let like = |p: &&Pair<'_>| p.next == pair.next;
        let own = told.iter().filter(like).any(|p| p.person == pair.person);
        !own && (pair.slip || told.iter().filter(like).any(|p| p.person != pair.person))
    };
    pairs(said, &said_tokens).into_iter().filter(wrong).map(|p| p.range).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_shop_and_the_shopper_do_not_change_places() {
        for (said, meant, wrong) in [
            ("you have 3 lamps", "we have 3 lamps", true),
            ("you have 3 lamps", "there are 3 lamps", true),
            ("you can't change prices", "i can't change prices", true),
            ("you're afraid of bikes", "i'm afraid of bikes", true),
            ("you're sorry, there are none", "sorry, there are none", true),
            ("your cheapest tent is this", "the cheapest tent is this", true),
            ("thank you for your order", "it is on its way", false),
            ("not in your catalog", "not in our catalog", true),
            ("we have 3 lamps for you", "we have 3 lamps", false),
            ("can i help you? we have 3 lamps", "we have 3 lamps", false),
            ("您有 3 款", "我们有 3 款", true),
            ("您有什么需要", "我们有 3 款", false),
            ("为您找到 3 款", "我们有 3 款", false),
            ("你们店里没有", "我们店里没有", true),
        ] {
            assert_eq!(!swapped(said, meant).is_empty(), wrong, "{said} / {meant}");
        }
    }
}
