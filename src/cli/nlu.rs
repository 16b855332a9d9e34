//! `floorwalker nlu`: how well the intent classifier tells its examples apart, so that who adds some sees what they do.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use clap::{Args, Subcommand};

use super::catalog::count;
use super::{Outcome, Setup};
use crate::config::nearest;
use crate::domain::Lang;
use crate::text::{fold, is_han};
use crate::turn::understand::classify::{self, Classifier};

#[derive(Args, Debug)]
pub struct Arguments {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// Train on four fifths of the examples, guess the rest, each fifth in turn; say what is confused
    Check {
        /// More examples (an intent, a TAB and a text a line), instead of those of nlu.examples
        #[arg(long, value_name = "FILE")]
        examples: Option<PathBuf>,
    },
}

const FOLDS: u64 = 5;
/// Pairs of intents that are shown, and examples of each.
const CONFUSIONS_SHOWN: usize = 15;
const EXAMPLES_SHOWN: usize = 3;

pub fn run(arguments: &Arguments, setup: &Setup, out: &mut dyn Write) -> Result<Outcome> {
    let Action::Check { examples } = &arguments.action;
    let own = match examples {
        Some(file) => Some(read_examples(&setup.working_dir.join(file))?),
        None => own_examples(setup)?,
    };
    let own = own.unwrap_or_default();
    let all: Vec<Example> = [(classify::shipped_table(), false), (own.as_str(), true)]
        .into_iter()
        .flat_map(|(table, own)| classify::examples(table).map(move |(label, text)| Example { label, text, own }))
        .collect();
    print_report(&all, &guesses(&all), out)?;
    Ok(Outcome::Done)
}

/// The table of `nlu.examples`, where one is configured.
pub fn own_examples(setup: &Setup) -> Result<Option<String>> {
    setup.loaded.config.nlu.examples.as_deref().map(read_examples).transpose()
}

/// A table whose every line is an example of an intent that there is.
fn read_examples(file: &Path) -> Result<String> {
    let table = fs::read_to_string(file).with_context(|| format!("cannot read the examples {}", file.display()))?;
    let known: BTreeSet<&str> = classify::examples(classify::shipped_table()).map(|(label, _)| label).collect();
    for (at, line) in table.lines().enumerate().filter(|(_, l)| !l.trim().is_empty() && !l.starts_with('#')) {
        let place = format!("{}, line {}", file.display(), at + 1);
        let Some((label, text)) = line.split_once('\t') else {
            bail!("{place}: expected an intent, a TAB and a text");
        };
        let label = label.trim();
        if text.trim().is_empty() {
            bail!("{place}: there is no text behind the TAB");
        }
        if !known.contains(label) {
            let near = nearest(label, known.iter().copied()).map(|n| format!("; did you mean `{n}`?"));
            let near = near.unwrap_or_else(|| format!("; there are {}", Vec::from_iter(known).join(", ")));
            bail!("{place}: `{label}` is no intent{near}");
        }
    }
    Ok(table)
}

#[derive(Clone, Copy)]
struct Example<'a> {
    label: &'a str,
    text: &'a str,
    /// One of the shop's.
    own: bool,
}

impl Example<'_> {
    fn language(&self) -> Lang {
        if self.text.chars().any(is_han) { Lang::Zh } else { Lang::En }
    }

    /// By the text, so that an example that stands there twice is never trained on and guessed at.
    fn fold(&self) -> u64 {
        fnv(&fold(self.text)) % FOLDS
    }
}

/// FNV-1a (Fowler, Noll, Vo), 64 bits: the same on every machine and in every version.
fn fnv(text: &str) -> u64 {
    text.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
}

/// What the classifier takes each example for when it has not seen its fold.
fn guesses(all: &[Example<'_>]) -> Vec<String> {
    let trained: Vec<Classifier> = (0..FOLDS)
        .map(|fold| Classifier::train(all.iter().filter(|e| e.fold() != fold).map(|e| (e.label, e.text))))
        .collect();
    let guess = |e: &Example<'_>| {
        let classifier = trained.get(usize::try_from(e.fold()).unwrap_or_default())?;
        classifier.guess(e.text).into_iter().next().map(|g| g.label)
    };
    all.iter().map(|e| guess(e).unwrap_or_default()).collect()
}

