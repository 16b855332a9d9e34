//! `floorwalker doctor`: looks at everything the bot needs, one line each, and says what to do.

use std::collections::BTreeSet;
use std::fs;
use std::io::Write;
use std::path::Path;

use anyhow::Result;

use super::catalog::count;
use super::source::shop_source;
use super::{Outcome, Setup, writer};
use crate::catalog::policies::Section;
use crate::catalog::shop::Shop;
use crate::config::{Backend, ConfigError, Loaded};
use crate::domain::{Currency, Lang};
use crate::models::{Cache, Manifest, Model};
use crate::store::{self, Disk, Store, StoreError};

/// How one thing stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    pub level: Level,
    pub subject: &'static str,
    pub text: String,
    /// What to do, where something is to be done.
    pub advice: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Level {
    Ok,
    Warn,
    Fail,
}

impl Line {
    pub fn ok(subject: &'static str, text: impl Into<String>) -> Line {
        Line { level: Level::Ok, subject, text: text.into(), advice: String::new() }
    }

    pub fn warn(subject: &'static str, text: impl Into<String>, advice: impl Into<String>) -> Line {
        Line { level: Level::Warn, subject, text: text.into(), advice: advice.into() }
    }

    pub fn fail(subject: &'static str, text: impl Into<String>, advice: impl Into<String>) -> Line {
        Line { level: Level::Fail, subject, text: text.into(), advice: advice.into() }
    }
}

pub fn run(setup: &Setup, out: &mut dyn Write) -> Result<Outcome> {
    let loaded = &setup.loaded;
    let mut lines = vec![configuration_line(loaded), data_line(&loaded.data_dir), store_line(loaded)];
    lines.extend(shop_lines(setup));
    lines.push(model_line(setup));
    print(&lines, out)
}

/// Nothing else can be looked at without a configuration.
pub fn run_without_configuration(error: &ConfigError, out: &mut dyn Write) -> Result<Outcome> {
    let advice = "mend it; `floorwalker config check` says whether it is right";
    let lines: Vec<Line> =
        error.problems.iter().map(|problem| Line::fail("configuration", problem.to_string(), advice)).collect();
    print(&lines, out)
}

fn print(lines: &[Line], out: &mut dyn Write) -> Result<Outcome> {
    for Line { level, subject, text, advice } in lines {
        let mark = match level {
            Level::Ok => "ok  ",
            Level::Warn => "warn",
            Level::Fail => "FAIL",
        };
        writeln!(out, "{mark}  {subject}: {text}")?;
        if !advice.is_empty() {
            writeln!(out, "      → {advice}")?;
        }
    }
    let of = |level| lines.iter().filter(|l| l.level == level).count();
    let (warnings, failures) = (of(Level::Warn), of(Level::Fail));
    match (warnings, failures) {
        (0, 0) => writeln!(out, "Everything is in order.")?,
        (_, 0) => writeln!(out, "Everything works; {}.", count(warnings, "warning"))?,
        _ => writeln!(out, "{}, {}.", count(failures, "failure"), count(warnings, "warning"))?,
    }
    Ok(if failures == 0 { Outcome::Done } else { Outcome::Failed })
}

fn configuration_line(loaded: &Loaded) -> Line {
    match &loaded.file {
        Some(file) => Line::ok("configuration", file.display().to_string()),
        None => Line::ok("configuration", "no file, so defaults are used"),
    }
}

fn data_line(dir: &Path) -> Line {
    let probe = dir.join(format!("probe-{}", std::process::id()));
    let written =
        fs::create_dir_all(dir).and_then(|()| fs::write(&probe, b"probe")).and_then(|()| fs::remove_file(&probe));
    match written {
        Ok(()) => Line::ok("data folder", dir.display().to_string()),
        Err(error) => Line::fail(
            "data folder",
            format!("{} cannot be written: {error}", dir.display()),
            "give the user that runs the bot access to it, or name another one with --data DIR or data.dir",
        ),
    }
}

