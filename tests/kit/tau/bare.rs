//! The same questions for a bare model: the true facts of the products concerned as JSON in the prompt, so that what a
//! model makes of right facts can be judged by the same judge.

use std::fmt::Write;

use serde_json::{Value, json};

use super::{Product, Question, Shop, Want};

/// One line a question: `{"id", "messages": [system, user, …]}`. Of an absent or ambiguous thing the prompt holds the
/// names of all products.
pub fn prompts(shop: &Shop, questions: &[Question]) -> String {
    let mut out = String::new();
    for question in questions {
        let mut messages = vec![json!({"role": "system", "content": system(shop, question)})];
        // Earlier turns without the answers between them: a bare model is asked once.
        messages.extend(question.turns.iter().map(|turn| json!({"role": "user", "content": turn})));
        writeln!(out, "{}", json!({"id": question.id, "messages": messages})).unwrap();
    }
    out
}

fn system(shop: &Shop, question: &Question) -> String {
    let mut concerned: Vec<usize> = question.wants.iter().flat_map(Want::targets).map(|t| t.product).collect();
    concerned.dedup();
    let facts: Value = if concerned.is_empty() {
        json!({"we_sell": shop.products.iter().map(|p| &p.name).collect::<Vec<_>>()})
    } else {
        json!(concerned.iter().map(|i| product(&shop.products[*i])).collect::<Vec<_>>())
    };
    format!(
        "You answer shoppers of an online shop. Use only these facts; prices are in US dollars. If something is not in \
         them, say that we do not have it. If it is unclear which product is meant, ask. Answer briefly, in the \
         shopper's language.\nFacts: {facts}"
    )
}

fn product(product: &Product) -> Value {
    let variant = |v: &super::Variant| {
        let options: serde_json::Map<String, Value> = v.options.iter().map(|(o, x)| (o.clone(), json!(x))).collect();
        json!({"options": options, "price": format!("${}", super::amount(v.cents)), "in_stock": v.available})
    };
    json!({"product": product.name, "versions": product.variants.iter().map(variant).collect::<Vec<_>>()})
}
