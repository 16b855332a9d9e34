//! Rules of the house that no compiler knows: rooms use only what the table allows, every file opens with what lives
//! in it, no file outgrows its reader, and nothing names a path of somebody's machine.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Lines of a source file, tests included.
const FILE_LINES_MAX: usize = 600;

const ROOT: &str = env!("CARGO_MANIFEST_DIR");

/// Each room and the rooms that its `crate::` paths may name. Dependencies point down this table: a room names only
/// rooms below its own line. `app` is what starts and stops; `models` finds and fetches the files that `llm` loads.
const ROOMS: &[(&str, &[&str])] = &[
    ("main", &["cli"]),
    (
        "cli",
        &[
            "app",
            "turn",
            "retrieval",
            "catalog",
            "models",
            "llm",
            "store",
            "text",
            "domain",
            "config",
            "limits",
            "telemetry",
            "clock",
        ],
    ),
    (
        "app",
        &[
            "turn",
            "retrieval",
            "catalog",
            "models",
            "llm",
            "store",
            "text",
            "domain",
            "config",
            "limits",
            "telemetry",
            "clock",
        ],
    ),
    ("turn", &["retrieval", "catalog", "llm", "store", "text", "domain", "limits", "clock"]),
    ("retrieval", &["catalog", "llm", "text", "domain", "limits"]),
    ("catalog", &["text", "domain", "limits"]),
    ("models", &["llm", "config", "limits", "clock"]),
    ("llm", &["limits", "clock"]),
    ("store", &["domain", "limits"]),
    ("text", &["domain", "limits"]),
    ("config", &["domain", "limits", "telemetry"]),
    ("domain", &[]),
    ("limits", &[]),
    ("telemetry", &[]),
    ("clock", &[]),
];

/// Files that are over the limit today, to be cut; a test fails once one of them no longer is.
const LONG_FILES: &[&str] = &[];

struct Source {
    /// `src/store/disk.rs`
    path: String,
    /// `store`
    room: String,
    text: String,
}

fn sources() -> Vec<Source> {
    let mut files = Vec::new();
    walk(&Path::new(ROOT).join("src"), &mut files);
    files.sort();
    assert!(files.len() > 10, "the sources were not found");
    files
        .into_iter()
        .map(|file| {
            let path = file.strip_prefix(ROOT).unwrap().to_string_lossy().replace('\\', "/");
            let first = path.split('/').nth(1).unwrap();
            let room = first.trim_end_matches(".rs").to_owned();
            Source { room, text: fs::read_to_string(&file).unwrap(), path }
        })
        .collect()
}

fn walk(dir: &Path, files: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(dir).unwrap().map(Result::unwrap) {
        let path = entry.path();
        if path.is_dir() {
            walk(&path, files);
        } else if path.extension().is_some_and(|e| e == "rs") {
            files.push(path);
        }
    }
}

/// Every room that a file names: `use crate::a`, `use crate::{a, b::c}`, `crate::a::f()`; for the binary, the same of
/// `floorwalker::`. Comments are skipped.
fn rooms_named(source: &Source) -> Vec<String> {
    let prefix = if source.room == "main" { "floorwalker::" } else { "crate::" };
    let lines = source.text.lines().filter(|l| !l.trim_start().starts_with("//"));
    let code = lines.collect::<Vec<_>>().join("\n");
    let mut named = Vec::new();
    for (at, _) in code.match_indices(prefix) {
        let rest = &code[at + prefix.len()..];
        match rest.strip_prefix('{') {
            Some(group) => named.extend(heads(group)),
            None => named.push(word(rest)),
        }
    }
    named.retain(|name| !name.is_empty() && *name != source.room);
    named.sort();
    named.dedup();
    named
}

/// The first words of a brace group's members: `a::{b, c}, d}` gives `a`, `d`.
fn heads(group: &str) -> Vec<String> {
    let mut heads = Vec::new();
    let mut depth = 0;
    let mut start = true;
    for (at, c) in group.char_indices() {
        match c {
            '{' => depth += 1,
            '}' if depth == 0 => break,
            '}' => depth -= 1,
            ',' if depth == 0 => start = true,
            c if start && !c.is_whitespace() => {
                heads.push(word(&group[at..]));
                start = false;
            }
            _ => {}
        }
    }
    heads
}

