//! The one test suite, run on every implementation; then what only the one on disk can get wrong: reopening, damage,
//! older and newer formats, a second process.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use std::fs;
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use serde_json::{Value, json};

use super::{
    Author, ConversationId, Disk, Memory, ShopperText, Store, StoreError, StoredMessage, TurnRecord, folder, witness,
};
use crate::domain::Lang;

fn id(text: &str) -> ConversationId {
    ConversationId::parse(text).unwrap()
}

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(1_700_000_000 + second).unwrap()
}

fn turn(conversation: &str, turn_no: u64) -> TurnRecord {
    let at = at(i64::try_from(turn_no).unwrap());
    let message = |author, text: String| StoredMessage { author, text: ShopperText::new(text), language: Lang::En, at };
    TurnRecord {
        conversation: id(conversation),
        turn_no,
        at,
        messages: vec![
            message(Author::Shopper, format!("question {turn_no}")),
            message(Author::Bot, format!("answer {turn_no}")),
        ],
        state: json!({ "turn": turn_no }),
        trace: json!({ "trace of": turn_no }),
    }
}

fn texts(store: &dyn Store, conversation: &str, limit: usize) -> Vec<String> {
    let history = store.history(&id(conversation), limit).unwrap();
    history.iter().map(|m| m.text.expose().to_owned()).collect()
}

fn on_both(test: impl Fn(&dyn Store)) {
    test(&Memory::default());
    let dir = tempfile::tempdir().unwrap();
    test(&Disk::open(dir.path()).unwrap());
}

#[test]
fn an_unknown_conversation_is_empty_not_an_error() {
    on_both(|store| {
        let nobody = id("terminal:nobody");
        assert_eq!(store.load_conversation(&nobody).unwrap(), None);
        assert_eq!(store.history(&nobody, 9).unwrap(), []);
        assert_eq!(store.trace(&nobody, 1).unwrap(), None);
        assert_eq!(store.last_trace(&nobody).unwrap(), None);
        assert_eq!(store.conversations().unwrap(), []);
    });
}

#[test]
fn a_turn_is_found_again_whole() {
    on_both(|store| {
        store.commit_turn(&turn("a", 1)).unwrap();
        store.commit_turn(&turn("a", 2)).unwrap();
        let conversation = store.load_conversation(&id("a")).unwrap().unwrap();
        assert_eq!((conversation.turns, conversation.created_at, conversation.updated_at), (2, at(1), at(2)));
        assert_eq!(conversation.state, json!({ "turn": 2 }));
        assert_eq!(store.trace(&id("a"), 1).unwrap(), Some(json!({ "trace of": 1 })));
        assert_eq!(store.trace(&id("a"), 3).unwrap(), None);
        assert_eq!(store.last_trace(&id("a")).unwrap(), Some((2, json!({ "trace of": 2 }))));
        assert_eq!(store.history(&id("a"), 4).unwrap()[2..], turn("a", 2).messages);
        store.flush().unwrap();
    });
}

#[test]
fn history_is_the_newest_messages_oldest_first() {
    on_both(|store| {
        // More than 255 turns: the order of keys is that of numbers, not of their last byte.
        for n in 1..=300 {
            store.commit_turn(&turn("a", n)).unwrap();
        }
        assert_eq!(texts(store, "a", 3), ["answer 299", "question 300", "answer 300"]);
        assert_eq!(texts(store, "a", 0), [""; 0]);
        assert_eq!(texts(store, "a", 10_000).len(), 600);
        assert_eq!(texts(store, "a", 10_000)[0], "question 1");
    });
}

#[test]
fn a_conversation_whose_name_begins_like_another_is_another() {
    on_both(|store| {
        store.commit_turn(&turn("a", 1)).unwrap();
        store.commit_turn(&turn("ab", 1)).unwrap();
        store.commit_turn(&turn("ab", 2)).unwrap();
        assert_eq!(texts(store, "a", 9).len(), 2);
        assert_eq!(store.last_trace(&id("a")).unwrap().unwrap().0, 1);
        let names: Vec<String> = store.conversations().unwrap().iter().map(|s| s.id.to_string()).collect();
        assert_eq!(names, ["ab", "a"], "the last active first");
    });
}

