//! The command line: parse, call, print. One file a command, each with one `run()` that writes to the `out` it is
//! given; nothing below this room prints.

pub mod ask;
mod bench;
mod catalog;
mod chat;
mod config;
mod doctor;
mod gallery;
mod model;
mod nlu;
mod source;
mod writer;

use std::io::{self, Write};
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Result;
use clap::{ArgAction, Args, Parser, Subcommand, ValueEnum};

use crate::catalog::shop::Shop;
use crate::clock::Clock;
use crate::config::{Backend, ConfigError, Loaded, LogFormat, Sources, load};
use crate::store::{Disk, Memory, Store, StoreError};
use crate::telemetry;
use crate::turn::Assistant;
use crate::turn::understand::classify;

/// A self-hosted chat bot that answers shoppers from the shop's own catalog, policies and orders.
#[derive(Debug, Parser)]
#[command(name = "floorwalker", version, propagate_version = true, arg_required_else_help = true)]
pub struct Cli {
    #[command(flatten)]
    pub options: Options,
    #[command(subcommand)]
    pub command: Command,
}

/// Options of every command. Each outranks environment and file.
#[derive(Args, Clone, Debug, Default)]
pub struct Options {
    /// Configuration file [default: config/floorwalker.toml here, else ~/.config/floorwalker/floorwalker.toml]
    #[arg(long, global = true, value_name = "FILE", help_heading = "Everywhere")]
    pub config: Option<PathBuf>,
    /// Shop folder with a shop.toml
    #[arg(long, global = true, value_name = "DIR", help_heading = "Everywhere")]
    pub shop: Option<PathBuf>,
    /// Catalog (JSON Lines) to use in place of the shop's own
    #[arg(long, global = true, value_name = "FILE", help_heading = "Everywhere")]
    pub catalog: Option<PathBuf>,
    /// Model: a name, the path of a GGUF file, or `none`
    #[arg(long, global = true, value_name = "NAME|PATH|none", help_heading = "Everywhere")]
    pub model: Option<String>,
    /// Data folder
    #[arg(long, global = true, value_name = "DIR", help_heading = "Everywhere")]
    pub data: Option<PathBuf>,
    /// Format of the log on stderr
    #[arg(long, global = true, value_name = "FORMAT", help_heading = "Everywhere")]
    pub log: Option<LogArg>,
    /// Say more on stderr; twice or three times for more still
    #[arg(short, long, global = true, action = ArgAction::Count, help_heading = "Everywhere")]
    pub verbose: u8,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub enum LogArg {
    Pretty,
    Json,
}

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Talk to the shop's assistant
    Chat(chat::ChatArgs),
    /// Answer one question, or a file of them
    Ask(ask::AskArgs),
    /// Import a catalog, look into it, print its format
    Catalog(catalog::Arguments),
    /// Show or check the configuration
    Config(config::Arguments),
    /// See, fetch, verify and choose the language model
    Model(model::ModelArgs),
    /// Check everything that the bot needs, and say what to do where something is missing
    Doctor,
    /// Check how messages are understood
    Nlu(nlu::Arguments),
    /// Write down real conversations for people to read
    Gallery(gallery::Arguments),
    /// Measure how fast replies are
    Bench(bench::Arguments),
}

/// What a command is given.
#[derive(Clone, Debug)]
pub struct Setup {
    pub loaded: Loaded,
    pub clock: Clock,
    /// The folder the program was started in.
    pub working_dir: PathBuf,
}

impl Setup {
    /// The shop that is talked about.
    pub fn open_shop(&self) -> Result<Shop> {
        source::shop_source(&self.loaded, &self.working_dir)?.open()
    }

    /// What answers in that shop, reading messages with the shop's own examples too.
    pub fn open_assistant(&self) -> Result<Assistant> {
        if let Some(table) = nlu::own_examples(self)? {
            classify::extend(table);
        }
        Ok(Assistant::new(self.open_shop()?).with_parts_max(self.loaded.config.answer.parts_max))
    }

    /// The store that is configured.
    pub fn open_store(&self) -> Result<Box<dyn Store>, StoreError> {
        Ok(match self.loaded.config.store.backend {
            Backend::Sled => Box::new(Disk::open(&self.loaded.data_dir)?),
            Backend::Memory => Box::new(Memory::default()),
        })
    }
}

/// How a command that ran to its end ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    Done,
    /// It has said on `out` what is wrong.
    Failed,
}

/// The whole program.
pub fn main() -> ExitCode {
    let cli = Cli::parse();
    match run(&cli, &Sources::of_process(), &mut io::stdout().lock()) {
        Ok(Outcome::Done) => ExitCode::SUCCESS,
        Ok(Outcome::Failed) => ExitCode::FAILURE,
        // Whoever read our output has read enough.
        Err(error) if is_broken_pipe(&error) => ExitCode::SUCCESS,
        Err(error) => {
            report(&error);
            ExitCode::FAILURE
        }
    }
}

