//! Fixed phrases that claim something: stock states, negations, extents, degrees, bounds, assent; and phrases that only
//! look as if they did. The longest phrase wins: `out of stock` is no `stock`, 不过 is no 不.

use std::ops::Range;
use std::sync::LazyLock;

use aho_corasick::{AhoCorasick, Anchored, Input, MatchKind, StartKind};

use super::claims::Stock;
use crate::text::is_han;

/// What a phrase says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Phrase {
    Stock(Stock),
    Negation,
    /// How many a statement speaks of.
    Extent(&'static str),
    /// `cheaper`, `lightest`, `the same`.
    Degree(&'static str),
    /// `at least`, `or less`: a bound where a number stands beside it.
    Bound(&'static str),
    /// `不超过`: a bound beside a number, otherwise a negation.
    NegativeBound(&'static str),
    Yes,
    Neutral,
}

const STOCK: &[(&str, Stock)] = &[
    ("not in stock", Stock::Out),
    ("none in stock", Stock::Out),
    ("none available", Stock::Out),
    ("out of stock", Stock::Out),
    ("sold out", Stock::Out),
    ("unavailable", Stock::Out),
    ("in stock", Stock::In),
    ("available", Stock::In),
    ("on pre-order", Stock::Ahead),
    ("on back-order", Stock::Ahead),
    ("pre-order", Stock::Ahead),
    ("preorder", Stock::Ahead),
    ("back-order", Stock::Ahead),
    ("backorder", Stock::Ahead),
    ("discontinued", Stock::Gone),
    ("没有现货", Stock::Out),
    ("没有库存", Stock::Out),
    ("没有货", Stock::Out),
    ("没现货", Stock::Out),
    ("没货", Stock::Out),
    ("无货", Stock::Out),
    ("缺货", Stock::Out),
    ("断货", Stock::Out),
    ("售罄", Stock::Out),
    ("卖完", Stock::Out),
    ("有货", Stock::In),
    ("有现货", Stock::In),
    ("现货", Stock::In),
    ("有库存", Stock::In),
    ("可预订", Stock::Ahead),
    ("可以预订", Stock::Ahead),
    ("接受预订", Stock::Ahead),
    ("预约补货", Stock::Ahead),
    ("停产", Stock::Gone),
];

/// `isn't currently in stock`, in every way to say it.
const DENIALS: &[&str] = &[
    "not",
    "isn't",
    "aren't",
    "is not",
    "are not",
    "not currently",
    "isn't currently",
    "aren't currently",
    "no longer",
];

const NEGATIONS: &[&str] = &[
    "not",
    "no",
    "never",
    "without",
    "isn't",
    "aren't",
    "doesn't",
    "don't",
    "didn't",
    "can't",
    "cannot",
    "won't",
    "wouldn't",
    "shouldn't",
    "mustn't",
    "nothing",
    "none",
    "neither",
    "nor",
    "wasn't",
    "weren't",
    "couldn't",
    "hasn't",
    "haven't",
    "nobody",
    "nowhere",
    "unable",
    "不",
    "没",
    "无",
    "非",
    "未",
    "别",
    "勿",
];

const EXTENTS: &[(&str, &str)] = &[
    ("all", "all"),
    ("every", "all"),
    ("both", "all"),
    ("each", "each"),
    ("only", "only"),
    ("just", "only"),
    ("some", "some"),
    ("several", "some"),
    ("most", "most"),
    ("many", "many"),
    ("few", "few"),
    ("still", "still"),
    ("always", "always"),
    ("even", "even"),
    ("都", "all"),
    ("全部", "all"),
    ("全都", "all"),
    ("所有", "all"),
    ("均", "all"),
    ("只", "only"),
    ("仅", "only"),
    ("部分", "some"),
    ("有些", "some"),
    ("一些", "some"),
    ("大部分", "most"),
    ("永远", "always"),
    ("仍", "still"),
];

const DEGREES: &[(&str, &str)] = &[
    ("cheapest", "least price"),
    ("lowest-priced", "least price"),
    ("least expensive", "least price"),
    ("most affordable", "least price"),
    ("most expensive", "most price"),
    ("priciest", "most price"),
    ("dearest", "most price"),
    ("cheaper", "less price"),
    ("less expensive", "less price"),
    ("more expensive", "more price"),
    ("pricier", "more price"),
    ("lightest", "最轻"),
    ("heaviest", "最重"),
    ("largest", "最大"),
    ("biggest", "最大"),
    ("smallest", "最小"),
    ("longest", "最长"),
    ("shortest", "最短"),
    ("highest", "最高"),
    ("lowest", "最低"),
    ("best", "最好"),
    ("newest", "最新"),
    ("fastest", "最快"),
    ("lighter", "更轻"),
    ("heavier", "更重"),
    ("larger", "更大"),
    ("bigger", "更大"),
    ("smaller", "更小"),
    ("longer", "更长"),
    ("shorter", "更短"),
    ("higher", "更高"),
    ("lower", "更低"),
    ("better", "更好"),
    ("less", "less"),
    ("more", "more"),
    ("fewer", "less"),
    ("the same", "same"),
    ("same", "same"),
    ("identical", "same"),
    ("最便宜", "least price"),
    ("最低价", "least price"),
    ("最贵", "most price"),
    ("更便宜", "less price"),
    ("便宜", "less price"),
    ("更贵", "more price"),
    ("贵", "more price"),
    ("一样", "same"),
    ("相同", "same"),
];

/// Characters that 最 and 更 grade.
const GRADED: &str = "轻重大小长短高低好新快";

const BOUNDS: &[(&str, &str)] = &[
    ("or less", "max"),
    ("or under", "max"),
    ("or below", "max"),
    ("at most", "max"),
    ("up to", "max"),
    ("under", "max"),
    ("below", "max"),
    ("less than", "max"),
    ("no more than", "max"),
    ("not more than", "max"),
    ("or more", "min"),
    ("or over", "min"),
    ("or above", "min"),
    ("at least", "min"),
    ("over", "min"),
    ("above", "min"),
    ("more than", "min"),
    ("no less than", "min"),
    ("from", "from"),
    ("starting at", "from"),
    ("以内", "max"),
    ("之内", "max"),
    ("以下", "max"),
    ("最多", "max"),
    ("低于", "max"),
    ("以上", "min"),
    ("至少", "min"),
    ("高于", "min"),
    ("超过", "min"),
    ("起价", "from"),
    ("起", "from"),
    ("约", "about"),
    ("大约", "about"),
    ("about", "about"),
    ("around", "about"),
    ("roughly", "about"),
    ("approximately", "about"),
];

const NEGATIVE_BOUNDS: &[(&str, &str)] = &[("不超过", "max"), ("不高于", "max"), ("不低于", "min"), ("不少于", "min")];

const YES: &[&str] = &["yes", "yep", "yeah", "是的", "有的", "对的", "没错", "可以的"];

/// Courtesies and turns of phrase in which a negation denies nothing, and words that only contain one.
const NEUTRAL: &[&str] = &[
    "no problem",
    "no worries",
    "don't hesitate",
    "whether or not",
    "all right",
    "right now",
    "right away",
    "at all",
    "best regards",
    "都可以",
    "不客气",
    "不好意思",
    "不用谢",
    "不过",
    "不妨",
    "无论",
    "不管",
    "没问题",
    "非常",
    "特别",
    "分别",
    "类别",
    "级别",
    "区别",
    "别的",
    "一只",
    "两只",
    "几只",
    "这只",
    "那只",
    "每只",
    "对不起",
    "一起",
    "起来",
];

struct Table {
    automaton: Option<AhoCorasick>,
    phrases: Vec<(String, Phrase)>,
}

static TABLE: LazyLock<Table> = LazyLock::new(|| {
    let mut phrases: Vec<(String, Phrase)> = Vec::new();
    phrases.extend(STOCK.iter().map(|(p, s)| ((*p).to_owned(), Phrase::Stock(*s))));
    for denial in DENIALS {
        phrases.extend(["in stock", "available"].map(|p| (format!("{denial} {p}"), Phrase::Stock(Stock::Out))));
    }
    phrases.extend(NEGATIONS.iter().map(|p| ((*p).to_owned(), Phrase::Negation)));
    phrases.extend(EXTENTS.iter().map(|(p, e)| ((*p).to_owned(), Phrase::Extent(e))));
    phrases.extend(DEGREES.iter().map(|(p, d)| ((*p).to_owned(), Phrase::Degree(d))));
    for (at, c) in GRADED.char_indices() {
        let end = at + c.len_utf8();
        for (grade, all) in [("最", MOST), ("更", MORE)] {
            if let Some(name) = all.get(at * 2..end * 2) {
                phrases.push((format!("{grade}{c}"), Phrase::Degree(name)));
            }
        }
    }
    phrases.extend(BOUNDS.iter().map(|(p, b)| ((*p).to_owned(), Phrase::Bound(b))));
    phrases.extend(NEGATIVE_BOUNDS.iter().map(|(p, b)| ((*p).to_owned(), Phrase::NegativeBound(b))));
    phrases.extend(YES.iter().map(|p| ((*p).to_owned(), Phrase::Yes)));
    phrases.extend(NEUTRAL.iter().map(|p| ((*p).to_owned(), Phrase::Neutral)));
    let automaton = AhoCorasick::builder()
        .match_kind(MatchKind::LeftmostLongest)
        .start_kind(StartKind::Unanchored)
        .build(phrases.iter().map(|(p, _)| p))
        .ok();
    Table { automaton, phrases }
});

/// Names of the degrees: each graded character after 最 and after 更.
const MOST: &str = "最轻最重最大最小最长最短最高最低最好最新最快";
const MORE: &str = "更轻更重更大更小更长更短更高更低更好更新更快";

/// Every phrase in a folded text, left to right; none overlaps another.
pub fn find(text: &str) -> Vec<(Range<usize>, Phrase)> {
    let mut found = Vec::new();
    let Some(automaton) = &TABLE.automaton else { return found };
    let mut at = 0;
    while let Some(hit) = automaton.find(Input::new(text).range(at..).anchored(Anchored::No)) {
        let range = hit.start()..hit.end();
        let phrase = TABLE.phrases.get(hit.pattern().as_usize()).map_or(Phrase::Neutral, |(_, p)| *p);
        if whole_word(text, &range) && (phrase != Phrase::Yes || stands_alone(text, &range)) {
            at = range.end;
            found.push((range, phrase));
        } else {
            // A shorter phrase may stand where the longer one did not hold.
            at = range.start + text.get(range.start..).and_then(|t| t.chars().next()).map_or(1, char::len_utf8);
        }
    }
    found
}

/// A Latin phrase is cut out of no longer word.
pub fn whole_word(text: &str, range: &Range<usize>) -> bool {
    let latin = |c: Option<char>| c.is_some_and(|c| c.is_ascii_alphanumeric() || c == '\'');
    let inside = text.get(range.clone()).unwrap_or_default();
    let first = inside.chars().next().is_some_and(|c| c.is_ascii_alphanumeric());
    !(first
        && (latin(text.get(..range.start).and_then(|t| t.chars().next_back()))
            || latin(text.get(range.end..).and_then(|t| t.chars().next()))))
}

/// 有的，… says yes; 店里有的商品 does not.
fn stands_alone(text: &str, range: &Range<usize>) -> bool {
    let mark = |c: Option<char>| c.is_none_or(|c| !c.is_alphanumeric() && !is_han(c) && c != '_');
    mark(text.get(..range.start).and_then(|t| t.trim_end_matches(' ').chars().next_back()))
        && mark(text.get(range.end..).and_then(|t| t.chars().next()))
}