#[test]
fn a_turn_out_of_order_is_refused_and_changes_nothing() {
    on_both(|store| {
        store.commit_turn(&turn("a", 1)).unwrap();
        for wrong in [0, 1, 3] {
            match store.commit_turn(&turn("a", wrong)) {
                Err(StoreError::OutOfOrder { expected: 2, found }) => assert_eq!(found, wrong),
                other => panic!("{other:?}"),
            }
        }
        assert!(store.commit_turn(&turn("new", 2)).is_err());
        assert_eq!(store.load_conversation(&id("new")).unwrap(), None);
        assert_eq!(store.load_conversation(&id("a")).unwrap().unwrap().turns, 1);
        assert_eq!(texts(store, "a", 9).len(), 2);
    });
}

#[test]
fn a_check_counts_what_is_there() {
    on_both(|store| {
        for n in 1..=3 {
            store.commit_turn(&turn("a", n)).unwrap();
        }
        store.commit_turn(&turn("b", 1)).unwrap();
        let health = store.check().unwrap();
        assert_eq!((health.conversations, health.turns, health.messages), (2, 4, 8));
        assert_eq!(health.problems, [""; 0]);
    });
}

#[test]
fn turns_of_many_threads_all_arrive() {
    on_both(|store| {
        std::thread::scope(|scope| {
            for name in ["a", "b", "c", "d"] {
                scope.spawn(move || (1..=20).for_each(|n| store.commit_turn(&turn(name, n)).unwrap()));
            }
        });
        assert_eq!(store.check().unwrap().turns, 80);
        assert_eq!(store.check().unwrap().problems, [""; 0]);
    });
}

// On disk.

fn filled(dir: &Path, turns: u64) {
    let store = Disk::open(dir).unwrap();
    (1..=turns).for_each(|n| store.commit_turn(&turn("a", n)).unwrap());
    store.flush().unwrap();
}

fn database(dir: &Path) -> PathBuf {
    folder(dir).join("sled").join("db")
}

fn refusal(dir: &Path) -> String {
    Disk::open(dir).map(|store| store.check()).expect_err("it opened").to_string()
}

#[test]
fn what_was_flushed_is_there_after_reopening() {
    let dir = tempfile::tempdir().unwrap();
    filled(dir.path(), 5);
    let store = Disk::open(dir.path()).unwrap();
    assert_eq!(store.load_conversation(&id("a")).unwrap().unwrap().turns, 5);
    store.commit_turn(&turn("a", 6)).unwrap();
    assert_eq!(texts(&store, "a", 1), ["answer 6"]);
}

#[test]
fn a_second_opening_says_who_holds_the_store() {
    let dir = tempfile::tempdir().unwrap();
    let first = Disk::open(dir.path()).unwrap();
    let error = Disk::open(dir.path()).unwrap_err();
    assert!(matches!(error, StoreError::InUse { .. }), "{error:?}");
    assert!(error.to_string().contains("in use by another Floorwalker"), "{error}");
    drop(first);
    Disk::open(dir.path()).unwrap();
}

#[cfg(unix)]
#[test]
fn the_folder_is_for_its_owner_alone() {
    use std::os::unix::fs::PermissionsExt;
    let dir = tempfile::tempdir().unwrap();
    filled(dir.path(), 1);
    assert_eq!(fs::metadata(folder(dir.path())).unwrap().permissions().mode() & 0o077, 0);
}