fn store_line(loaded: &Loaded) -> Line {
    const STORE: &str = "store";
    if loaded.config.store.backend == Backend::Memory {
        let advice = "set store.backend to \"sled\" to keep them";
        return Line::warn(STORE, "in memory: conversations are forgotten when the bot stops", advice);
    }
    if !store::folder(&loaded.data_dir).exists() {
        return Line::ok(STORE, "none yet; it is made with the first conversation");
    }
    match Disk::open(&loaded.data_dir).and_then(|store| store.check()) {
        Ok(health) if health.problems.is_empty() => Line::ok(
            STORE,
            format!(
                "{}, {}, {}, {} KiB, format {}",
                count(small(health.conversations), "conversation"),
                count(small(health.turns), "turn"),
                count(small(health.messages), "message"),
                health.size_bytes / 1024,
                health.format
            ),
        ),
        Ok(health) => {
            let advice = "restore the folder from a backup; what can be read is still used";
            Line::fail(STORE, format!("damaged: {}", health.problems.join("; ")), advice)
        }
        Err(StoreError::InUse { .. }) => {
            Line::warn(STORE, "in use by a running Floorwalker, so not looked into", "stop it to have it checked")
        }
        Err(error) => {
            let cause = std::error::Error::source(&error).map(|s| format!(": {s}")).unwrap_or_default();
            Line::fail(STORE, format!("{error}{cause}"), "")
        }
    }
}

fn small(number: u64) -> usize {
    usize::try_from(number).unwrap_or(usize::MAX)
}

fn shop_lines(setup: &Setup) -> Vec<Line> {
    let source = match shop_source(&setup.loaded, &setup.working_dir) {
        Ok(source) => source,
        Err(error) => return vec![Line::fail("catalog", "none", error.to_string())],
    };
    match source.open() {
        Ok(shop) => {
            let settings = &setup.loaded.config.shop;
            let mut lines = catalog_lines(&shop, &source.to_string(), settings.currency);
            lines.extend(policy_lines(&shop.policies, &settings.languages));
            lines.push(order_line(&shop));
            lines
        }
        Err(error) => {
            vec![Line::fail("catalog", format!("{error:#}"), "correct the file, or name another shop with --shop DIR")]
        }
    }
}

fn catalog_lines(shop: &Shop, source: &str, currency: Currency) -> Vec<Line> {
    const CATALOG: &str = "catalog";
    let products = shop.catalog.products();
    let text = format!("{} in {source}", count(products.len(), "product"));
    let first = match shop.problems.first() {
        _ if products.is_empty() => Line::fail(CATALOG, text, "import one: `floorwalker catalog import FILE`"),
        None => Line::ok(CATALOG, text),
        Some(problem) => Line::warn(
            CATALOG,
            format!(
                "{text}; {}, the first on line {}: {}",
                count(shop.problems.len(), "problem"),
                problem.line,
                problem.reason
            ),
            "correct the lines and import again; the rest is used",
        ),
    };
    let mut lines = vec![first];
    let foreign =
        |p: &&crate::catalog::Product| p.offers().iter().any(|o| o.price.is_some_and(|m| m.currency != currency));
    if let Some(product) = products.iter().find(foreign) {
        lines.push(Line::warn(
            "currency",
            format!("the shop sells in {currency}, but `{}` has a price in another", product.id),
            "set shop.currency to the catalog's, or correct the catalog",
        ));
    }
    if shop.support_email.is_empty() {
        let advice = "set support_email in shop.toml and name its folder with shop.dir";
        lines.push(Line::warn("support", "there is no address for shoppers whom the bot cannot help", advice));
    }
    lines
}

