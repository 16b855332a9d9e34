//! Finding in a clause what it speaks of: products, option values, amounts of money, stock states, counts. Values come
//! from `names.json` in both languages; a number with a unit is found however it is spaced.

use super::names::{Ways, noun};
use super::numbers::{amount, count_at, digits, share_at};
use super::{Shop, Want};

/// One reading of a value mention: the option value of a product.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Alt {
    pub product: usize,
    pub option: String,
    pub value: String,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum What {
    Product(usize),
    Value(Vec<Alt>),
    /// A colour or material that none of the products in question has.
    Foreign(String),
    /// An option's name, such as "colour".
    Name(String),
    /// Cents; `false` when the currency is not the dollar.
    Amount(i64, bool),
    Stock(bool),
    /// A count, with the noun that follows it.
    Number(i64, String),
    /// "3 of 5".
    Share(i64, i64),
    /// A number with a unit that is no value of the products in question.
    Quantity(String),
}

#[derive(Debug, Clone)]
pub struct Mention {
    pub start: usize,
    pub end: usize,
    pub what: What,
}

struct Entry {
    way: Vec<char>,
    cased: bool,
    what: What,
}

/// What can be recognised for one question.
pub struct Lexicon {
    entries: Vec<Entry>,
    /// Bare numbers that are sizes.
    sizes: Vec<(String, Alt)>,
}

const STOCK: [(&str, bool); 62] = [
    ("out of stock", false),
    ("out-of-stock", false),
    ("not in stock", false),
    ("sold out", false),
    ("unavailable", false),
    ("not available", false),
    ("isn't available", false),
    ("aren't available", false),
    ("no stock", false),
    ("no longer available", false),
    ("none in stock", false),
    ("none left", false),
    ("back in stock", false),
    ("in stock", true),
    ("available now", true),
    ("available right now", true),
    ("available to order", true),
    ("currently available", true),
    ("available", true),
    ("still have it", true),
    ("ready to ship", true),
    ("缺货", false),
    ("没货", false),
    ("没有货", false),
    ("没有现货", false),
    ("无货", false),
    ("无现货", false),
    ("售罄", false),
    ("断货", false),
    ("卖完", false),
    ("卖光", false),
    ("没有库存", false),
    ("无库存", false),
    ("暂无", false),
    ("买不到", false),
    ("不在库", false),
    ("售完", false),
    ("没现货", false),
    ("都没有货", false),
    ("都没有现货", false),
    ("没有一款有货", false),
    ("没有一个版本有货", false),
    ("并非缺货", true),
    ("没有缺货", true),
    ("没有售罄", true),
    ("没有卖完", true),
    ("没有断货", true),
    ("不缺货", true),
    ("not sold out", true),
    ("not out of stock", true),
    ("isn't sold out", true),
    ("isn't out of stock", true),
    ("有货", true),
    ("有现货", true),
    ("现货", true),
    ("可以买到", true),
    ("能买到", true),
    ("有库存", true),
    ("在库", true),
    ("库存充足", true),
    ("还能买", true),
    ("可购买", true),
];

const COUNT_NOUNS: [&str; 16] = [
    "version",
    "variant",
    "model",
    "option",
    "choice",
    "kind",
    "type",
    "variation",
    "configuration",
    "个版本",
    "款",
    "种",
    "个",
    "项",
    "个款式",
    "个型号",
];
const UNITS: [&str; 38] = [
    "inches",
    "inch",
    "gb",
    "tb",
    "ml",
    "liters",
    "litres",
    "liter",
    "litre",
    "hours",
    "hour",
    "feet",
    "foot",
    "ft",
    "mm",
    "cm",
    "mah",
    "megapixels",
    "mp",
    "bar",
    "lbs",
    "lb",
    "pounds",
    "kg",
    "grams",
    "g",
    "oz",
    "英寸",
    "寸",
    "毫升",
    "升",
    "小时",
    "英尺",
    "毫米",
    "毫安",
    "万像素",
    "公斤",
    "克",
];

impl Lexicon {
    pub fn new(shop: &Shop, wants: &[Want], listed: &[usize]) -> Lexicon {
        let mut subjects: Vec<usize> = wants.iter().flat_map(Want::targets).map(|t| t.product).collect();
        subjects.extend(listed);
        subjects.sort_unstable();
        subjects.dedup();
        let mut lexicon = Lexicon { entries: Vec::new(), sizes: Vec::new() };
        for &i in &subjects {
            lexicon.add_product(shop, i);
        }
        lexicon.add_foreign(shop);
        for (i, product) in shop.products.iter().enumerate().filter(|(i, _)| !subjects.contains(i)) {
            lexicon.add(&product.name, true, What::Product(i));
        }
        for (cue, state) in STOCK {
            lexicon.add(cue, false, What::Stock(state));
        }
        // Longest first; of equal length, the earlier entry (a value of the product in question) wins.
        lexicon.entries.sort_by_key(|e| std::cmp::Reverse(e.way.len()));
        lexicon
    }

