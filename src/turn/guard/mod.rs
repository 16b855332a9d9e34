//! Takes a finished reply apart and holds every claim against the facts of its own subject. [`Checked`] can be made
//! here and nowhere else, and nothing else can be sent.

mod claims;
mod cover;

use std::ops::Range;

use serde::Serialize;

use crate::domain::{Part, Value};
use crate::text::{fold, numbers};
use crate::turn::understand::lexicon::Lexicon;

use claims::groups;
pub use claims::read;
pub use claims::{Claim, ClaimKind, Claims, Stock};
pub use cover::{HARMLESS_EN, HARMLESS_ZH};

/// A part of a reply that the guard has passed. There is no other way to get one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Checked(String);

impl Checked {
    pub fn text(&self) -> &str {
        &self.0
    }

    /// Checked parts, one after the other, are checked.
    pub fn join(parts: Vec<Checked>) -> Checked {
        let texts: Vec<String> = parts.into_iter().map(|c| c.0).filter(|t| !t.is_empty()).collect();
        Checked(texts.join("\n\n"))
    }
}

/// A claim that does not hold, and why.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Objection {
    pub claim: String,
    pub why: Why,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Why {
    /// A number or amount that no fact of its subject covers.
    NotAFact,
    /// A stock state that is not the subject's.
    WrongStock,
    /// Said of one thing, true of another, or of another version.
    WrongSubject,
    /// The worked-out answer says it, the reply does not.
    Missing,
    /// The reply says it, the worked-out answer does not.
    Added,
    /// A word that neither the evidence nor the list of harmless words covers.
    UncoveredWord,
    /// Written in the other language.
    WrongLanguage,
    Empty,
}

/// What the guard knows besides the part.
#[derive(Clone, Copy)]
pub struct Guard<'a> {
    pub lexicon: &'a Lexicon,
}

impl Guard<'_> {
    /// Passes the deterministic rendering of a part, or says what in it no fact covers.
    pub fn rendering(&self, part: &Part) -> Result<Checked, Vec<Objection>> {
        self.check(&part.rendered(), part)
    }

    /// Passes a part with its prose in other words.
    pub fn worded(&self, prose: &str, part: &Part) -> Result<Checked, Vec<Objection>> {
        self.check(&part.with_prose(prose.trim()), part)
    }

    /// Checks a whole text against a part.
    pub fn check(&self, text: &str, part: &Part) -> Result<Checked, Vec<Objection>> {
        if text.trim().is_empty() {
            return Err(vec![Objection { claim: String::new(), why: Why::Empty }]);
        }
        let said = read(text, part, self.lexicon);
        let meant = read(&part.rendered(), part, self.lexicon);
        let mut objections = against_facts(&said, part);
        objections.extend(against_rendering(&said, &meant, part));
        objections.extend(cover::uncovered(text, part));
        if objections.is_empty() { Ok(Checked(text.trim().to_owned())) } else { Err(objections) }
    }
}

fn objection(claims: &Claims, range: &Range<usize>, why: Why) -> Objection {
    Objection { claim: claims.folded.get(range.clone()).unwrap_or_default().to_owned(), why }
}

/// Every number, amount and stock state is a fact of the subject that it is said of.
fn against_facts(said: &Claims, part: &Part) -> Vec<Objection> {
    let groups = groups(part);
    let mut objections = Vec::new();
    for claim in &said.claims {
        let covered = |ids: Option<&[String]>| match &claim.kind {
            ClaimKind::Money(_) | ClaimKind::Number(_) => supports_number(&claim.kind, part, ids),
            ClaimKind::Stock(state) => supports_stock(*state, part, ids),
            _ => true,
        };
        let own = claim.about.and_then(|g| groups.get(g)).map(|(ids, _)| ids.as_slice());
        if !covered(own) {
            let why = match (&claim.kind, own.is_some() && covered(None)) {
                (_, true) => Why::WrongSubject,
                (ClaimKind::Stock(_), _) => Why::WrongStock,
                _ => Why::NotAFact,
            };
            objections.push(objection(said, &claim.range, why));
        }
    }
    objections.extend(versions_mixed_up(said, part));
    objections
}

/// Subjects whose facts may be said of anything: what the shopper said, what holds for the whole shop, a policy.
fn general(subject: &str) -> bool {
    matches!(subject, "query" | "shop") || subject.starts_with("policy:")
}

fn supports_number(kind: &ClaimKind, part: &Part, ids: Option<&[String]>) -> bool {
    part.facts.iter().filter(|f| general(&f.subject) || ids.is_none_or(|ids| ids.contains(&f.subject)) || !part.subjects.iter().any(|s| s.id == f.subject)).any(|f| match &f.value {
        Value::Money(money) => {
            let amount = money.minor_units as f64 / 10f64.powi(money.currency.exponent() as i32);
            *kind == ClaimKind::Money(format!("{amount} {}", money.currency))
        }
        Value::Count(n) => counts(kind, *n),
        Value::Text(text) => says(text, kind),
        Value::Stock(_) | Value::Flag(_) | Value::Unknown => false,
    } || says(&f.subject, kind))
}

