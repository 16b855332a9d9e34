//! The list of keys, read out of the types' own JSON Schema: path, meaning, what is expected, default. The shipped
//! `config/floorwalker.toml` is written from it, so the two cannot drift apart.

use std::fmt;

use schemars::generate::SchemaSettings;
use serde_json::Value;

use super::Config;

/// One key, such as `model.threads`.
#[derive(Clone, Debug)]
pub struct Key {
    pub section: String,
    pub name: String,
    pub doc: String,
    pub kind: Kind,
    /// JSON null where a key is unset by default.
    pub default: Value,
}

/// What a key's value has to be.
#[derive(Clone, Debug, PartialEq)]
pub enum Kind {
    Text,
    Path,
    Secret,
    Whole { min: u64, max: u64 },
    Number { min: f64, max: f64 },
    Choice(Vec<String>),
    List(Vec<String>),
}

impl Key {
    pub fn path(&self) -> String {
        format!("{}.{}", self.section, self.name)
    }

    /// The environment variable that sets it.
    pub fn variable(&self) -> String {
        format!("{}{}__{}", super::load::PREFIX, self.section.to_uppercase(), self.name.to_uppercase())
    }
}

/// Completes "expected …".
impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Kind::Text => f.write_str("a text"),
            Kind::Path => f.write_str("a path"),
            Kind::Secret => f.write_str("a secret"),
            Kind::Whole { min, max } => write!(f, "a whole number from {min} to {max}"),
            Kind::Number { min, max } => write!(f, "a number from {min} to {max}"),
            Kind::Choice(names) => write!(f, "one of {}", names.join(", ")),
            Kind::List(names) => write!(f, "a list of {}", names.join(", ")),
        }
    }
}

/// A section's name, its meaning and its keys, in the order of the types.
#[derive(Clone, Debug)]
pub struct Section {
    pub name: String,
    pub doc: String,
    pub keys: Vec<Key>,
}

/// Every section, read from the schema of `Config`.
pub fn sections() -> Vec<Section> {
    let settings = SchemaSettings::draft2020_12().with(|s| s.inline_subschemas = true);
    let schema = settings.into_generator().into_root_schema_for::<Config>();
    let defaults = serde_json::to_value(Config::default()).unwrap_or_default();
    properties(schema.as_value())
        .map(|(section, schema)| Section {
            name: section.to_owned(),
            doc: doc(schema),
            keys: properties(schema).map(|(name, schema)| key(section, name, schema, &defaults)).collect(),
        })
        .collect()
}

/// Every key, in the order of the types.
pub fn all() -> Vec<Key> {
    sections().into_iter().flat_map(|s| s.keys).collect()
}

fn properties(schema: &Value) -> impl Iterator<Item = (&str, &Value)> {
    schema.get("properties").and_then(Value::as_object).into_iter().flatten().map(|(k, v)| (k.as_str(), v))
}

fn doc(schema: &Value) -> String {
    schema.get("description").and_then(Value::as_str).unwrap_or_default().replace('\n', " ")
}

fn key(section: &str, name: &str, schema: &Value, defaults: &Value) -> Key {
    Key {
        section: section.to_owned(),
        name: name.to_owned(),
        doc: doc(schema),
        kind: kind(schema),
        default: defaults.get(section).and_then(|s| s.get(name)).cloned().unwrap_or_default(),
    }
}

fn kind(schema: &Value) -> Kind {
    let names = |schema: &Value| -> Option<Vec<String>> {
        let names = schema.get("enum")?.as_array()?;
        Some(names.iter().filter_map(Value::as_str).map(str::to_owned).collect())
    };
    let bound = |name: &str| schema.get(name).and_then(Value::as_f64);
    match schema.get("x-kind").and_then(Value::as_str) {
        Some("path") => return Kind::Path,
        Some("secret") => return Kind::Secret,
        _ => {}
    }
    if let Some(names) = names(schema) {
        return Kind::Choice(names);
    }
    match schema.get("type").and_then(Value::as_str) {
        Some("integer") => Kind::Whole {
            min: schema.get("minimum").and_then(Value::as_u64).unwrap_or(0),
            max: schema.get("maximum").and_then(Value::as_u64).unwrap_or(u64::MAX),
        },
        Some("number") => {
            Kind::Number { min: bound("minimum").unwrap_or(f64::MIN), max: bound("maximum").unwrap_or(f64::MAX) }
        }
        Some("array") => Kind::List(schema.get("items").and_then(names).unwrap_or_default()),
        _ => Kind::Text,
    }
}