/// sled takes each of these for a new or a shorter database and would start without a word.
#[test]
fn a_damaged_database_is_reported_and_never_replaced_by_an_empty_one() {
    type Damage = fn(&Path);
    let cases: [(&str, Damage); 6] = [
        ("deleted", |db| fs::remove_file(db).unwrap()),
        ("emptied", |db| fs::write(db, b"").unwrap()),
        ("overwritten with text", |db| fs::write(db, "not a database\n".repeat(4_000)).unwrap()),
        ("cut in the middle", |db| {
            let bytes = fs::read(db).unwrap();
            fs::write(db, &bytes[..bytes.len() / 2]).unwrap();
        }),
        ("overwritten at its start", |db| overwrite(db, 0, 64)),
        ("overwritten throughout", |db| overwrite(db, 0, usize::MAX)),
    ];
    for (name, damage) in cases {
        let dir = tempfile::tempdir().unwrap();
        filled(dir.path(), 2_000);
        damage(&database(dir.path()));
        for attempt in 1..=2 {
            let error = refusal(dir.path());
            assert!(error.contains("is damaged") && error.contains("backup"), "{name}, attempt {attempt}: {error}");
        }
    }
}

fn overwrite(file: &Path, from: usize, count: usize) {
    let mut bytes = fs::read(file).unwrap();
    bytes.iter_mut().skip(from).take(count).for_each(|b| *b = 0xa5);
    fs::write(file, bytes).unwrap();
}

/// Wherever the bytes fall, the store says so, or everything is still there: it never starts with less.
#[test]
fn a_hole_anywhere_in_the_database_loses_nothing_silently() {
    let dir = tempfile::tempdir().unwrap();
    filled(dir.path(), 400);
    let whole = fs::read(database(dir.path())).unwrap();
    let mut reported = 0;
    for part in 0..24 {
        let copy = tempfile::tempdir().unwrap();
        copy_folder(&folder(dir.path()), &folder(copy.path()));
        overwrite(&database(copy.path()), whole.len() / 24 * part, 200);
        match Disk::open(copy.path()).and_then(|store| store.check()) {
            Err(error) => {
                reported += 1;
                assert!(matches!(error, StoreError::Damaged { .. }), "{error:?}");
            }
            Ok(health) if !health.problems.is_empty() => reported += 1,
            Ok(health) => assert_eq!((health.turns, health.messages), (400, 800), "part {part}"),
        }
    }
    assert!(reported > 0, "no hole was noticed");
}

fn copy_folder(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap().map(Result::unwrap) {
        let target = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy_folder(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), target).unwrap();
        }
    }
}

/// Writes a value past the store, as a fault or another version would.
fn plant(dir: &Path, tree: &str, key: &[u8], value: &[u8]) {
    let db = sled::open(folder(dir).join("sled")).unwrap();
    db.open_tree(tree).unwrap().insert(key, value).unwrap();
    db.flush().unwrap();
}

#[test]
fn a_value_that_does_not_decode_is_named_and_the_rest_is_readable() {
    let dir = tempfile::tempdir().unwrap();
    filled(dir.path(), 2);
    plant(dir.path(), "messages", b"a\0\0\0\0\0\0\0\0\x01", b"\x02[{\"author\":");
    let store = Disk::open(dir.path()).unwrap();
    let error = store.history(&id("a"), 9).unwrap_err().to_string();
    assert!(error.contains("the messages of turn 1 of a: it is cut off"), "{error}");
    assert_eq!(texts(&store, "a", 2).len(), 2);
    let problems = store.check().unwrap().problems;
    assert_eq!(problems.len(), 1, "{problems:?}");
}

#[test]
fn a_turn_that_is_not_whole_is_found_by_the_check() {
    let dir = tempfile::tempdir().unwrap();
    filled(dir.path(), 2);
    let db = sled::open(folder(dir.path()).join("sled")).unwrap();
    db.open_tree("traces").unwrap().remove(b"a\0\0\0\0\0\0\0\0\x02").unwrap();
    db.flush().unwrap();
    drop(db);
    let problems = Disk::open(dir.path()).unwrap().check().unwrap().problems;
    assert_eq!(problems, ["the trace of turn 2 of a is missing"]);
}

