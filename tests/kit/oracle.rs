//! Answerers to try the judge on: an honest one, which words the truth plainly or as a list, and a liar.

use super::tau::read::Reply;
use super::tau::{Compared, Question, Shop, Target, Variant, Want, amount, distinct};

fn money(cents: i64, zh: bool) -> String {
    let whole = amount(cents);
    let (dollars, rest) = whole.split_once('.').unwrap();
    let grouped = if dollars.len() > 3 {
        format!("{},{}", &dollars[..dollars.len() - 3], &dollars[dollars.len() - 3..])
    } else {
        dollars.to_string()
    };
    if zh { format!("{dollars}.{rest}美元") } else { format!("${grouped}.{rest}") }
}

struct Voice<'a> {
    shop: &'a Shop,
    zh: bool,
    lists: bool,
}

pub fn honest(shop: &Shop, question: &Question, lang: &str, lists: bool) -> Reply {
    let voice = Voice { shop, zh: lang == "zh", lists };
    let joint = if lists { "\n" } else { " " };
    let text = question.wants.iter().map(|want| voice.answer(want)).collect::<Vec<_>>().join(joint);
    let plan = if matches!(question.wants[0], Want::Ambiguous) { "clarify" } else { "price" };
    Reply { text, plan: vec![plan.to_string()], products: Vec::new(), handoff: false, by_model: false }
}