    fn add(&mut self, way: &str, cased: bool, what: What) {
        let lower = |c: char| if cased { c } else { c.to_lowercase().next().unwrap_or(c) };
        for way in spacings(way) {
            let way: Vec<char> = super::read::plain(&way).into_iter().map(lower).collect();
            let twin = self.entries.iter_mut().find(|e| e.way == way && e.cased == cased);
            match (twin, &what) {
                (Some(Entry { what: What::Value(alts), .. }), What::Value(more)) => {
                    alts.extend(more.iter().filter(|m| !alts.contains(m)).cloned().collect::<Vec<_>>());
                }
                (Some(_), _) => {}
                (None, _) => self.entries.push(Entry { way, cased, what: what.clone() }),
            }
        }
    }

    fn add_product(&mut self, shop: &Shop, i: usize) {
        let product = &shop.products[i];
        for option in product.options() {
            for value in product.values(&option) {
                let alt = Alt { product: i, option: option.clone(), value: value.clone() };
                let ways = shop.names.value(product, &option, &value);
                self.add_value(&alt, ways);
                if let Some(label) = flag_label(&option, &value) {
                    label.into_iter().for_each(|way| self.add(&way, false, What::Value(vec![alt.clone()])));
                }
            }
        }
        let ways = &shop.names.products[&product.id];
        let english = ways.en.iter().map(|w| noun(w)).flat_map(|n| [n.one, n.many]);
        let all: Vec<String> = english
            .chain(ways.zh.iter().map(String::as_str))
            .chain([product.name.as_str()])
            .map(String::from)
            .collect();
        all.iter().for_each(|way| self.add(way, false, What::Product(i)));
        for option in product.options() {
            let ways = shop.names.option(product, &option);
            let english = ways.en.iter().map(|w| noun(w)).flat_map(|n| [n.one.to_string(), n.many.to_string()]);
            let all: Vec<String> = english.chain(ways.zh.iter().cloned()).chain([option.clone()]).collect();
            all.iter().for_each(|way| self.add(way, false, What::Name(option.clone())));
        }
    }

    fn add_value(&mut self, alt: &Alt, ways: &Ways) {
        let letters = alt.value.chars().all(|c| "SMLX".contains(c));
        let digits = alt.value.chars().all(|c| c.is_ascii_digit());
        if digits && alt.option == "size" {
            self.sizes.push((alt.value.clone(), alt.clone()));
            return;
        }
        // "yes", "no" and "none" mean nothing without their option.
        let own = (!["yes", "no", "none"].contains(&alt.value.as_str())).then_some(&alt.value);
        let bare = ["yes", "no", "有", "没有", "none"];
        let spoken = ways.en.iter().chain(&ways.zh).chain(&ways.also).filter(|w| !bare.contains(&w.as_str()));
        for way in own.into_iter().chain(spoken) {
            let cased = letters && way.len() <= 3;
            if !cased || way.chars().all(char::is_uppercase) {
                self.add(way, cased, What::Value(vec![alt.clone()]));
            }
        }
    }

    fn add_foreign(&mut self, shop: &Shop) {
        let families = ["color", "material"];
        let known: Vec<String> = shop.products.iter().flat_map(|p| families.iter().flat_map(|f| p.values(f))).collect();
        for value in known.iter().filter(|v| !["wood", "fleece", "glass", "RGB"].contains(&v.as_str())) {
            if let Some(ways) = shop.names.plain(value) {
                for way in ways.en.iter().chain(&ways.zh).filter(|w| w.chars().count() > 1) {
                    self.add(way, false, What::Foreign(value.clone()));
                }
            }
        }
        for thing in families.iter().filter_map(|f| shop.names.absent_values.get(*f)).flatten() {
            self.add(&thing.en, false, What::Foreign(thing.en.clone()));
            self.add(&thing.zh, false, What::Foreign(thing.en.clone()));
        }
    }

    pub fn scan(&self, chars: &[char]) -> Vec<Mention> {
        let lower: Vec<char> = chars.iter().map(|c| c.to_lowercase().next().unwrap_or(*c)).collect();
        let mut out: Vec<Mention> = Vec::new();
        let mut i = 0;
        while i < chars.len() {
            match self.at(chars, &lower, i) {
                Some((len, what)) => {
                    out.push(Mention { start: i, end: i + len, what });
                    i += len;
                }
                // A number that was not understood is skipped whole.
                None if chars[i].is_ascii_digit() => i += digits(&lower, i).max(1),
                None => i += 1,
            }
        }
        out
    }

