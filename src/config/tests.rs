//! What a configuration may say, what it may not, and what the refusal tells: file or variable, key, what was
//! expected, the nearest right name; sources outrank each other in order; secrets come from elsewhere.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use std::fs;

use super::*;
use crate::config::{Backend, LogFormat};

struct Place(tempfile::TempDir);

impl Place {
    fn new(config: &str) -> Place {
        let place = Place(tempfile::tempdir().unwrap());
        fs::write(place.0.path().join("c.toml"), config).unwrap();
        place
    }

    fn load(&self, variables: &[(&str, &str)]) -> Result<Loaded, ConfigError> {
        load(&Sources {
            file: Some("c.toml".into()),
            variables: variables.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect(),
            flags: Vec::new(),
            working_dir: self.0.path().to_path_buf(),
        })
    }

    fn refusal(&self, variables: &[(&str, &str)]) -> String {
        self.load(variables).unwrap_err().to_string()
    }
}

fn refusal(config: &str) -> String {
    Place::new(config).refusal(&[])
}

#[track_caller]
fn says(text: &str, parts: &[&str]) {
    for part in parts {
        assert!(text.contains(part), "`{part}` is not in: {text}");
    }
}

#[test]
fn an_unknown_key_is_refused_with_the_nearest_one() {
    says(&refusal("[model]\ntemprature = 1"), &["c.toml: model.temprature: ", "did you mean `model.temperature`?"]);
    says(&refusal("[answer]\nthreads = 1"), &["answer.threads", "did you mean `model.threads`?"]);
    says(&refusal("[store]\nxyzzy = 1"), &["no such key; [store] has backend"]);
    says(&refusal("[modle]\nname = \"x\""), &["modle: no such section; did you mean [model]?"]);
    says(&refusal("[telegram]\nx = 1"), &["there are shop, data, model, nlu, answer, log, store"]);
    says(&refusal("model = 1"), &["model: expected a section, written [model]"]);
}

#[test]
fn a_wrong_type_is_refused_with_what_was_expected() {
    says(
        &refusal("[model]\nthreads = \"many\""),
        &["model.threads: expected a whole number from 0 to 512, found \"many\""],
    );
    says(&refusal("[model]\nthreads = 1.5"), &["expected a whole number", "found 1.5"]);
    says(&refusal("[model]\nname = 7"), &["model.name: expected a text"]);
    says(&refusal("[shop]\ndir = 7"), &["shop.dir: expected a path"]);
    says(&refusal("[shop]\nlanguages = \"en\""), &["expected a list of en, zh"]);
    says(&refusal("[shop]\nlanguages = [\"fr\"]"), &["expected a list of en, zh"]);
    says(&refusal("[log]\nformat = \"jason\""), &["expected one of pretty, json", "did you mean \"json\"?"]);
    says(&refusal("[store]\nbackend = \"sledd\""), &["did you mean \"sled\"?"]);
}

#[test]
fn a_value_out_of_range_is_refused() {
    says(&refusal("[model]\nthreads = 100000"), &["expected a whole number from 0 to 512"]);
    says(&refusal("[model]\nseed = -1"), &["expected a whole number from 0 to 4294967295"]);
    says(&refusal("[model]\ntemperature = 3.0"), &["expected a number from 0 to 2"]);
    says(&refusal("[answer]\nparts_max = 0"), &["expected a whole number from 1 to 8"]);
    says(&refusal("[shop]\ncurrency = \"dollars\""), &["c.toml: shop.currency: ", "ISO 4217"]);
    says(&refusal("[shop]\nlanguages = []"), &["at least one language"]);
    says(&refusal("[log]\nlevel = \"loud\""), &["log.level: `loud` is not a log level"]);
    says(&refusal("[model]\nname = \"\""), &["model.name: expected a model's name"]);
}

#[test]
fn every_problem_is_told_at_once() {
    let text = Place::new("[model]\nthread = 1\nseed = -1").refusal(&[("FLOORWALKER_LOG__FORMAT", "xml")]);
    says(&text, &["3 problems", "model.thread:", "model.seed:", "$FLOORWALKER_LOG__FORMAT: log.format:"]);
}

#[test]
fn a_file_that_is_no_toml_or_not_there_is_named() {
    says(&refusal("[model\nname"), &["c.toml: not readable as TOML", "line 1"]);
    let sources = Sources { file: Some("gone.toml".into()), ..Sources::default() };
    says(&load(&sources).unwrap_err().to_string(), &["gone.toml: there is no such file"]);
}

