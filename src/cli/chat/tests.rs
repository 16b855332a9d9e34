//! What a chat does: replies are kept and gone on with after a restart, `/new` forgets, `/why` and `/history` tell, a
//! store that cannot be used takes no reply away, a reply that was stopped is no turn.

use std::path::Path;

use clap::Parser;

use super::*;
use crate::cli::tests::SAMPLE_SHOP;
use crate::cli::{Cli, Command, Sources, set_up};
use crate::llm::scripted::{Script, Scripted};
use crate::turn::word::WriterOptions;

/// Says the lines in one start of the chat and returns what was printed.
fn chat(dir: &Path, lines: &[&str]) -> String {
    with_writer(dir, lines, None)
}

fn with_writer(dir: &Path, lines: &[&str], writer: Option<&Writer>) -> String {
    let data = dir.join("data");
    let words = ["floorwalker", "--data", data.to_str().unwrap(), "--shop", SAMPLE_SHOP, "--model", "none", "chat"];
    let cli = Cli::try_parse_from(words).unwrap();
    let setup = set_up(&cli, &Sources { working_dir: dir.to_path_buf(), ..Sources::default() }).unwrap();
    let Command::Chat(arguments) = &cli.command else { panic!("not a chat") };
    let assistant = setup.open_assistant().unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let memory = Memory::open(&setup);
    let mut chat =
        Chat { assistant: &assistant, writer, memory, arguments, runtime, is_terminal: true, has_sign: true };
    let mut out = Vec::new();
    chat.greet(&setup, &mut out).unwrap();
    for line in lines {
        match Said::of(line) {
            Said::Command(line) => assert!(chat.command(&line, &mut out).unwrap()),
            Said::Message(text) => chat.reply(&text, &mut out).unwrap(),
            Said::Nothing => {}
        }
    }
    String::from_utf8(out).unwrap()
}

#[test]
fn the_next_start_goes_on_where_this_one_stopped() {
    let dir = tempfile::tempdir().unwrap();
    let first = chat(dir.path(), &["how much is the fjell 2?"]);
    assert!(first.starts_with("Larkfield\n  Good things") && first.contains("$189.00"), "{first}");
    assert!(!first.contains("Going on"), "{first}");
    let second = chat(dir.path(), &["how much does it weigh?", "/history", "/why"]);
    assert!(second.contains("(Going on where we stopped, after 1 turn."), "{second}");
    assert!(second.contains("2.1 kg"), "{second}");
    assert!(second.contains("you   how much is the fjell 2?") && second.contains("bot   "), "{second}");
    assert!(second.contains("fjell-2: weight = 2.1 kg"), "{second}");
}

#[test]
fn new_forgets_what_it_was_about_and_keeps_what_was_said() {
    let dir = tempfile::tempdir().unwrap();
    chat(dir.path(), &["how much is the fjell 2?", "/new"]);
    let after = chat(dir.path(), &["/why", "/history"]);
    assert!(!after.contains("Going on") && after.contains("Nothing was asked yet."), "{after}");
    assert!(after.contains("how much is the fjell 2?"), "{after}");
}

#[test]
fn a_store_in_use_takes_no_reply_away() {
    let dir = tempfile::tempdir().unwrap();
    let _held = crate::store::Disk::open(&dir.path().join("data")).unwrap();
    let out = chat(dir.path(), &["how much is the fjell 2?", "/history"]);
    assert!(out.contains("$189.00") && out.contains("you   how much"), "{out}");
}

#[test]
fn commands_answer_and_an_unknown_one_lists_them() {
    let dir = tempfile::tempdir().unwrap();
    let out = chat(dir.path(), &["/product fjell-2", "/product nope", "/product", "/wat"]);
    assert!(out.contains("Norrvale Fjell 2 Tent (fjell-2)"), "{out}");
    assert!(out.contains("has no product `nope`") && out.contains("/product ID"), "{out}");
    assert!(out.contains("There is no command /wat."), "{out}");
}

#[test]
fn why_shows_what_the_guard_had_against_the_models_words() {
    let dir = tempfile::tempdir().unwrap();
    let liar = Scripted::new(|_| Script::say("The Norrvale Fjell 2 Tent costs $1.00."));
    let writer = Writer::new(std::sync::Arc::new(liar), "Larkfield", WriterOptions::default()).unwrap();
    let out = with_writer(dir.path(), &["how much is the fjell 2?", "/why"], Some(&writer));
    assert!(out.contains("$189.00") && out.contains("draft   The Norrvale Fjell 2 Tent costs $1.00."), "{out}");
    assert!(out.contains("refused: ") && out.contains("guard fell back"), "{out}");
}

#[test]
fn a_line_is_a_command_a_message_or_nothing() {
    assert_eq!(Said::of("  "), Said::Nothing);
    assert_eq!(Said::of(" /why "), Said::Command("/why".to_owned()));
    assert_eq!(Said::of("/5 please"), Said::Message("/5 please".to_owned()));
    assert_eq!(Said::of("多少钱"), Said::Message("多少钱".to_owned()));
}