    fn at(&self, chars: &[char], lower: &[char], i: usize) -> Option<(usize, What)> {
        let fits = |e: &&Entry| {
            let text = if e.cased { chars } else { lower };
            text[i..].starts_with(&e.way) && edges(&e.way, lower, i)
        };
        let amount = amount(lower, i);
        let entry = self.entries.iter().find(fits).filter(|e| !options_follow(&e.what, lower, i + e.way.len()));
        match (amount, entry) {
            (Some(money), _) => Some(money),
            (None, Some(entry)) => Some((entry.way.len(), entry.what.clone())),
            (None, None) => self.number(lower, i),
        }
    }

    fn number(&self, lower: &[char], i: usize) -> Option<(usize, What)> {
        let before = i.checked_sub(1).map(|j| lower[j]);
        if before.is_some_and(|c| c.is_ascii_alphanumeric() || c == '.' || c == '#') {
            return None;
        }
        let (len, n) = count_at(lower, i)?;
        let after: String = lower[i + len..].iter().take(24).collect();
        let trimmed = after.trim_start_matches([' ', '-']);
        if let Some((more, what)) = share_at(lower, i + len, n) {
            return Some((len + more, what));
        }
        let said: String = lower[i..i + len].iter().collect();
        let sized = || {
            let around: String = lower.iter().collect();
            ["size", "码", "尺"].iter().any(|w| around.contains(w)) || around.starts_with('•')
        };
        let counted = COUNT_NOUNS.iter().any(|noun| trimmed.starts_with(noun)) && !trimmed.starts_with("码");
        let alts: Vec<Alt> = self.sizes.iter().filter(|(size, _)| *size == said).map(|(_, alt)| alt.clone()).collect();
        if !alts.is_empty() && !counted && sized() {
            return Some((len + usize::from(after.starts_with('码')), What::Value(alts)));
        }
        let unit = UNITS
            .iter()
            .find(|u| trimmed.starts_with(**u) && !trimmed[u.len()..].starts_with(|c: char| c.is_ascii_alphabetic()));
        match unit {
            Some(unit) => Some((len, What::Quantity(format!("{said} {unit}")))),
            None => Some((len, What::Number(n, trimmed.chars().take(16).collect()))),
        }
    }
}

/// "available in black" and "available colours" tell of options, not of stock.
fn options_follow(what: &What, lower: &[char], end: usize) -> bool {
    let after: String = lower[end..].iter().take(12).collect();
    let plain = lower[..end].ends_with(&"available".chars().collect::<Vec<_>>()) && matches!(what, What::Stock(true));
    let next = [
        " in ", " as ", " with ", " for ", " option", " color", " colour", " size", " version", " variant", " choice",
        " from ",
    ];
    // "3 piece counts" counts, it does not name the 3-piece set; "none of them" is not the value "none".
    let counting = matches!(what, What::Value(_)) && (after.starts_with(" count") || after.starts_with(" of the"));
    counting || plain && next.iter().any(|n| after.starts_with(n))
}

fn flag_label(option: &str, value: &str) -> Option<Vec<String>> {
    matches!(value, "yes" | "no" | "none").then(|| {
        vec![
            format!("{option}: {value}"),
            format!("{option} {value}"),
            format!("{option} = {value}"),
            format!("{value} {option}"),
        ]
    })
}

/// Ways to space a number and its unit: "1000ml", "1000 ml", "1000-ml".
fn spacings(way: &str) -> Vec<String> {
    let chars: Vec<char> = way.chars().collect();
    let cut = chars.iter().take_while(|c| c.is_ascii_digit() || **c == '.').count();
    let rest: String = chars[cut..].iter().collect::<String>().trim_start_matches([' ', '-']).to_string();
    if cut == 0 || cut == chars.len() || !rest.starts_with(char::is_alphabetic) {
        return vec![way.to_string()];
    }
    let number: String = chars[..cut].iter().collect();
    ["", " ", "-"].iter().map(|joint| format!("{number}{joint}{rest}")).collect()
}

/// Latin words end at word edges, numbers at number edges; a single Chinese character stands for itself alone.
fn edges(way: &[char], lower: &[char], i: usize) -> bool {
    let before = i.checked_sub(1).map(|j| lower[j]);
    let after = lower.get(i + way.len()).copied();
    let (first, last) = (way[0], way[way.len() - 1]);
    let han = |c: char| ('\u{4e00}'..='\u{9fff}').contains(&c);
    if way.len() == 1 && han(first) {
        let closes = |c: char| !han(c) || "的款和或及、".contains(c);
        return before.is_none_or(|c| !han(c) || "和或及、".contains(c)) && after.is_none_or(closes);
    }
    let word = |c: char| c.is_ascii_alphanumeric();
    let glued_before = word(first) && before.is_some_and(|c| word(c) || (first.is_ascii_digit() && ".$,".contains(c)));
    let glued_after = word(last) && after.is_some_and(word);
    !glued_before && !glued_after
}
