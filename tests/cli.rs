//! The binary as it is run: exit codes, errors on stderr with their causes and without a backtrace, reports on stdout.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use std::path::Path;
use std::process::{Command, Output};

fn floorwalker(dir: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_floorwalker"))
        .args(arguments)
        .current_dir(dir)
        .env_clear()
        .env("HOME", dir)
        .env("RUST_BACKTRACE", "1")
        .output()
        .unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

#[test]
fn an_error_is_told_with_its_causes_and_no_backtrace() {
    let dir = tempfile::tempdir().unwrap();
    let output = floorwalker(dir.path(), &["catalog", "import", "gone.jsonl"]);
    let stderr = text(&output.stderr);
    assert_eq!(output.status.code(), Some(1));
    assert!(stderr.starts_with("error: cannot open the catalog"), "{stderr}");
    assert!(stderr.contains("\n  because: No such file"), "{stderr}");
    assert!(!stderr.contains("backtrace") && output.stdout.is_empty(), "{stderr}");
}

#[test]
fn doctor_exits_with_1_where_something_fails_and_its_report_is_on_stdout() {
    let dir = tempfile::tempdir().unwrap();
    let output = floorwalker(dir.path(), &["doctor"]);
    assert_eq!(output.status.code(), Some(1));
    assert!(text(&output.stdout).contains("FAIL  catalog"), "{output:?}");
    assert_eq!(text(&output.stderr), "");
    let shop = concat!(env!("CARGO_MANIFEST_DIR"), "/config/sample-shop");
    let output = floorwalker(dir.path(), &["doctor", "--shop", shop, "--model", "none"]);
    assert_eq!(output.status.code(), Some(0), "{output:?}");
}

#[test]
fn a_wrong_command_line_exits_with_2() {
    let dir = tempfile::tempdir().unwrap();
    assert_eq!(floorwalker(dir.path(), &["catlog"]).status.code(), Some(2));
    assert_eq!(floorwalker(dir.path(), &["--version"]).status.code(), Some(0));
}
