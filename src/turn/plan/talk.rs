//! Replies that need no product: greetings, what is not sold, what is not done, a person.

use indexmap::IndexMap;

use super::product::price_phrase;
use super::{Desk, Focus, Question, fact};
use crate::domain::{Lang, Part, PlanKind, Value};
use crate::turn::understand::{Ask, Clause, Mention, What};

fn says(desk: &Desk<'_>, plan: PlanKind, en: String, zh: String) -> Part {
    let mut part = desk.part(plan, &[]);
    part.prose = desk.say.pick(en, zh);
    part
}

/// A sentence that is sent as it is.
fn fixed(desk: &Desk<'_>, plan: PlanKind, en: &str, zh: &str) -> Part {
    let mut part = says(desk, plan, en.to_owned(), zh.to_owned());
    part.wordable = false;
    part
}

/// The shop's name in a sentence, or what stands for it.
fn shop_name(desk: &Desk<'_>) -> String {
    match (desk.shop.name.is_empty(), desk.lang()) {
        (false, _) => desk.shop.name.clone(),
        (true, Lang::En) => "this shop".to_owned(),
        (true, Lang::Zh) => "本店".to_owned(),
    }
}

pub fn unclear(desk: &Desk<'_>) -> Part {
    let en = desk.say.vary(&[
        "I'm not sure what you mean. Could you name the product, or say a little more?",
        "Sorry, I didn't quite get that. Which product or order is it about?",
        "Could you tell me a bit more? I can help with products, prices, stock, orders and shop policies.",
    ]);
    let zh = desk.say.vary(&[
        "抱歉，我没太明白。能说一下是哪件商品，或者再具体一点吗？",
        "不好意思，没听懂您的意思。请问是关于哪件商品或哪个订单？",
        "能再说具体一点吗？商品、价格、库存、订单和店铺政策我都可以帮您查。",
    ]);
    fixed(desk, PlanKind::Clarify, en, zh)
}

/// What is not done, said once and without a lecture.
pub fn refuse(clause: &Clause, desk: &Desk<'_>) -> Option<Part> {
    let has = |ask: &Ask| clause.asks.contains(ask);
    if has(&Ask::Harm) {
        return Some(fixed(
            desk,
            PlanKind::Decline,
            "I can't help with that. If you or someone else is in danger, please call your local emergency number.",
            "这个我无法提供帮助。如果您或他人正处于危险之中，请拨打当地的紧急电话。",
        ));
    }
    if has(&Ask::Inject) {
        let en = "I can't do that, but I'm happy to help with our products, orders and policies.";
        return Some(fixed(
            desk,
            PlanKind::Decline,
            en,
            "这个我做不到，不过商品、订单和店铺政策方面的问题都可以问我。",
        ));
    }
    if has(&Ask::OffTopic) {
        let name = shop_name(desk);
        let mut part = says(
            desk,
            PlanKind::Decline,
            format!(
                "That's outside what I can help with. I'm here for questions about {name}: products, orders and policies."
            ),
            format!("这个问题我帮不上忙。我可以回答关于{name}的商品、订单和店铺政策的问题。"),
        );
        part.wordable = false;
        return Some(part);
    }
    None
}

pub fn hand_off(complaint: bool, desk: &Desk<'_>) -> Part {
    let (en, zh) = if complaint {
        (
            "I'm sorry about that. I'm passing this to a colleague, who will get back to you here as soon as possible.",
            "非常抱歉给您带来不便。我已把您的情况转给同事，会尽快在这里回复您。",
        )
    } else {
        (
            "Of course. I'm passing you to a colleague, who will answer here as soon as possible.",
            "好的，我这就为您转接人工客服，同事会尽快在这里回复您。",
        )
    };
    fixed(desk, PlanKind::HandOff, en, zh)
}

/// `toasters`, from `toaster`.
pub fn plural(noun: &str) -> String {
    if let Some(base) = noun
        .strip_suffix("knife")
        .map(|b| format!("{b}knives"))
        .or_else(|| noun.strip_suffix("shelf").map(|b| format!("{b}shelves")))
    {
        return base;
    }
    let ends = |suffixes: &[&str]| suffixes.iter().any(|s| noun.ends_with(s));
    if ends(&[
        "s",
        "wear",
        "gear",
        "equipment",
        "furniture",
        "clothing",
        "jewelry",
        "food",
        "software",
        "hardware",
        "tea",
        "coffee",
        "milk",
    ]) {
        noun.to_owned()
    } else if ends(&["x", "ch", "sh"]) {
        format!("{noun}es")
    } else if noun.ends_with('y') && !ends(&["ay", "ey", "oy", "uy"]) {
        format!("{}ies", noun.trim_end_matches('y'))
    } else {
        format!("{noun}s")
    }
}

