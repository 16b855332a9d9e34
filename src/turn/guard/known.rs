//! What a part knows, laid out once for a check: its groups of subjects with every form of their names, the values and
//! numbers of its facts, its stock states.

use std::collections::HashSet;

use super::claims::{self, ClaimKind, Stock};
use crate::domain::{Part, Value};
use crate::text::numbers;
use crate::text::tokens::{Kind, Token, join_key, tokenize};
use crate::text::{fold, is_han};
use crate::turn::say::tidy;
use crate::turn::understand::lexicon::Lexicon;

/// Longest value of a fact, in tokens, that is one claim; longer ones are texts.
pub const VALUE_TOKENS_MAX: usize = 6;

/// Subjects that share their names: a product with its versions.
pub struct Group<'a> {
    pub ids: Vec<&'a str>,
    pub names: &'a [String],
}

/// A number that a fact holds, and the fact's subject; `None` where it may be said of anything.
struct Held<'a> {
    subject: Option<&'a str>,
    kind: ClaimKind,
}

pub struct Known<'a> {
    pub part: &'a Part,
    pub lexicon: &'a Lexicon,
    pub groups: Vec<Group<'a>>,
    /// Folded names with their groups.
    pub names: Vec<(String, usize)>,
    /// Keys of the values that facts hold.
    pub values: HashSet<String>,
    held: Vec<Held<'a>>,
}

impl<'a> Known<'a> {
    pub fn of(part: &'a Part, lexicon: &'a Lexicon) -> Known<'a> {
        let mut groups: Vec<Group<'a>> = Vec::new();
        for subject in &part.subjects {
            match groups.iter_mut().find(|g| g.names == subject.names.as_slice()) {
                Some(group) => group.ids.push(&subject.id),
                None => groups.push(Group { ids: vec![&subject.id], names: &subject.names }),
            }
        }
        let mut names: Vec<(String, usize)> = Vec::new();
        for (group, Group { names: own, .. }) in groups.iter().enumerate() {
            for name in own.iter().map(|n| fold(n)).filter(|n| !n.is_empty()) {
                // The rendering puts a space between Han and Latin letters; a feed may not.
                let spaced = fold(&tidy(name.clone()));
                if spaced != name {
                    names.push((spaced, group));
                }
                names.push((name, group));
            }
        }
        let held = held(part);
        Known { part, lexicon, groups, names, values: HashSet::new(), held }
    }

    /// Also knows short forms of names and the values of facts: what words other than the rendering's need.
    pub fn in_full(part: &'a Part, lexicon: &'a Lexicon) -> Known<'a> {
        let mut known = Known::of(part, lexicon);
        let mut short: Vec<(String, usize)> = Vec::new();
        for (name, group) in &known.names {
            for form in short_forms(name) {
                let others = known.names.iter().any(|(n, g)| g != group && n.contains(&form));
                if !others && !short.iter().any(|(s, _)| *s == form) {
                    short.push((form, *group));
                }
            }
        }
        known.names.extend(short);
        for fact in &part.facts {
            if let Value::Text(text) = &fact.value
                && text.len() < 80
            {
                let tokens = tokenize(&fold(text));
                let plain = tokens.iter().filter(|t| t.kind != Kind::Punct).count();
                let idle = matches!(text.to_lowercase().as_str(), "yes" | "no" | "none" | "a" | "an");
                if (1..=VALUE_TOKENS_MAX).contains(&plain) && !idle {
                    known.values.insert(join_key(tokens.iter()));
                }
            }
        }
        known
    }

    pub fn several(&self) -> bool {
        self.groups.len() > 1
    }

    /// Whether a fact of these subjects (of any, with `None`) holds this number.
    pub fn holds(&self, kind: &ClaimKind, ids: Option<&[&str]>) -> bool {
        self.held
            .iter()
            .filter(|h| h.subject.is_none_or(|s| ids.is_none_or(|ids| ids.contains(&s))))
            .any(|h| claims::supports(&h.kind, kind))
    }

    /// Stock states of these subjects.
    pub fn stock(&self, ids: Option<&[&str]>) -> impl Iterator<Item = Stock> {
        self.part
            .facts
            .iter()
            .filter(move |f| ids.is_none_or(|ids| ids.contains(&f.subject.as_str())))
            .filter_map(|f| if let Value::Stock(s) = f.value { Some(Stock::of(s)) } else { None })
    }
}

/// Subjects whose facts may be said of anything: what the shopper said, what holds for the whole shop, a policy.
fn general(subject: &str) -> bool {
    matches!(subject, "query" | "shop") || subject.starts_with("policy:")
}

fn held(part: &Part) -> Vec<Held<'_>> {
    let own: HashSet<&str> = part.subjects.iter().map(|s| s.id.as_str()).collect();
    let mut held = Vec::new();
    for fact in &part.facts {
        let subject = Some(fact.subject.as_str()).filter(|s| !general(s) && own.contains(s));
        let mut note = |kind: ClaimKind| held.push(Held { subject, kind });
        match &fact.value {
            Value::Money(money) => note(claims::money(*money)),
            Value::Count(n) => note(claims::count(*n)),
            Value::Text(text) => numbers_of(text).into_iter().for_each(&mut note),
            Value::Stock(_) | Value::Flag(_) | Value::Unknown => {}
        }
        if subject.is_none() {
            numbers_of(&fact.subject).into_iter().for_each(&mut note);
        }
    }
    held
}

fn numbers_of(text: &str) -> Vec<ClaimKind> {
    if !text.chars().any(|c| c.is_numeric() || c.is_alphabetic()) {
        return Vec::new();
    }
    let (folded, apart) = claims::folded(text);
    numbers::scan(&claims::parted(folded, &apart)).iter().map(claims::number).collect()
}

/// Ends of a name that stand for it: `Fjell 2 Tent`, `Fjell 2`, `Fjell 双人帐篷`. Two words at least, so that no word
/// which also claims something (`brass`) becomes a name.
fn short_forms(name: &str) -> Vec<String> {
    let tokens = tokenize(name);
    let starts = |i: usize, t: &Token| {
        let run_start = i == 0 || tokens.get(i - 1).is_some_and(|b| b.kind != Kind::Han);
        t.kind == Kind::Word || t.kind == Kind::Han && run_start
    };
    let mut forms = Vec::new();
    for (i, token) in tokens.iter().enumerate().filter(|(i, t)| starts(*i, t)) {
        let last = tokens.len().saturating_sub(1);
        for (j, end) in tokens.iter().enumerate().skip(i + 1) {
            let numbered = end.kind == Kind::Number;
            if (i, j) == (0, last) || j != last && !numbered {
                continue;
            }
            let form = name.get(token.range.start..end.range.end).unwrap_or_default();
            let long = form.contains(' ') || form.chars().filter(|c| is_han(*c)).count() > 3;
            if long {
                forms.push(form.to_owned());
            }
        }
    }
    forms
}