#[test]
fn a_newer_store_and_a_newer_value_are_refused_with_what_to_do() {
    let dir = tempfile::tempdir().unwrap();
    filled(dir.path(), 1);
    plant(dir.path(), "conversations", b"a", b"\x03{}");
    let error = Disk::open(dir.path()).unwrap().load_conversation(&id("a")).unwrap_err().to_string();
    assert!(error.contains("the conversation a was written by a newer Floorwalker (format 3"), "{error}");

    plant(dir.path(), "meta", b"format", &3u64.to_be_bytes());
    assert!(refusal(dir.path()).contains("upgrade Floorwalker"));
    // Before sled is even started, where the witness says it.
    witness::write(&folder(dir.path()), witness::Witness { format: 9, commits: 0 }).unwrap();
    assert!(refusal(dir.path()).contains("(format 9, this one reads up to 2)"));
}

#[test]
fn a_store_that_lost_its_format_key_is_not_taken_for_a_new_one() {
    let dir = tempfile::tempdir().unwrap();
    filled(dir.path(), 1);
    let db = sled::open(folder(dir.path()).join("sled")).unwrap();
    db.open_tree("meta").unwrap().remove("format").unwrap();
    db.flush().unwrap();
    drop(db);
    assert!(refusal(dir.path()).contains("its format is missing"));
}

#[test]
fn a_witness_that_cannot_be_read_is_reported() {
    let dir = tempfile::tempdir().unwrap();
    filled(dir.path(), 1);
    fs::write(witness::path(&folder(dir.path())), "{").unwrap();
    assert!(refusal(dir.path()).contains("witness.json cannot be read"));
}

/// `tests/fixtures/store-v1.jsonl` is what the first format held.
#[test]
fn a_store_of_the_first_format_is_brought_up_to_date() {
    let dir = tempfile::tempdir().unwrap();
    let fixture = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/store-v1.jsonl"));
    let db = sled::open(folder(dir.path()).join("sled")).unwrap();
    for line in fixture.lines() {
        let entry: Value = serde_json::from_str(line).unwrap();
        let mut key = entry["key"].as_str().unwrap().as_bytes().to_vec();
        if let Some(turn_no) = entry["turn"].as_u64() {
            key.push(0);
            key.extend_from_slice(&turn_no.to_be_bytes());
        }
        let value = match entry["number"].as_u64() {
            Some(number) => number.to_be_bytes().to_vec(),
            None => [&[1], serde_json::to_vec(&entry["value"]).unwrap().as_slice()].concat(),
        };
        db.open_tree(entry["tree"].as_str().unwrap()).unwrap().insert(key, value).unwrap();
    }
    db.flush().unwrap();
    drop(db);

    let migrated = Disk::open(dir.path()).unwrap();
    let health = migrated.check().unwrap();
    assert_eq!((health.conversations, health.turns, health.messages), (2, 3, 7));
    assert_eq!(health.problems, [""; 0]);
    let anna = id("terminal:anna");
    let history = migrated.history(&anna, 9).unwrap();
    let authors: Vec<Author> = history.iter().map(|m| m.author).collect();
    assert_eq!(authors, [Author::Shopper, Author::Bot, Author::Shopper, Author::Bot, Author::Staff]);
    assert_eq!((history[0].language, history[0].at.to_string()), (Lang::En, "2025-03-01T09:00:00Z".to_owned()));
    assert_eq!(migrated.history(&id("terminal:王"), 1).unwrap()[0].language, Lang::Zh);
    assert_eq!(migrated.trace(&anna, 2).unwrap(), Some(json!({ "plan": "stock" })));

    // It goes on in the new format, and the second opening has nothing to do.
    migrated.commit_turn(&turn("terminal:anna", 3)).unwrap();
    migrated.flush().unwrap();
    drop(migrated);
    let again = Disk::open(dir.path()).unwrap();
    assert_eq!(again.load_conversation(&anna).unwrap().unwrap().turns, 3);
}
