//! `floorwalker model`: see, fetch, verify and choose the weights.

use std::io::{IsTerminal, Read, Write};
use std::path::PathBuf;

use anyhow::{Context, Result, bail};
use clap::{Args, Subcommand};
use indicatif::{ProgressBar, ProgressStyle};

use super::{Outcome, Setup, note, writer};
use crate::models::{Cache, Choice, Manifest, Model, Progress, Pulled, pull, resolve, verify, write_choice};

#[derive(Debug, Args)]
pub struct ModelArgs {
    #[command(subcommand)]
    command: ModelCommand,
    /// A list of models that replaces the built-in one
    #[arg(long, global = true, value_name = "FILE", env = "FLOORWALKER_MODELS")]
    manifest: Option<PathBuf>,
}

#[derive(Debug, Subcommand)]
enum ModelCommand {
    /// Show the models that are known, and which are here
    List,
    /// Fetch a model, or go on where an interrupted fetch stopped
    Pull {
        /// A name from the list; the default model if none is given
        name: Option<String>,
    },
    /// Compute the checksums of fetched models again
    Verify {
        /// A name from the list; all that are here if none is given
        name: Option<String>,
    },
    /// Choose the model that the shop uses from its next start on
    Use {
        /// A name from the list, the path of a GGUF file, or `none`
        #[arg(value_name = "NAME|PATH|none")]
        choice: String,
    },
}

pub fn run(args: &ModelArgs, setup: &Setup, out: &mut dyn Write) -> Result<Outcome> {
    let manifest = match &args.manifest {
        Some(path) => Manifest::read(path)?,
        None => Manifest::builtin()?,
    };
    let cache = Cache::open_default()?;
    match &args.command {
        ModelCommand::List => list(&manifest, &cache, writer::chosen(setup)?.as_deref(), out)?,
        ModelCommand::Pull { name } => pull_one(&cache, named(&manifest, name.as_deref())?, out)?,
        ModelCommand::Verify { name: Some(name) } => verify_one(&cache, named(&manifest, Some(name))?, out)?,
        ModelCommand::Verify { name: None } => verify_all(&manifest, &cache, out)?,
        ModelCommand::Use { choice } => choose(&manifest, &cache, choice, setup, out)?,
    }
    Ok(Outcome::Done)
}

fn named<'a>(manifest: &'a Manifest, name: Option<&str>) -> Result<&'a Model> {
    match name {
        None => manifest.default_model().context("the list of models has no default: give a name"),
        Some(name) => {
            manifest.find(name).with_context(|| format!("there is no model {name}: `floorwalker model list` shows all"))
        }
    }
}

fn list(manifest: &Manifest, cache: &Cache, chosen: Option<&str>, out: &mut dyn Write) -> Result<()> {
    for model in &manifest.models {
        let here = if cache.find(model).is_some() { "here" } else { "not fetched" };
        let mark = if chosen == Some(model.name.as_str()) { "*" } else { " " };
        writeln!(out, "{mark} {}  ({here})", model.name)?;
        writeln!(out, "    for:       {}", model.purpose)?;
        writeln!(out, "    languages: {}", model.languages.join(", "))?;
        writeln!(out, "    needs:     {}", model.needs)?;
        writeln!(out, "    file:      {}, {}", size(model), model.licence)?;
    }
    match chosen {
        Some(path) if manifest.find(path).is_none() => writeln!(out, "* {path}")?,
        None => writeln!(out, "* none (replies are worded without a model)")?,
        _ => {}
    }
    writeln!(out, "\n* is used. Fetched models are in {}", cache.root().display())?;
    Ok(())
}

fn size(model: &Model) -> String {
    model.size_bytes.map_or_else(|| "size not known".into(), |bytes| indicatif::DecimalBytes(bytes).to_string())
}

fn pull_one(cache: &Cache, model: &Model, out: &mut dyn Write) -> Result<()> {
    let Pulled { path, sha256, was_known } = with_bar(|progress| pull(cache, model, progress))?;
    writeln!(out, "{} is at {}", model.name, path.display())?;
    if !was_known {
        writeln!(
            out,
            "Its checksum was not known. It is pinned now; compare it with the publisher's:\n  SHA-256 {sha256}"
        )?;
    }
    Ok(())
}

/// Where standard error is no terminal, progress is a line each time so many percent more are there.
const PERCENT_STEP: u64 = 20;

