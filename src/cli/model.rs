//! `floorwalker model`: see, fetch, verify and choose the weights.
#![allow(clippy::print_stdout, clippy::print_stderr)]

use std::io::Read;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use clap::{Args, Subcommand};
use indicatif::{ProgressBar, ProgressStyle};

use crate::models::{
    Cache, Choice, Manifest, Model, Progress, Pulled, pull, read_choice, resolve, verify, write_choice,
};

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
        #[arg(value_name = "NAME|PATH")]
        model: String,
    },
}

/// `data_dir`: where the shop's state is kept, and its choice of a model with it.
pub fn run(args: ModelArgs, data_dir: &Path) -> Result<()> {
    let manifest = match &args.manifest {
        Some(path) => Manifest::read(path)?,
        None => Manifest::builtin()?,
    };
    let cache = Cache::open_default()?;
    match args.command {
        ModelCommand::List => list(&manifest, &cache, data_dir),
        ModelCommand::Pull { name } => pull_one(&cache, named(&manifest, name.as_deref())?),
        ModelCommand::Verify { name: Some(name) } => verify_one(&cache, named(&manifest, Some(&name))?),
        ModelCommand::Verify { name: None } => verify_all(&manifest, &cache),
        ModelCommand::Use { model } => choose(&manifest, &cache, &model, data_dir),
    }
}

fn named<'a>(manifest: &'a Manifest, name: Option<&str>) -> Result<&'a Model> {
    match name {
        None => manifest.default_model().context("the list of models has no default: give a name"),
        Some(name) => {
            manifest.find(name).with_context(|| format!("there is no model {name}: `floorwalker model list` shows all"))
        }
    }
}

fn list(manifest: &Manifest, cache: &Cache, data_dir: &Path) -> Result<()> {
    let chosen = read_choice(data_dir)?;
    for model in &manifest.models {
        let is_chosen = match &chosen {
            Some(Choice::Model(name)) => *name == model.name,
            Some(Choice::NoModel) => false,
            None => model.default,
        };
        let here = if cache.find(model).is_some() { "here" } else { "not fetched" };
        println!("{} {}  ({here})", if is_chosen { "*" } else { " " }, model.name);
        println!("    for:       {}", model.purpose);
        println!("    languages: {}", model.languages.join(", "));
        println!("    needs:     {}", model.needs);
        println!("    file:      {}, {}", size(model), model.licence);
    }
    match &chosen {
        Some(choice @ Choice::Model(name)) if manifest.find(name).is_none() => println!("* {choice}"),
        Some(Choice::NoModel) => println!("* none (replies are worded without a model)"),
        _ => {}
    }
    println!("\n* is used. Fetched models are in {}", cache.root().display());
    Ok(())
}

fn size(model: &Model) -> String {
    model.size_bytes.map_or_else(|| "size not known".into(), |bytes| indicatif::DecimalBytes(bytes).to_string())
}

fn pull_one(cache: &Cache, model: &Model) -> Result<()> {
    let Pulled { path, sha256, was_known } = with_bar(|progress| pull(cache, model, progress))?;
    println!("{} is at {}", model.name, path.display());
    if !was_known {
        println!("Its checksum was not known. It is pinned now; compare it with the publisher's:\n  SHA-256 {sha256}");
    }
    Ok(())
}

/// Shows a progress bar (nothing where standard error is no terminal) while something is pulled.
pub fn with_bar<T>(work: impl FnOnce(&mut dyn FnMut(Progress<'_>)) -> T) -> T {
    let bar = ProgressBar::no_length();
    let template = "{msg} [{wide_bar}] {decimal_bytes}/{decimal_total_bytes} {eta}";
    if let Ok(style) = ProgressStyle::with_template(template) {
        bar.set_style(style.progress_chars("=> "));
    }
    let outcome = work(&mut |progress| match progress {
        Progress::Source(source) => {
            bar.set_message("fetching");
            bar.suspend(|| eprintln!("from {source}"));
        }
        Progress::Bytes { done, total } => {
            if let Some(total) = total {
                bar.set_length(total);
            }
            bar.set_position(done);
        }
        Progress::Checking { done, total } => {
            bar.set_message("checking");
            bar.set_length(total);
            bar.set_position(done);
        }
        Progress::Failed(failure) => bar.suspend(|| eprintln!("  {}", failure.reason)),
    });
    bar.finish_and_clear();
    outcome
}

fn verify_all(manifest: &Manifest, cache: &Cache) -> Result<()> {
    let here: Vec<_> = manifest.models.iter().filter(|model| cache.find(model).is_some()).collect();
    if here.is_empty() {
        println!("No model is here. `floorwalker model pull` fetches the default one.");
    }
    here.into_iter().try_for_each(|model| verify_one(cache, model))
}

fn verify_one(cache: &Cache, model: &Model) -> Result<()> {
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
    println!("{} is as it should be (SHA-256 {})", model.name, found.sha256);
    Ok(())
}

fn choose(manifest: &Manifest, cache: &Cache, model: &str, data_dir: &Path) -> Result<()> {
    let choice = match Choice::from(model) {
        Choice::Model(name) if manifest.find(&name).is_none() => Choice::Model(gguf_path(&name)?),
        choice => choice,
    };
    if let Choice::Model(name) = &choice
        && let Err(hint) = resolve(manifest, cache, name)
    {
        eprintln!("{hint}");
    }
    let written = write_choice(data_dir, &choice);
    written.with_context(|| format!("the choice can't be written to {}", data_dir.display()))?;
    println!("From its next start on the shop uses: {choice}");
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
    use clap::Parser;

    use super::*;

    #[derive(Parser)]
    struct Cli {
        #[command(flatten)]
        model: ModelArgs,
    }

    fn use_model(model: &str, data_dir: &Path) -> Result<()> {
        run(Cli::try_parse_from(["model", "use", model]).unwrap().model, data_dir)
    }

    #[test]
    fn the_commands_are_sound() {
        <Cli as clap::CommandFactory>::command().debug_assert();
    }

    #[test]
    fn a_name_a_gguf_file_or_none_can_be_chosen_and_nothing_else() {
        let folder = tempfile::tempdir().unwrap();
        let chosen = || read_choice(folder.path()).unwrap();
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
