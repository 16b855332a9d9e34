//! Holds claims against the facts of their own subjects, and against the claims of the rendering.

use std::ops::Range;

use super::claims::{self, Claim, ClaimKind, Claims, Stock};
use super::known::Known;
use super::phrases;
use super::{Objection, Why};
use crate::domain::{Fact, Value};

pub fn objection(claims: &Claims, range: &Range<usize>, why: Why) -> Objection {
    Objection { claim: claims.folded.get(range.clone()).unwrap_or_default().to_owned(), why }
}

/// Every number, amount and stock state is a fact of the subject that it is said of.
pub fn against_facts(said: &Claims, known: &Known<'_>) -> Vec<Objection> {
    let mut objections = Vec::new();
    for claim in &said.claims {
        let covered = |ids: Option<&[&str]>| match &claim.kind {
            ClaimKind::Money(..) | ClaimKind::Number(_) => known.holds(&claim.kind, ids),
            ClaimKind::Stock(state) => stocked(*state, known, ids),
            _ => true,
        };
        let own = claim.about.and_then(|g| known.groups.get(g)).map(|g| g.ids.as_slice());
        if !covered(own) {
            let why = match (&claim.kind, own.is_some() && covered(None)) {
                (_, true) => Why::WrongSubject,
                (ClaimKind::Stock(_), _) => Why::WrongStock,
                _ => Why::NotAFact,
            };
            objections.push(objection(said, &claim.range, why));
        }
    }
    objections.extend(versions_mixed_up(said, known));
    objections
}

fn stocked(state: Stock, known: &Known<'_>, ids: Option<&[&str]>) -> bool {
    let mut states = known.stock(ids).peekable();
    // Counts, `the catalog does not say` and policies about stock are held against the rendering alone.
    states.peek().is_none() || states.any(|k| k == state || state == Stock::Out && k != Stock::In)
}

/// Within a statement that speaks of one price, some version has that price and the stock states said.
fn versions_mixed_up(said: &Claims, known: &Known<'_>) -> Vec<Objection> {
    let mut objections = Vec::new();
    let last = said.claims.iter().map(|c| c.statement).max().unwrap_or(0);
    for statement in 0..=last {
        let inside = || said.claims.iter().filter(|c| c.statement == statement);
        let mut money = inside().filter(|c| matches!(c.kind, ClaimKind::Money(..)));
        let (Some(price), None) = (money.next(), money.next()) else { continue };
        let counted = inside().any(|c| matches!(c.kind, ClaimKind::Extent(_) | ClaimKind::Number(_)));
        let Some(group) = price.about.and_then(|g| known.groups.get(g)).filter(|_| !counted) else { continue };
        let states: Vec<Stock> = inside()
            .filter(|c| c.about == price.about)
            .filter_map(|c| if let ClaimKind::Stock(s) = c.kind { Some(s) } else { None })
            .collect();
        let priced = |f: &&Fact| f.attribute == "price" && is_price(&f.value, &price.kind);
        let mut holders =
            known.part.facts.iter().filter(|f| group.ids.contains(&f.subject.as_str())).filter(priced).peekable();
        let fits = |holder: &Fact| {
            let own: Vec<Stock> = known.stock(Some(&[holder.subject.as_str()])).collect();
            own.is_empty() || states.iter().all(|s| own.contains(s) || *s == Stock::Out && !own.contains(&Stock::In))
        };
        if holders.peek().is_some() && !holders.any(fits) {
            objections.push(objection(said, &price.range, Why::WrongSubject));
        }
    }
    objections
}

fn is_price(value: &Value, kind: &ClaimKind) -> bool {
    matches!(value, Value::Money(m) if claims::money(*m) == *kind)
}

/// The reply claims what the worked-out answer claims, of the same subjects, no more and no less.
pub fn against_rendering(said: &Claims, meant: &Claims, known: &Known<'_>) -> Vec<Objection> {
    let several = known.several();
    let same = |a: &Claim, b: &Claim| {
        let denies = matches!(a.kind, ClaimKind::Negation);
        claims::same(&a.kind, &b.kind)
            && (!several || a.about == b.about || denies && (a.about.is_none() || b.about.is_none()))
    };
    let mut objections = Vec::new();
    let mut open: Vec<&Claim> = meant.claims.iter().collect();
    let mut kept: Vec<&Claim> = Vec::new();
    for claim in &said.claims {
        match open.iter().position(|m| same(m, claim)) {
            Some(at) => {
                open.remove(at);
                kept.push(claim);
            }
            None if in_the_name(claim, said, known) => {}
            None => {
                let elsewhere = meant.claims.iter().any(|m| m.kind == claim.kind && m.about != claim.about);
                objections.push(objection(said, &claim.range, if elsewhere { Why::WrongSubject } else { Why::Added }));
            }
        }
    }
    // `Yes` may be left out; what it affirms is said all the same.
    let missing = open.iter().filter(|m| m.kind != ClaimKind::Yes);
    objections.extend(missing.map(|m| objection(meant, &m.range, Why::Missing)));
    if objections.is_empty() {
        objections.extend(misplaced(&kept, said, meant, known));
    }
    if several && named(said) != named(meant) {
        objections.push(Objection { claim: "names".to_owned(), why: Why::Missing });
    }
    objections
}

