//! The engine on real weights (SmolLM2-135M), through its public surface:
//! - a reply streams, and its pieces add up to the completion; greedy replies repeat
//! - tokens_max, deadline and cancellation end a reply and say so; a dropped reply frees the engine
//! - a follow-up and another conversation use the computed prefix again, and say the same as a fresh engine
//! - a full cache makes old sequences give way; a prompt that can't fit is refused with its size
//! - a grammar is obeyed and ends the reply; a broken one fails that request only
//! - a full queue refuses; dropping the engine ends what is being written
//! - a file that is missing or not a GGUF is named in the error
//!
//! Skipped, with a line that says so, where the weights are not in the cache.
#![cfg(feature = "llama")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, clippy::print_stderr)]
#![allow(clippy::disallowed_methods)]

use std::path::{Path, PathBuf};
use std::sync::OnceLock;
use std::time::{Duration, Instant};

use floorwalker::llm::{
    Engine, EngineError, EngineOptions, Event, Generation, Grammar, LanguageModel, LoadError, Refused, Request,
    Sampling, Stop, Turn,
};
use floorwalker::models::{Cache, Manifest, resolve};

const MODEL: &str = "smollm2-135m-instruct";

const SYSTEM: &str = "You are the friendly assistant of a small shop for tea, coffee and kitchen things. You answer in \
    one or two short sentences. You never invent prices. The shop is open from Monday to Saturday. Orders leave the \
    warehouse within two days, and a parcel takes about a week. Whoever is not content can send a thing back.";

fn weights() -> Option<PathBuf> {
    let cache = Cache::open_default().ok()?;
    let found = resolve(&Manifest::builtin().ok()?, &cache, MODEL);
    if let Err(error) = &found {
        eprintln!("skipped: {error}");
    }
    found.ok()
}

fn engine(options: EngineOptions) -> Option<Engine> {
    Some(Engine::load(&weights()?, &options).unwrap())
}

/// One engine for the tests that don't care about its state.
fn shared() -> Option<&'static Engine> {
    static ENGINE: OnceLock<Option<Engine>> = OnceLock::new();
    ENGINE.get_or_init(|| engine(EngineOptions { threads: Some(2), ..EngineOptions::default() })).as_ref()
}

fn ask(question: &str) -> Request {
    Request { tokens_max: 24, ..Request::new(vec![Turn::system(SYSTEM), Turn::user(question)]) }
}

fn answer(engine: &Engine, request: Request) -> floorwalker::llm::Completion {
    engine.start(request).unwrap().blocking_collect().unwrap()
}

fn first_text(generation: &mut Generation) -> String {
    match generation.blocking_next() {
        Some(Event::Text(text)) => text,
        other => panic!("no text but {other:?}"),
    }
}

#[test]
fn a_reply_streams_in_pieces_that_add_up() {
    let Some(engine) = shared() else { return };
    let mut generation = engine.start(ask("What is green tea?")).unwrap();
    let mut text = String::new();
    let mut pieces = 0;
    let completion = loop {
        match generation.blocking_next().unwrap() {
            Event::Text(piece) => {
                text.push_str(&piece);
                pieces += 1;
            }
            Event::Done(completion) => break completion,
            Event::Failed(error) => panic!("{error}"),
        }
    };
    assert!(pieces > 5, "{pieces} pieces");
    assert_eq!(text, completion.text);
    assert!(completion.usage.prompt_tokens > 60);
    assert_eq!(completion.usage.reused_tokens + completion.usage.prefilled_tokens, completion.usage.prompt_tokens);
    assert!(completion.first_token <= completion.total);
    assert!(completion.mean_logprob < 0.0 && completion.min_logprob <= completion.mean_logprob);
}

#[test]
fn greedy_replies_repeat_and_seeded_ones_too() {
    let Some(engine) = shared() else { return };
    assert_eq!(answer(engine, ask("Name a tea.")).text, answer(engine, ask("Name a tea.")).text);
    let seeded = |seed| {
        let sampling = Sampling::Temperature { temperature: 1.5, seed };
        answer(engine, Request { sampling, ..ask("Tell me a story.") }).text
    };
    assert_eq!(seeded(1), seeded(1));
    assert_ne!(seeded(1), seeded(2));
}

#[test]
fn a_reply_is_cut_at_its_most_tokens() {
    let Some(engine) = shared() else { return };
    let completion = answer(engine, Request { tokens_max: 3, ..ask("Tell me a long story.") });
    assert_eq!((completion.stop, completion.usage.decoded_tokens), (Stop::TokensMax, 3));
}

