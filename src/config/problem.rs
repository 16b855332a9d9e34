//! What is wrong with a configuration, said so that it can be mended: where, which key, what was expected, and the
//! nearest right name.

use std::fmt;

use super::keys::Key;
use super::load::Origin;

/// One thing that is wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    pub origin: Origin,
    /// `model.threads`, or empty where a whole file is meant.
    pub key: String,
    pub reason: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.key.as_str() {
            "" => write!(f, "{}: {}", self.origin, self.reason),
            key => write!(f, "{}: {key}: {}", self.origin, self.reason),
        }
    }
}

/// A configuration that the program does not start with: everything that is wrong with it, at once.
#[derive(Debug, thiserror::Error)]
pub struct ConfigError {
    pub problems: Vec<Problem>,
}

impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.problems.as_slice() {
            [one] => write!(f, "the configuration cannot be used: {one}"),
            many => {
                write!(f, "the configuration cannot be used, {} problems:", many.len())?;
                many.iter().try_for_each(|problem| write!(f, "\n  {problem}"))
            }
        }
    }
}

/// "no such key; did you mean …", with the nearest of the known keys.
pub fn unknown_key(path: &str, keys: &[Key]) -> String {
    let names: Vec<String> = keys.iter().map(Key::path).collect();
    let leaf = |path: &str| path.rsplit('.').next().unwrap_or_default().to_owned();
    let moved = names.iter().find(|name| leaf(name) == leaf(path));
    match nearest(path, names.iter().map(String::as_str)).or(moved.map(String::as_str)) {
        Some(name) => format!("no such key; did you mean `{name}`?"),
        None => {
            let section = path.split('.').next().unwrap_or_default();
            let of_section: Vec<&str> = keys.iter().filter(|k| k.section == section).map(|k| k.name.as_str()).collect();
            format!("no such key; [{section}] has {}", of_section.join(", "))
        }
    }
}

/// "no such section; did you mean …".
pub fn unknown_section(name: &str, sections: &[String]) -> String {
    match nearest(name, sections.iter().map(String::as_str)) {
        Some(near) => format!("no such section; did you mean [{near}]?"),
        None => format!("no such section; there are {}", sections.join(", ")),
    }
}

/// The name that a mistyped one was probably meant to be.
pub fn nearest<'a>(typed: &str, names: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let typed = typed.to_lowercase();
    names
        .map(|name| (strsim::damerau_levenshtein(&typed, &name.to_lowercase()), name))
        .min_by_key(|(distance, _)| *distance)
        .filter(|(distance, name)| *distance <= (name.chars().count() / 4).max(2))
        .map(|(_, name)| name)
}
