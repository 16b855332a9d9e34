//! `floorwalker bench`: how long a turn takes without the model, over a large catalog, and a whole answer with it.

mod answer;
mod synthetic;
mod turn;

use std::io::Write;
use std::path::PathBuf;
use std::time::Duration;

use anyhow::Result;
use clap::{Args, Subcommand};

use super::{Outcome, Setup};

#[derive(Args, Debug)]
pub struct Arguments {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// Everything but the model, over a catalog made larger by varying the shop's own
    Turn {
        /// Products of the catalog
        #[arg(long, default_value_t = 10_000)]
        products: usize,
        /// Questions asked besides those made up for the catalog
        #[arg(long, value_name = "FILE", default_value = "docs/gallery.jsonl")]
        questions: PathBuf,
    },
    /// Whole answers with the model, over the shop itself
    Answer {
        /// The conversations
        #[arg(long, value_name = "FILE", default_value = "docs/gallery.jsonl")]
        questions: PathBuf,
    },
}

pub fn run(arguments: &Arguments, setup: &Setup, out: &mut dyn Write) -> Result<Outcome> {
    match &arguments.action {
        Action::Turn { products, questions } => turn::run(*products, questions, setup, out)?,
        Action::Answer { questions } => answer::run(questions, setup, out)?,
    }
    Ok(Outcome::Done)
}

/// The value that `share` of the sorted values do not exceed (nearest rank); zero of none.
fn percentile(sorted: &[Duration], share: f64) -> Duration {
    let rank = (share * sorted.len() as f64).ceil() as usize;
    sorted.get(rank.saturating_sub(1)).copied().unwrap_or_default()
}

fn ms(duration: Duration) -> f64 {
    duration.as_secs_f64() * 1e3
}

fn head(out: &mut dyn Write) -> Result<()> {
    Ok(writeln!(out, "{:<14} {:>10} {:>10} {:>10} {:>10}", "ms", "median", "p95", "p99", "max")?)
}

fn row(name: &str, mut values: Vec<Duration>, out: &mut dyn Write) -> Result<()> {
    values.sort_unstable();
    let at = |share| ms(percentile(&values, share));
    Ok(writeln!(out, "{name:<14} {:>10.3} {:>10.3} {:>10.3} {:>10.3}", at(0.5), at(0.95), at(0.99), at(1.0))?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_percentile_is_one_of_the_values() {
        let values: Vec<Duration> = (1..=100).map(Duration::from_millis).collect();
        assert_eq!(percentile(&values, 0.5), Duration::from_millis(50));
        assert_eq!(percentile(&values, 0.99), Duration::from_millis(99));
        assert_eq!(percentile(&values, 1.0), Duration::from_millis(100));
        assert_eq!(percentile(&[], 0.5), Duration::ZERO);
    }
}