/// The text of `config/floorwalker.toml`: every key with its meaning and its default.
pub fn shipped_file() -> String {
    let mut text = String::from(
        "# Floorwalker's configuration: every key with its meaning and its default. A key that is commented out is\n\
         # unset by default. Each key can also be set in the environment, as FLOORWALKER_<SECTION>__<KEY>. Paths are\n\
         # relative to this file. `floorwalker config show` prints what is in effect and where it comes from.\n",
    );
    for section in sections() {
        text.push_str(&format!("\n# {}\n[{}]\n", section.doc, section.name));
        for key in &section.keys {
            text.push('\n');
            for line in wrap(&key.doc, 116) {
                text.push_str(&format!("# {line}\n"));
            }
            match (&key.kind, &key.default) {
                (Kind::Secret, _) => text.push_str(&format!("# {}: set {}\n", key.name, key.variable())),
                (_, Value::Null) => text.push_str(&format!("# {} = \"\"\n", key.name)),
                (_, default) => text.push_str(&format!("{} = {}\n", key.name, toml_value(default))),
            }
        }
    }
    text
}

/// A value as TOML writes it.
pub fn toml_value(value: &Value) -> String {
    match value {
        Value::Array(items) => format!("[{}]", items.iter().map(toml_value).collect::<Vec<_>>().join(", ")),
        other => other.to_string(),
    }
}

fn wrap(text: &str, width: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split_whitespace() {
        match lines.last_mut() {
            Some(line) if line.chars().count() + 1 + word.chars().count() <= width => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    lines
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]
mod tests {
    use super::*;

    const SHIPPED: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/config/floorwalker.toml");

    #[test]
    fn the_types_say_what_every_key_expects() {
        let kind = |path: &str| all().into_iter().find(|k| k.path() == path).map(|k| k.kind.to_string()).unwrap();
        assert_eq!(kind("model.threads"), "a whole number from 0 to 512");
        assert_eq!(kind("model.temperature"), "a number from 0 to 2");
        assert_eq!(kind("model.hub_token"), "a secret");
        assert_eq!(kind("shop.dir"), "a path");
        assert_eq!(kind("shop.languages"), "a list of en, zh");
        assert_eq!(kind("log.format"), "one of pretty, json");
        for section in sections() {
            assert!(!section.doc.is_empty(), "[{}] has no doc line", section.name);
        }
        for key in all() {
            assert!(!key.doc.is_empty(), "{} has no doc line", key.path());
        }
    }

    /// `UPDATE_CONFIG=1 cargo nextest run shipped_file` writes it anew.
    #[test]
    fn the_shipped_file_is_written_from_the_types() {
        if std::env::var_os("UPDATE_CONFIG").is_some() {
            std::fs::write(SHIPPED, shipped_file()).unwrap();
        }
        let file = std::fs::read_to_string(SHIPPED).unwrap_or_default();
        assert_eq!(file, shipped_file(), "run the tests once with UPDATE_CONFIG=1 to write config/floorwalker.toml");
    }

    #[test]
    fn the_shipped_file_holds_every_key_with_its_default() {
        let text = std::fs::read_to_string(SHIPPED).unwrap();
        let table: toml::Table = text.parse().unwrap();
        let values = serde_json::to_value(&table).unwrap();
        for key in all() {
            let in_file = values.get(&key.section).and_then(|s| s.get(&key.name));
            match key.default {
                Value::Null => {
                    assert!(in_file.is_none(), "{} is unset by default", key.path());
                    assert!(text.contains(&format!("\n# {}", key.name)), "{} is not in the file", key.path());
                }
                ref default => assert_eq!(in_file, Some(default), "{}", key.path()),
            }
            let first = wrap(&key.doc, 116).remove(0);
            assert!(text.contains(&format!("# {first}\n")), "{} has no doc line in the file", key.path());
        }
        let config: Config = toml::from_str(&text).unwrap();
        assert_eq!(serde_json::to_value(config).unwrap(), serde_json::to_value(Config::default()).unwrap());
    }
}