/// What a mention calls its things, as the reply says it: several of them.
pub fn kind(mention: &Mention, desk: &Desk<'_>) -> Option<String> {
    match &mention.what {
        What::Concept(id) => desk.lexicon.concepts.get(*id).map(|c| match desk.lang() {
            Lang::Zh if !c.zh.is_empty() => c.zh.clone(),
            _ => plural(&c.en),
        }),
        What::Category(id) => {
            let (name, products) = desk.index.categories.get(*id)?;
            let shown = products
                .first()
                .and_then(|ix| desk.product(*ix))
                .and_then(|p| p.category.iter().find(|c| crate::text::tokens::key(c) == *name));
            let name = shown.cloned().unwrap_or_else(|| name.clone());
            Some(match desk.lang() {
                Lang::Zh => format!("{name} 类商品"),
                Lang::En => format!("products in {name}"),
            })
        }
        What::Brand(id) => {
            let products = &desk.index.brands.get(*id)?.1;
            let brand = products.first().and_then(|ix| desk.product(*ix)).and_then(|p| p.brand.clone())?;
            Some(match desk.lang() {
                Lang::Zh => format!("{brand} 的商品"),
                Lang::En => format!("{brand} products"),
            })
        }
        What::Name => None,
    }
}

/// Things that the shop has none of.
pub fn not_sold(mentions: &[&Mention], desk: &Desk<'_>) -> Part {
    let mut names: Vec<String> = Vec::new();
    for name in mentions.iter().filter_map(|m| kind(m, desk)) {
        if !names.contains(&name) {
            names.push(name);
        }
    }
    if names.is_empty() {
        return not_found(desk);
    }
    let mut part = desk.part(PlanKind::Decline, &[]);
    for name in &names {
        fact(&mut part, "shop", "not sold", Value::Text(name.clone()));
    }
    let list = match desk.lang() {
        Lang::En if names.len() > 1 => names.join(" or "),
        _ => desk.say.list(&names),
    };
    let en = match desk.say.seed % 3 {
        0 => format!("Sorry, we don't sell {list}."),
        1 => format!("I'm afraid we don't have {list} in our catalog."),
        _ => format!("Sorry, {list} aren't something we carry."),
    };
    let zh = match desk.say.seed % 3 {
        0 => format!("抱歉，我们店里没有{list}。"),
        1 => format!("不好意思，我们不卖{list}。"),
        _ => format!("抱歉，目前店里没有{list}这类商品。"),
    };
    part.prose = desk.say.pick(en, zh);
    part.sources.push("shop".to_owned());
    part
}

pub fn not_found(desk: &Desk<'_>) -> Part {
    let en = desk
        .say
        .vary(&["Sorry, I couldn't find that in our catalog.", "I'm afraid we don't have that in our catalog."]);
    let zh = desk.say.vary(&["抱歉，我们的商品目录里没有找到这个。", "不好意思，店里没有这款商品。"]);
    let mut part = says(desk, PlanKind::Decline, en.to_owned(), zh.to_owned());
    part.sources.push("shop".to_owned());
    part
}

