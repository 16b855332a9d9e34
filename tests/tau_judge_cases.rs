//! Hand-made replies, good and bad, in English and Chinese: each gets the verdict that a fair human with the catalog
//! before them would give. One block for each kind of question.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, clippy::print_stdout)]

mod kit;

use kit::tau::judge::judge;
use kit::tau::read::Reply;
use kit::tau::{Compared, Question, Shop, Target, Want, load_or_skip};

fn product(shop: &Shop, name: &str) -> usize {
    shop.products.iter().position(|p| p.name == name).unwrap()
}

/// `of(&shop, "Notebook", "size=A4, cover type=hard cover")`
fn of(shop: &Shop, name: &str, filter: &str) -> Target {
    let pair = |p: &str| p.split_once('=').map(|(o, v)| (o.trim().to_string(), v.trim().to_string())).unwrap();
    let filter = filter.split(',').filter(|p| !p.is_empty()).map(pair).collect();
    Target { product: product(shop, name), filter }
}

/// Checks replies to one want: each line is `verdict | reply`, or `verdict | reply | plan`.
#[track_caller]
fn check(shop: &Shop, wants: Vec<Want>, lines: &[&str]) {
    let question = Question {
        id: "case".to_string(),
        kind: "case".to_string(),
        lang: "en".to_string(),
        half: "tune".to_string(),
        turns: vec!["?".to_string()],
        wants,
    };
    let mut failed = Vec::new();
    for line in lines {
        let parts: Vec<&str> = line.split(" | ").collect();
        let plan = parts.get(2).map(|p| vec![p.to_string()]).unwrap_or_default();
        let reply = Reply { text: parts[1].to_string(), plan, products: Vec::new(), handoff: false, by_model: false };
        let verdict = judge(shop, &question, &reply);
        if verdict.name() != parts[0] {
            failed.push(format!("{line}\n    was {verdict:?}"));
        }
    }
    assert!(failed.is_empty(), "{:?}\n{}", question.wants, failed.join("\n"));
}

#[test]
fn price_of_one_version() {
    let Some(shop) = load_or_skip("cases") else { return };
    let want = || vec![Want::Price(of(&shop, "Notebook", "size=A4,cover type=hard cover"))];
    check(
        &shop,
        want(),
        &[
            "right | The Notebook (A4, hard cover) costs $32.29.",
            "right | It's $32.29, and it is in stock.",
            "right | A4、硬封面的记事本售价32.29美元。",
            "right | 32.29 USD",
            "right | That one is $32.29. The A4 with a soft cover is cheaper, at $29.28.",
            "wrong_fact | The Notebook (A4, hard cover) costs $29.28.",
            "wrong_fact | It costs $32.92.",
            "wrong_fact | 这款32.29元。",
            "wrong_fact | The A4 hard cover notebook is $32.29 and it's sold out.",
            "wrong_fact | It is $32.29, down from $40.00.",
            "misread | The Notebook comes in 5 versions, from $28.14 to $32.37.",
            "misread | The A5 notebook with a soft cover costs $28.59.",
            "declined_wrongly | Sorry, I don't have that information. | decline",
            "clarified_wrongly | Which notebook do you mean? | clarify",
            "misread | The Notebook comes in A4, A5 and A6.",
        ],
    );
}

#[test]
fn price_of_several_versions() {
    let Some(shop) = load_or_skip("cases") else { return };
    let want = || vec![Want::Price(of(&shop, "Notebook", ""))];
    check(
        &shop,
        want(),
        &[
            "right | Our notebooks cost between $28.14 and $32.37, depending on the version.",
            "right | From $28.59 to $32.29 for those in stock.",
            "right | 记事本的价格从28.14美元到32.37美元不等。",
            "right | The Notebook:\n• A6, hard cover: $28.14 (out of stock)\n• A5, soft cover: $28.59 (in stock)\n• A4, soft cover: $29.28 (in stock)\n• A4, hard cover: $32.29 (in stock)\n• A6, soft cover: $32.37 (out of stock)",
            "right | In stock:\n• A5, soft cover: $28.59\n• A4, soft cover: $29.28\n• A4, hard cover: $32.29\nOut of stock:\n• A6, hard cover: $28.14\n• A6, soft cover: $32.37",
            "partly | Notebooks start at $28.14.",
            "wrong_fact | Notebooks start at $29.28.",
            "wrong_fact | From $28.14 to $35.00.",
            "wrong_fact | • A6, hard cover: $28.14\n• A6, soft cover: $32.29",
            "wrong_fact | • A5, soft cover: $28.59 (out of stock)\n• A4, hard cover: $32.29",
            "wrong_fact | The hard cover A4 is $29.28 and the soft cover A4 is $32.29.",
            "wrong_fact | $29.28 for the A4 with a hard cover and $32.29 for the A4 with a soft cover.",
        ],
    );
}