#[test]
fn a_deadline_ends_the_reply_with_what_is_there() {
    let Some(engine) = shared() else { return };
    let began = Instant::now();
    let deadline = Some(began + Duration::from_millis(900));
    let request = Request { tokens_max: 4000, deadline, ..ask("Write a very long story about a teapot.") };
    let completion = answer(engine, request);
    assert!(matches!(completion.stop, Stop::Deadline | Stop::EndOfTurn), "{completion:?}");
    assert!(began.elapsed() < Duration::from_secs(30));
    let late = Request { deadline: Some(began), ..ask("Hello?") };
    let completion = answer(engine, late);
    assert_eq!((completion.stop, completion.usage.prefilled_tokens), (Stop::Deadline, 0));
}

#[test]
fn a_cancelled_or_dropped_reply_frees_the_engine() {
    let Some(engine) = shared() else { return };
    let long = || Request { tokens_max: 4000, ..ask("Count from one to a thousand, in words.") };
    let mut generation = engine.start(long()).unwrap();
    first_text(&mut generation);
    generation.cancel();
    let completion = generation.blocking_collect().unwrap();
    assert_eq!(completion.stop, Stop::Cancelled);
    assert!(!completion.text.is_empty() && completion.usage.decoded_tokens < 1000);

    let mut dropped = engine.start(long()).unwrap();
    first_text(&mut dropped);
    drop(dropped);
    let began = Instant::now();
    answer(engine, Request { tokens_max: 1, ..ask("Hello?") });
    assert!(began.elapsed() < Duration::from_secs(20));
}

#[test]
fn what_was_computed_before_is_used_again_and_changes_nothing() {
    let options = EngineOptions { threads: Some(2), ..EngineOptions::default() };
    let Some(engine) = engine(options.clone()) else { return };
    let first = answer(&engine, ask("Do you have green tea?"));
    assert_eq!(first.usage.reused_tokens, 0);

    let long = "I would like to know something about kettles, and I have thought about it for quite some time now: \
        is the one that you sell, with the long neck and the wooden handle, good for pouring coffee slowly, and does \
        it keep warm for long, and is it heavy, and can my child hold it, and does it come in blue?";
    for question in [long, "When are you open?", "Do you have green tea?"] {
        let again = answer(&engine, ask(question));
        assert!(again.usage.reused_tokens > 60, "{question}: {:?}", again.usage);
        assert_eq!(again.usage.prefilled_tokens, again.usage.prompt_tokens - again.usage.reused_tokens);
        let fresh = Engine::load(&weights().unwrap(), &options).unwrap();
        let fresh = answer(&fresh, ask(question));
        assert_eq!(fresh.usage.reused_tokens, 0);
        assert_eq!(again.text, fresh.text, "{question}");
        // Not merely as good: the very same numbers.
        assert_eq!((again.mean_logprob, again.min_logprob), (fresh.mean_logprob, fresh.min_logprob), "{question}");
    }

    let follow_up = vec![
        Turn::system(SYSTEM),
        Turn::user("Do you have green tea?"),
        Turn::assistant(first.text.clone()),
        Turn::user("And black tea?"),
    ];
    let second = answer(&engine, Request { tokens_max: 24, ..Request::new(follow_up) });
    assert!(second.usage.reused_tokens > first.usage.prompt_tokens - 8, "{:?}", second.usage);
}

#[test]
fn a_full_cache_makes_old_conversations_give_way() {
    let Some(engine) = engine(EngineOptions { context_tokens: 512, ..EngineOptions::default() }) else { return };
    for topic in ["tea", "coffee", "kettles", "cups", "spoons", "plates"] {
        let question = format!("{} And how are your {topic}?", format!("I like {topic} very much. ").repeat(14));
        let completion = answer(&engine, Request { tokens_max: 8, ..ask(&question) });
        assert!(completion.usage.decoded_tokens > 0, "{topic}");
    }
    let too_long = engine.start(ask(&"tea ".repeat(1000))).unwrap().blocking_collect();
    assert!(matches!(too_long, Err(EngineError::PromptTooLong { prompt_tokens: 1000.., .. })), "{too_long:?}");
    assert!(answer(&engine, ask("Hello?")).usage.reused_tokens > 0);
}

