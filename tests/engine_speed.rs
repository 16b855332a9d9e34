//! What the engine costs, printed, not asserted: `cargo test --release --test engine_speed -- --ignored --nocapture`.
//! - loading, prefill and decode per second, what a second request under the same system prompt saves
//! - setting up a grammar, and what it adds to each token, where the model keeps to it and where it has to be forced
#![cfg(feature = "llama")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, clippy::print_stdout)]
#![allow(clippy::disallowed_methods)]

use std::time::Instant;

use floorwalker::llm::{Completion, Engine, EngineOptions, Grammar, LanguageModel, Request, Turn};
use floorwalker::models::{Cache, Manifest, resolve};

const SENTENCE: &str =
    "The Ridgeline 24 is a backpack for day hikes, with two pockets, a rain cover and a chest strap. ";

fn load(name: &str, options: &EngineOptions) -> Option<Engine> {
    let found = resolve(&Manifest::builtin().unwrap(), &Cache::open_default().unwrap(), name);
    match found {
        Ok(path) => Some(Engine::load(&path, options).unwrap()),
        Err(error) => {
            println!("skipped: {error}");
            None
        }
    }
}

fn ask(system: &str, question: &str, tokens_max: usize, grammar: Option<&str>) -> Request {
    let grammar = grammar.map(|source| Grammar::Lark(source.into()));
    Request { tokens_max, grammar, ..Request::new(vec![Turn::system(system), Turn::user(question)]) }
}

fn answer(engine: &Engine, request: Request) -> Completion {
    engine.start(request).unwrap().blocking_collect().unwrap()
}

fn line(what: &str, completion: &Completion) {
    let usage = completion.usage;
    let decoding = completion.total - completion.first_token;
    println!(
        "  {what}: prompt {} = {} reused + {} prefilled ({:.0}/s), {} decoded ({:.1}/s), first token {} ms, grammar {:.2} ms + {:.3} ms a token, mean logprob {:.4}",
        usage.prompt_tokens,
        usage.reused_tokens,
        usage.prefilled_tokens,
        usage.prefilled_tokens as f64 / (completion.first_token - completion.queued).as_secs_f64(),
        usage.decoded_tokens,
        usage.decoded_tokens.saturating_sub(1) as f64 / decoding.as_secs_f64(),
        completion.first_token.as_millis(),
        completion.grammar_setup.as_secs_f64() * 1e3,
        completion.grammar_masks.as_secs_f64() * 1e3 / usage.decoded_tokens.max(1) as f64,
        completion.mean_logprob,
    );
}

#[test]
#[ignore = "measures"]
fn what_the_engine_costs() {
    let names =
        std::env::var("FLOORWALKER_MEASURE").unwrap_or("smollm2-135m-instruct,qwen2.5-coder-0.5b-instruct".into());
    for name in names.split(',') {
        for prefill_chunk_tokens in [32, 48, 128, 512] {
            let began = Instant::now();
            let options = EngineOptions { prefill_chunk_tokens, ..EngineOptions::default() };
            let Some(engine) = load(name, &options) else { continue };
            println!("{name}, chunk {prefill_chunk_tokens}: loaded in {} ms", began.elapsed().as_millis());
            let system = SENTENCE.repeat(25);
            line("first", &answer(&engine, ask(&system, "What is it good for?", 48, None)));
            line("second", &answer(&engine, ask(&system, "Does it have a rain cover?", 48, None)));
            if prefill_chunk_tokens == 48 {
                grammars(&engine, &system);
            }
        }
    }
}

fn grammars(engine: &Engine, system: &str) {
    let names: Vec<String> = (0..40).map(|number| format!("\"Tarnfoot Ridgeline {number} Backpack\"")).collect();
    let any = "start: /[^0-9]*/";
    let evidence = format!(
        "start: (word | name | price)+\nword: /[A-Za-z ,.!?'-]+/\nname: {}\nprice: \"$95.00\" | \"$41.00\" | \"$529.00\"",
        names.join(" | ")
    );
    for (what, grammar) in [("no digits", any), ("words, names and prices", evidence.as_str())] {
        let completion = answer(engine, ask(system, "Tell me what it costs and why.", 48, Some(grammar)));
        line(what, &completion);
        println!("    {:?}", completion.text);
    }
    let forced = answer(engine, ask(system, "Why?", 48, Some("start: (\"Q\" | \"zx\" | \"7\" | \"%\"){40}")));
    line("forced", &forced);
}

#[test]
#[ignore = "measures"]
fn how_much_chunks_and_reuse_change_the_numbers() {
    for name in ["smollm2-135m-instruct", "qwen2.5-coder-0.5b-instruct"] {
        for prefill_chunk_tokens in [32, 48, 128] {
            let options = EngineOptions { prefill_chunk_tokens, ..EngineOptions::default() };
            let Some(warm) = load(name, &options) else { continue };
            for question in ["When are you open, and what do you have?", "What is in it?", "Tell me a story."] {
                let fresh = load(name, &options).unwrap();
                let fresh = answer(&fresh, ask(&SENTENCE.repeat(4), question, 24, None));
                let reused = answer(&warm, ask(&SENTENCE.repeat(4), question, 24, None));
                println!(
                    "{name} chunk {prefill_chunk_tokens}: {} reused, same text: {}, mean logprob {:.6} and {:.6}",
                    reused.usage.reused_tokens,
                    fresh.text == reused.text,
                    fresh.mean_logprob,
                    reused.mean_logprob
                );
            }
        }
    }
}
