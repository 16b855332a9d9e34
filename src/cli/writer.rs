//! The model that a command words replies with: chosen by flag, configuration or `model use`, fetched when it is not
//! here, loaded once.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result};

use super::model::with_bar;
use super::{Setup, note};
use crate::config::{Model, ModelChoice, Origin};
use crate::domain::Lang;
use crate::llm::{Class, Generation, LanguageModel, Request};
use crate::models::{Cache, Choice, Manifest, ensure, read_choice};
use crate::turn::word::{Prompts, Wanted, Writer, WriterOptions};

/// Whether this build can run a model itself.
pub const HAS_ENGINE: bool = cfg!(feature = "llama");

pub const NO_ENGINE: &str = "this build has no engine for models (the cargo feature `llama` is off)";

/// The model's name or path, or `None` for deterministic rendering only. What flag, environment or configuration file
/// say goes before what `model use` wrote.
pub fn chosen(setup: &Setup) -> Result<Option<String>> {
    let configured = match setup.loaded.config.model.choice() {
        ModelChoice::None => None,
        ModelChoice::Named(name) => Some(name),
        ModelChoice::File(path) => Some(path.display().to_string()),
    };
    if outranks_choice(setup).is_some() {
        return Ok(configured);
    }
    Ok(match read_choice(&setup.loaded.data_dir).context("cannot read the choice of `model use`")? {
        Some(Choice::NoModel) => None,
        Some(Choice::Model(name)) => Some(name),
        None => configured,
    })
}

/// Who sets the model such that `model use` does not count. The shipped configuration file names the default model;
/// that decides nothing.
pub fn outranks_choice(setup: &Setup) -> Option<Origin> {
    match setup.loaded.origin("model.name") {
        Origin::Default => None,
        Origin::File(_) if setup.loaded.config.model.name == Model::default().name => None,
        origin => Some(origin),
    }
}

/// The writer of a shop, with its weights fetched and loaded. A model that is not to be had is an error where it was
/// asked for by flag or environment; else replies are plainer, and a line on stderr says so.
pub fn open(setup: &Setup, shop: &str) -> Result<Option<Writer>> {
    let Some(model) = open_model(setup)? else { return Ok(None) };
    writer(setup, shop, model).map(Some)
}

/// As [`open`], the model alone.
pub fn open_model(setup: &Setup) -> Result<Option<Arc<dyn LanguageModel>>> {
    let Some(name) = chosen(setup)? else { return Ok(None) };
    let is_demanded = matches!(setup.loaded.origin("model.name"), Origin::Flag(_) | Origin::Variable(_));
    match fetched(&name).and_then(|path| load(&path, &setup.loaded.config.model)) {
        Ok(model) => Ok(Some(model)),
        Err(error) if is_demanded => {
            Err(error.context(format!("the model {name} cannot be used; `--model none` answers without one")))
        }
        Err(error) => {
            note(&format!("warning: answering without a model: {}", one_line(&error)));
            Ok(None)
        }
    }
}

pub fn writer(setup: &Setup, shop: &str, model: Arc<dyn LanguageModel>) -> Result<Writer> {
    let settings = &setup.loaded.config.model;
    let options = WriterOptions {
        tokens_max: settings.tokens_max as usize,
        deadline: Duration::from_millis(settings.deadline_ms),
        temperature: settings.temperature,
        seed: u64::from(settings.seed),
    };
    Writer::new(model, shop, options)
}

/// Has the model read what every prompt begins with, so that it is in the cache by the time a shopper has typed the
/// first question. Dropping what is returned stops it.
pub fn warm_up(model: &dyn LanguageModel, shop: &str, languages: &[Lang]) -> Vec<Generation> {
    let Ok(prompts) = Prompts::shipped() else { return Vec::new() };
    let nothing = Wanted { shop, question: "", answer: "" };
    let chats = languages.iter().filter_map(|language| prompts.word(*language, &nothing).ok());
    chats
        .filter_map(|messages| {
            let request = Request { tokens_max: 1, class: Class::Background, ..Request::new(messages) };
            model.start(request).ok()
        })
        .collect()
}