#[test]
fn stock() {
    let Some(shop) = load_or_skip("cases") else { return };
    let gone = || vec![Want::Stock(of(&shop, "Sneakers", "size=11,color=black"))];
    check(
        &shop,
        gone(),
        &[
            "right | Sorry, the black sneakers in size 11 are out of stock.",
            "right | They're sold out at the moment. Black in size 6 is in stock at $186.45.",
            "right | 抱歉，黑色11码的球鞋目前缺货。",
            "right | 没有货了。",
            "right | No, that one isn't available right now.",
            "wrong_fact | Yes, the black sneakers in size 11 are in stock.",
            "wrong_fact | 有现货。",
            "wrong_fact | 黑色11码有货，207.75美元。",
            "misread | They cost $207.75.",
        ],
    );
    let there = || vec![Want::Stock(of(&shop, "Bicycle", "color=blue"))];
    check(
        &shop,
        there(),
        &[
            "right | Yes, the blue bicycle is in stock.",
            "right | It's available now for $2,195.04.",
            "right | 蓝色的自行车有货。",
            "right | 没有缺货，可以下单，现货。",
            "right | It is not sold out.",
            "wrong_fact | The blue bike is not in stock.",
            "wrong_fact | 蓝色的没有现货。",
            "wrong_fact | No blue bicycle is available right now.",
        ],
    );
    let mixed = || vec![Want::Stock(of(&shop, "Sneakers", ""))];
    check(
        &shop,
        mixed(),
        &[
            "right | 2 of the 5 versions are in stock.",
            "right | 5款中有2款有货。",
            "right | 2 of its 5 versions are in stock.",
            "right | 5 个版本中有 2 个有货。",
            "wrong_fact | 5 个版本中有 4 个有货。",
            "right | Yes, some are in stock: black in size 6, and gray leather in size 10.",
            "wrong_fact | All versions are in stock.",
            "wrong_fact | 3 of 5 versions are in stock.",
            "wrong_fact | The sneakers are sold out.",
            "wrong_fact | 全部有货。",
        ],
    );
}

#[test]
fn options_and_counts() {
    let Some(shop) = load_or_skip("cases") else { return };
    let colors = || vec![Want::Options { product: product(&shop, "Sneakers"), option: Some("color".to_string()) }];
    check(
        &shop,
        colors(),
        &[
            "right | Black, grey and red.",
            "right | The sneakers come in black, gray and red; only black and gray are in stock.",
            "right | 有黑色、灰色和红色三种。",
            "partly | They come in black and red.",
            "wrong_fact | They come in black, gray, red and white.",
            "wrong_fact | 有黑色、灰色、红色和紫色。",
            "misread | Sizes 6, 8, 10 and 11.",
        ],
    );
    let count = || vec![Want::Count { of: of(&shop, "Sneakers", ""), option: Some("size".to_string()) }];
    check(
        &shop,
        count(),
        &[
            "right | The sneakers come in 4 sizes: 6, 8, 10 and 11.",
            "right | Four sizes.",
            "right | 有4种尺码。",
            "right | 四种尺码。",
            "right | Sizes 6, 8, 10 and 11.",
            "wrong_fact | The sneakers come in 5 sizes.",
            "wrong_fact | 有六种尺码。",
        ],
    );
    let versions = || vec![Want::Count { of: of(&shop, "Sneakers", ""), option: None }];
    check(
        &shop,
        versions(),
        &[
            "right | There are 5 versions of the sneakers.",
            "right | 一共有五款。",
            "right | There are 5, of which 2 are in stock.",
            "wrong_fact | There are 7 versions.",
            "wrong_fact | 一共有八款。",
        ],
    );
}

#[test]
fn superlatives() {
    let Some(shop) = load_or_skip("cases") else { return };
    let cheapest = || vec![Want::Extreme { of: of(&shop, "Bicycle", ""), dearest: false }];
    check(
        &shop,
        cheapest(),
        &[
            "right | The cheapest bicycle is the small red mountain bike at $1,814.72, but it's out of stock.",
            "right | 最便宜的是小号红色山地车，1814.72美元。",
            "right | The cheapest one in stock is $1,902.67 (large, red, mountain).",
            "partly | Bicycles cost from $1,814.72 to $2,195.04.",
            "wrong_fact | The cheapest bicycle costs $1,902.67.",
            "wrong_fact | The cheapest bicycle is the green one at $1,917.21.",
            "wrong_fact | The lowest price is $1,814.72, for the green road bike.",
        ],
    );
    let dearest = || vec![Want::Extreme { of: of(&shop, "Bicycle", "type=mountain"), dearest: true }];
    check(
        &shop,
        dearest(),
        &[
            "right | The most expensive mountain bike is $2,076.50 (medium, black).",
            "right | 最贵的山地车是2076.50美元。",
            "wrong_fact | The most expensive mountain bike costs $1,902.67.",
            "misread | The most expensive bicycle is the blue road bike at $2,195.04.",
        ],
    );
}