#[test]
fn a_lark_grammar_is_obeyed_and_ends_the_reply() {
    let Some(engine) = shared() else { return };
    let words = r#"start: word (" " word)~2
word: "teapot" | "kettle" | "mug""#;
    let request = Request { grammar: Some(Grammar::Lark(words.into())), ..ask("What is the capital of France?") };
    let completion = answer(engine, request);
    let words: Vec<_> = completion.text.split(' ').collect();
    assert_eq!(words.len(), 3, "{}", completion.text);
    assert!(words.iter().all(|word| ["teapot", "kettle", "mug"].contains(word)), "{}", completion.text);
    assert!(completion.stop.is_complete());
    assert!(completion.min_logprob < -2.0, "the grammar had to force it: {completion:?}");
    assert!(completion.grammar_setup > Duration::ZERO && completion.grammar_masks > Duration::ZERO);
}

#[test]
fn a_grammar_is_obeyed_at_any_temperature() {
    let Some(engine) = shared() else { return };
    for seed in 0..5 {
        let request = Request {
            grammar: Some(Grammar::Lark("start: /[A-F]{4}, [0-9]{2}/".into())),
            sampling: Sampling::Temperature { temperature: 2.0, seed },
            ..ask("Hello!")
        };
        let text = answer(engine, request).text;
        let bytes = text.as_bytes();
        assert!(text.len() == 8 && bytes[..4].iter().all(|byte| (b'A'..=b'F').contains(byte)), "{text}");
        assert!(text[4..6] == *", " && bytes[6..].iter().all(u8::is_ascii_digit), "{text}");
    }
}

#[test]
fn a_json_schema_is_obeyed() {
    let Some(engine) = shared() else { return };
    let schema = serde_json::json!({
        "type": "object",
        "properties": { "colour": { "enum": ["red", "blue"] }, "stars": { "type": "integer", "minimum": 1, "maximum": 5 } },
        "required": ["colour", "stars"],
        "additionalProperties": false,
    });
    let request = Request { grammar: Some(Grammar::JsonSchema(schema)), tokens_max: 60, ..ask("What do you like?") };
    let completion = answer(engine, request);
    let value: serde_json::Value = serde_json::from_str(&completion.text).unwrap();
    assert!(["red", "blue"].contains(&value["colour"].as_str().unwrap()));
    assert!((1..=5).contains(&value["stars"].as_i64().unwrap()));
}

#[test]
fn a_broken_grammar_fails_its_request_and_no_other() {
    let Some(engine) = shared() else { return };
    let request = Request { grammar: Some(Grammar::Lark("start: nothing_like_this".into())), ..ask("Hello?") };
    let failed = engine.start(request).unwrap().blocking_collect();
    assert!(matches!(failed, Err(EngineError::Grammar(_))), "{failed:?}");
    assert!(engine.is_alive());
    assert!(answer(engine, ask("Hello?")).usage.decoded_tokens > 0);
}

#[test]
fn a_full_queue_refuses_and_dropping_the_engine_ends_what_is_written() {
    let Some(engine) = engine(EngineOptions { queue_max: 1, ..EngineOptions::default() }) else { return };
    let long = || Request { tokens_max: 4000, ..ask("Count from one to a thousand, in words.") };
    let mut writing = engine.start(long()).unwrap();
    first_text(&mut writing);
    let waiting = engine.start(long()).unwrap();
    assert_eq!(engine.start(long()).unwrap_err(), Refused::Busy { waiting: 1 });
    drop(engine);
    assert_eq!(writing.blocking_collect().unwrap_err(), EngineError::Stopped);
    assert_eq!(waiting.blocking_collect().unwrap_err(), EngineError::Stopped);
}

#[test]
fn a_file_that_cannot_be_loaded_is_named_with_what_to_do() {
    let options = EngineOptions::default();
    let missing = Engine::load(Path::new("/nowhere/model.gguf"), &options).unwrap_err();
    assert!(matches!(missing, LoadError::NotFound(_)) && missing.to_string().contains("model pull"), "{missing}");
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("model.gguf");
    std::fs::write(&file, "no weights here").unwrap();
    assert!(matches!(Engine::load(&file, &options).unwrap_err(), LoadError::NotGguf(_)));
    std::fs::write(&file, b"GGUF\x03\0\0\0 and then rubbish").unwrap();
    let damaged = Engine::load(&file, &options).unwrap_err();
    assert!(matches!(damaged, LoadError::Unsupported { .. }), "{damaged}");
}