impl Voice<'_> {
    fn say(&self, en: &str, zh: &str) -> String {
        if self.zh { zh } else { en }.to_string()
    }

    fn name(&self, product: usize) -> String {
        let product = &self.shop.products[product];
        if self.zh { self.shop.names.products[&product.id].zh[0].clone() } else { product.name.clone() }
    }

    fn value(&self, product: usize, option: &str, value: &str) -> String {
        let ways = self.shop.names.value(&self.shop.products[product], option, value);
        let flag = matches!(value, "yes" | "no" | "none");
        match (self.zh, flag) {
            (false, true) => format!("{option}: {value}"),
            (false, false) => value.to_string(),
            (true, true) => ways.also.iter().find(|w| !w.is_ascii()).unwrap_or(&ways.zh[0]).clone(),
            (true, false) => ways.zh[0].clone(),
        }
    }

    fn values(&self, product: usize, pairs: &[(String, String)]) -> String {
        let sized = |o: &str, v: &str, said: String| {
            let bare = o == "size" && v.chars().all(|c| c.is_ascii_digit());
            if bare { self.say(&format!("size {v}"), &format!("{v}码")) } else { said }
        };
        let all: Vec<String> = pairs.iter().map(|(o, v)| sized(o, v, self.value(product, o, v))).collect();
        all.join(if self.zh { "、" } else { ", " })
    }

    fn target(&self, of: &Target) -> String {
        if of.filter.is_empty() {
            self.name(of.product)
        } else {
            format!("{} ({})", self.name(of.product), self.values(of.product, &of.filter))
        }
    }

    fn line(&self, product: usize, v: &Variant) -> String {
        let stock = if v.available { self.say("in stock", "有货") } else { self.say("out of stock", "缺货") };
        format!("• {}: {} — {stock}", self.values(product, &v.options), money(v.cents, self.zh))
    }

    fn listing(&self, of: &Target, set: &[&Variant]) -> String {
        let lines: Vec<String> = set.iter().map(|v| self.line(of.product, v)).collect();
        format!(
            "{}\n{}",
            self.say(
                &format!("Versions of the {}:", self.name(of.product)),
                &format!("{}的版本：", self.name(of.product))
            ),
            lines.join("\n")
        )
    }

    fn price(&self, of: &Target) -> String {
        let set = self.shop.products[of.product].matching(&of.filter);
        if self.lists {
            return self.listing(of, &set);
        }
        let (low, high) = (set.iter().map(|v| v.cents).min().unwrap(), set.iter().map(|v| v.cents).max().unwrap());
        let (low, high) = (money(low, self.zh), money(high, self.zh));
        match set.len() {
            1 => self
                .say(&format!("The {} costs {low}.", self.target(of)), &format!("{}的价格是{low}。", self.target(of))),
            n => self.say(
                &format!("The {} comes in {n} versions, from {low} to {high}.", self.target(of)),
                &format!("{}有{n}个版本，价格从{low}到{high}。", self.target(of)),
            ),
        }
    }

    fn stock(&self, of: &Target) -> String {
        let set = self.shop.products[of.product].matching(&of.filter);
        if self.lists {
            return self.listing(of, &set);
        }
        let (n, m) = (set.iter().filter(|v| v.available).count(), set.len());
        let what = self.target(of);
        match n {
            0 => self.say(&format!("Sorry, the {what} is out of stock."), &format!("抱歉，{what}目前缺货。")),
            n if n == m => self.say(&format!("Yes, the {what} is in stock."), &format!("有的，{what}有货。")),
            n => self.say(
                &format!("Of the {what}, {n} of {m} versions are in stock."),
                &format!("{what}：{m}款中有{n}款有货。"),
            ),
        }
    }

    fn options(&self, product: usize, option: Option<&str>) -> String {
        let of = &self.shop.products[product];
        let names = option.map_or_else(|| of.options(), |o| vec![o.to_string()]);
        let each = |o: &String| {
            let pairs: Vec<(String, String)> = of.values(o).into_iter().map(|v| (o.clone(), v)).collect();
            let label = if self.zh { self.shop.names.option(of, o).zh[0].clone() } else { o.clone() };
            format!("{label}: {}", self.values(product, &pairs))
        };
        let all: Vec<String> = names.iter().map(each).collect();
        if self.lists {
            return format!(
                "{}\n{}",
                self.say(&format!("The {} comes in:", self.name(product)), &format!("{}可选：", self.name(product))),
                all.iter().map(|l| format!("• {l}")).collect::<Vec<_>>().join("\n")
            );
        }
        self.say(
            &format!("The {} comes in these options - {}.", self.name(product), all.join("; ")),
            &format!("{}可选：{}。", self.name(product), all.join("；")),
        )
    }

    fn extreme(&self, of: &Target, dearest: bool) -> String {
        let set = self.shop.products[of.product].matching(&of.filter);
        let pick =
            if dearest { set.iter().max_by_key(|v| v.cents) } else { set.iter().min_by_key(|v| v.cents) }.unwrap();
        let (what, price, values) =
            (self.target(of), money(pick.cents, self.zh), self.values(of.product, &pick.options));
        let (en, zh) = if dearest { ("most expensive", "最贵") } else { ("cheapest", "最便宜") };
        if self.lists {
            return self.say(
                &format!("The {en} {what} is {price}:\n{}", self.line(of.product, pick)),
                &format!("{zh}的{what}是{price}：\n{}", self.line(of.product, pick)),
            );
        }
        self.say(
            &format!("The {en} version of the {what} is the one with {values}, at {price}."),
            &format!("{what}{zh}的是{values}的那款，{price}。"),
        )
    }

    fn count(&self, of: &Target, option: Option<&str>) -> String {
        let product = &self.shop.products[of.product];
        let set = product.matching(&of.filter);
        match option {
            Some(option) => {
                let n = distinct(set.into_iter(), option).len();
                let label = product_option(self, of.product, option);
                self.say(
                    &format!("The {} comes in {n} {label}.", self.name(of.product)),
                    &format!("{}有{n}种{label}。", self.name(of.product)),
                )
            }
            None => {
                let n = set.len();
                let noun = if n == 1 { "version" } else { "versions" };
                self.say(
                    &format!("There are {n} {noun} of the {}.", self.target(of)),
                    &format!("{}一共有{n}款。", self.target(of)),
                )
            }
        }
    }

    fn compare(&self, a: &Target, b: &Target, ask: Compared) -> String {
        let low = |t: &Target| self.shop.products[t.product].matching(&t.filter).iter().map(|v| v.cents).min().unwrap();
        let (cheap, dear) = if low(a) < low(b) { (a, b) } else { (b, a) };
        let wins = match ask {
            Compared::Dearer { .. } => self.say(
                &format!("The {} is more expensive than the {}.", self.target(dear), self.target(cheap)),
                &format!("{}比{}贵。", self.target(dear), self.target(cheap)),
            ),
            _ => self.say(
                &format!("The {} is cheaper than the {}.", self.target(cheap), self.target(dear)),
                &format!("{}比{}便宜。", self.target(cheap), self.target(dear)),
            ),
        };
        format!(
            "{wins}{}{}{}{}",
            if self.lists { "\n" } else { " " },
            self.price(a),
            if self.lists { "\n" } else { " " },
            self.price(b)
        )
    }

    fn answer(&self, want: &Want) -> String {
        match want {
            Want::Price(of) => self.price(of),
            Want::Stock(of) => self.stock(of),
            Want::Options { product, option } => self.options(*product, option.as_deref()),
            Want::Extreme { of, dearest } => self.extreme(of, *dearest),
            Want::Count { of, option } => self.count(of, option.as_deref()),
            Want::Compare { a, b, ask } => self.compare(a, b, *ask),
            Want::Search { of, limit_cents } => {
                let set = self.shop.products[of.product].matching(&of.filter);
                let set: Vec<&Variant> = set.into_iter().filter(|v| limit_cents.is_none_or(|l| v.cents <= l)).collect();
                self.listing(of, &set)
            }
            Want::Attribute { of, option } => {
                let set = self.shop.products[of.product].matching(&of.filter);
                let pairs: Vec<(String, String)> =
                    distinct(set.into_iter(), option).into_iter().map(|v| (option.clone(), v)).collect();
                let label = product_option(self, of.product, option);
                self.say(
                    &format!("{label} of the {}: {}.", self.target(of), self.values(of.product, &pairs)),
                    &format!("{}的{label}：{}。", self.target(of), self.values(of.product, &pairs)),
                )
            }
            Want::YesNo { of, exists: true } => {
                self.say(&format!("Yes, we have the {}.", self.target(of)), &format!("有的，{}有卖。", self.target(of)))
            }
            Want::YesNo { of, exists: false } => self.say(
                &format!(
                    "No, there is no {} like that ({}).",
                    self.name(of.product),
                    self.values(of.product, &of.filter)
                ),
                &format!("没有{}的{}。", self.values(of.product, &of.filter), self.name(of.product)),
            ),
            Want::AbsentProduct => self.say("Sorry, we don't sell those.", "抱歉，我们不卖这个。"),
            Want::AbsentAttribute { product } => self.say(
                &format!("I have no information about that for the {}.", self.name(*product)),
                &format!("{}的资料里没有这一项。", self.name(*product)),
            ),
            Want::AbsentValue { product, option } => self.say(
                &format!(
                    "No, the {} doesn't come in that. {}",
                    self.name(*product),
                    self.options(*product, Some(option))
                ),
                &format!("没有。{}", self.options(*product, Some(option))),
            ),
            Want::Ambiguous => self.say("Which product do you mean?", "请问您指的是哪款商品？"),
        }
    }
}