/// Languages count as covered where each has the same sections at the same positions.
fn policy_lines(policies: &[Section], languages: &[Lang]) -> Vec<Line> {
    const POLICIES: &str = "policies";
    if policies.is_empty() {
        let advice = "name a folder of policies in shop.toml; until then such questions are handed on";
        return vec![Line::warn(POLICIES, "none", advice)];
    }
    let of = |language: Lang| -> BTreeSet<(&str, usize)> {
        policies.iter().filter(|s| s.language == language).map(|s| (s.topic.as_str(), s.position)).collect()
    };
    let all: BTreeSet<(&str, usize)> = languages.iter().flat_map(|l| of(*l)).collect();
    let mut lines = Vec::new();
    let mut counts = Vec::new();
    for language in languages {
        let here = of(*language);
        counts.push(format!("{} in {language}", count(here.len(), "section")));
        let missing: Vec<String> =
            all.difference(&here).map(|(topic, at)| format!("{topic} (section {})", at + 1)).collect();
        if !missing.is_empty() {
            let text = format!("{language} lacks {}", missing.join(", "));
            lines.push(Line::warn(POLICIES, text, "write them; until then another language's are quoted"));
        }
    }
    lines.insert(0, Line::ok(POLICIES, counts.join(", ")));
    lines
}

fn order_line(shop: &Shop) -> Line {
    match shop.orders.len() {
        0 => {
            Line::warn("orders", "none", "name an order file in shop.toml; until then nobody can ask where an order is")
        }
        number => Line::ok("orders", number.to_string()),
    }
}

/// The model: a name whose file may not be fetched yet, or a file.
fn model_line(setup: &Setup) -> Line {
    const MODEL: &str = "model";
    let found = (|| Ok::<_, anyhow::Error>((writer::chosen(setup)?, Manifest::builtin()?, Cache::open_default()?)))();
    match found {
        Err(error) => Line::fail(MODEL, format!("{error:#}"), "choose one anew: `floorwalker model use NAME`"),
        Ok((None, ..)) => Line::ok(MODEL, "none: replies are plain, and as right"),
        Ok((Some(name), ..)) if !writer::HAS_ENGINE => Line::warn(
            MODEL,
            format!("{name}, but {}", writer::NO_ENGINE),
            "replies are plain, and as right; `--model none` says that it is meant",
        ),
        Ok((Some(name), manifest, cache)) => match manifest.find(&name) {
            Some(model) => named_model_line(model, &cache),
            None => model_file_line(Path::new(&name)),
        },
    }
}

fn named_model_line(model: &Model, cache: &Cache) -> Line {
    const MODEL: &str = "model";
    let name = &model.name;
    let pull = format!("`floorwalker model pull {name}`");
    let Some(path) = cache.find(model) else {
        let size = model.size_bytes.map(|b| format!(" ({})", indicatif::DecimalBytes(b))).unwrap_or_default();
        let advice = format!("{pull} fetches it{size}; the first question does too");
        return Line::warn(MODEL, format!("{name}, not fetched yet"), advice);
    };
    let bytes = fs::metadata(&path).map_or(0, |m| m.len());
    if model.size_bytes.is_some_and(|expected| expected != bytes) {
        let text = format!("{name}: {} has {bytes} bytes, which is not its size", path.display());
        return Line::fail(MODEL, text, format!("delete the file and run {pull}"));
    }
    let sum = match (&model.sha256, cache.checksum(model)) {
        (Some(sum), _) => format!("checksum known, {}…", sum.get(..12).unwrap_or(sum)),
        (None, Some(sum)) => format!("checksum pinned at the first pull, {}…", sum.get(..12).unwrap_or(&sum)),
        (None, None) => "checksum not known".to_owned(),
    };
    Line::ok(MODEL, format!("{name}, {}, {sum}", indicatif::DecimalBytes(bytes)))
}

