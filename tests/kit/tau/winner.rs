//! Which of two things a reply names as the cheaper or dearer one, in English and Chinese, and whether it opens with
//! yes or no.

use super::read::Clause;
use super::scan::{Mention, What};
use super::{Shop, Target};

const CHEAPER: [&str; 19] = [
    "cheaper",
    "less expensive",
    "costs less",
    "cost less",
    "lower price",
    "lower-priced",
    "lower priced",
    "more affordable",
    "cheapest",
    "least expensive",
    "便宜",
    "价格更低",
    "价格较低",
    "更低",
    "较低",
    "实惠",
    "is less",
    "priced lower",
    "低一些",
];
const DEARER: [&str; 19] = [
    "more expensive",
    "pricier",
    "dearer",
    "costs more",
    "cost more",
    "higher price",
    "higher-priced",
    "most expensive",
    "costlier",
    "贵",
    "价格更高",
    "价格较高",
    "更高",
    "较高",
    "is more",
    "priced higher",
    "高一些",
    "the higher",
    "higher priced",
];

/// Whether the first of the two is named, and whether as the cheaper one; `None` if the reply names neither.
pub fn named(clauses: &[Clause], a: &Target, b: &Target, shop: &Shop) -> Option<(bool, bool)> {
    let spoken = clauses.iter().filter(|c| !c.question);
    spoken.filter_map(|c| in_clause(c, a, b, shop)).next()
}

fn in_clause(clause: &Clause, a: &Target, b: &Target, _shop: &Shop) -> Option<(bool, bool)> {
    let lower: Vec<char> = clause.chars.iter().map(|c| c.to_lowercase().next().unwrap_or(*c)).collect();
    let (at, len, cheaper) = cue(&lower)?;
    let who: Vec<(&Mention, bool)> =
        clause.mentions.iter().filter_map(|m| whose(m, a, b).map(|first| (m, first))).collect();
    // "B" in "A is cheaper than B" and "A比B便宜" is what the winner is held against.
    let text: String = lower.iter().collect();
    let place = |word: &str| text.find(word).map(|at| text[..at].chars().count());
    let than = ["than ", "compared to ", "versus "].iter().find_map(|w| place(w));
    let compounds = ["相比", "对比", "比较"];
    let compound = |i: &usize| compounds.iter().any(|w| place(w).is_some_and(|p| p + 1 >= *i && p <= *i));
    let less = place("没有").filter(|_| !["没有货", "没有现货"].iter().any(|w| text.contains(w)));
    let bi = place("比").filter(|i| !compound(i)).or(less);
    let against = |m: &Mention| than.is_some_and(|i| m.start > i) || bi.is_some_and(|i| m.start > i && m.start < at);
    let held: Option<bool> = against_side(&who, &against);
    let before = who.iter().rev().find(|(m, first)| m.end <= at && !against(m) && held != Some(*first));
    let after = who.iter().find(|(m, first)| m.start >= at + len && !against(m) && held != Some(*first));
    let by_order = if ["the first", "the former", "前者", "第一"].iter().any(|w| text.contains(w)) {
        Some(true)
    } else if ["the second", "the latter", "后者", "第二"].iter().any(|w| text.contains(w)) {
        Some(false)
    } else {
        None
    };
    let alone = held.map(|first| !first);
    let first = by_order.or(before.map(|(_, f)| *f)).or(after.map(|(_, f)| *f)).or(alone)?;
    let lead: String = lower[at.saturating_sub(14)..at].iter().collect();
    let denied = ["not ", "n't ", "no ", "不比", "没有", "并不", "不是"].iter().any(|w| lead.contains(w))
        || zh_less(&text, &lead);
    Some((first, cheaper != denied))
}

fn zh_less(text: &str, _lead: &str) -> bool {
    let less = text.replace("没有货", "").replace("没有现货", "");
    (less.contains("没有") || less.contains("不比")) && (text.contains("便宜") || text.contains('贵'))
}

fn against_side(who: &[(&Mention, bool)], against: &dyn Fn(&Mention) -> bool) -> Option<bool> {
    who.iter().find(|(m, _)| against(m)).map(|(_, first)| *first)
}

fn cue(lower: &[char]) -> Option<(usize, usize, bool)> {
    let text: String = lower.iter().collect();
    let find = |words: &[&str], cheaper: bool| {
        let hits = words
            .iter()
            .filter_map(|w| text.find(w).map(|at| (text[..at].chars().count(), w.chars().count(), cheaper)));
        hits.min_by_key(|(at, len, _)| (*at, std::cmp::Reverse(*len)))
    };
    match (find(&CHEAPER, true), find(&DEARER, false)) {
        (Some(c), Some(d)) => Some(if c.0 <= d.0 { c } else { d }),
        (one, other) => one.or(other),
    }
}

/// Whether a mention tells the first target from the second.
fn whose(mention: &Mention, a: &Target, b: &Target) -> Option<bool> {
    match &mention.what {
        What::Product(i) if a.product != b.product => {
            if *i == a.product {
                Some(true)
            } else {
                (*i == b.product).then_some(false)
            }
        }
        What::Value(alts) if a.product == b.product => {
            let of = |t: &Target, other: &Target| {
                alts.iter().any(|x| {
                    t.filter.iter().any(|(o, v)| *o == x.option && *v == x.value)
                        && !other.filter.iter().any(|(o, v)| *o == x.option && *v == x.value)
                })
            };
            match (of(a, b), of(b, a)) {
                (true, false) => Some(true),
                (false, true) => Some(false),
                _ => None,
            }
        }
        _ => None,
    }
}

/// A reply that opens with a yes or a no.
pub fn yes_or_no(clauses: &[Clause]) -> Option<bool> {
    let first = clauses.first()?.lower();
    let first = first.trim_start_matches(['"', '(', ' ', '•']);
    let yes = [
        "yes",
        "yep",
        "yeah",
        "sure",
        "certainly",
        "of course",
        "we do",
        "you can",
        "absolutely",
        "indeed",
        "有的",
        "是的",
        "可以",
        "对",
        "当然",
        "有,",
        "能买到",
        "有,",
        "是,",
        "能,",
    ];
    let no = [
        "no,",
        "no.",
        "no ",
        "no -",
        "nope",
        "sorry",
        "unfortunately",
        "i'm afraid",
        "没有",
        "抱歉",
        "不好意思",
        "很遗憾",
        "不,",
        "不是",
        "不可以",
        "没,",
        "暂时没有",
        "对不起",
        "目前没有",
        "我们没有",
    ];
    if first == "no" || first == "没有" || no.iter().any(|w| first.starts_with(w)) {
        Some(false)
    } else if first == "有" || first == "是" || yes.iter().any(|w| first.starts_with(w)) {
        Some(true)
    } else {
        None
    }
}