/// Runs the command that was asked for.
pub fn run(cli: &Cli, sources: &Sources, out: &mut dyn Write) -> Result<Outcome> {
    let setup = match set_up(cli, sources) {
        Ok(setup) => setup,
        Err(error) if matches!(cli.command, Command::Doctor) => return doctor::run_without_configuration(&error, out),
        Err(error) => return Err(error.into()),
    };
    // A second start in one process, as in tests, keeps the first one's log.
    let log = &setup.loaded.config.log;
    let _ = telemetry::init(log.format, &log.level, cli.options.verbose);
    match &cli.command {
        Command::Chat(arguments) => chat::run(arguments, &setup, out),
        Command::Ask(arguments) => ask::run(arguments, &setup, out),
        Command::Catalog(arguments) => catalog::run(arguments, &setup, out),
        Command::Config(arguments) => config::run(arguments, &setup, out),
        Command::Model(arguments) => model::run(arguments, &setup, out),
        Command::Doctor => doctor::run(&setup, out),
        Command::Nlu(arguments) => nlu::run(arguments, &setup, out),
        Command::Gallery(arguments) => gallery::run(arguments, &setup, out),
        Command::Bench(arguments) => bench::run(arguments, &setup, out),
    }
}

fn set_up(cli: &Cli, sources: &Sources) -> Result<Setup, ConfigError> {
    let sources = self::sources(&cli.options, sources.clone());
    let loaded = load::load(&sources)?;
    Ok(Setup { loaded, clock: Clock::System, working_dir: sources.working_dir })
}

/// The flags as the uppermost source of the configuration.
fn sources(options: &Options, mut sources: Sources) -> Sources {
    let Options { config, shop, catalog, model, data, log, verbose: _ } = options;
    let path = |path: &Option<PathBuf>| path.as_ref().map(|p| p.to_string_lossy().into_owned());
    let format = log.map(|log| match log {
        LogArg::Pretty => LogFormat::Pretty,
        LogArg::Json => LogFormat::Json,
    });
    let flags = [
        ("--shop", "shop.dir", path(shop)),
        ("--catalog", "shop.catalog", path(catalog)),
        ("--model", "model.name", model.clone()),
        ("--data", "data.dir", path(data)),
        ("--log", "log.format", format.map(|f| f.name().to_owned())),
    ];
    sources.file = config.clone();
    sources.flags = flags.into_iter().filter_map(|(flag, key, value)| Some((flag, key, value?))).collect();
    sources
}

fn is_broken_pipe(error: &anyhow::Error) -> bool {
    error.chain().any(|e| e.downcast_ref::<io::Error>().is_some_and(|e| e.kind() == io::ErrorKind::BrokenPipe))
}

/// A line on stderr for who runs the bot: progress, and warnings that stop nothing.
#[allow(clippy::print_stderr)]
fn note(line: &str) {
    eprintln!("{line}");
}

/// The error and its causes, without a backtrace: it is for who runs the bot.
#[allow(clippy::print_stderr)]
fn report(error: &anyhow::Error) {
    eprintln!("error: {error}");
    for cause in error.chain().skip(1) {
        eprintln!("  because: {cause}");
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]
pub mod tests {
    use std::path::Path;

    use clap::CommandFactory;

    use super::*;

    /// Runs a command line in a folder, as if the environment were empty.
    pub fn floorwalker(dir: &Path, line: &[&str]) -> Result<(Outcome, String)> {
        let data = dir.join("data");
        let mut words = vec!["floorwalker", "--data", data.to_str().unwrap()];
        words.extend(line);
        let cli = Cli::try_parse_from(words)?;
        let mut out = Vec::new();
        let outcome = run(&cli, &Sources { working_dir: dir.to_path_buf(), ..Sources::default() }, &mut out)?;
        Ok((outcome, String::from_utf8(out).unwrap()))
    }

    pub const SAMPLE_SHOP: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/config/sample-shop");

    #[test]
    fn the_command_line_is_well_formed() {
        Cli::command().debug_assert();
    }

    #[test]
    fn every_command_and_option_has_a_help_line() {
        fn look(command: &clap::Command) {
            assert!(command.get_about().is_some(), "{} has no help", command.get_name());
            for arg in command.get_arguments() {
                assert!(arg.get_help().is_some(), "{} of {} has no help", arg.get_id(), command.get_name());
            }
            command.get_subcommands().for_each(look);
        }
        look(&Cli::command());
    }

    #[test]
    fn a_setup_opens_the_configured_store() {
        let dir = tempfile::tempdir().unwrap();
        let backend = |config: &str| {
            let sources = Sources {
                variables: [("FLOORWALKER_STORE__BACKEND".to_owned(), config.to_owned())].into(),
                working_dir: dir.path().to_path_buf(),
                ..Sources::default()
            };
            let cli = Cli::try_parse_from(["floorwalker", "doctor", "--data", "d"]).unwrap();
            set_up(&cli, &sources).unwrap().open_store().unwrap().check().unwrap().backend
        };
        assert_eq!((backend("memory"), dir.path().join("d").exists()), ("memory", false));
        assert_eq!((backend("sled"), dir.path().join("d/store").exists()), ("sled", true));
    }

    #[test]
    fn flags_outrank_the_rest_and_work_behind_the_command() {
        let dir = tempfile::tempdir().unwrap();
        let (_, out) = floorwalker(dir.path(), &["config", "show", "--model", "none", "--log", "json"]).unwrap();
        assert!(out.lines().any(|l| l.starts_with("name = \"none\"") && l.ends_with("# --model")), "{out}");
        assert!(out.lines().any(|l| l.starts_with("format = \"json\"") && l.ends_with("# --log")), "{out}");
    }
}
