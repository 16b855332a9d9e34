//! What the program says about itself while it runs: one line an event to stderr, readable or JSON. Never message
//! text, tokens or personal data; replies and reports go to stdout and are not logging.

use std::io::IsTerminal;

use anyhow::{Context, Result};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use tracing_subscriber::EnvFilter;

/// For people or for machines.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum LogFormat {
    #[default]
    Pretty,
    Json,
}

impl LogFormat {
    pub fn name(self) -> &'static str {
        match self {
            LogFormat::Pretty => "pretty",
            LogFormat::Json => "json",
        }
    }
}

const LEVELS: [&str; 6] = ["off", "error", "warn", "info", "debug", "trace"];

/// Starts logging for the whole process. `verbose` counts `-v` and outranks `level`.
pub fn init(format: LogFormat, level: &str, verbose: u8) -> Result<()> {
    let filter = EnvFilter::try_new(directives(level, verbose)).context("the log level cannot be used")?;
    let builder = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .with_ansi(std::io::stderr().is_terminal());
    match format {
        LogFormat::Pretty => builder.compact().try_init(),
        LogFormat::Json => builder.json().flatten_event(true).try_init(),
    }
    .map_err(|error| anyhow::anyhow!("logging cannot be started: {error}"))?;
    std::panic::set_hook(Box::new(log_panic));
    Ok(())
}

/// A panic is a bug or a library's way to refuse: one line in the log, without a backtrace.
fn log_panic(info: &std::panic::PanicHookInfo<'_>) {
    let payload = info.payload();
    let message = payload
        .downcast_ref::<&str>()
        .copied()
        .or_else(|| payload.downcast_ref::<String>().map(String::as_str))
        .unwrap_or("no message");
    let at = info.location().map(ToString::to_string).unwrap_or_default();
    tracing::error!(target: "floorwalker", at, "panicked: {message}");
}

/// `-v` raises this program's own level; libraries stay at warnings.
fn directives(level: &str, verbose: u8) -> String {
    match verbose {
        0 => level.to_owned(),
        1 => "warn,floorwalker=info".to_owned(),
        2 => "warn,floorwalker=debug".to_owned(),
        _ => "debug,floorwalker=trace".to_owned(),
    }
}

/// Refuses what the filter would silently take for the name of a module, such as `verbose`.
pub fn check_level(level: &str) -> Result<(), String> {
    const EXPECTED: &str =
        "expected off, error, warn, info, debug or trace, or a filter such as `warn,floorwalker=debug`";
    for directive in level.split(',').map(str::trim) {
        let word = directive.rsplit('=').next().unwrap_or_default().trim();
        if !LEVELS.iter().any(|l| l.eq_ignore_ascii_case(word)) {
            return Err(format!("`{word}` is not a log level; {EXPECTED}"));
        }
    }
    EnvFilter::try_new(level).map(|_| ()).map_err(|error| format!("{error}; {EXPECTED}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_level_that_is_none_is_refused() {
        assert_eq!(check_level("warn"), Ok(()));
        assert_eq!(check_level("warn,floorwalker::turn=debug"), Ok(()));
        assert!(check_level("verbose").is_err_and(|e| e.contains("`verbose`")));
        assert!(check_level("").is_err());
    }

    #[test]
    fn verbosity_outranks_the_level() {
        assert_eq!(directives("error", 0), "error");
        assert_eq!(directives("error", 2), "warn,floorwalker=debug");
    }
}