/// `12 versions` may be scanned with a unit of counting.
fn counts(kind: &ClaimKind, n: u64) -> bool {
    match kind {
        ClaimKind::Number(number) => number == &format!("{n}") || number.starts_with(&format!("{:.4} Count", n as f64)),
        _ => false,
    }
}

fn says(text: &str, kind: &ClaimKind) -> bool {
    let folded = fold(text);
    numbers::scan(&folded).iter().any(|q| claims::number(q) == *kind || same_digits(q, kind))
}

/// A bare number in a reply that a fact writes with a unit, or the other way round (`size 10`, `10 inches`, `US 9`).
fn same_digits(quantity: &numbers::Quantity, kind: &ClaimKind) -> bool {
    match kind {
        ClaimKind::Number(number) => number == &format!("{}", quantity.value.as_f64()) && quantity.currency.is_none(),
        _ => false,
    }
}

fn supports_stock(state: Stock, part: &Part, ids: Option<&[String]>) -> bool {
    let mut known = part
        .facts
        .iter()
        .filter(|f| ids.is_none_or(|ids| ids.contains(&f.subject)))
        .filter_map(|f| if let Value::Stock(s) = f.value { Some(Stock::of(s)) } else { None })
        .peekable();
    if known.peek().is_none() {
        // Counts, `the catalog does not say` and policies about stock are held against the rendering alone.
        return true;
    }
    known.any(|k| k == state || state == Stock::Out && k != Stock::In)
}

/// Within a statement that speaks of one price, some version has that price and all values and the stock state said.
fn versions_mixed_up(said: &Claims, part: &Part) -> Vec<Objection> {
    let mut objections = Vec::new();
    let groups = groups(part);
    let last = said.claims.iter().map(|c| c.statement).max().unwrap_or(0);
    for statement in 0..=last {
        let inside: Vec<&Claim> = said.claims.iter().filter(|c| c.statement == statement).collect();
        let money: Vec<&&Claim> = inside.iter().filter(|c| matches!(c.kind, ClaimKind::Money(_))).collect();
        let counted = inside.iter().any(|c| matches!(c.kind, ClaimKind::Extent(_)));
        let [price] = money.as_slice() else { continue };
        let Some((ids, _)) = price.about.and_then(|g| groups.get(g)) else { continue };
        let states: Vec<Stock> = inside
            .iter()
            .filter(|c| c.about == price.about)
            .filter_map(|c| if let ClaimKind::Stock(s) = c.kind { Some(s) } else { None })
            .collect();
        let priced = |id: &&String| {
            part.facts
                .iter()
                .any(|f| &f.subject == *id && f.attribute == "price" && matches_money(&f.value, &price.kind))
        };
        let holders: Vec<&String> = ids.iter().filter(priced).collect();
        let stocked = |id: &&&String| {
            let own: Vec<Stock> = part
                .facts
                .iter()
                .filter(|f| &f.subject == **id)
                .filter_map(|f| if let Value::Stock(s) = f.value { Some(Stock::of(s)) } else { None })
                .collect();
            own.is_empty() || states.iter().all(|s| own.contains(s) || *s == Stock::Out && !own.contains(&Stock::In))
        };
        if !holders.is_empty() && !counted && !holders.iter().any(|h| stocked(&h)) {
            objections.push(objection(said, &price.range, Why::WrongSubject));
        }
    }
    objections
}

fn matches_money(value: &Value, kind: &ClaimKind) -> bool {
    match (value, kind) {
        (Value::Money(m), ClaimKind::Money(said)) => {
            *said == format!("{} {}", m.minor_units as f64 / 10f64.powi(m.currency.exponent() as i32), m.currency)
        }
        _ => false,
    }
}

/// The reply claims what the worked-out answer claims, of the same subjects, no more and no less.
fn against_rendering(said: &Claims, meant: &Claims, part: &Part) -> Vec<Objection> {
    let several = groups(part).len() > 1;
    let same = |a: &Claim, b: &Claim| {
        a.kind == b.kind
            && (!several || a.about == b.about || matches!(a.kind, ClaimKind::Negation | ClaimKind::Extent(_)))
    };
    let mut objections = Vec::new();
    let mut open: Vec<&Claim> = meant.claims.iter().collect();
    for claim in &said.claims {
        match open.iter().position(|m| same(m, claim)) {
            Some(at) => {
                open.remove(at);
            }
            None => {
                let elsewhere = meant.claims.iter().any(|m| m.kind == claim.kind && m.about != claim.about);
                objections.push(objection(said, &claim.range, if elsewhere { Why::WrongSubject } else { Why::Added }));
            }
        }
    }
    objections.extend(open.iter().map(|m| objection(meant, &m.range, Why::Missing)));
    if several {
        let order = |claims: &Claims| -> Vec<usize> {
            let mut groups: Vec<usize> = claims.names.iter().map(|(_, g)| *g).collect();
            groups.sort_unstable();
            groups.dedup();
            groups
        };
        if order(said) != order(meant) {
            objections.push(Objection { claim: "names".to_owned(), why: Why::Missing });
        }
    }
    objections
}