#[test]
fn comparisons() {
    let Some(shop) = load_or_skip("cases") else { return };
    let ask = Compared::Cheaper { polar: false };
    let kettles = || vec![Want::Compare { a: of(&shop, "Electric Kettle", ""), b: of(&shop, "Tea Kettle", ""), ask }];
    check(
        &shop,
        kettles(),
        &[
            "right | The Tea Kettle is cheaper: from $91.13 to $109.58, while the Electric Kettle costs from $137.17 to $164.46.",
            "right | The tea kettle costs less than the electric kettle.",
            "right | Cheaper: Tea Kettle.",
            "right | 茶壶更便宜。",
            "right | 电热水壶比茶壶贵。",
            "right | 电热水壶没有茶壶便宜。",
            "right | The electric kettle is not cheaper.",
            "wrong_fact | The Electric Kettle is cheaper than the Tea Kettle.",
            "wrong_fact | 电热水壶比茶壶便宜。",
            "wrong_fact | The tea kettle is more expensive.",
            "wrong_fact | The Tea Kettle is cheaper, at $137.17.",
            "partly | Electric Kettle: $137.17 to $164.46. Tea Kettle: $91.13 to $109.58.",
            "partly | The Tea Kettle costs from $91.13 to $109.58.",
        ],
    );
    let (a, b) = ("size=A4,cover type=hard cover", "size=A5,cover type=soft cover");
    let gap =
        || vec![Want::Compare { a: of(&shop, "Notebook", a), b: of(&shop, "Notebook", b), ask: Compared::Difference }];
    check(
        &shop,
        gap(),
        &[
            "right | The difference is $3.70.",
            "right | A4 hard cover: $32.29. A5 soft cover: $28.59.",
            "right | A4硬封面的比A5软封面的贵3.70美元。",
            "wrong_fact | The difference is $4.00.",
            "wrong_fact | The A4 hard cover costs $28.59 and the A5 soft cover $32.29.",
            "wrong_fact | A4硬封面的比A5软封面的便宜3.70美元。",
        ],
    );
    let polar = Compared::Cheaper { polar: true };
    let yes =
        || vec![Want::Compare { a: of(&shop, "Tea Kettle", ""), b: of(&shop, "Electric Kettle", ""), ask: polar }];
    check(&shop, yes(), &["right | Yes.", "right | 是的，茶壶便宜。", "wrong_fact | No, it isn't."]);
}

#[test]
fn searches() {
    let Some(shop) = load_or_skip("cases") else { return };
    let want = || vec![Want::Search { of: of(&shop, "Electric Kettle", "color=black"), limit_cents: Some(15_000) }];
    check(
        &shop,
        want(),
        &[
            "right | Two black kettles in stock under $150:\n• 1.5L, plastic, black: $145.48\n• 1L, glass, black: $146.98",
            "right | 150美元以内的黑色电热水壶：\n• 2L、玻璃、黑色：137.92美元（缺货）\n• 1.5升、塑料、黑色：145.48美元\n• 1升、玻璃、黑色：146.98美元",
            "partly | Yes: 1.5L, plastic, black, $145.48.",
            "misread | • 1.5L, plastic, black: $145.48\n• 1L, glass, black: $146.98\n• 1L, stainless steel, black: $153.25",
            "misread | • 1.5L, glass, white: $143.72",
            "wrong_fact | • 1.5L, plastic, black: $145.48\n• 2L, plastic, black: $146.98",
            "declined_wrongly | No, we don't have black kettles under $150.",
        ],
    );
}

#[test]
fn attributes_and_yes_no() {
    let Some(shop) = load_or_skip("cases") else { return };
    let want =
        || vec![Want::Attribute { of: of(&shop, "E-Reader", "screen size=6-inch"), option: "storage".to_string() }];
    check(
        &shop,
        want(),
        &[
            "right | The 6-inch e-reader has 8 GB of storage.",
            "right | 6英寸的是8G。",
            "wrong_fact | It has 32GB.",
            "wrong_fact | The 6-inch e-reader has 64GB of storage.",
            "declined_wrongly | I have no information about its storage.",
            "misread | The 6-inch e-reader costs $267.07.",
        ],
    );
    let there = || vec![Want::YesNo { of: of(&shop, "Bicycle", "color=green,type=road"), exists: true }];
    check(
        &shop,
        there(),
        &[
            "right | Yes, we have a green road bike.",
            "right | 有的，绿色公路车现在有货。",
            "right | The green road bike is in stock at $1,917.21.",
            "wrong_fact | No, we don't have a green road bike.",
            "wrong_fact | Sorry, we don't have a green road bike. | decline",
            "declined_wrongly | Sorry, I couldn't find that. | decline",
            "wrong_fact | 没有绿色的公路车。",
        ],
    );
    let none = || vec![Want::YesNo { of: of(&shop, "Bicycle", "color=green,type=mountain"), exists: false }];
    check(
        &shop,
        none(),
        &[
            "right | No, there is no green mountain bike. The green one is a road bike.",
            "right | 没有绿色的山地车。",
            "right | The green one comes only as a road bike.",
            "wrong_fact | Yes, we have a green mountain bike.",
            "wrong_fact | 有的，绿色山地车有货。",
            "clarified_wrongly | Which bike do you mean? | clarify",
        ],
    );
}