#[test]
fn the_environment_outranks_the_file_and_flags_outrank_both() {
    let place = Place::new("[model]\nthreads = 3\nseed = 5\ntemperature = 1");
    let variables = [("FLOORWALKER_MODEL__THREADS", "4"), ("FLOORWALKER_SHOP__LANGUAGES", "zh, en")];
    let loaded = place.load(&variables).unwrap();
    assert_eq!((loaded.config.model.threads, loaded.config.model.seed), (4, 5));
    assert_eq!(loaded.config.shop.languages, [crate::domain::Lang::Zh, crate::domain::Lang::En]);
    assert_eq!(loaded.origin("model.threads").to_string(), "$FLOORWALKER_MODEL__THREADS");
    assert!(matches!(loaded.origin("model.seed"), Origin::File(path) if path.ends_with("c.toml")));
    assert_eq!(loaded.origin("model.name"), Origin::Default);

    let flags = vec![("--log", "log.format", "json".to_owned())];
    let variables = [("FLOORWALKER_LOG__FORMAT".to_owned(), "pretty".to_owned())].into();
    let loaded = load(&Sources { flags, variables, ..Sources::default() }).unwrap();
    assert_eq!((loaded.config.log.format, loaded.config.store.backend), (LogFormat::Json, Backend::Sled));
}

#[test]
fn a_text_of_digits_in_the_environment_stays_a_text() {
    let loaded = Place::new("").load(&[("FLOORWALKER_MODEL__NAME", "7")]).unwrap();
    assert_eq!(loaded.config.model.name, "7");
}

#[test]
fn a_mistyped_variable_is_refused() {
    let place = Place::new("");
    says(
        &place.refusal(&[("FLOORWALKER_MODEL__THREAD", "1")]),
        &["$FLOORWALKER_MODEL__THREAD", "did you mean `model.threads`?"],
    );
    says(&place.refusal(&[("FLOORWALKER_MODEL_NAME", "x")]), &["did you mean `FLOORWALKER_MODEL__NAME`?"]);
    says(
        &place.refusal(&[("FLOORWALKER_MODEL__THREADS", "many")]),
        &["$FLOORWALKER_MODEL__THREADS: model.threads: expected"],
    );
    assert!(place.load(&[("FLOORWALKER_BUILD_NUMBER", "7")]).is_ok());
}

#[test]
fn a_secret_in_the_file_is_refused_and_not_repeated() {
    let text = refusal("[model]\nhub_token = \"hf_abc\"");
    says(&text, &["model.hub_token: a secret does not belong", "FLOORWALKER_MODEL__HUB_TOKEN", "`hub_token_file`"]);
    assert!(!text.contains("hf_abc"), "{text}");
}

#[test]
fn a_secret_comes_from_the_environment_or_a_file() {
    let place = Place::new("[model]\nhub_token_file = \"token\"");
    says(&place.refusal(&[]), &["model.hub_token_file: cannot read"]);
    fs::write(place.0.path().join("token"), "hf_file\n").unwrap();
    let loaded = place.load(&[]).unwrap();
    assert_eq!(loaded.config.model.hub_token.expose(), Some("hf_file"));
    assert!(!format!("{loaded:?}").contains("hf_file"));
    let loaded = place.load(&[("FLOORWALKER_MODEL__HUB_TOKEN", "hf_env")]).unwrap();
    assert_eq!(loaded.config.model.hub_token.expose(), Some("hf_env"));
    assert_eq!(loaded.origin("model.hub_token").to_string(), "$FLOORWALKER_MODEL__HUB_TOKEN");
}

#[test]
fn paths_of_the_file_are_relative_to_it_and_others_to_the_working_folder() {
    let place = Place(tempfile::tempdir().unwrap());
    let dir = place.0.path();
    fs::create_dir(dir.join("etc")).unwrap();
    fs::write(dir.join("etc/c.toml"), "[shop]\ndir = \"shop\"\n[model]\nname = \"./m.gguf\"\n[data]\ndir = \"/d\"")
        .unwrap();
    let sources = Sources {
        file: Some("etc/c.toml".into()),
        variables: [("FLOORWALKER_SHOP__CATALOG".to_owned(), "c.jsonl".to_owned())].into(),
        working_dir: dir.to_path_buf(),
        flags: Vec::new(),
    };
    let loaded = load(&sources).unwrap();
    assert_eq!(loaded.config.shop.dir, Some(dir.join("etc/shop")));
    assert_eq!(loaded.config.shop.catalog, Some(dir.join("c.jsonl")));
    assert_eq!(loaded.config.model.choice(), ModelChoice::File(dir.join("etc/m.gguf")));
    assert_eq!(loaded.data_dir, Path::new("/d"));
}

#[test]
fn the_data_folder_follows_the_environment() {
    let data = |variables: &[(&str, &str)]| Place::new("").load(variables).unwrap().data_dir;
    let home = ("HOME", "/users/ann");
    assert_eq!(data(&[home]), Path::new("/users/ann/.local/share/floorwalker"));
    assert_eq!(data(&[home, ("XDG_DATA_HOME", "/x")]), Path::new("/x/floorwalker"));
    assert_eq!(data(&[home, ("XDG_DATA_HOME", "/x"), ("FLOORWALKER_DATA", "/y")]), Path::new("/y"));
}
