//! The verdict on a reply: whether what it says is true of the data and whether it answers what was asked.

use super::claims::{Claimant, Claims};
use super::read::{Clause, Reply, clauses};
use super::scan::{Lexicon, What};
use super::weigh::{Answered, Scales};
use super::{Question, Shop, Want};

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Verdict {
    Right,
    /// Nothing false, but not all that was asked.
    Partly,
    /// A refusal of what the data answers.
    DeclinedWrongly,
    /// A question back where nothing was unclear.
    ClarifiedWrongly,
    /// Answers another question, with facts that are right.
    Misread,
    /// Something that the data contradicts.
    WrongFact(String),
}

impl Verdict {
    pub fn name(&self) -> &'static str {
        match self {
            Verdict::Right => "right",
            Verdict::Partly => "partly",
            Verdict::DeclinedWrongly => "declined_wrongly",
            Verdict::ClarifiedWrongly => "clarified_wrongly",
            Verdict::Misread => "misread",
            Verdict::WrongFact(_) => "wrong_fact",
        }
    }
}

pub fn judge(shop: &Shop, question: &Question, reply: &Reply) -> Verdict {
    let listed: Vec<usize> =
        reply.products.iter().filter_map(|id| shop.products.iter().position(|p| p.id == *id)).collect();
    let lexicon = Lexicon::new(shop, &question.wants, &listed);
    let clauses = clauses(&reply.text, &lexicon);
    let says_stock = clauses.iter().flat_map(|c| &c.mentions).any(|m| matches!(m.what, What::Stock(_)));
    let asked: Vec<_> = question.wants.iter().flat_map(Want::targets).collect();
    let spoken = |i: &usize| clauses.iter().flat_map(|c| &c.mentions).any(|m| m.what == What::Product(*i));
    let on_other = !asked.is_empty()
        && !listed.is_empty()
        && asked.iter().all(|t| !listed.contains(&t.product) && !spoken(&t.product));
    let targets = if on_other || asked.is_empty() {
        listed.iter().map(|&product| super::Target { product, filter: Vec::new() }).collect()
    } else {
        asked
    };
    let limits = question
        .wants
        .iter()
        .filter_map(|w| if let Want::Search { limit_cents, .. } = w { *limit_cents } else { None });
    let no_quantities = question.wants.iter().any(|w| matches!(w, Want::AbsentAttribute { .. }));
    let claimant = Claimant { shop, asked: targets, limits: limits.collect(), no_quantities, says_stock };
    let claims = claimant.claims(&clauses);
    let case = Case { reply, clauses: &clauses, claims: &claims };
    let scales = Scales { shop, claims: &claims, clauses: &clauses, says_stock, declined: case.declines() };
    if let [want] = question.wants.as_slice() {
        match want {
            Want::AbsentProduct => return case.absent_product(),
            Want::Ambiguous => return case.ambiguous(),
            Want::AbsentAttribute { .. } | Want::AbsentValue { .. } => return case.absent(),
            _ => {}
        }
    }
    if let Some(wrong) = claims.wrong.iter().chain(&claims.echoed).next() {
        return Verdict::WrongFact(wrong.clone());
    }
    if on_other {
        return case.unanswered();
    }
    let answers: Vec<Answered> = question.wants.iter().map(|want| scales.weigh(want)).collect();
    if let Some(Answered::Wrong(why)) = answers.iter().find(|a| matches!(a, Answered::Wrong(_))) {
        return Verdict::WrongFact(why.clone());
    }
    if answers.iter().all(|a| *a == Answered::Whole) {
        Verdict::Right
    } else if answers.iter().any(|a| *a != Answered::No) {
        Verdict::Partly
    } else {
        case.unanswered()
    }
}

struct Case<'a> {
    reply: &'a Reply,
    clauses: &'a [Clause],
    claims: &'a Claims,
}

/// Ways to say that something is not there or not known.
const NOT_THERE: [&str; 33] = [
    "don't have",
    "do not have",
    "don't sell",
    "do not sell",
    "don't carry",
    "do not carry",
    "don't stock",
    "no information",
    "not listed",
    "isn't listed",
    "not in our",
    "don't offer",
    "couldn't find",
    "could not find",
    "can't find",
    "not something we",
    "doesn't come in",
    "does not come in",
    "not stated",
    "doesn't say",
    "does not say",
    "没有",
    "不卖",
    "未找到",
    "没找到",
    "暂无",
    "无此",
    "未提供",
    "没写",
    "未注明",
    "不提供",
    "找不到",
    "不清楚",
];

impl Case<'_> {
    fn has_amount(&self) -> bool {
        self.clauses.iter().flat_map(|c| &c.mentions).any(|m| matches!(m.what, What::Amount(..)))
    }

    fn asks_back(&self) -> bool {
        self.reply.planned("clarify") || self.clauses.last().is_some_and(|c| c.question)
    }

    fn says_not_there(&self) -> bool {
        let lower: Vec<String> = self.clauses.iter().filter(|c| !c.question).map(Clause::lower).collect();
        lower.iter().any(|text| NOT_THERE.iter().any(|w| text.contains(w)))
            || self.clauses.iter().any(|c| !c.question && c.negated())
    }

    fn declines(&self) -> bool {
        let planned = self.reply.planned("decline") || self.reply.planned("hand_off");
        planned || self.reply.handoff
    }

    fn unanswered(&self) -> Verdict {
        let facts = !self.claims.amounts.is_empty() || !self.claims.stocks.is_empty();
        if self.reply.planned("clarify") || (self.asks_back() && !facts) {
            Verdict::ClarifiedWrongly
        } else if self.declines() || (!facts && self.says_not_there()) {
            Verdict::DeclinedWrongly
        } else {
            Verdict::Misread
        }
    }

    fn absent_product(&self) -> Verdict {
        let opens_yes = super::winner::yes_or_no(self.clauses) == Some(true);
        let sold = self
            .clauses
            .iter()
            .filter(|c| !c.question && !c.negated())
            .flat_map(|c| &c.mentions)
            .any(|m| m.what == What::Stock(true));
        let there = self.says_not_there() || self.declines() || self.reply.planned("clarify");
        if opens_yes || (sold && !there) {
            Verdict::WrongFact("says that it is sold".to_string())
        } else if self.has_amount() {
            match self.claims.wrong.first() {
                Some(wrong) => Verdict::WrongFact(wrong.clone()),
                None => Verdict::Misread,
            }
        } else if there || self.asks_back() {
            Verdict::Right
        } else {
            Verdict::Misread
        }
    }

    /// An attribute that the data has not, or a value that the product does not come in.
    fn absent(&self) -> Verdict {
        let echoed = self.claims.echoed.iter().filter(|_| !self.says_not_there() && !self.declines());
        if let Some(wrong) = self.claims.wrong.iter().chain(echoed).next() {
            return Verdict::WrongFact(wrong.clone());
        }
        if super::winner::yes_or_no(self.clauses) == Some(true) && !self.says_not_there() {
            return Verdict::WrongFact("says yes, but there is none".to_string());
        }
        if self.says_not_there() || self.declines() {
            return Verdict::Right;
        }
        if self.reply.planned("clarify") && !self.has_amount() { Verdict::Right } else { Verdict::Misread }
    }

    fn ambiguous(&self) -> Verdict {
        if self.has_amount() {
            match self.claims.wrong.first() {
                Some(wrong) => Verdict::WrongFact(wrong.clone()),
                None => Verdict::Misread,
            }
        } else if self.asks_back() {
            Verdict::Right
        } else if self.declines() {
            Verdict::DeclinedWrongly
        } else {
            Verdict::Misread
        }
    }
}
