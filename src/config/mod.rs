//! The configuration as types: every key, its meaning, its default and its bounds. `keys` reads them back out of the
//! types, `load` fills them from file, environment and flags and says where each value came from.

pub mod keys;
pub mod load;
mod problem;
pub mod secret;

use std::path::PathBuf;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

pub use crate::telemetry::LogFormat;
pub use load::{Loaded, Origin, Sources};
pub use problem::{ConfigError, Problem, nearest};
pub use secret::Secret;

use crate::domain::{Currency, Lang};

/// Everything that can be set.
#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Config {
    /// Whose products the bot talks about.
    pub shop: Shop,
    /// Where the program keeps what it writes.
    pub data: Data,
    /// The language model, which only words the replies.
    pub model: Model,
    /// How messages are read.
    pub nlu: Nlu,
    /// How replies are put together.
    pub answer: Answer,
    /// What the program says about itself, on stderr.
    pub log: Log,
    /// Where conversations are kept.
    pub store: Store,
}

#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Shop {
    /// The shop's folder: shop.toml, and the policies and orders that it names.
    #[schemars(extend("x-kind" = "path"))]
    pub dir: Option<PathBuf>,
    /// A catalog (JSON Lines) that takes the place of the folder's own and of an imported one.
    #[schemars(extend("x-kind" = "path"))]
    pub catalog: Option<PathBuf>,
    /// ISO 4217 code of the currency the shop sells in.
    #[schemars(with = "String")]
    pub currency: Currency,
    /// The languages the bot answers in; the first is used where a message shows none.
    pub languages: Vec<Lang>,
}

#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Data {
    /// The data folder. Where unset: $FLOORWALKER_DATA, else $XDG_DATA_HOME/floorwalker, else
    /// ~/.local/share/floorwalker.
    #[schemars(extend("x-kind" = "path"))]
    pub dir: Option<PathBuf>,
}

#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Model {
    /// A model's name, the path of a GGUF file, or "none": replies then come from the program alone, plainer and as
    /// right.
    pub name: String,
    /// Tokens of context that all conversations in progress share.
    #[schemars(range(min = 512, max = 131_072))]
    pub context_tokens: u32,
    /// Threads that compute; 0 is one a core.
    #[schemars(range(min = 0, max = 512))]
    pub threads: u32,
    /// Layers put on the GPU; 999 is all, 0 none. Without a GPU back end in the build it does nothing.
    #[schemars(range(min = 0, max = 999))]
    pub gpu_layers: u32,
    /// Tokens that one wording may take.
    #[schemars(range(min = 16, max = 4_096))]
    pub tokens_max: u32,
    /// Milliseconds after which a wording is given up and the plain reply is sent.
    #[schemars(range(min = 100, max = 600_000))]
    pub deadline_ms: u64,
    /// How freely words are chosen; 0 always takes the likeliest.
    #[schemars(range(min = 0, max = 2))]
    pub temperature: f32,
    /// The seed of every random choice: the same seed, the same reply.
    #[schemars(range(min = 0, max = 4_294_967_295_u32))]
    pub seed: u32,
    /// Access token for model downloads. A secret: from the environment or a file, never written here.
    pub hub_token: Secret,
    /// A file that holds the access token for model downloads.
    #[schemars(extend("x-kind" = "path"))]
    pub hub_token_file: Option<PathBuf>,
}

#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Nlu {
    /// The shop's own examples of what its customers write, added to the built-in ones: a line is an intent, a TAB and
    /// the text. `floorwalker nlu check` shows what they change.
    #[schemars(extend("x-kind" = "path"))]
    pub examples: Option<PathBuf>,
}

#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Answer {
    /// Questions of one message that are answered; the bot says so when there were more.
    #[schemars(range(min = 1, max = 8))]
    pub parts_max: usize,
}

#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Log {
    /// For people or for machines.
    pub format: LogFormat,
    /// off, error, warn, info, debug or trace, or a filter such as "warn,floorwalker=debug".
    pub level: String,
}

#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Store {
    /// sled keeps conversations in the data folder; memory forgets them when the program ends.
    pub backend: Backend,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Backend {
    #[default]
    Sled,
    Memory,
}

impl Default for Shop {
    fn default() -> Shop {
        Shop { dir: None, catalog: None, currency: Currency::USD, languages: Lang::ALL.to_vec() }
    }
}

impl Default for Model {
    fn default() -> Model {
        Model {
            name: "qwen2.5-coder-0.5b-instruct".to_owned(),
            context_tokens: 4_096,
            threads: 0,
            gpu_layers: 999,
            tokens_max: 160,
            deadline_ms: 20_000,
            temperature: 0.0,
            seed: 1,
            hub_token: Secret::default(),
            hub_token_file: None,
        }
    }
}

impl Default for Answer {
    fn default() -> Answer {
        Answer { parts_max: 3 }
    }
}

impl Default for Log {
    fn default() -> Log {
        Log { format: LogFormat::Pretty, level: "warn".to_owned() }
    }
}

/// What `model.name` means.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ModelChoice {
    None,
    Named(String),
    File(PathBuf),
}

impl Model {
    pub fn choice(&self) -> ModelChoice {
        match self.name.trim() {
            "none" => ModelChoice::None,
            name if names_a_file(name) => ModelChoice::File(PathBuf::from(name)),
            name => ModelChoice::Named(name.to_owned()),
        }
    }
}

/// A name has neither a separator nor the ending of a model file.
fn names_a_file(name: &str) -> bool {
    name.contains(['/', '\\']) || name.to_ascii_lowercase().ends_with(".gguf")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_model_is_none_a_name_or_a_file() {
        let choice = |name: &str| Model { name: name.to_owned(), ..Model::default() }.choice();
        assert_eq!(choice("none"), ModelChoice::None);
        assert_eq!(choice("qwen2.5-coder-0.5b-instruct"), ModelChoice::Named("qwen2.5-coder-0.5b-instruct".into()));
        assert_eq!(choice("./m"), ModelChoice::File("./m".into()));
        assert_eq!(choice("m.GGUF"), ModelChoice::File("m.GGUF".into()));
    }
}
