//! Which words of a clause belong together: the values that describe an amount or a stock state.

use super::read::Clause;
use super::scan::{Alt, Mention, What};

/// Mentions of values, each with its readings.
pub type Values = Vec<Vec<Alt>>;

/// The versions that a statement is about.
#[derive(Debug, Clone, Default)]
pub struct Group {
    pub product: Option<usize>,
    pub values: Values,
}

pub fn share(clause: &Clause) -> Option<(i64, i64)> {
    clause.mentions.iter().find_map(|m| if let What::Share(n, of) = m.what { Some((n, of)) } else { None })
}

pub fn group_of(mentions: &[&Mention]) -> Group {
    let mut group = Group::default();
    for mention in mentions {
        match &mention.what {
            What::Product(i) => group.product = Some(*i),
            What::Value(alts) => group.values.push(alts.clone()),
            _ => {}
        }
    }
    group
}

/// Which of a clause's values belong to which cue (an amount, a stock state): those in front of it since the last cue,
/// or those after it where the clause begins with the cue; a bracket right after a cue always belongs to it.
pub fn pair(clause: &Clause, cues: &[&Mention], here: &Group) -> Vec<Group> {
    let is_value = |m: &&Mention| matches!(m.what, What::Value(_));
    let several = {
        let mut products: Vec<usize> =
            clause.mentions.iter().filter_map(|m| if let What::Product(i) = m.what { Some(i) } else { None }).collect();
        products.dedup();
        products.len() > 1
    };
    let describes = |m: &&Mention| is_value(m) || (several && matches!(m.what, What::Product(_)));
    let within = |from: usize, to: usize| {
        clause.mentions.iter().filter(describes).filter(|m| m.start >= from && m.end <= to).collect::<Vec<_>>()
    };
    let bracket = |cue: &Mention| {
        let rest = &clause.chars[cue.end..];
        let at = rest.iter().position(|c| !c.is_whitespace()).filter(|at| rest[*at] == '(')?;
        rest.iter().position(|c| *c == ')').map(|close| (cue.end + at, cue.end + close))
    };
    let len = clause.chars.len();
    let forward = cues.first().is_some_and(|cue| !within(0, cue.start).is_empty());
    let mut out: Vec<Group> = Vec::new();
    let mut product = here.product.filter(|_| !several);
    for (i, cue) in cues.iter().enumerate() {
        let next = cues.get(i + 1).map_or(len, |n| n.start);
        let last = i.checked_sub(1).map_or(0, |j| bracket(cues[j]).map_or(cues[j].end, |(_, close)| close));
        let mut own = if forward { within(last, cue.start) } else { within(cue.end, next) };
        if let (true, Some((open, close))) = (forward, bracket(cue)) {
            own.extend(within(open, close));
        }
        if !own.iter().any(is_value_ref) && forward && i + 1 == cues.len() {
            own.extend(within(cue.end, len));
        }
        let mut group = group_of(&own);
        if group.values.is_empty()
            && forward
            && let Some(before) = out.last()
        {
            group.values = before.values.clone();
        }
        product = group.product.or(product).or(here.product);
        group.product = product;
        out.push(group);
    }
    out
}

fn is_value_ref(m: &&Mention) -> bool {
    matches!(m.what, What::Value(_))
}

/// A "not" or "no" that reaches the cue: in the same part of the clause, before it.
pub fn denied(clause: &Clause, at: usize) -> bool {
    let part: String = clause.masked()[..at].iter().collect();
    let part = part.rsplit([',', '、', ':', '(']).next().unwrap_or_default().to_string();
    let words: Vec<&str> = part.split(|c: char| !c.is_alphanumeric() && c != '\'').collect();
    let english = words.iter().any(|w| w.ends_with("n't") || ["no", "not", "none", "neither", "nothing"].contains(w));
    english || part.ends_with('没') || part.ends_with('无') || part.ends_with('不') || part.ends_with("没有")
}
