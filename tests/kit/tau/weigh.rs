//! Whether what a reply says answers what was asked: wholly, in part, not at all, or with the wrong conclusion.

use super::claims::Claims;
use super::read::Clause;
use super::scan::What;
use super::{Compared, Product, Shop, Target, Variant, Want};

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answered {
    Whole,
    Part,
    No,
    Wrong(String),
}

pub struct Scales<'a> {
    pub shop: &'a Shop,
    pub claims: &'a Claims,
    pub clauses: &'a [Clause],
    pub says_stock: bool,
    /// The bot itself calls the reply a refusal.
    pub declined: bool,
}

impl Scales<'_> {
    pub fn weigh(&self, want: &Want) -> Answered {
        match want {
            Want::Price(of) => self.price(of),
            Want::Stock(of) => self.stock(of),
            Want::Options { product, option } => self.options(*product, option.as_deref()),
            Want::Extreme { of, dearest } => self.extreme(of, *dearest),
            Want::Count { of, option } => self.count(of, option.as_deref()),
            Want::Compare { a, b, ask } => self.compare(a, b, *ask),
            Want::Search { of, limit_cents } => self.search(of, *limit_cents),
            Want::Attribute { of, option } => self.attribute(of, option),
            Want::YesNo { of, exists } => self.yes_no(of, *exists),
            // Judged by what is absent (`judge`).
            Want::AbsentProduct | Want::AbsentAttribute { .. } | Want::AbsentValue { .. } | Want::Ambiguous => {
                Answered::No
            }
        }
    }

    fn product(&self, of: &Target) -> &Product {
        &self.shop.products[of.product]
    }

    fn amounts(&self, product: usize) -> Vec<i64> {
        self.claims.amounts.iter().filter(|a| a.product == product).map(|a| a.cents).collect()
    }

    /// Both ends of the prices, or each price.
    fn covers(&self, product: usize, prices: &[i64]) -> Answered {
        let said = self.amounts(product);
        let ends = [prices.iter().min(), prices.iter().max()];
        if prices.is_empty() {
            Answered::No
        } else if ends.iter().flatten().all(|end| said.contains(end)) {
            Answered::Whole
        } else if prices.iter().any(|p| said.contains(p)) {
            Answered::Part
        } else {
            Answered::No
        }
    }

    /// Prices of all the versions, or of those in stock: either is a fair answer.
    fn covers_either(&self, product: usize, of: &[&Variant]) -> Answered {
        let all: Vec<i64> = of.iter().map(|v| v.cents).collect();
        let stocked: Vec<i64> = of.iter().filter(|v| v.available).map(|v| v.cents).collect();
        better(self.covers(product, &all), self.covers(product, &stocked))
    }

    fn price(&self, of: &Target) -> Answered {
        self.covers_either(of.product, &self.product(of).matching(&of.filter))
    }

    fn stock(&self, of: &Target) -> Answered {
        let matching = self.product(of).matching(&of.filter);
        let any = matching.iter().any(|v| v.available);
        let focused =
            |state: bool| self.claims.stocks.iter().any(|s| s.product == of.product && s.focused && s.state == state);
        match (any, focused(true), focused(false)) {
            (true, true, _) | (false, _, true) => Answered::Whole,
            (true, false, true) => Answered::Part,
            (false, true, false) => Answered::Wrong("said to be in stock".to_string()),
            _ => Answered::No,
        }
    }

    fn options(&self, product: usize, option: Option<&str>) -> Answered {
        let of = &self.shop.products[product];
        let options = option.map_or_else(|| of.options(), |o| vec![o.to_string()]);
        let said = |o: &str, v: &str| {
            self.claims.values.iter().any(|(_, a)| a.product == product && a.option == o && a.value == v)
        };
        let all: Vec<(String, String)> =
            options.iter().flat_map(|o| of.values(o).into_iter().map(|v| (o.clone(), v))).collect();
        let sellable = |o: &str, v: &str| of.variants.iter().any(|x| x.available && x.value(o) == Some(v));
        let missing: Vec<&(String, String)> = all.iter().filter(|(o, v)| !said(o, v)).collect();
        if missing.is_empty() || (self.says_stock && missing.iter().all(|(o, v)| !sellable(o, v))) {
            Answered::Whole
        } else if missing.len() < all.len() {
            Answered::Part
        } else {
            Answered::No
        }
    }

    fn extreme(&self, of: &Target, dearest: bool) -> Answered {
        let matching = self.product(of).matching(&of.filter);
        let end = |set: Vec<i64>| if dearest { set.into_iter().max() } else { set.into_iter().min() };
        let all = end(matching.iter().map(|v| v.cents).collect());
        let stocked = end(matching.iter().filter(|v| v.available).map(|v| v.cents).collect());
        let said: Vec<&super::claims::Amount> =
            self.claims.amounts.iter().filter(|a| a.product == of.product).collect();
        let right = |cents: i64| Some(cents) == all || (self.says_stock && Some(cents) == stocked);
        let hit = said.iter().any(|a| right(a.cents));
        let only = said.iter().all(|a| right(a.cents));
        let called = said.iter().any(|a| right(a.cents) && a.extreme == Some(dearest)) || self.superlative(dearest);
        match (hit, only || called) {
            (true, true) => Answered::Whole,
            (true, false) => Answered::Part,
            (false, _) if said.len() == 1 && said[0].focused && of.filter.is_empty() => {
                Answered::Wrong(format!("{} is not the price asked for", super::amount(said[0].cents)))
            }
            _ => Answered::No,
        }
    }

    fn superlative(&self, dearest: bool) -> bool {
        let words: &[&str] = if dearest {
            &[
                "most expensive",
                "highest",
                "priciest",
                "dearest",
                "most costly",
                "最贵",
                "最高",
                "costs the most",
                "top",
            ]
        } else {
            &["cheapest", "lowest", "least", "most affordable", "costs the least", "最便宜", "最低", "最实惠", "最少"]
        };
        self.clauses.iter().any(|c| words.iter().any(|w| c.lower().contains(w)))
    }

    fn count(&self, of: &Target, option: Option<&str>) -> Answered {
        let product = self.product(of);
        let matching = product.matching(&of.filter);
        let n_of = |set: Vec<&Variant>| match option {
            Some(option) => super::distinct(set.into_iter(), option).len() as i64,
            None => set.len() as i64,
        };
        let stocked: Vec<&Variant> = matching.iter().copied().filter(|v| v.available).collect();
        let (all, stocked) = (n_of(matching.clone()), n_of(stocked));
        let right = |n: i64| n == all || (n == stocked && self.says_stock);
        let counts: Vec<(i64, &Option<String>)> = self.claims.counts.iter().map(|(n, o)| (*n, o)).collect();
        let named = |o: &Option<String>| o.as_deref().is_none_or(|o| Some(o) == option);
        let single = all == 1 && self.clauses.iter().any(|c| has_one(&c.lower()));
        if counts.iter().any(|(n, o)| right(*n) && named(o))
            || single
            || (option.is_none() && self.shares().any(|m| m == all))
        {
            return Answered::Whole;
        }
        match option.map(|o| self.options(of.product, Some(o))) {
            // A full list of the values lets the shopper count them.
            Some(Answered::Whole) => Answered::Whole,
            Some(Answered::Part) => Answered::Part,
            _ => Answered::No,
        }
    }

    fn shares(&self) -> impl Iterator<Item = i64> {
        self.clauses
            .iter()
            .flat_map(|c| &c.mentions)
            .filter_map(|m| if let What::Share(_, of) = m.what { Some(of) } else { None })
    }

    fn compare(&self, a: &Target, b: &Target, ask: Compared) -> Answered {
        let price = |t: &Target| self.price(t);
        let low = |t: &Target| self.product(t).matching(&t.filter).iter().map(|v| v.cents).min();
        let (dearest, polar) = match ask {
            Compared::Cheaper { polar } => (false, polar),
            Compared::Dearer { polar } => (true, polar),
            Compared::Prices | Compared::Difference => {
                let told = ask == Compared::Difference && !self.claims.other_amounts.is_empty();
                let both = match (price(a), price(b)) {
                    (Answered::Whole, Answered::Whole) => Answered::Whole,
                    (Answered::No, Answered::No) => Answered::No,
                    _ => Answered::Part,
                };
                let both = if told { Answered::Whole } else { both };
                // Comparing prices, a reply may add which one is cheaper: it must be the right one.
                let a_low = low(a) < low(b);
                return match super::winner::named(self.clauses, a, b, self.shop) {
                    Some((first, cheaper)) if first != (a_low == cheaper) => {
                        Answered::Wrong("names the wrong one".to_string())
                    }
                    _ => both,
                };
            }
        };
        let a_wins = (low(a) < low(b)) != dearest;
        match super::winner::named(self.clauses, a, b, self.shop) {
            Some((first, cheaper)) if first == ((low(a) < low(b)) == cheaper) => Answered::Whole,
            Some(_) => Answered::Wrong("names the wrong one".to_string()),
            None => match super::winner::yes_or_no(self.clauses).filter(|_| polar && !self.declined) {
                Some(yes) if yes == a_wins => Answered::Whole,
                Some(_) => Answered::Wrong("says yes for no or no for yes".to_string()),
                // Prices alone let the shopper see for themselves.
                None if price(a) != Answered::No || price(b) != Answered::No => Answered::Part,
                None => Answered::No,
            },
        }
    }

    fn search(&self, of: &Target, limit: Option<i64>) -> Answered {
        let within = |v: &&Variant| limit.is_none_or(|l| v.cents <= l);
        let found: Vec<&Variant> = self.product(of).matching(&of.filter).into_iter().filter(within).collect();
        let said: Vec<i64> = self.amounts(of.product);
        let fit = |cents: &i64| found.iter().any(|v| v.cents == *cents);
        let shown = found.iter().filter(|v| said.contains(&v.cents)).count();
        let turns =
            ["other", "instead", "also", "over", "above", "alternativ", "另外", "其他", "也有", "超过", "以上", "超出"];
        let strays =
            said.iter().any(|c| !fit(c)) && !self.clauses.iter().any(|c| turns.iter().any(|w| c.lower().contains(w)));
        if strays {
            return Answered::No;
        }
        match self.covers_either(of.product, &found) {
            Answered::Part if shown >= 3 => Answered::Whole,
            other => other,
        }
    }

    /// One clause holds all the values asked for.
    fn names_all(&self, of: &Target) -> bool {
        let named = |clause: &Clause, (o, v): &(String, String)| {
            let mut alts =
                clause.mentions.iter().filter_map(|m| if let What::Value(alts) = &m.what { Some(alts) } else { None });
            alts.any(|alts| alts.iter().any(|a| a.product == of.product && a.option == *o && a.value == *v))
        };
        self.clauses.iter().any(|clause| of.filter.iter().all(|pair| named(clause, pair)))
    }

    fn attribute(&self, of: &Target, option: &str) -> Answered {
        let product = self.product(of);
        let matching = product.matching(&of.filter);
        let right = super::distinct(matching.iter().copied(), option);
        let stocked = super::distinct(matching.iter().copied().filter(|v| v.available), option);
        let said: Vec<&(usize, super::scan::Alt)> =
            self.claims.values.iter().filter(|(_, a)| a.product == of.product && a.option == option).collect();
        // A clause that names other values of the options asked about speaks of another version.
        let strays = |clause: usize| {
            let here = self.claims.values.iter().filter(|(n, _)| *n == clause);
            let asked = |a: &super::scan::Alt| of.filter.iter().any(|(o, v)| *o == a.option && *v != a.value);
            here.clone().any(|(_, a)| asked(a))
        };
        if let Some((_, alt)) =
            said.iter().find(|(n, a)| !right.contains(&a.value) && !strays(*n) && !shared_word(self, *n, a, &right))
        {
            return Answered::Wrong(format!("{option} is not {}", alt.value));
        }
        let has = |v: &String| said.iter().any(|(_, a)| a.value == *v);
        let flagged = |v: &String| v == "none" && !self.declined && self.clauses.iter().any(Clause::negated);
        if right.iter().all(|v| has(v) || flagged(v))
            || (self.says_stock && !stocked.is_empty() && stocked.iter().all(has))
        {
            Answered::Whole
        } else if right.iter().any(has) {
            Answered::Part
        } else {
            Answered::No
        }
    }

    fn yes_no(&self, of: &Target, exists: bool) -> Answered {
        let opening = super::winner::yes_or_no(self.clauses);
        let first = self.clauses.iter().find(|c| !c.question);
        let only = ["only", "只有", "仅", "instead"];
        let refused = self
            .clauses
            .iter()
            .take(3)
            .any(|c| !c.question && (c.negated() || only.iter().any(|w| c.lower().contains(w))));
        let stocked = self.claims.stocks.iter().any(|s| s.product == of.product && s.focused && s.state);
        let priced = self.claims.amounts.iter().any(|a| a.product == of.product && a.focused);
        let said = |(o, v): &(String, String)| {
            self.claims.values.iter().any(|(_, a)| a.product == of.product && a.option == *o && a.value == *v)
        };
        let named = of.filter.iter().all(said);
        let gone = first.is_some_and(|c| c.mentions.iter().any(|m| m.what == What::Stock(false)));
        let denies = opening == Some(false)
            || (opening.is_none() && first.is_some_and(Clause::negated) && !priced && !stocked && !gone);
        match (exists, opening) {
            // A refusal is false only where it names what is there.
            (true, _) if denies && self.declined && !self.names_all(of) => Answered::No,
            (true, _) if denies => Answered::Wrong("says no, but there is one".to_string()),
            (true, Some(true)) => Answered::Whole,
            (true, _) if stocked || priced || named => Answered::Whole,
            (true, _) => Answered::No,
            (false, Some(true)) => Answered::Wrong("says yes, but there is none".to_string()),
            (false, _) if refused => Answered::Whole,
            (false, _) => Answered::No,
        }
    }
}

/// A word that stands for two options ("black" frame or lenses) is no claim about the one asked for when the other
/// reading fits.
fn shared_word(scales: &Scales, clause: usize, alt: &super::scan::Alt, _right: &[String]) -> bool {
    let twins = |m: &super::scan::Mention| matches!(&m.what, What::Value(alts) if alts.contains(alt) && alts.iter().any(|a| a.option != alt.option));
    scales.clauses[clause].mentions.iter().any(twins)
}

fn has_one(text: &str) -> bool {
    ["one ", "1 version", "only one", "single", "一款", "一个", "1款", "1个", "一种", "1种"]
        .iter()
        .any(|w| text.contains(w))
}

fn better(a: Answered, b: Answered) -> Answered {
    if a == Answered::Whole || (a == Answered::Part && b == Answered::No) { a } else { b }
}