#[test]
fn what_is_absent_or_unclear() {
    let Some(shop) = load_or_skip("cases") else { return };
    check(
        &shop,
        vec![Want::AbsentProduct],
        &[
            "right | Sorry, we don't sell drones. | decline",
            "right | 抱歉，我们没有无人机。",
            "right | I couldn't find that in our shop. Did you mean the Action Camera?",
            "wrong_fact | Yes, we have drones.",
            "wrong_fact | Drones are in stock.",
            "wrong_fact | Drones cost $199.00.",
            "wrong_fact | 有的，无人机有现货。",
        ],
    );
    check(
        &shop,
        vec![Want::AbsentAttribute { product: product(&shop, "Bicycle") }],
        &[
            "right | The weight of the bicycle isn't listed.",
            "right | 资料里没有写自行车的重量。",
            "right | I don't know its weight; what I do know: it comes in small, medium and large frames.",
            "right | Let me pass you on to a colleague. | hand_off",
            "wrong_fact | The bicycle weighs 12 kg.",
            "wrong_fact | 自行车重12公斤。",
            "misread | The bicycle costs from $1,814.72 to $2,195.04.",
        ],
    );
    check(
        &shop,
        vec![Want::AbsentValue { product: product(&shop, "Bicycle"), option: "color".to_string() }],
        &[
            "right | The bicycle doesn't come in teal. Colours: red, green, black and blue.",
            "right | 没有蓝绿色的自行车，有红色、绿色、黑色和蓝色。",
            "right | You asked for teal. The bicycle isn't made in that colour.",
            "wrong_fact | Yes, the teal bicycle is in stock.",
            "wrong_fact | 蓝绿色的自行车是1917.21美元。",
            "misread | The bicycle costs from $1,814.72 to $2,195.04.",
        ],
    );
    check(
        &shop,
        vec![Want::Ambiguous],
        &[
            "right | Which product do you mean?",
            "right | 请问您说的是哪一款呢？ | clarify",
            "right | Tell me which product you have in mind, and I'll look it up. | clarify",
            "wrong_fact | It costs $20.00.",
            "declined_wrongly | Sorry, I can't help with that. | decline",
            "misread | It's in stock.",
        ],
    );
}

#[test]
fn two_questions_in_one() {
    let Some(shop) = load_or_skip("cases") else { return };
    let target = || of(&shop, "Bicycle", "color=blue");
    let want = || vec![Want::Price(target()), Want::Stock(target())];
    check(
        &shop,
        want(),
        &[
            "right | The blue bicycle costs $2,195.04 and is in stock.",
            "right | 蓝色自行车2195.04美元，有货。",
            "partly | The blue bicycle costs $2,195.04.",
            "partly | It's in stock.",
            "wrong_fact | The blue bicycle costs $2,195.04, but it's sold out.",
        ],
    );
    let both = || vec![Want::Price(of(&shop, "Notebook", "size=A5")), Want::Price(of(&shop, "Bicycle", "color=blue"))];
    check(
        &shop,
        both(),
        &[
            "right | The A5 notebook costs $28.59 and the blue bicycle costs $2,195.04.",
            "right | A5记事本28.59美元；蓝色自行车2195.04美元。",
            "wrong_fact | The A5 notebook costs $2,195.04 and the blue bicycle costs $28.59.",
            "partly | The A5 notebook costs $28.59.",
        ],
    );
}

#[test]
fn another_product_is_misread_and_not_false() {
    let Some(shop) = load_or_skip("cases") else { return };
    let want = || vec![Want::Price(of(&shop, "Electric Kettle", ""))];
    check(
        &shop,
        want(),
        &[
            "misread | The Tea Kettle costs from $91.13 to $109.58.",
            "wrong_fact | The Tea Kettle costs from $91.13 to $120.00.",
            "right | The Electric Kettle costs from $137.17 to $164.46. You may also like the Tea Kettle, from $91.13.",
        ],
    );
}