fn product_option(voice: &Voice, product: usize, option: &str) -> String {
    let ways = voice.shop.names.option(&voice.shop.products[product], option);
    if voice.zh { ways.zh[0].clone() } else { ways.en[0].split('|').next_back().unwrap().to_string() }
}

/// A false answer, plainly put; `None` where no simple lie is to be had.
pub fn lie(shop: &Shop, question: &Question, lang: &str) -> Option<Reply> {
    let voice = Voice { shop, zh: lang == "zh", lists: false };
    let text = match question.wants.first()? {
        Want::Price(of) => {
            let set = shop.products[of.product].matching(&of.filter);
            let (low, high) = (set.iter().map(|v| v.cents).min()?, set.iter().map(|v| v.cents).max()?);
            let off = money(low + 111, voice.zh);
            match set.len() {
                1 => voice.say(
                    &format!("The {} costs {off}.", voice.target(of)),
                    &format!("{}的价格是{off}。", voice.target(of)),
                ),
                _ => voice.say(
                    &format!("The {} costs from {off} to {}.", voice.target(of), money(high, false)),
                    &format!("{}从{off}到{}。", voice.target(of), money(high, true)),
                ),
            }
        }
        Want::Stock(of) => {
            let any = shop.products[of.product].matching(&of.filter).iter().any(|v| v.available);
            match any {
                true => voice.say(
                    &format!("Sorry, the {} is sold out.", voice.target(of)),
                    &format!("抱歉，{}已售罄。", voice.target(of)),
                ),
                false => voice.say(
                    &format!("Yes, the {} is in stock.", voice.target(of)),
                    &format!("{}有现货。", voice.target(of)),
                ),
            }
        }
        Want::Extreme { of, dearest } => {
            let set = shop.products[of.product].matching(&of.filter);
            let mut prices: Vec<&&Variant> = set.iter().collect();
            prices.sort_by_key(|v| if *dearest { -v.cents } else { v.cents });
            let other = prices.iter().find(|v| v.cents != prices[0].cents)?;
            let price = money(other.cents, voice.zh);
            let (en, zh) = if *dearest { ("most expensive", "最贵") } else { ("cheapest", "最便宜") };
            voice.say(
                &format!("The {en} {} costs {price}.", voice.target(of)),
                &format!("{zh}的{}是{price}。", voice.target(of)),
            )
        }
        Want::Count { of, option: None } => {
            let n = shop.products[of.product].variants.len() + 3;
            voice.say(
                &format!("There are {n} versions of the {}.", voice.target(of)),
                &format!("{}一共有{n}款。", voice.target(of)),
            )
        }
        Want::Count { of, option: Some(option) } => {
            let n = shop.products[of.product].values(option).len() + 3;
            let label = product_option(&voice, of.product, option);
            voice.say(
                &format!("The {} comes in {n} {label}.", voice.name(of.product)),
                &format!("{}有{n}种{label}。", voice.name(of.product)),
            )
        }
        Want::Compare { a, b, ask: Compared::Cheaper { .. } | Compared::Dearer { .. } } => {
            let low = |t: &Target| shop.products[t.product].matching(&t.filter).iter().map(|v| v.cents).min();
            let (cheap, dear) = if low(a) < low(b) { (a, b) } else { (b, a) };
            voice.say(
                &format!("The {} is cheaper than the {}.", voice.target(dear), voice.target(cheap)),
                &format!("{}比{}便宜。", voice.target(dear), voice.target(cheap)),
            )
        }
        Want::Options { product, option: Some(option) } if option == "color" => voice.say(
            &format!("The {} comes in teal.", voice.name(*product)),
            &format!("{}有蓝绿色可选。", voice.name(*product)),
        ),
        Want::Attribute { of, option } => {
            let product = &shop.products[of.product];
            let right = distinct(product.matching(&of.filter).into_iter(), option);
            let other = product.values(option).into_iter().find(|v| !right.contains(v))?;
            let pairs = [(option.clone(), other)];
            let other = voice.values(of.product, &pairs);
            voice.say(
                &format!("The {} of the {} is {other}.", product_option(&voice, of.product, option), voice.target(of)),
                &format!("{}的{}是{other}。", voice.target(of), product_option(&voice, of.product, option)),
            )
        }
        Want::YesNo { of, exists: true } => {
            voice.say(&format!("No, we don't have the {}.", voice.target(of)), &format!("没有{}。", voice.target(of)))
        }
        Want::YesNo { of, exists: false } => voice
            .say(&format!("Yes, we have the {}.", voice.target(of)), &format!("有的，我们有{}。", voice.target(of))),
        Want::AbsentProduct => voice.say("Yes, we have those in stock.", "有的，现在有货。"),
        Want::AbsentAttribute { product } => voice.say(
            &format!("The {} weighs 350 grams.", voice.name(*product)),
            &format!("{}重350克。", voice.name(*product)),
        ),
        _ => return None,
    };
    Some(Reply { text, plan: vec!["price".to_string()], products: Vec::new(), handoff: false, by_model: false })
}
