//! Fills the configuration from its sources, later ones first: flags, environment, file, defaults. Everything that is
//! wrong is found before anything is started, and every value knows where it comes from.

use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};

use figment::providers::{Format, Serialized, Toml};
use figment::value::{Dict, Map, Value};
use figment::{Figment, Metadata, Profile, Provider};

use super::keys::{self, Key, Kind};
use super::problem::{self, ConfigError, Problem};
use super::{Config, ModelChoice, Secret};
use crate::telemetry;

/// Every variable that sets a key starts with it.
pub const PREFIX: &str = "FLOORWALKER_";
/// Variables under the prefix that are no keys.
const VARIABLE_DATA: &str = "FLOORWALKER_DATA";
const VARIABLE_CONFIG: &str = "FLOORWALKER_CONFIG";

/// Where a value was set.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Origin {
    Default,
    File(PathBuf),
    Variable(String),
    Flag(String),
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Origin::Default => f.write_str("default"),
            Origin::File(path) => write!(f, "{}", path.display()),
            Origin::Variable(name) => write!(f, "${name}"),
            Origin::Flag(name) => f.write_str(name),
        }
    }
}

/// What the configuration is read from, as values, so that a test gives its own.
#[derive(Clone, Debug, Default)]
pub struct Sources {
    /// The file of `--config`.
    pub file: Option<PathBuf>,
    /// All environment variables.
    pub variables: BTreeMap<String, String>,
    /// Flags that set a key: `("--model", "model.name", "none")`.
    pub flags: Vec<(&'static str, &'static str, String)>,
    /// The folder the program was started in.
    pub working_dir: PathBuf,
}

impl Sources {
    /// The sources of this process.
    pub fn of_process() -> Sources {
        let text = |(name, value): (std::ffi::OsString, std::ffi::OsString)| {
            Some((name.into_string().ok()?, value.into_string().ok()?))
        };
        Sources {
            file: None,
            variables: std::env::vars_os().filter_map(text).collect(),
            flags: Vec::new(),
            working_dir: std::env::current_dir().unwrap_or_default(),
        }
    }

    fn variable(&self, name: &str) -> Option<&str> {
        self.variables.get(name).map(String::as_str).filter(|v| !v.is_empty())
    }

    /// `--config`, else `$FLOORWALKER_CONFIG`, else `config/floorwalker.toml` where the program was started, else
    /// `floorwalker/floorwalker.toml` among the user's configuration files. A file that was named has to exist.
    fn config_file(&self) -> Result<Option<PathBuf>, Problem> {
        let named = self.file.clone().or_else(|| self.variable(VARIABLE_CONFIG).map(PathBuf::from));
        if let Some(path) = named.map(|path| self.working_dir.join(path)) {
            return match path.is_file() {
                true => Ok(Some(path)),
                false => Err(whole_file(&path, "there is no such file".to_owned())),
            };
        }
        let user = self
            .variable("XDG_CONFIG_HOME")
            .map(PathBuf::from)
            .or_else(|| self.variable("HOME").map(|home| Path::new(home).join(".config")));
        let candidates = [
            Some(self.working_dir.join("config/floorwalker.toml")),
            user.map(|dir| dir.join("floorwalker/floorwalker.toml")),
        ];
        Ok(candidates.into_iter().flatten().find(|path| path.is_file()))
    }

    /// The data folder where no key sets it.
    fn data_dir(&self) -> PathBuf {
        if let Some(dir) = self.variable(VARIABLE_DATA) {
            return PathBuf::from(dir);
        }
        if let Some(dir) = self.variable("XDG_DATA_HOME") {
            return Path::new(dir).join("floorwalker");
        }
        match self.variable("HOME") {
            Some(home) => Path::new(home).join(".local/share/floorwalker"),
            None => self.working_dir.join("data"),
        }
    }
}

/// A configuration that passed, and where it came from.
#[derive(Clone, Debug)]
pub struct Loaded {
    pub config: Config,
    /// The file that was read, if any.
    pub file: Option<PathBuf>,
    /// The data folder in effect.
    pub data_dir: PathBuf,
    origins: BTreeMap<String, Origin>,
}