pub fn small(asks: &[Ask], focus: &Focus, desk: &Desk<'_>) -> Option<Part> {
    let name = shop_name(desk);
    let (en, zh): (Vec<String>, Vec<String>) = match asks.first()? {
        Ask::Greeting => (
            vec![
                format!("Hi, welcome to {name}! What are you looking for?"),
                format!("Hello and welcome to {name}. How can I help?"),
            ],
            vec![format!("您好，欢迎光临{name}！想找点什么？"), format!("您好！这里是{name}，有什么可以帮您？")],
        ),
        Ask::Thanks => (
            vec!["You're welcome!".into(), "My pleasure. Is there anything else?".into(), "Happy to help!".into()],
            vec!["不客气！".into(), "不用谢，还有什么需要帮忙的吗？".into(), "很高兴能帮到您！".into()],
        ),
        Ask::Bye => (
            vec!["Goodbye, and see you soon!".into(), "Take care, and come back any time!".into()],
            vec!["再见，欢迎下次光临！".into(), "祝您生活愉快，再见！".into()],
        ),
        Ask::Bot => (
            vec![format!(
                "I'm the shop assistant of {name}, a bot. I can look up products, prices, stock and orders, or fetch a colleague."
            )],
            vec![format!("我是{name}的智能客服，可以帮您查商品、价格、库存和订单，也可以转接人工。")],
        ),
        Ask::Affirm | Ask::Deny if asks.len() == 1 && !focus.choosing => (
            vec!["All right. Is there anything else I can look up for you?".into()],
            vec!["好的，还有什么想了解的吗？".into()],
        ),
        _ => return None,
    };
    let at = |list: &[String]| list.get(desk.say.seed as usize % list.len().max(1)).cloned().unwrap_or_default();
    let mut part = says(desk, PlanKind::SmallTalk, at(&en), at(&zh));
    part.wordable = false;
    Some(part)
}

/// A question about a product that was not named.
pub fn which_product(asks: &[Ask], focus: &mut Focus, desk: &Desk<'_>) -> Part {
    focus.asks = asks.to_vec();
    focus.choosing = true;
    let en = desk.say.vary(&["Which product do you mean?", "Sure, which product is it about?"]);
    fixed(desk, PlanKind::Clarify, en, desk.say.vary(&["请问您指的是哪件商品？", "好的，请问是哪一款商品？"]))
}

pub fn overview(desk: &Desk<'_>) -> Part {
    let mut part = desk.part(PlanKind::Overview, &[]);
    let products = desk.shop.catalog.products();
    let mut categories: IndexMap<&str, usize> = IndexMap::new();
    for category in products.iter().filter_map(|p| p.category.first()) {
        *categories.entry(category).or_default() += 1;
    }
    fact(&mut part, "shop", "products", Value::Count(products.len() as u64));
    let total = products.len();
    if categories.is_empty() {
        let names: Vec<String> = products.iter().take(12).map(|p| p.title_in(desk.lang()).to_owned()).collect();
        for name in &names {
            fact(&mut part, "shop", "product", Value::Text(name.clone()));
        }
        let list = desk.say.list(&names);
        part.prose = if total > names.len() {
            desk.say.pick(
                format!("We have {total} products, among them {list}."),
                format!("我们共有 {total} 种商品，例如{list}。"),
            )
        } else {
            desk.say.pick(format!("We sell {list}."), format!("我们有{list}。"))
        };
    } else {
        categories.sort_by(|_, a, _, b| b.cmp(a));
        let names: Vec<String> = categories.keys().map(|c| desk.say.category(c)).collect();
        for (category, count) in &categories {
            fact(&mut part, "shop", &format!("category:{category}"), Value::Count(*count as u64));
            fact(&mut part, "shop", "category", Value::Text((*category).to_owned()));
        }
        let list = desk.say.list(&names);
        part.prose = desk
            .say
            .pick(format!("We have {total} products: {list}."), format!("我们共有 {total} 种商品，包括{list}。"));
    }
    part.tail = desk.say.pick("What are you looking for?".into(), "您想找哪一类？".into());
    part.sources.push("shop".to_owned());
    part
}

/// Prices are what the catalog says.
pub fn no_haggling(question: &Question<'_>, desk: &Desk<'_>) -> Part {
    let products =
        if question.by_name || question.products.len() <= 2 { desk.products(&question.products) } else { Vec::new() };
    let mut part = desk.part(PlanKind::Price, products.get(..products.len().min(2)).unwrap_or_default());
    let en = desk
        .say
        .vary(&["I can't change prices or give discounts.", "Our prices are fixed, so I can't offer a discount."]);
    let zh = desk.say.vary(&["抱歉，我没有权限改价或打折。", "不好意思，商品都是标价出售，我这边不能优惠。"]);
    let mut text = desk.say.pick(en.to_owned(), zh.to_owned());
    for product in products.iter().take(2) {
        let offers = super::product::offers(question, product);
        if let Some(sentence) = price_phrase(&mut part, product, &offers, desk) {
            if desk.lang() == Lang::En {
                text.push(' ');
            }
            text.push_str(&sentence);
        }
    }
    part.prose = text;
    part.wordable = false;
    part
}