/// Shows a progress bar while something is pulled.
pub fn with_bar<T>(work: impl FnOnce(&mut dyn FnMut(Progress<'_>)) -> T) -> T {
    let bar = ProgressBar::no_length();
    let template = "{msg} [{wide_bar}] {decimal_bytes}/{decimal_total_bytes} {eta}";
    if let Ok(style) = ProgressStyle::with_template(template) {
        bar.set_style(style.progress_chars("=> "));
    }
    let is_plain = !std::io::stderr().is_terminal();
    let mut step = 0;
    let outcome = work(&mut |progress| match progress {
        Progress::Source(source) => {
            bar.set_message("fetching");
            bar.suspend(|| note(&format!("fetching from {source}")));
        }
        Progress::Bytes { done, total } => {
            if let Some(total) = total {
                bar.set_length(total);
                let now = done * 100 / total.max(1) / PERCENT_STEP;
                if is_plain && now > step {
                    step = now;
                    note(&format!("  {} %", now * PERCENT_STEP));
                }
            }
            bar.set_position(done);
        }
        Progress::Checking { done, total } => {
            bar.set_message("checking");
            bar.set_length(total);
            bar.set_position(done);
        }
        Progress::Failed(failure) => bar.suspend(|| note(&format!("  {}", failure.reason))),
    });
    bar.finish_and_clear();
    outcome
}

fn verify_all(manifest: &Manifest, cache: &Cache, out: &mut dyn Write) -> Result<()> {
    let here: Vec<_> = manifest.models.iter().filter(|model| cache.find(model).is_some()).collect();
    if here.is_empty() {
        writeln!(out, "No model is here. `floorwalker model pull` fetches the default one.")?;
    }
    here.into_iter().try_for_each(|model| verify_one(cache, model, out))
}

fn verify_one(cache: &Cache, model: &Model, out: &mut dyn Write) -> Result<()> {
    let found = with_bar(|progress| verify(cache, model, progress))?;
    if !found.is_right() {
        bail!(
            "{}: {} is damaged (SHA-256 {}, not {}): delete it and run `floorwalker model pull {}`",
            model.name,
            found.path.display(),
            found.sha256,
            found.expected,
            model.name
        );
    }
    Ok(writeln!(out, "{} is as it should be (SHA-256 {})", model.name, found.sha256)?)
}

fn choose(manifest: &Manifest, cache: &Cache, model: &str, setup: &Setup, out: &mut dyn Write) -> Result<()> {
    let choice = match Choice::from(model) {
        Choice::Model(name) if manifest.find(&name).is_none() => Choice::Model(gguf_path(&name)?),
        choice => choice,
    };
    if let Choice::Model(name) = &choice
        && let Err(hint) = resolve(manifest, cache, name)
    {
        note(&hint.to_string());
    }
    let data_dir = &setup.loaded.data_dir;
    let written = write_choice(data_dir, &choice);
    written.with_context(|| format!("the choice can't be written to {}", data_dir.display()))?;
    match writer::outranks_choice(setup) {
        Some(origin) => writeln!(out, "Kept: {choice}. But {origin} sets model.name, and goes before it.")?,
        None => writeln!(out, "From its next start on the shop uses: {choice}")?,
    }
    Ok(())
}

/// The path as it is found from any working folder; a file that is no model is refused now rather than at the start.
fn gguf_path(path: &str) -> Result<String> {
    let absolute = std::fs::canonicalize(path)
        .with_context(|| format!("{path} is neither a model's name (`floorwalker model list`) nor a file"))?;
    let mut magic = [0; 4];
    let read = std::fs::File::open(&absolute).and_then(|mut file| file.read_exact(&mut magic));
    if read.is_err() || &magic != b"GGUF" {
        bail!("{path} is not a GGUF file");
    }
    Ok(absolute.to_string_lossy().into_owned())
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]
mod tests {
    use super::*;
    use crate::cli::tests::floorwalker;
    use crate::models::read_choice;

    #[test]
    fn a_name_a_gguf_file_or_none_can_be_chosen_and_nothing_else() {
        let folder = tempfile::tempdir().unwrap();
        let use_model = |model: &str, dir: &std::path::Path| floorwalker(dir, &["model", "use", model]);
        let chosen = || read_choice(&folder.path().join("data")).unwrap();
        use_model("qwen3-4b", folder.path()).unwrap();
        assert_eq!(chosen(), Some(Choice::Model("qwen3-4b".into())));
        use_model("none", folder.path()).unwrap();
        assert_eq!(chosen(), Some(Choice::NoModel));

        let file = folder.path().join("own.gguf");
        std::fs::write(&file, "not one").unwrap();
        assert!(use_model(file.to_str().unwrap(), folder.path()).is_err());
        std::fs::write(&file, "GGUF...").unwrap();
        use_model(file.to_str().unwrap(), folder.path()).unwrap();
        assert!(matches!(chosen(), Some(Choice::Model(path)) if path.ends_with("own.gguf")));
        assert!(use_model("no-such-model", folder.path()).is_err());
    }
}