fn model_file_line(path: &Path) -> Line {
    const MODEL: &str = "model";
    match fs::metadata(path) {
        Ok(file) if file.is_file() => {
            Line::ok(MODEL, format!("{}, {}", path.display(), indicatif::DecimalBytes(file.len())))
        }
        _ => Line::fail(
            MODEL,
            format!("there is no file {}", path.display()),
            "correct model.name, or set it to \"none\" to answer without a model",
        ),
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]
mod tests {
    use super::*;
    use crate::cli::tests::{SAMPLE_SHOP, floorwalker};

    #[test]
    fn the_sample_shop_is_in_order() {
        let dir = tempfile::tempdir().unwrap();
        let (outcome, out) = floorwalker(dir.path(), &["doctor", "--shop", SAMPLE_SHOP, "--model", "none"]).unwrap();
        assert_eq!(outcome, Outcome::Done);
        assert!(out.ends_with("Everything is in order.\n"), "{out}");
        assert!(out.contains("store: none yet") && !dir.path().join("data/store").exists(), "{out}");
    }

    #[test]
    fn what_is_missing_fails_with_what_to_do() {
        let dir = tempfile::tempdir().unwrap();
        let (outcome, out) = floorwalker(dir.path(), &["doctor", "--model", "./gone.gguf"]).unwrap();
        assert_eq!(outcome, Outcome::Failed);
        assert!(
            out.contains("FAIL  catalog: none\n      → there is no catalog yet: run `floorwalker catalog import"),
            "{out}"
        );
        let gone = if writer::HAS_ENGINE { "FAIL  model: there is no file" } else { "warn  model: " };
        assert!(out.contains(gone), "{out}");
    }

    #[test]
    fn a_wrong_configuration_is_a_failure_too() {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("c.toml");
        fs::write(&file, "[modle]\n").unwrap();
        let (outcome, out) = floorwalker(dir.path(), &["doctor", "--config", file.to_str().unwrap()]).unwrap();
        assert_eq!(outcome, Outcome::Failed);
        assert!(out.contains("did you mean [model]?"), "{out}");
    }

    #[test]
    fn a_damaged_store_fails_and_a_sound_one_is_counted() {
        let dir = tempfile::tempdir().unwrap();
        let data = dir.path().join("data");
        drop(Disk::open(&data).unwrap());
        let line = || floorwalker(dir.path(), &["doctor", "--shop", SAMPLE_SHOP]).unwrap().1;
        assert!(line().contains("ok    store: 0 conversations"), "{}", line());
        fs::remove_file(store::folder(&data).join("sled/db")).unwrap();
        assert!(line().contains("FAIL  store: ") && line().contains("is gone or empty"), "{}", line());
    }

    #[test]
    fn a_store_that_the_bot_holds_is_no_failure() {
        let dir = tempfile::tempdir().unwrap();
        let _held = Disk::open(&dir.path().join("data")).unwrap();
        let (outcome, out) = floorwalker(dir.path(), &["doctor", "--shop", SAMPLE_SHOP, "--model", "none"]).unwrap();
        assert_eq!(outcome, Outcome::Done);
        assert!(out.contains("warn  store: in use by a running Floorwalker"), "{out}");
    }

    #[test]
    fn a_section_that_one_language_lacks_is_named() {
        let section = |language, topic: &str, position| Section {
            topic: topic.to_owned(),
            language,
            title: String::new(),
            heading: String::new(),
            text: "x".to_owned(),
            position,
        };
        let policies =
            [section(Lang::En, "returns", 0), section(Lang::En, "returns", 1), section(Lang::Zh, "returns", 0)];
        let lines = policy_lines(&policies, &Lang::ALL);
        assert_eq!(lines[0], Line::ok("policies", "2 sections in en, 1 section in zh"));
        assert_eq!(lines[1].text, "zh lacks returns (section 2)");
        assert!(policy_lines(&policies, &[Lang::En]).iter().all(|l| l.level == Level::Ok));
        assert_eq!(policy_lines(&[], &Lang::ALL)[0].level, Level::Warn);
    }
}