fn print_report(all: &[Example<'_>], guesses: &[String], out: &mut dyn Write) -> Result<()> {
    let judged: Vec<(&Example<'_>, &str)> = all.iter().zip(guesses.iter().map(String::as_str)).collect();
    let own = all.iter().filter(|e| e.own).count();
    writeln!(out, "{}, {own} of them the shop's own; {FOLDS} folds, each guessed unseen", count(all.len(), "example"))?;
    let mut right = |name: &str, of: &dyn Fn(&Example<'_>) -> bool| -> Result<()> {
        let these: Vec<_> = judged.iter().filter(|(e, _)| of(e)).collect();
        let right = these.iter().filter(|(e, guess)| e.label == *guess).count();
        let share = 100.0 * right as f64 / these.len().max(1) as f64;
        Ok(writeln!(out, "  {name:<12} {share:5.1} %  ({right} of {})", these.len())?)
    };
    right("all", &|_| true)?;
    for language in Lang::ALL {
        right(language.code(), &|e| e.language() == language)?;
    }
    if own > 0 {
        right("the shop's", &|e| e.own)?;
    }
    print_labels(&judged, out)?;
    print_confusions(&judged, out)?;
    print_twice(all, out)
}

fn print_labels(judged: &[(&Example<'_>, &str)], out: &mut dyn Write) -> Result<()> {
    let mut labels: BTreeMap<&str, (usize, usize)> = BTreeMap::new();
    for (example, guess) in judged {
        let (right, all) = labels.entry(example.label).or_default();
        *right += usize::from(example.label == *guess);
        *all += 1;
    }
    writeln!(out, "\nfound again, by intent:")?;
    for (label, (right, all)) in labels {
        writeln!(out, "  {label:<18} {:5.1} %  ({right} of {all})", 100.0 * right as f64 / all.max(1) as f64)?;
    }
    Ok(())
}

fn print_confusions(judged: &[(&Example<'_>, &str)], out: &mut dyn Write) -> Result<()> {
    let mut confused: BTreeMap<(&str, &str), Vec<&str>> = BTreeMap::new();
    for (example, guess) in judged.iter().filter(|(e, guess)| e.label != *guess) {
        confused.entry((example.label, guess)).or_default().push(example.text);
    }
    let mut confused: Vec<_> = confused.into_iter().collect();
    confused.sort_by_key(|(pair, texts)| (std::cmp::Reverse(texts.len()), *pair));
    writeln!(out, "\nmost confused:")?;
    for ((label, guess), texts) in confused.iter().take(CONFUSIONS_SHOWN) {
        writeln!(out, "  {:>3} × {label} taken for {guess}", texts.len())?;
        for text in texts.iter().take(EXAMPLES_SHOWN) {
            writeln!(out, "        {text}")?;
        }
    }
    Ok(())
}

fn print_twice(all: &[Example<'_>], out: &mut dyn Write) -> Result<()> {
    let mut labels: BTreeMap<String, BTreeSet<&str>> = BTreeMap::new();
    for example in all {
        labels.entry(fold(example.text)).or_default().insert(example.label);
    }
    let twice: Vec<_> = labels.into_iter().filter(|(_, labels)| labels.len() > 1).collect();
    if twice.is_empty() {
        return Ok(writeln!(out, "\nNo text stands under two intents.")?);
    }
    writeln!(out, "\nunder two intents, so that neither is learned:")?;
    for (text, labels) in twice {
        writeln!(out, "  {text}: {}", Vec::from_iter(labels).join(", "))?;
    }
    Ok(())
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]
mod tests {
    use std::fs;

    use crate::cli::tests::floorwalker;

    /// What the shipped classifier reaches; it may only get better.
    const SHARE_MIN: f64 = 50.0;

    #[test]
    fn the_shipped_examples_are_told_apart_and_none_stands_under_two_intents() {
        let dir = tempfile::tempdir().unwrap();
        let (_, out) = floorwalker(dir.path(), &["nlu", "check"]).unwrap();
        let all = out.lines().find(|l| l.trim_start().starts_with("all ")).unwrap();
        let share: f64 = all.split_whitespace().nth(1).unwrap().parse().unwrap();
        assert!(share > SHARE_MIN, "{out}");
        assert!(out.contains("No text stands under two intents."), "{out}");
    }

    #[test]
    fn a_shops_examples_are_joined_and_a_wrong_intent_is_refused_with_its_line() {
        let dir = tempfile::tempdir().unwrap();
        fs::write(dir.path().join("own.tsv"), "# ours\nprice\twhats the damage\n\nthanks\tWhats the damage\n").unwrap();
        let (_, out) = floorwalker(dir.path(), &["nlu", "check", "--examples", "own.tsv"]).unwrap();
        assert!(out.contains("2 of them the shop's own"), "{out}");
        assert!(out.contains("whats the damage: price, thanks"), "{out}");
        fs::write(dir.path().join("own.tsv"), "prise\twhats the damage\n").unwrap();
        let error = floorwalker(dir.path(), &["nlu", "check", "--examples", "own.tsv"]).unwrap_err().to_string();
        assert!(error.contains("own.tsv, line 1: `prise` is no intent; did you mean `price`?"), "{error}");
    }
}