impl Loaded {
    pub fn origin(&self, key: &str) -> Origin {
        self.origins.get(key).cloned().unwrap_or(Origin::Default)
    }
}

/// One source's values by key path.
#[derive(Default)]
struct Layer {
    values: Dict,
    origins: BTreeMap<String, Origin>,
}

impl Provider for Layer {
    fn metadata(&self) -> Metadata {
        Metadata::named("layer")
    }

    fn data(&self) -> Result<Map<Profile, Dict>, figment::Error> {
        Ok(Map::from([(Profile::Default, self.values.clone())]))
    }
}

impl Layer {
    fn set(&mut self, key: &Key, value: Value, origin: Origin) {
        let section = self.values.entry(key.section.clone()).or_insert_with(|| Value::from(Dict::new()));
        if let Value::Dict(_, dict) = section {
            dict.insert(key.name.clone(), value);
            self.origins.insert(key.path(), origin);
        }
    }
}

/// Reads, checks and merges every source.
///
/// # Errors
/// Every problem of every source, together.
pub fn load(sources: &Sources) -> Result<Loaded, ConfigError> {
    let mut loading = Loading { keys: keys::all(), problems: Vec::new() };
    let file = sources.config_file().unwrap_or_else(|problem| {
        loading.problems.push(problem);
        None
    });
    let layers = [
        file.as_deref().map(|path| loading.read_file(path)).unwrap_or_default(),
        loading.read_variables(sources),
        loading.read_flags(sources),
    ];
    let mut origins = BTreeMap::new();
    let mut figment = Figment::from(Serialized::defaults(Config::default()));
    for layer in layers {
        origins.extend(layer.origins.clone());
        figment = figment.merge(layer);
    }
    let config = loading.extract(&figment, &origins);
    if !loading.problems.is_empty() {
        return Err(ConfigError { problems: loading.problems });
    }
    let mut config = config.unwrap_or_default();
    make_absolute(&mut config, &origins, sources);
    loading.read_secret_files(&mut config, &mut origins);
    if !loading.problems.is_empty() {
        return Err(ConfigError { problems: loading.problems });
    }
    let data_dir = config.data.dir.clone().unwrap_or_else(|| sources.working_dir.join(sources.data_dir()));
    Ok(Loaded { config, file, data_dir, origins })
}

fn whole_file(path: &Path, reason: String) -> Problem {
    Problem { origin: Origin::File(path.to_path_buf()), key: String::new(), reason }
}

struct Loading {
    keys: Vec<Key>,
    problems: Vec<Problem>,
}

impl Loading {
    fn problem(&mut self, origin: &Origin, key: &str, reason: String) {
        self.problems.push(Problem { origin: origin.clone(), key: key.to_owned(), reason });
    }

    fn key(&self, path: &str) -> Option<Key> {
        self.keys.iter().find(|k| k.path() == path).cloned()
    }

    fn read_file(&mut self, path: &Path) -> Layer {
        let origin = Origin::File(path.to_path_buf());
        let mut layer = Layer::default();
        let table = match Toml::file_exact(path).data() {
            Ok(mut profiles) => profiles.remove(&Profile::Default).unwrap_or_default(),
            Err(error) => {
                self.problems.push(whole_file(path, format!("not readable as TOML: {}", error.kind)));
                return layer;
            }
        };
        let mut names: Vec<String> = self.keys.iter().map(|k| k.section.clone()).collect();
        names.dedup();
        for (section, value) in table {
            if !names.contains(&section) {
                self.problem(&origin, &section, problem::unknown_section(&section, &names));
                continue;
            }
            let Value::Dict(_, dict) = value else {
                self.problem(&origin, &section, format!("expected a section, written [{section}]"));
                continue;
            };
            for (name, value) in dict {
                self.take(&mut layer, &format!("{section}.{name}"), value, origin.clone());
            }
        }
        layer
    }

