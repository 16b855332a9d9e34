//! A process is killed while it commits turns. Afterwards every turn is whole or absent, and every turn that was
//! acknowledged (committed and flushed) is there. While it runs, nobody else can open its store.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use floorwalker::domain::Lang;
use floorwalker::store::{Author, ConversationId, Disk, ShopperText, Store, StoreError, StoredMessage, TurnRecord};
use jiff::Timestamp;
use serde_json::json;

const VARIABLE: &str = "FLOORWALKER_TEST_CRASH_DIR";
const CONVERSATIONS: [&str; 3] = ["terminal:a", "terminal:b", "terminal:c"];

fn turn(conversation: &str, turn_no: u64) -> TurnRecord {
    let at = Timestamp::UNIX_EPOCH;
    // Long enough that sled writes out a full buffer amid a turn every few turns.
    let long = |who: &str| format!("{who} {turn_no} ").repeat(2_000);
    let text = |who: &str| ShopperText::new(long(who));
    let message = |author, text| StoredMessage { author, text, language: Lang::En, at };
    TurnRecord {
        conversation: ConversationId::parse(conversation).unwrap(),
        turn_no,
        at,
        messages: vec![message(Author::Shopper, text("question")), message(Author::Bot, text("answer"))],
        state: json!({ "turn": turn_no }),
        trace: trace(turn_no),
    }
}

fn trace(turn_no: u64) -> serde_json::Value {
    json!({ "turn": turn_no, "steps": format!("step {turn_no} ").repeat(3_000) })
}

/// Not a test by itself: the process that is killed. Each line it prints acknowledges a turn.
#[test]
#[ignore = "run by the test below, in a process of its own"]
fn child_that_commits_until_it_is_killed() {
    let Some(dir) = std::env::var_os(VARIABLE) else { return };
    let store = Disk::open(Path::new(&dir)).unwrap();
    let mut out = std::io::stdout();
    for turn_no in 1.. {
        let mut done = [0; 3];
        for (done, conversation) in done.iter_mut().zip(CONVERSATIONS) {
            let last = store.load_conversation(&ConversationId::parse(conversation).unwrap()).unwrap();
            *done = last.map_or(0, |c| c.turns) + 1;
            store.commit_turn(&turn(conversation, *done)).unwrap();
        }
        // Most turns are left to sled's own writing.
        if turn_no % 5 == 0 {
            store.flush().unwrap();
            writeln!(out, "ack {} {} {}", done[0], done[1], done[2]).unwrap();
            out.flush().unwrap();
        }
    }
}

/// Runs the child until it has acknowledged `acks` times more, and kills it `later` than that. Returns the last turn
/// acknowledged in each conversation.
fn run_and_kill(dir: &Path, acks: usize, later: Duration) -> Vec<u64> {
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "child_that_commits_until_it_is_killed", "--ignored", "--nocapture"])
        .env(VARIABLE, dir)
        .stdout(Stdio::piped())
        .stderr(Stdio::inherit())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    // The test harness prints too, once on the same line.
    let ack = |line: String| -> Option<Vec<u64>> {
        Some(line.split_once("ack ")?.1.split(' ').map(|n| n.parse().unwrap()).collect())
    };
    let mut last = Vec::new();
    for _ in 0..acks {
        let next = lines.by_ref().map(Result::unwrap).find_map(ack);
        last = next.expect("the child ended by itself");
    }
    let held = Disk::open(dir).map(|_| ());
    assert!(matches!(held, Err(StoreError::InUse { .. })), "another process holds the store: {held:?}");
    std::thread::sleep(later);
    child.kill().unwrap();
    last = lines.map_while(Result::ok).filter_map(ack).last().unwrap_or(last);
    child.wait().unwrap();
    last
}

#[test]
fn killed_while_committing_every_turn_is_whole_or_absent_and_no_acknowledged_one_is_lost() {
    let dir = tempfile::tempdir().unwrap();
    for round in 0..16 {
        let acknowledged = run_and_kill(dir.path(), 1, Duration::from_millis(7 * (round % 8)));
        let store = Disk::open(dir.path()).unwrap();
        let health = store.check().unwrap();
        assert_eq!(health.problems, [""; 0], "round {round}");
        assert_eq!(health.messages, health.turns * 2);
        for (name, acknowledged) in CONVERSATIONS.iter().zip(acknowledged) {
            let id = ConversationId::parse(name).unwrap();
            let conversation = store.load_conversation(&id).unwrap().unwrap();
            assert!(conversation.turns >= acknowledged, "{name}: {} of {acknowledged}", conversation.turns);
            assert_eq!(conversation.state, json!({ "turn": conversation.turns }), "the state is that of the last turn");
            for turn_no in 1..=conversation.turns {
                assert_eq!(store.trace(&id, turn_no).unwrap(), Some(trace(turn_no)));
            }
            let messages = usize::try_from(conversation.turns).unwrap() * 2;
            let expected: Vec<StoredMessage> = (1..=conversation.turns).flat_map(|n| turn(name, n).messages).collect();
            let history = store.history(&id, messages + 10).unwrap();
            assert!(history == expected, "{name}: {} messages of {}", history.len(), expected.len());
        }
    }
}
