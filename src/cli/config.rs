//! `floorwalker config`: what is in effect and where it comes from.

use std::io::Write;

use anyhow::Result;
use clap::{Args, Subcommand};
use serde_json::Value;

use super::{Outcome, Setup};
use crate::config::keys::{self, Key};

#[derive(Args, Debug)]
pub struct Arguments {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// Print every key with its value and its origin; secrets are not shown
    Show,
    /// Check the configuration and say what is wrong with it
    Check,
}

pub fn run(arguments: &Arguments, setup: &Setup, out: &mut dyn Write) -> Result<Outcome> {
    let loaded = &setup.loaded;
    match arguments.action {
        Action::Show => show(setup, out)?,
        // One that is wrong never gets this far.
        Action::Check => match &loaded.file {
            Some(file) => writeln!(out, "The configuration in {} is right.", file.display())?,
            None => writeln!(out, "The configuration is right; there is no file, so defaults are used.")?,
        },
    }
    Ok(Outcome::Done)
}

/// TOML that could be a configuration file, each line with its origin behind it.
fn show(setup: &Setup, out: &mut dyn Write) -> Result<()> {
    let loaded = &setup.loaded;
    match &loaded.file {
        Some(file) => writeln!(out, "# configuration file: {}", file.display())?,
        None => writeln!(out, "# configuration file: none")?,
    }
    writeln!(out, "# data folder: {}", loaded.data_dir.display())?;
    let values = serde_json::to_value(&loaded.config)?;
    for section in keys::sections() {
        writeln!(out, "\n[{}]", section.name)?;
        for key in &section.keys {
            let value = values.get(&key.section).and_then(|s| s.get(&key.name)).unwrap_or(&Value::Null);
            writeln!(out, "{:<58} # {}", line(key, value), loaded.origin(&key.path()))?;
        }
    }
    Ok(())
}

fn line(key: &Key, value: &Value) -> String {
    match (&key.kind, value) {
        (_, Value::Null) => format!("# {} is unset", key.name),
        (keys::Kind::Secret, _) => format!("# {} is set, not shown", key.name),
        _ => format!("{} = {}", key.name, keys::toml_value(value)),
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]
mod tests {
    use std::fs;

    use crate::cli::tests::floorwalker;

    #[test]
    fn show_prints_a_configuration_that_loads_and_no_secret() {
        let dir = tempfile::tempdir().unwrap();
        fs::create_dir(dir.path().join("config")).unwrap();
        fs::write(dir.path().join("config/token"), "hf_abc").unwrap();
        fs::write(dir.path().join("config/floorwalker.toml"), "[model]\nthreads = 3\nhub_token_file = \"token\"\n")
            .unwrap();
        let (_, out) = floorwalker(dir.path(), &["config", "show"]).unwrap();
        assert!(out.lines().any(|l| l.starts_with("threads = 3 ") && l.ends_with("config/floorwalker.toml")), "{out}");
        assert!(out.lines().any(|l| l.starts_with("# hub_token is set") && l.ends_with("config/token")), "{out}");
        assert!(out.lines().any(|l| l.starts_with("seed = 1 ") && l.ends_with("# default")), "{out}");
        assert!(!out.contains("hf_abc"), "{out}");
        fs::write(dir.path().join("shown.toml"), &out).unwrap();
        let (_, again) = floorwalker(dir.path(), &["config", "check", "--config", "shown.toml"]).unwrap();
        assert!(again.contains("is right"), "{again}");
    }

    #[test]
    fn check_names_every_problem() {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("c.toml");
        fs::write(&file, "[model]\nthread = 3\nseed = -1\n").unwrap();
        let error = floorwalker(dir.path(), &["config", "check", "--config", file.to_str().unwrap()]).unwrap_err();
        let error = error.to_string();
        assert!(error.contains("2 problems") && error.contains("did you mean `model.threads`?"), "{error}");
    }
}