    fn read_variables(&mut self, sources: &Sources) -> Layer {
        let mut layer = Layer::default();
        let names: Vec<String> = self.keys.iter().map(Key::variable).collect();
        for (name, value) in &sources.variables {
            let Some(rest) = name.strip_prefix(PREFIX) else { continue };
            let origin = Origin::Variable(name.clone());
            match rest.split_once("__") {
                Some((section, key)) => {
                    let path = format!("{}.{}", section.to_lowercase(), key.to_lowercase());
                    let value = self.parse(&path, value);
                    self.take(&mut layer, &path, value, origin);
                }
                // One underscore where two belong would otherwise be passed over in silence.
                None if name != VARIABLE_DATA && name != VARIABLE_CONFIG => {
                    if let Some(near) = problem::nearest(name, names.iter().map(String::as_str)) {
                        self.problem(&origin, "", format!("sets nothing; did you mean `{near}`?"));
                    }
                }
                None => {}
            }
        }
        layer
    }

    fn read_flags(&mut self, sources: &Sources) -> Layer {
        let mut layer = Layer::default();
        for (flag, path, text) in &sources.flags {
            let value = self.parse(path, text);
            self.take(&mut layer, path, value, Origin::Flag((*flag).to_owned()));
        }
        layer
    }

    /// A text of the environment or a flag as the value that its key expects; what does not parse stays a text and is
    /// refused by `take`.
    fn parse(&self, path: &str, text: &str) -> Value {
        match self.key(path).map(|k| k.kind) {
            Some(Kind::Whole { .. }) => text.trim().parse::<u64>().map_or_else(|_| Value::from(text), Value::from),
            Some(Kind::Number { .. }) => text.trim().parse::<f64>().map_or_else(|_| Value::from(text), Value::from),
            Some(Kind::List(_)) => {
                Value::from(text.split(',').map(|item| Value::from(item.trim())).collect::<Vec<_>>())
            }
            _ => Value::from(text),
        }
    }

    /// Takes a value into the layer if it is one that its key can have.
    fn take(&mut self, layer: &mut Layer, path: &str, value: Value, origin: Origin) {
        let Some(key) = self.key(path) else {
            let reason = problem::unknown_key(path, &self.keys);
            return self.problem(&origin, path, reason);
        };
        if key.kind == Kind::Secret && matches!(origin, Origin::File(_)) {
            let reason = format!(
                "a secret does not belong in this file; set {} in the environment, or write the path of a file that \
                 holds it under `{}_file`",
                key.variable(),
                key.name
            );
            return self.problem(&origin, path, reason);
        }
        match check(&key, &value) {
            Ok(()) => layer.set(&key, value, origin),
            Err(found) => self.problem(&origin, path, format!("expected {}, found {found}", key.kind)),
        }
    }

    /// What only the types themselves know to refuse, such as a currency that is none.
    fn extract(&mut self, figment: &Figment, origins: &BTreeMap<String, Origin>) -> Option<Config> {
        let config: Config = match figment.extract() {
            Ok(config) => config,
            Err(errors) => {
                for error in errors {
                    let path = error.path.join(".");
                    let origin = origins.get(&path).cloned().unwrap_or(Origin::Default);
                    self.problem(&origin, &path, error.kind.to_string());
                }
                return None;
            }
        };
        let mut refuse = |key: &str, reason: String| {
            let origin = origins.get(key).cloned().unwrap_or(Origin::Default);
            self.problems.push(Problem { origin, key: key.to_owned(), reason });
        };
        if let Err(reason) = telemetry::check_level(&config.log.level) {
            refuse("log.level", reason);
        }
        if config.model.name.trim().is_empty() {
            refuse("model.name", "expected a model's name, the path of a GGUF file, or \"none\"".to_owned());
        }
        if config.shop.languages.is_empty() {
            refuse("shop.languages", "expected at least one language".to_owned());
        }
        Some(config)
    }

