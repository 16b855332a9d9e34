//! Which model a shop uses: `model.toml` in its data folder, written by `floorwalker model use`.

use std::fs;
use std::io;
use std::path::Path;

use serde::{Deserialize, Serialize};

const FILE: &str = "model.toml";
const NONE: &str = "none";

/// A model by name or path, or none: then replies are worded without one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Choice {
    Model(String),
    NoModel,
}

impl From<&str> for Choice {
    fn from(text: &str) -> Self {
        if text == NONE { Self::NoModel } else { Self::Model(text.to_owned()) }
    }
}

impl std::fmt::Display for Choice {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Model(name) => formatter.write_str(name),
            Self::NoModel => formatter.write_str(NONE),
        }
    }
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    model: String,
}

/// `None` if nothing was chosen yet.
pub fn read_choice(data_dir: &Path) -> io::Result<Option<Choice>> {
    let text = match fs::read_to_string(data_dir.join(FILE)) {
        Ok(text) => text,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error),
    };
    let file: File = toml::from_str(&text).map_err(|error| io::Error::new(io::ErrorKind::InvalidData, error))?;
    Ok(Some(Choice::from(file.model.as_str())))
}

pub fn write_choice(data_dir: &Path, choice: &Choice) -> io::Result<()> {
    fs::create_dir_all(data_dir)?;
    let text = toml::to_string(&File { model: choice.to_string() }).map_err(io::Error::other)?;
    let path = data_dir.join(FILE);
    let new = path.with_extension("toml.new");
    fs::write(&new, text)?;
    fs::rename(new, path)
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]
mod tests {
    use super::*;

    #[test]
    fn what_is_chosen_is_read_again() {
        let folder = tempfile::tempdir().unwrap();
        assert_eq!(read_choice(folder.path()).unwrap(), None);
        for choice in [Choice::Model("qwen3-4b".into()), Choice::Model("/a \"b\".gguf".into()), Choice::NoModel] {
            write_choice(folder.path(), &choice).unwrap();
            assert_eq!(read_choice(folder.path()).unwrap(), Some(choice));
        }
        fs::write(folder.path().join(FILE), "modle = 1").unwrap();
        assert!(read_choice(folder.path()).is_err());
    }
}
