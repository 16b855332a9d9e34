//! `bench turn`: reading, planning and checking over a large catalog, no model asked.

use std::io::Write;
use std::path::Path;

use anyhow::Result;

use super::{head, ms, row, synthetic};
use crate::catalog::Product;
use crate::cli::Setup;
use crate::cli::gallery::{Scene, scenes};
use crate::clock;
use crate::domain::Lang;
use crate::turn::assistant::Timings;
use crate::turn::{Assistant, Conversation, Message};

/// Products that questions are made up about, spread over the catalog.
const ASKED_PRODUCTS: usize = 60;
/// Turns that are shown by what was asked.
const SLOWEST_SHOWN: usize = 8;
/// Turns before the first that is measured: caches are warm in a shop that is open.
const WARM_UP_TURNS: usize = 20;

pub fn run(products: usize, questions: &Path, setup: &Setup, out: &mut dyn Write) -> Result<()> {
    let mut shop = setup.open_shop()?;
    shop.catalog = synthetic::catalog(shop.catalog.products(), products);
    let mut all = scenes(&setup.working_dir.join(questions))?;
    all.extend(made_up(shop.catalog.products()));
    let before = clock::instant();
    let assistant = Assistant::new(shop);
    writeln!(out, "{} products, index built in {:.0} ms", assistant.shop.catalog.len(), ms(clock::instant() - before))?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    for scene in all.iter().take(WARM_UP_TURNS) {
        runtime.block_on(play(scene, &assistant));
    }
    let mut turns: Vec<(&str, Timings)> = Vec::new();
    for scene in &all {
        let timings = runtime.block_on(play(scene, &assistant));
        turns.extend(scene.turns.iter().map(String::as_str).zip(timings));
    }
    print(turns, out)
}

fn print(mut turns: Vec<(&str, Timings)>, out: &mut dyn Write) -> Result<()> {
    let timings: Vec<Timings> = turns.iter().map(|(_, t)| *t).collect();
    writeln!(out, "{} turns without a model\n", timings.len())?;
    head(out)?;
    let step = |of: fn(&Timings) -> std::time::Duration| timings.iter().map(of).collect::<Vec<_>>();
    row("understand", step(|t| t.understand), out)?;
    row("plan", step(|t| t.plan), out)?;
    row("guard", step(|t| t.guard), out)?;
    row("whole turn", step(|t| t.total), out)?;
    writeln!(out, "\nslowest:")?;
    turns.sort_by_key(|(_, t)| std::cmp::Reverse(t.total));
    for (text, t) in turns.iter().take(SLOWEST_SHOWN) {
        let steps = format!("{:.1} + {:.1} + {:.1}", ms(t.understand), ms(t.plan), ms(t.guard));
        writeln!(out, "  {:>8.1} = {steps}  {text}", ms(t.total))?;
    }
    Ok(())
}

async fn play(scene: &Scene, assistant: &Assistant) -> Vec<Timings> {
    let mut conversation = Conversation::default();
    let mut timings = Vec::new();
    for text in &scene.turns {
        let message = Message { text, customer: scene.customer.as_deref(), seed: 1 };
        timings.push(assistant.respond(&mut conversation, message, None, &mut |_| {}).await.timings);
    }
    timings
}

/// What shoppers ask of single products and of kinds, in both languages.
fn made_up(products: &[Product]) -> Vec<Scene> {
    let every = (products.len() / ASKED_PRODUCTS).max(1);
    let asked = products.iter().step_by(every).take(ASKED_PRODUCTS);
    asked
        .flat_map(|product| {
            let (en, zh) = (product.title_in(Lang::En), product.title_in(Lang::Zh));
            let kind = product.category.last().map_or("things", String::as_str).to_lowercase();
            [
                vec![format!("how much is the {en}?"), "is it in stock?".to_owned()],
                vec![format!("{zh} 多少钱"), "有货吗".to_owned()],
                vec![format!("do you have {kind} under $80, but not in black?")],
                vec![format!("whats the cheapest of your {kind}")],
            ]
        })
        .map(|turns| Scene { title: String::new(), turns, customer: None })
        .collect()
}