fn word(text: &str) -> String {
    text.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect()
}

#[test]
fn rooms_use_only_what_lies_below_them() {
    let mut offences = Vec::new();
    for source in sources().iter().filter(|s| s.room != "lib") {
        let Some((_, allowed)) = ROOMS.iter().find(|(room, _)| *room == source.room) else {
            offences.push(format!("{}: `{}` is not in the table of rooms", source.path, source.room));
            continue;
        };
        for named in rooms_named(source) {
            if !allowed.contains(&named.as_str()) {
                offences.push(format!("{}: `{}` may not use `{named}`", source.path, source.room));
            }
        }
    }
    assert!(offences.is_empty(), "\n{}", offences.join("\n"));
}

#[test]
fn the_table_of_rooms_points_down() {
    for (line, (room, allowed)) in ROOMS.iter().enumerate() {
        for used in *allowed {
            let at = ROOMS.iter().position(|(r, _)| r == used);
            assert!(at.is_some_and(|at| at > line), "`{room}` names `{used}`, which is not below it");
        }
    }
}

#[test]
fn a_path_is_read_in_each_way_it_can_be_written() {
    let text = "use crate::a::b;\nuse crate::{\n    c::{d, e},\n    f,\n};\nlet x = crate::g::h();\n// crate::no\npub(crate) fn i() {}";
    let source = Source { path: String::new(), room: "a".to_owned(), text: text.to_owned() };
    assert_eq!(rooms_named(&source), ["c", "f", "g"]);
}

#[test]
fn every_source_file_opens_with_what_lives_in_it() {
    let silent: Vec<String> = sources().into_iter().filter(|s| !s.text.starts_with("//! ")).map(|s| s.path).collect();
    assert!(silent.is_empty(), "these files do not open with `//!`: {silent:?}");
}

#[test]
fn no_source_file_is_longer_than_its_reader() {
    let mut offences = Vec::new();
    for Source { path, text, .. } in sources() {
        let lines = text.lines().count();
        match (lines > FILE_LINES_MAX, LONG_FILES.contains(&path.as_str())) {
            (true, false) => offences.push(format!("{path} has {lines} lines, the limit is {FILE_LINES_MAX}")),
            (false, true) => offences.push(format!("{path} is short again: take it off the list")),
            _ => {}
        }
    }
    assert!(offences.is_empty(), "\n{}", offences.join("\n"));
}

#[test]
fn no_tracked_file_names_a_path_of_a_machine() {
    let output = Command::new("git").args(["ls-files", "-z"]).current_dir(ROOT).output();
    // A source package without its repository has nothing to look through.
    let Some(output) = output.ok().filter(|o| o.status.success()) else { return };
    // In two pieces, so that this file does not name them.
    let machine = ["/wo", "/ro", "/ho", "/Us"].iter().zip(["rk/", "ot/", "me/", "ers/"]);
    let machine: Vec<String> = machine.map(|(a, b)| format!("{a}{b}")).collect();
    let mut offences = Vec::new();
    for path in String::from_utf8_lossy(&output.stdout).split('\0').filter(|p| !p.is_empty()) {
        let Ok(text) = fs::read_to_string(Path::new(ROOT).join(path)) else { continue };
        for (line, content) in text.lines().enumerate() {
            if machine.iter().any(|m| starts_a_path(content, m)) {
                offences.push(format!("{path}:{}: {}", line + 1, content.trim()));
            }
        }
    }
    assert!(offences.is_empty(), "\n{}", offences.join("\n"));
}

/// Whether an absolute path begins so: not inside a longer path or a URL.
fn starts_a_path(line: &str, prefix: &str) -> bool {
    line.match_indices(prefix).any(|(at, _)| {
        let before = line[..at].chars().next_back();
        before.is_none_or(|c| !(c.is_alphanumeric() || matches!(c, '/' | '.' | '-' | '_' | '~' | '$' | '}' | ')')))
    })
}