/// The first line: what went before was on stderr already, source by source.
fn one_line(error: &anyhow::Error) -> String {
    let text = format!("{error:#}");
    text.lines().next().unwrap_or_default().trim_end_matches(':').to_owned()
}

fn fetched(name: &str) -> Result<PathBuf> {
    anyhow::ensure!(HAS_ENGINE, NO_ENGINE);
    let (manifest, cache) = (Manifest::builtin()?, Cache::open_default()?);
    Ok(with_bar(|progress| ensure(&manifest, &cache, name, progress))?)
}

#[cfg(feature = "llama")]
fn load(path: &Path, settings: &Model) -> Result<Arc<dyn LanguageModel>> {
    use crate::llm::{Engine, EngineOptions};
    let options = EngineOptions {
        context_tokens: settings.context_tokens,
        threads: (settings.threads > 0).then_some(settings.threads as usize),
        gpu_layers: settings.gpu_layers,
        ..EngineOptions::default()
    };
    Ok(Arc::new(Engine::load(path, &options)?))
}

#[cfg(not(feature = "llama"))]
fn load(_path: &Path, _settings: &Model) -> Result<Arc<dyn LanguageModel>> {
    anyhow::bail!(NO_ENGINE)
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]
mod tests {
    use std::fs;
    use std::path::Path;

    use clap::Parser;

    use super::*;
    use crate::cli::{Cli, Sources, set_up};

    fn setup(dir: &Path, flags: &[&str]) -> Setup {
        let data = dir.join("data");
        let words = [&["floorwalker", "--data", data.to_str().unwrap()], flags, &["doctor"]].concat();
        let sources = Sources { working_dir: dir.to_path_buf(), ..Sources::default() };
        set_up(&Cli::try_parse_from(words).unwrap(), &sources).unwrap()
    }

    #[test]
    fn the_shipped_file_does_not_outrank_model_use_but_a_changed_one_and_a_flag_do() {
        let dir = tempfile::tempdir().unwrap();
        crate::models::write_choice(&dir.path().join("data"), &Choice::NoModel).unwrap();
        let file = dir.path().join("config/floorwalker.toml");
        fs::create_dir(dir.path().join("config")).unwrap();
        fs::write(&file, crate::config::keys::shipped_file()).unwrap();
        assert_eq!(chosen(&setup(dir.path(), &[])).unwrap(), None);
        assert_eq!(chosen(&setup(dir.path(), &["--model", "qwen3-4b"])).unwrap().as_deref(), Some("qwen3-4b"));
        fs::write(&file, "[model]\nname = \"qwen3-8b\"").unwrap();
        assert_eq!(chosen(&setup(dir.path(), &[])).unwrap().as_deref(), Some("qwen3-8b"));
    }

    #[test]
    fn a_model_that_was_asked_for_fails_and_one_that_was_configured_is_gone_without() {
        let dir = tempfile::tempdir().unwrap();
        assert!(open_model(&setup(dir.path(), &["--model", "./gone.gguf"])).is_err());
        fs::create_dir(dir.path().join("config")).unwrap();
        fs::write(dir.path().join("config/floorwalker.toml"), "[model]\nname = \"./gone.gguf\"").unwrap();
        assert!(open_model(&setup(dir.path(), &[])).unwrap().is_none());
    }

    #[test]
    fn warming_up_asks_each_languages_prompt_for_next_to_nothing() {
        let model = crate::llm::scripted::Scripted::always("x");
        let warming = warm_up(&model, "Larkfield", &Lang::ALL);
        let asked = model.asked();
        assert_eq!((warming.len(), asked.len()), (2, 2));
        assert!(asked.iter().all(|r| r.tokens_max == 1 && r.class == Class::Background));
        assert!(asked[0].messages[0].text.contains("Larkfield"), "{:?}", asked[0].messages[0]);
    }
}
