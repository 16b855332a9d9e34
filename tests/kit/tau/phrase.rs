//! Filling a template: what a shopper types for a product, its options, an amount, in the words of one half.

use super::names::{noun, of_half};
use super::pick::Rng;
use super::{Filter, Shop, Target};

/// What the placeholders of a template stand for.
#[derive(Debug, Clone, Default)]
pub struct Bindings {
    pub first: Option<Target>,
    pub second: Option<Target>,
    /// An option that is asked for (`{option}`, `{options}`), of the first product.
    pub option: Option<String>,
    pub limit_cents: Option<i64>,
    /// An index into the absent products or attributes.
    pub thing: Option<usize>,
    /// A value that the first product does not come in, already in words.
    pub absent: Option<String>,
}

pub struct Phraser<'a> {
    pub shop: &'a Shop,
    pub lang: &'a str,
    pub half: &'a str,
    pub rng: &'a mut Rng,
}

const COLORS: [(&str, &str); 4] = [("black", "黑色"), ("blue", "蓝色"), ("red", "红色"), ("white", "白色")];

impl Phraser<'_> {
    fn zh(&self) -> bool {
        self.lang == "zh"
    }

    pub fn fill(&mut self, template: &str, bindings: &Bindings) -> Option<String> {
        let mut out = String::new();
        let mut rest = self.agree(template, bindings);
        while let Some(open) = rest.find('{') {
            let close = open + rest[open..].find('}')?;
            out.push_str(&rest[..open]);
            out.push_str(&self.placeholder(&rest[open + 1..close], bindings)?);
            rest = rest[close + 1..].to_string();
        }
        out.push_str(&rest);
        Some(out)
    }

    /// English verbs agree with nouns that have no singular ("are the sunglasses").
    fn agree(&self, template: &str, bindings: &Bindings) -> String {
        let plural = |target: &Option<Target>| {
            target
                .as_ref()
                .is_some_and(|t| noun(&self.shop.names.products[&self.shop.products[t.product].id].en[0]).only_many)
        };
        let mut out = template.to_string();
        if !self.zh() && plural(&bindings.first) {
            for (one, many) in [
                ("is the {", "are the {"),
                ("does the {", "do the {"),
                ("Is the {", "Are the {"),
                ("is {a_", "are {a_"),
                ("Has the {", "Have the {"),
                ("there's {a_", "there are {a_"),
                ("Is {a_", "Are {a_"),
                ("an {a_", "{a_"),
            ] {
                out = out.replace(one, many);
            }
        }
        out
    }

    fn placeholder(&mut self, name: &str, bindings: &Bindings) -> Option<String> {
        let target = if name.ends_with('2') { bindings.second.clone() } else { bindings.first.clone() };
        let thing = |of: &[super::names::Thing]| bindings.thing.map(|i| of[i].clone());
        Some(match name.trim_end_matches('2') {
            "product" => self.product(&target?, false),
            "products" => self.product(&target?, true),
            "a_product" => with_article(&self.product(&target?, false), self.only_many(bindings, name)),
            "desc" => self.desc(&target?, false),
            "descs" => self.desc(&target?, true),
            "a_desc" => with_article(&self.desc(&target?, false), self.only_many(bindings, name)),
            "post" => self.post(&target?),
            "vals" => self.vals(&target?),
            "limit" => self.limit(bindings.limit_cents?),
            "option" | "options" => self.option(&bindings.first.clone()?, bindings.option.as_ref()?, name == "options"),
            "attr" => self.thing_words(&thing(&self.shop.names.absent_attributes)?, false),
            "thing" => self.thing_words(&thing(&self.shop.names.absent_products)?, false),
            "things" => self.thing_words(&thing(&self.shop.names.absent_products)?, true),
            "a_thing" => with_article(&self.thing_words(&thing(&self.shop.names.absent_products)?, false), false),
            "absent" => bindings.absent.clone()?,
            "color" => {
                let (en, zh) = *self.rng.choose(&COLORS);
                if self.zh() { zh } else { en }.to_string()
            }
            other => panic!("unknown placeholder {other}"),
        })
    }

    fn only_many(&self, bindings: &Bindings, name: &str) -> bool {
        let target = if name.ends_with('2') { &bindings.second } else { &bindings.first };
        let id = &self.shop.products[target.as_ref().unwrap().product].id;
        noun(&self.shop.names.products[id].en[0]).only_many
    }

    fn thing_words(&self, thing: &super::names::Thing, many: bool) -> String {
        let en = noun(&thing.en);
        if self.zh() { thing.zh.clone() } else { if many { en.many } else { en.one }.to_string() }
    }

    fn product(&mut self, target: &Target, many: bool) -> String {
        let ways = &self.shop.names.products[&self.shop.products[target.product].id];
        if self.zh() {
            return self.rng.choose(of_half(&ways.zh, self.half)).clone();
        }
        let way: &String = self.rng.choose(of_half(&ways.en, self.half));
        let way = noun(way);
        if many { way.many } else { way.one }.to_string()
    }

    fn option(&mut self, target: &Target, option: &str, many: bool) -> String {
        let ways = self.shop.names.option(&self.shop.products[target.product], option);
        if self.zh() {
            return self.rng.choose(of_half(&ways.zh, self.half)).clone();
        }
        let way: &String = self.rng.choose(of_half(&ways.en, self.half));
        let way = noun(way);
        if many { way.many } else { way.one }.to_string()
    }

    fn value(&mut self, target: &Target, option: &str, value: &str) -> String {
        let ways = self.shop.names.value(&self.shop.products[target.product], option, value);
        let ways = if self.zh() { &ways.zh } else { &ways.en };
        self.rng.choose(of_half(ways, self.half)).clone()
    }

    /// "in black", "with 32gb ram".
    fn post_part(&mut self, target: &Target, (option, value): &(String, String)) -> String {
        let frame = self.shop.names.option(&self.shop.products[target.product], option).post.clone();
        let value = self.value(target, option, value);
        frame.replace("{}", &value)
    }

    fn post(&mut self, target: &Target) -> String {
        let parts: Vec<String> = target.filter.iter().map(|pair| self.post_part(target, pair)).collect();
        let joint = *self.rng.choose(&[" ", " and ", ", "]);
        parts.join(joint)
    }

    /// The values alone: "black, 32gb ram", "黑色32GB内存".
    fn vals(&mut self, target: &Target) -> String {
        if self.zh() {
            return self.zh_values(target);
        }
        let leads = ["in ", "with a ", "with an ", "with ", "that is ", "of the ", "for ", "from ", "at "];
        let bare = |text: String| leads.iter().find_map(|l| text.strip_prefix(l).map(String::from)).unwrap_or(text);
        let parts: Vec<String> = target.filter.iter().map(|pair| bare(self.post_part(target, pair))).collect();
        let joint = *self.rng.choose(&[", ", " ", " and "]);
        parts.join(joint)
    }

    fn zh_values(&mut self, target: &Target) -> String {
        let mut parts = Vec::new();
        for (option, value) in &target.filter {
            let frame = self.shop.names.option(&self.shop.products[target.product], option).zh_frame.clone();
            let value = self.value(target, option, value);
            parts.push(frame.replace("{}", value.trim_end_matches('的')));
        }
        let joint = *self.rng.choose(&["", "、", " "]);
        parts.join(joint)
    }

    fn desc(&mut self, target: &Target, many: bool) -> String {
        if target.filter.is_empty() {
            return self.product(target, many);
        }
        if self.zh() {
            return format!("{}的{}", self.zh_values(target), self.product(target, false));
        }
        let names = &self.shop.names;
        let product = &self.shop.products[target.product];
        let (mut before, mut after): (Filter, Filter) = (Vec::new(), Vec::new());
        for pair in &target.filter {
            let pre = before.len() < 2 && names.option(product, &pair.0).pre && self.rng.chance(85);
            if pre { before.push(pair.clone()) } else { after.push(pair.clone()) }
        }
        let mut words: Vec<String> = before.iter().map(|(o, v)| self.value(target, o, v)).collect();
        words.push(self.product(target, many));
        words.extend(after.iter().map(|pair| self.post_part(target, pair)));
        words.join(" ")
    }

    fn limit(&mut self, cents: i64) -> String {
        let n = cents / 100;
        let ways = if self.zh() {
            [format!("{n}美元"), format!("${n}"), format!("{n}刀"), format!("{n}美金")]
        } else {
            [format!("${n}"), format!("{n} dollars"), format!("{n} bucks"), format!("{n} usd")]
        };
        self.rng.choose(of_half(&ways, self.half)).clone()
    }
}

fn with_article(words: &str, plural: bool) -> String {
    let first = words.chars().next().unwrap_or('x').to_ascii_lowercase();
    let vowel = "aeiou8".contains(first) || words.starts_with("led ") || words.starts_with("LED ");
    match (plural, vowel && !words.starts_with("usb") && !words.starts_with("uni")) {
        (true, _) => words.to_string(),
        (_, true) => format!("an {words}"),
        _ => format!("a {words}"),
    }
}