    /// A secret of the environment outranks one of a file.
    fn read_secret_files(&mut self, config: &mut Config, origins: &mut BTreeMap<String, Origin>) {
        let Some(path) = config.model.hub_token_file.clone() else { return };
        if config.model.hub_token.is_set() {
            return;
        }
        match Secret::read(&path) {
            Ok(secret) => {
                config.model.hub_token = secret;
                origins.insert("model.hub_token".to_owned(), Origin::File(path));
            }
            Err(reason) => {
                let origin = origins.get("model.hub_token_file").cloned().unwrap_or(Origin::Default);
                self.problem(&origin, "model.hub_token_file", reason);
            }
        }
    }
}

/// What was found instead, where the value is none that the key can have.
fn check(key: &Key, value: &Value) -> Result<(), String> {
    let text = value.as_str();
    let one_of = |names: &[String], text: Option<&str>| text.is_some_and(|t| names.iter().any(|n| n == t));
    let fits = match &key.kind {
        Kind::Text | Kind::Path | Kind::Secret => text.is_some(),
        Kind::Whole { min, max } => whole(value).is_some_and(|n| n >= i128::from(*min) && n <= i128::from(*max)),
        Kind::Number { min, max } => number(value).is_some_and(|n| n >= *min && n <= *max),
        Kind::Choice(names) => one_of(names, text),
        Kind::List(names) => value.as_array().is_some_and(|items| items.iter().all(|i| one_of(names, i.as_str()))),
    };
    if fits { Ok(()) } else { Err(found(key, value)) }
}

fn whole(value: &Value) -> Option<i128> {
    let number = value.to_num()?;
    number.to_i128().or_else(|| i128::try_from(number.to_u128()?).ok())
}

fn number(value: &Value) -> Option<f64> {
    value.to_num()?.to_f64().or_else(|| whole(value).map(|n| n as f64))
}

/// A secret is never quoted, not even a misplaced one.
fn found(key: &Key, value: &Value) -> String {
    let shown = match value {
        _ if key.kind == Kind::Secret => "something else".to_owned(),
        Value::String(_, text) => format!("{text:?}"),
        Value::Bool(_, flag) => flag.to_string(),
        Value::Dict(..) => "a section".to_owned(),
        Value::Array(_, items) if items.iter().all(|i| i.as_str().is_some()) => {
            let items: Vec<String> = items.iter().filter_map(Value::as_str).map(|i| format!("{i:?}")).collect();
            format!("[{}]", items.join(", "))
        }
        Value::Array(..) => "a list of other things".to_owned(),
        other => {
            whole(other).map(|n| n.to_string()).or_else(|| number(other).map(|n| n.to_string())).unwrap_or_default()
        }
    };
    let near = match (&key.kind, value.as_str()) {
        (Kind::Choice(names), Some(text)) => problem::nearest(text, names.iter().map(String::as_str)),
        _ => None,
    };
    near.map_or_else(|| shown.clone(), |near| format!("{shown}; did you mean \"{near}\"?"))
}

/// Paths of the file are relative to the file, all others to the folder the program was started in.
fn make_absolute(config: &mut Config, origins: &BTreeMap<String, Origin>, sources: &Sources) {
    let base = |key: &str| match origins.get(key) {
        Some(Origin::File(path)) => sources.working_dir.join(path).parent().map(Path::to_path_buf).unwrap_or_default(),
        _ => sources.working_dir.clone(),
    };
    let paths = [
        ("shop.dir", &mut config.shop.dir),
        ("shop.catalog", &mut config.shop.catalog),
        ("data.dir", &mut config.data.dir),
        ("nlu.examples", &mut config.nlu.examples),
        ("model.hub_token_file", &mut config.model.hub_token_file),
    ];
    for (key, path) in paths {
        *path = path.take().filter(|p| !p.as_os_str().is_empty()).map(|p| base(key).join(p));
    }
    if let ModelChoice::File(path) = config.model.choice() {
        config.model.name = base("model.name").join(path).to_string_lossy().into_owned();
    }
}

#[cfg(test)]
#[path = "tests.rs"]
mod tests;