fn named(claims: &Claims) -> Vec<usize> {
    let mut groups: Vec<usize> = claims.names.iter().map(|(_, g)| *g).collect();
    groups.sort_unstable();
    groups.dedup();
    groups
}

/// The kinds of claims that a sentence ties to one another.
#[derive(Clone, Copy, PartialEq)]
enum Strand {
    Money,
    Number,
    Stock,
    Value,
    Degree,
}

fn strand(kind: &ClaimKind) -> Option<Strand> {
    Some(match kind {
        ClaimKind::Money(..) => Strand::Money,
        ClaimKind::Number(_) => Strand::Number,
        ClaimKind::Stock(_) => Strand::Stock,
        ClaimKind::Value(_) | ClaimKind::Own(_) => Strand::Value,
        ClaimKind::Degree(_) => Strand::Degree,
        _ => return None,
    })
}

/// A word of the subject's own name (`the backpack`) says no more than the name.
fn in_the_name(claim: &Claim, said: &Claims, known: &Known<'_>) -> bool {
    let value = matches!(claim.kind, ClaimKind::Value(_) | ClaimKind::Own(_));
    let Some(word) = said.folded.get(claim.range.clone()).filter(|_| value) else { return false };
    let own = |group: usize| !known.several() || claim.about == Some(group);
    known.names.iter().any(|(name, group)| {
        own(*group) && name.match_indices(word).any(|(at, _)| phrases::whole_word(name, &(at..at + word.len())))
    })
}

/// The same claims may be tied otherwise: `black $14, white $12` for `black $12, white $14`. Where a text has claims of
/// several kinds, those of each kind keep their order; a denial keeps the claim that it stands beside.
fn misplaced(kept: &[&Claim], said: &Claims, meant: &Claims, known: &Known<'_>) -> Vec<Objection> {
    let mut objections = Vec::new();
    let groups = (0..known.groups.len()).map(Some).chain([None]);
    for group in groups.filter(|g| known.several() || g.is_none()) {
        let own = |c: &&Claim| !known.several() || c.about == group;
        let ours: Vec<&Claim> = kept.iter().copied().filter(own).collect();
        let theirs: Vec<&Claim> = meant.claims.iter().filter(own).collect();
        for kind in [Strand::Money, Strand::Number, Strand::Stock, Strand::Value, Strand::Degree] {
            let line = |all: &[&Claim]| -> Vec<Claim> {
                all.iter().filter(|c| strand(&c.kind) == Some(kind)).map(|c| (*c).clone()).collect()
            };
            let (a, b) = (line(&ours), line(&theirs));
            let moved = a.iter().zip(&b).find(|(x, y)| !claims::same(&x.kind, &y.kind));
            if let Some((claim, _)) = moved.filter(|_| tied(kind, &theirs)) {
                objections.push(objection(said, &claim.range, Why::WrongSubject));
            }
        }
    }
    objections.extend(denied_otherwise(kept, meant));
    objections
}

/// Whether the order of the claims of a kind says anything: a bare list of values, or several states of one thing, may
/// come in any order.
fn tied(kind: Strand, all: &[&Claim]) -> bool {
    let count = |kind: Strand| all.iter().filter(|c| strand(&c.kind) == Some(kind)).count();
    let denied = all.iter().any(|c| c.kind == ClaimKind::Negation);
    match kind {
        Strand::Value => {
            denied
                || count(Strand::Money) + count(Strand::Stock) + count(Strand::Degree) > 0
                || count(Strand::Number) > 1
        }
        Strand::Stock => denied || count(Strand::Money) > 1 || count(Strand::Number) > 1 || count(Strand::Value) > 1,
        _ => true,
    }
}

fn denied_otherwise(kept: &[&Claim], meant: &Claims) -> Vec<Objection> {
    let mut ours = denied(kept);
    let mut objections = Vec::new();
    let alike = |a: &Option<ClaimKind>, b: &Option<ClaimKind>| match (a, b) {
        (Some(a), Some(b)) => claims::same(a, b),
        _ => a.is_none() && b.is_none(),
    };
    for (range, target) in denied(&meant.claims.iter().collect::<Vec<_>>()) {
        match ours.iter().position(|(_, o)| alike(o, &target)) {
            Some(at) => {
                ours.remove(at);
            }
            None => objections.push(objection(meant, &range, Why::Missing)),
        }
    }
    objections
}

/// Each denial and the claim that it stands beside: the next of its statement, or else the one before.
fn denied(claims: &[&Claim]) -> Vec<(Range<usize>, Option<ClaimKind>)> {
    let negations = claims.iter().enumerate().filter(|(_, c)| c.kind == ClaimKind::Negation);
    negations
        .map(|(i, negation)| {
            let near = |c: &&&Claim| c.statement == negation.statement && strand(&c.kind).is_some();
            let next = claims.get(i + 1..).unwrap_or_default().iter().find(near);
            let target = next.or_else(|| claims.get(..i).unwrap_or_default().iter().rev().find(near));
            (negation.range.clone(), target.map(|c| c.kind.clone()))
        })
        .collect()
}
