//! Whether what a reply states is true of the data. Each amount, stock state, count and value is held against the
//! versions that its own clause names ("black, small: $187"); where the clause names none, against what was asked.

use super::pair::{Group, Values, denied, group_of, pair, share};
use super::read::Clause;
use super::scan::{Alt, Mention, What};
use super::{Product, Shop, Target, Variant};

/// An amount that is true; `focused` when true of what was asked, not only of something else that the clause names.
#[derive(Debug, Clone)]
pub struct Amount {
    pub product: usize,
    pub cents: i64,
    pub focused: bool,
    /// Said to be the lowest (`Some(false)`) or highest (`Some(true)`).
    pub extreme: Option<bool>,
}

#[derive(Debug, Clone)]
pub struct Stock {
    pub product: usize,
    pub state: bool,
    pub focused: bool,
}

/// All that a reply says, and what of it is false.
#[derive(Debug, Clone, Default)]
pub struct Claims {
    pub wrong: Vec<String>,
    pub amounts: Vec<Amount>,
    pub stocks: Vec<Stock>,
    /// Values named in clauses without a negation, with the clause's number.
    pub values: Vec<(usize, Alt)>,
    /// Count, the option it counts if named, and the clause's text.
    pub counts: Vec<(i64, Option<String>)>,
    /// Values the product does not have, named without saying that it has them: an echo where the reply refuses.
    pub echoed: Vec<String>,
    /// Differences and limits, which belong to no version.
    pub other_amounts: Vec<i64>,
}

pub struct Claimant<'a> {
    pub shop: &'a Shop,
    pub asked: Vec<Target>,
    pub limits: Vec<i64>,
    /// Any quantity at all is invented (the data has none for what was asked).
    pub no_quantities: bool,
    pub says_stock: bool,
}

const CHEAP: [&str; 17] = [
    "cheapest",
    "lowest",
    "least expensive",
    "most affordable",
    "starting at",
    "starts at",
    "start at",
    "starting from",
    "start from",
    "starts from",
    "minimum",
    "最便宜",
    "最低",
    "价格最低",
    "最实惠",
    "起价",
    "起步价",
];
const DEAR: [&str; 10] =
    ["most expensive", "highest", "priciest", "dearest", "top price", "costliest", "maximum", "最贵", "最高", "顶配"];
const DIFFERENCE: [&str; 16] = [
    "less",
    "cheaper",
    "more",
    "difference",
    "differ",
    "save",
    "apart",
    "higher",
    "lower",
    "dearer",
    "差",
    "便宜",
    "贵",
    "省",
    "高出",
    "高",
];
const PARTIAL: [&str; 16] = [
    "some ",
    "other",
    "rest ",
    "remaining",
    "one of",
    "several",
    "few",
    "not all",
    "others",
    "部分",
    "其他",
    "其余",
    "有些",
    "另外",
    "不是所有",
    "并非",
];
const ALL: [&str; 9] = ["all ", "every", "each ", "both ", "都有", "全部", "均有", "都是", "全都"];

fn has_any(text: &str, words: &[&str]) -> bool {
    words.iter().any(|word| text.contains(word))
}

/// Values of one option are alternatives, options narrow each other. A word that could be of two options ("black" frame
/// or lenses) is read so that as many options as possible are named.
fn fits(variant: &Variant, product: usize, values: &Values) -> bool {
    let own = values.iter().map(|alts| alts.iter().filter(|a| a.product == product).collect::<Vec<&Alt>>());
    let mut readings: Vec<Vec<&Alt>> = vec![Vec::new()];
    for alts in own.filter(|alts| !alts.is_empty()) {
        let mut longer = Vec::new();
        for (reading, alt) in readings.iter().flat_map(|r| alts.iter().map(move |alt| (r, *alt))) {
            longer.push(reading.iter().copied().chain([alt]).collect());
        }
        // Ambiguous words are few; a list of very many is cut.
        longer.truncate(64);
        readings = longer;
    }
    let most = readings.iter().map(|r| options_of(r).len()).max().unwrap_or(0);
    let hit = |r: &[&Alt], o: &str| r.iter().any(|a| a.option == o && variant.value(o) == Some(&a.value));
    readings
        .iter()
        .map(|r| (r, options_of(r)))
        .any(|(r, options)| options.len() == most && options.iter().all(|o| hit(r, o)))
}

