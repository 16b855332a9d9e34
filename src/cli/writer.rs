//! The model that a command words replies with: chosen by flag, configuration or `model use`, fetched when it is not
//! here, loaded once.

use std::time::Duration;

use anyhow::{Context, Result};

use super::Setup;
use super::model::with_bar;
use crate::config::{ModelChoice, load::Origin};
use crate::models::{Cache, Choice, Manifest, ensure, read_choice};
use crate::turn::word::{Writer, WriterOptions};

/// The model's name or path, or `None` for deterministic rendering only. A flag, the environment or a configuration
/// file goes before what `model use` wrote.
pub fn chosen(setup: &Setup) -> Result<Option<String>> {
    let configured = match setup.loaded.config.model.choice() {
        ModelChoice::None => None,
        ModelChoice::Named(name) => Some(name),
        ModelChoice::File(path) => Some(path.display().to_string()),
    };
    if setup.loaded.origin("model.name") != Origin::Default {
        return Ok(configured);
    }
    Ok(match read_choice(&setup.loaded.data_dir).context("cannot read the choice of `model use`")? {
        Some(Choice::NoModel) => None,
        Some(Choice::Model(name)) => Some(name),
        None => configured,
    })
}

/// The writer of a shop, with its weights fetched and loaded.
pub fn open(setup: &Setup, shop: &str) -> Result<Option<Writer>> {
    let Some(name) = chosen(setup)? else { return Ok(None) };
    let path = with_bar(|progress| {
        ensure(&Manifest::builtin()?, &Cache::open_default()?, &name, progress).map_err(anyhow::Error::from)
    })
    .with_context(|| format!("the model {name} is not to be had; `--model none` answers without one"))?;
    let model = &setup.loaded.config.model;
    let options = WriterOptions {
        tokens_max: model.tokens_max as usize,
        deadline: Duration::from_millis(u64::from(model.deadline_ms)),
        temperature: model.temperature as f32,
        seed: u64::from(model.seed),
    };
    load(&path, setup).and_then(|engine| Writer::new(engine, shop, options)).map(Some)
}

#[cfg(feature = "llama")]
fn load(path: &std::path::Path, setup: &Setup) -> Result<std::sync::Arc<dyn crate::llm::LanguageModel>> {
    use crate::llm::{Engine, EngineOptions};
    let model = &setup.loaded.config.model;
    let options = EngineOptions {
        context_tokens: model.context_tokens,
        threads: (model.threads > 0).then_some(model.threads as usize),
        gpu_layers: model.gpu_layers,
        ..EngineOptions::default()
    };
    Ok(std::sync::Arc::new(Engine::load(path, &options)?))
}

#[cfg(not(feature = "llama"))]
fn load(_path: &std::path::Path, _setup: &Setup) -> Result<std::sync::Arc<dyn crate::llm::LanguageModel>> {
    anyhow::bail!("this build has no model inside (the cargo feature `llama` is off); use --model none")
}
