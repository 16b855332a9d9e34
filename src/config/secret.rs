//! A configured secret: given by the environment or by a file, never by the configuration file, and never printed.

use std::borrow::Cow;
use std::fmt;
use std::path::Path;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A secret that may be unset. `Debug` and `Serialize` tell only whether it is set.
#[derive(Clone, Default)]
pub struct Secret(Option<SecretString>);

pub const REDACTED: &str = "(set, not shown)";

impl Secret {
    pub fn new(secret: &str) -> Secret {
        Secret(Some(SecretString::from(secret)))
    }

    pub fn is_set(&self) -> bool {
        self.0.is_some()
    }

    /// The secret itself, at the one place that sends it.
    pub fn expose(&self) -> Option<&str> {
        self.0.as_ref().map(ExposeSecret::expose_secret)
    }

    /// Reads the first line of a file.
    ///
    /// # Errors
    /// What is wrong with the file, without any of its content.
    pub fn read(path: &Path) -> Result<Secret, String> {
        let text = SecretString::from(
            std::fs::read_to_string(path).map_err(|error| format!("cannot read {}: {error}", path.display()))?,
        );
        match text.expose_secret().lines().next().map(str::trim) {
            Some(line) if !line.is_empty() => Ok(Secret::new(line)),
            _ => Err(format!("{} holds no secret on its first line", path.display())),
        }
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.is_set() { "Secret(redacted)" } else { "Secret(unset)" })
    }
}

impl Serialize for Secret {
    fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        self.is_set().then_some(REDACTED).serialize(s)
    }
}

impl<'de> Deserialize<'de> for Secret {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        Ok(Secret(Option::<String>::deserialize(d)?.map(SecretString::from)))
    }
}

impl JsonSchema for Secret {
    fn schema_name() -> Cow<'static, str> {
        "Secret".into()
    }

    fn inline_schema() -> bool {
        true
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": ["string", "null"], "x-kind": "secret" })
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_neither_prints_nor_serialises() {
        let secret = Secret::new("hf_abc");
        assert_eq!(secret.expose(), Some("hf_abc"));
        assert!(!format!("{secret:?}").contains("hf_abc"));
        assert!(!serde_json::to_string(&secret).unwrap().contains("hf_abc"));
    }

    #[test]
    fn a_secret_file_gives_its_first_line_and_its_content_is_in_no_error() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("token");
        std::fs::write(&path, "hf_abc\n").unwrap();
        assert_eq!(Secret::read(&path).unwrap().expose(), Some("hf_abc"));
        std::fs::write(&path, "\nhf_abc\n").unwrap();
        let error = Secret::read(&path).unwrap_err();
        assert!(error.contains("holds no secret") && !error.contains("hf_abc"), "{error}");
        assert!(Secret::read(&dir.path().join("none")).unwrap_err().contains("cannot read"));
    }
}