fn options_of<'a>(reading: &[&'a Alt]) -> Vec<&'a str> {
    let mut names: Vec<&str> = reading.iter().map(|a| a.option.as_str()).collect();
    names.sort_unstable();
    names.dedup();
    names
}

fn fitting<'p>(of: &'p Product, product: usize, values: &Values) -> Vec<&'p Variant> {
    of.variants.iter().filter(|v| fits(v, product, values)).collect()
}

impl Claimant<'_> {
    pub fn claims(&self, clauses: &[Clause]) -> Claims {
        let mut claims = Claims::default();
        let mut carried = Group::default();
        let mut header: (Values, Option<bool>) = (Vec::new(), None);
        for (number, clause) in clauses.iter().enumerate() {
            let here = self.whole_group(clause, &carried);
            if !clause.bullet && !clause.header {
                header = (Vec::new(), None);
            }
            if clause.question {
                continue;
            }
            let inherited = if clause.bullet { header.0.clone() } else { carried.values.clone() };
            // What was said of another product does not carry over.
            let inherited = if here.product == carried.product || clause.bullet { inherited } else { Vec::new() };
            self.amounts(clause, &here, &inherited, &mut claims);
            self.stock(clause, &here, &inherited, header.1, &mut claims);
            self.counts(clause, &here, &mut claims);
            self.values(number, clause, &here, &mut claims);
            if clause.header {
                let state =
                    clause.mentions.iter().find_map(|m| if let What::Stock(s) = m.what { Some(s) } else { None });
                header = (here.values.clone(), state.filter(|_| share(clause).is_none()));
            }
            let keeps = here.values.is_empty() && here.product == carried.product;
            carried = Group { product: here.product, values: if keeps { carried.values } else { here.values } };
        }
        claims
    }

    fn product(&self, i: usize) -> &Product {
        &self.shop.products[i]
    }

    fn targets(&self, product: usize) -> impl Iterator<Item = &Target> {
        self.asked.iter().filter(move |t| t.product == product)
    }

    /// All values of a clause, and its product: named, else carried on, else the only one asked for.
    fn whole_group(&self, clause: &Clause, carried: &Group) -> Group {
        let group = group_of(&clause.mentions.iter().collect::<Vec<_>>());
        let only = self.asked.first().map(|t| t.product);
        Group { product: group.product.or(carried.product).or(only), values: group.values }
    }

    fn amounts(&self, clause: &Clause, here: &Group, inherited: &Values, claims: &mut Claims) {
        let cues: Vec<&Mention> = clause.mentions.iter().filter(|m| matches!(m.what, What::Amount(..))).collect();
        let text = clause.lower();
        let mut from = 0;
        for (cue, mut group) in cues.iter().zip(pair(clause, &cues, here)) {
            let What::Amount(cents, dollars) = cue.what else { continue };
            let lead: String = clause.chars[from..cue.start].iter().flat_map(|c| c.to_lowercase()).collect();
            from = cue.end;
            if group.values.is_empty() {
                group.values = inherited.clone();
            }
            if !dollars {
                claims.wrong.push(format!("an amount that is not in dollars: {text}"));
            } else if self.limits.contains(&cents) || (has_any(&text, &DIFFERENCE) && self.is_difference(cents)) {
                claims.other_amounts.push(cents);
            } else {
                self.amount(cents, &group, &text, &lead, claims);
            }
        }
    }

    fn amount(&self, cents: i64, group: &Group, text: &str, lead: &str, claims: &mut Claims) {
        let Some(product) = group.product else {
            claims.wrong.push(format!("an amount for no product: {text}"));
            return;
        };
        let of = self.product(product);
        let named: Vec<&Variant> = fitting(of, product, &group.values);
        let costs = |v: &&Variant| v.cents == cents;
        let focused = self
            .targets(product)
            .any(|t| of.matching(&t.filter).iter().any(|v| v.cents == cents && fits(v, product, &group.values)));
        let explicit = group.values.iter().flatten().any(|a| a.product == product);
        let elsewhere = if explicit || self.targets(product).next().is_none() {
            named.iter().any(costs)
        } else {
            self.is_overview(of, cents, text)
        };
        if !focused && !elsewhere {
            claims.wrong.push(format!("{} is not a price of it: {text}", super::amount(cents)));
            return;
        }
        let extreme = if has_any(lead, &CHEAP) { Some(false) } else { has_any(lead, &DEAR).then_some(true) };
        if let Some(dearest) = extreme
            && !self.is_extreme(product, cents, dearest, &named)
        {
            let side = if dearest { "highest" } else { "lowest" };
            claims.wrong.push(format!("{} is not the {side} price: {text}", super::amount(cents)));
        }
        claims.amounts.push(Amount { product, cents, focused, extreme });
    }

    /// The product's lowest or highest price, said as a range or of all versions.
    fn is_overview(&self, of: &Product, cents: i64, text: &str) -> bool {
        let signs = [
            "from", "between", " to ", "-", "version", "variant", "start", "range", "款", "起", "到", "至", "版本",
            "all ",
        ];
        let stocked = of.variants.iter().filter(|v| v.available);
        let ends = [
            of.variants.iter().map(|v| v.cents).min(),
            of.variants.iter().map(|v| v.cents).max(),
            stocked.clone().map(|v| v.cents).min(),
            stocked.map(|v| v.cents).max(),
        ];
        has_any(text, &signs) && ends.contains(&Some(cents))
    }

    fn is_difference(&self, cents: i64) -> bool {
        let sets: Vec<Vec<i64>> = self
            .asked
            .iter()
            .map(|t| self.product(t.product).matching(&t.filter).iter().map(|v| v.cents).collect())
            .collect();
        let all: Vec<i64> = sets.concat();
        all.iter().any(|a| all.iter().any(|b| a - b == cents && cents > 0))
    }

    fn is_extreme(&self, product: usize, cents: i64, dearest: bool, named: &[&Variant]) -> bool {
        let of = self.product(product);
        let mut sets: Vec<Vec<&Variant>> = self.targets(product).map(|t| of.matching(&t.filter)).collect();
        sets.push(of.variants.iter().collect());
        if named.len() > 1 {
            sets.push(named.to_vec());
        }
        let end = |prices: Vec<i64>| if dearest { prices.into_iter().max() } else { prices.into_iter().min() };
        sets.iter().any(|set| {
            let all = end(set.iter().map(|v| v.cents).collect());
            let stocked = end(set.iter().filter(|v| v.available).map(|v| v.cents).collect());
            let limited = self
                .limits
                .iter()
                .any(|l| end(set.iter().map(|v| v.cents).filter(|c| c <= l).collect()) == Some(cents));
            all == Some(cents) || limited || (self.says_stock && stocked == Some(cents))
        })
    }

    fn stock(&self, clause: &Clause, here: &Group, inherited: &Values, header: Option<bool>, claims: &mut Claims) {
        let cues: Vec<&Mention> = clause.mentions.iter().filter(|m| matches!(m.what, What::Stock(_))).collect();
        let text = clause.lower();
        if let (false, Some((n, m))) = (cues.is_empty(), share(clause)) {
            self.share(n, m, here, &cues, &text, claims);
            return;
        }
        let amounts: Vec<i64> = clause
            .mentions
            .iter()
            .filter_map(|m| if let What::Amount(c, _) = m.what { Some(c) } else { None })
            .collect();
        let price = (amounts.len() == 1).then(|| amounts[0]);
        let said: Vec<(bool, Group)> = match (cues.is_empty(), header) {
            (true, Some(state)) if clause.bullet => vec![(state, here.clone())],
            _ if clause.header => Vec::new(),
            _ => {
                let state = |cue: &Mention| matches!(cue.what, What::Stock(true)) && !denied(clause, cue.start);
                let groups = pair(clause, &cues, here);
                cues.iter().map(|c| state(c)).zip(groups).collect()
            }
        };
        for (state, mut group) in said {
            if group.values.is_empty() {
                group.values = inherited.clone();
            }
            self.stock_of(state, &group, price, &text, claims);
        }
    }

    fn stock_of(&self, state: bool, group: &Group, price: Option<i64>, text: &str, claims: &mut Claims) {
        let Some(product) = group.product else { return };
        let of = self.product(product);
        let explicit = group.values.iter().flatten().any(|a| a.product == product);
        let priced = |v: &&Variant| price.is_none_or(|p| v.cents == p);
        let partial = has_any(text, &PARTIAL) || text.chars().any(|c| c.is_ascii_digit()) && text.contains("version");
        let holds = |set: &[&Variant]| {
            let any = set.iter().any(|v| v.available == state);
            let every = set.iter().all(|v| v.available == state);
            !set.is_empty() && if state && !has_any(text, &ALL) || partial { any } else { every }
        };
        let named: Vec<&Variant> = fitting(of, product, &group.values);
        // A price in the clause tells which version is meant, when there is one at that price.
        let at_price: Vec<&Variant> = named.iter().copied().filter(|v| priced(v)).collect();
        let named = if at_price.is_empty() { named } else { at_price };
        let mut focused = false;
        for target in self.targets(product) {
            let both: Vec<&Variant> =
                of.matching(&target.filter).into_iter().filter(|v| named.iter().any(|n| n.sku == v.sku)).collect();
            focused |= holds(&both);
        }
        if focused
            || ((explicit || self.targets(product).next().is_none() || target_whole(self, product)) && holds(&named))
        {
            claims.stocks.push(Stock { product, state, focused });
        } else {
            claims.wrong.push(format!("{} in stock is wrong: {text}", if state { "being" } else { "not being" }));
        }
    }

    /// "3 of 5 in stock".
    fn share(&self, n: i64, m: i64, here: &Group, cues: &[&Mention], text: &str, claims: &mut Claims) {
        let Some(product) = here.product else { return };
        let state = cues.iter().all(|cue| matches!(cue.what, What::Stock(true)));
        let of = self.product(product);
        let mut sets: Vec<(bool, Vec<&Variant>)> =
            self.targets(product).map(|t| (true, of.matching(&t.filter))).collect();
        sets.push((false, fitting(of, product, &here.values)));
        sets.push((false, of.variants.iter().collect()));
        let right =
            |set: &[&Variant]| set.len() as i64 == m && set.iter().filter(|v| v.available == state).count() as i64 == n;
        match sets.iter().find(|(_, set)| right(set)) {
            Some((focused, _)) => {
                let state = if n == 0 { !state } else { state || n < m };
                claims.stocks.push(Stock { product, state, focused: *focused });
            }
            None => claims.wrong.push(format!("{n} of {m} in stock is wrong: {text}")),
        }
    }

    fn counts(&self, clause: &Clause, here: &Group, claims: &mut Claims) {
        let Some(product) = here.product else { return };
        let of = self.product(product);
        let text = clause.lower();
        let names: Vec<(usize, &String)> = clause
            .mentions
            .iter()
            .filter_map(|m| if let What::Name(n) = &m.what { Some((m.start, n)) } else { None })
            .collect();
        let numbers: Vec<&Mention> = clause.mentions.iter().filter(|m| matches!(m.what, What::Number(..))).collect();
        for mention in &numbers {
            let What::Number(n, after) = &mention.what else { continue };
            let near = names.iter().find(|(start, _)| *start >= mention.end && *start <= mention.end + 12);
            let lone = names.first().filter(|_| names.len() == 1 && numbers.len() == 1);
            let sort = ["version", "variant", "model", "款", "个版本", "个型号", "configuration", "variation"];
            let versions = sort.iter().any(|w| after.trim_start_matches("different ").starts_with(w));
            let loose =
                ["种", "个", "option", "choice", "kind", "type", "different"].iter().any(|w| after.starts_with(w));
            let option = if versions {
                None
            } else {
                near.or(lone.filter(|_| loose || after.trim().is_empty())).map(|(_, o)| (*o).clone())
            };
            let more = has_any(&text, &["more", "other", "另外", "其他", "其余", "还有", "else"]);
            let allowed = match &option {
                Some(option) => self.value_counts(of, product, option),
                None => self.version_counts(of, product, here),
            };
            let checked = versions || option.is_some();
            if checked && !more && !clause.negated() && !allowed.contains(n) {
                claims.wrong.push(format!("a count of {n} is wrong: {text}"));
            } else {
                claims.counts.push((*n, option));
            }
        }
    }

    fn value_counts(&self, of: &Product, product: usize, option: &str) -> Vec<i64> {
        let mut sets: Vec<Vec<&Variant>> =
            vec![of.variants.iter().collect(), of.variants.iter().filter(|v| v.available).collect()];
        sets.extend(self.targets(product).map(|t| of.matching(&t.filter)));
        let stocked = sets[1].iter().copied().filter(|_| self.says_stock).collect();
        sets[1] = stocked;
        sets.into_iter().map(|set| super::distinct(set.into_iter(), option).len() as i64).collect()
    }

    fn version_counts(&self, of: &Product, product: usize, here: &Group) -> Vec<i64> {
        let mut sets: Vec<Vec<&Variant>> = vec![of.variants.iter().collect(), fitting(of, product, &here.values)];
        sets.extend(self.targets(product).map(|t| of.matching(&t.filter)));
        let limited: Vec<Vec<&Variant>> = self
            .limits
            .iter()
            .flat_map(|l| sets.iter().map(|s| s.iter().copied().filter(|v| v.cents <= *l).collect()))
            .collect();
        sets.extend(limited);
        let n = |set: &Vec<&Variant>, state: bool| set.iter().filter(|v| v.available == state).count() as i64;
        sets.iter().flat_map(|set| [set.len() as i64, n(set, true), n(set, false)]).collect()
    }

    fn values(&self, number: usize, clause: &Clause, here: &Group, claims: &mut Claims) {
        let text = clause.lower();
        let Some(product) = here.product else { return };
        if clause.negated() {
            return;
        }
        let own: Vec<Alt> = here.values.iter().flatten().filter(|a| a.product == product).cloned().collect();
        if self.targets(product).next().is_some() {
            if fitting(self.product(product), product, &here.values).is_empty() {
                claims.wrong.push(format!("no version is like that: {text}"));
            }
            let asserts = clause.mentions.iter().any(|m| matches!(m.what, What::Amount(..) | What::Stock(true)));
            for mention in &clause.mentions {
                match &mention.what {
                    What::Foreign(value) if asserts => claims.wrong.push(format!("it has no {value}: {text}")),
                    What::Foreign(value) => claims.echoed.push(format!("it has no {value}: {text}")),
                    What::Quantity(q) if self.no_quantities || self.same_unit(product, q) => {
                        claims.wrong.push(format!("it has no {q}: {text}"));
                    }
                    _ => {}
                }
            }
        }
        claims.values.extend(own.into_iter().map(|alt| (number, alt)));
    }

    /// Whether the product has values in that unit, so that another number of it would be a false value.
    fn same_unit(&self, product: usize, quantity: &str) -> bool {
        let unit = quantity.split_once(' ').map_or("", |(_, unit)| unit);
        let of = self.product(product);
        let said = |o: &String, v: &String| {
            let ways = self.shop.names.value(of, o, v);
            ways.en.iter().chain(&ways.zh).any(|w| {
                w.trim_start_matches(|c: char| c.is_ascii_digit() || c == '.')
                    .trim_start_matches([' ', '-'])
                    .eq_ignore_ascii_case(unit)
            })
        };
        of.options()
            .iter()
            .any(|o| of.values(o).iter().any(|v| v.starts_with(|c: char| c.is_ascii_digit()) && said(o, v)))
    }
}

/// Whether the product was asked for as a whole, so that a statement about all its versions is about what was asked.
fn target_whole(claimant: &Claimant, product: usize) -> bool {
    claimant.targets(product).any(|t| t.filter.is_empty())
}
