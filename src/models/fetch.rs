//! A file by HTTP, from where the last try stopped.

use std::fs::{self, OpenOptions};
use std::io;
use std::path::Path;
use std::time::Duration;

use reqwest::StatusCode;
use reqwest::blocking::{Client, Response};
use reqwest::header::{CONTENT_RANGE, RANGE};

use super::cache::copy;

/// A hub that can't be reached should be given up soon: another source may have the file.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);

/// Appends what is missing to `to`. `progress` hears the bytes there are, and all there will be if the server says so.
pub(super) fn fetch(url: &str, to: &Path, progress: &mut dyn FnMut(u64, Option<u64>)) -> Result<(), String> {
    let have = fs::metadata(to).map_or(0, |metadata| metadata.len());
    // Weights take long: no limit on the whole, only on connecting.
    let client = Client::builder().connect_timeout(CONNECT_TIMEOUT).timeout(None).build().map_err(reason)?;
    let mut request = client.get(url);
    if have > 0 {
        request = request.header(RANGE, format!("bytes={have}-"));
    }
    let mut response = request.send().map_err(reason)?;
    let resumes = match response.status() {
        StatusCode::PARTIAL_CONTENT => starts_at(&response) == Some(have),
        StatusCode::OK => false,
        // Nothing is missing, or what is there is not of this file: its checksum will tell.
        StatusCode::RANGE_NOT_SATISFIABLE if have > 0 => return Ok(()),
        status => return Err(format!("the server answered {status}")),
    };
    if response.status() == StatusCode::PARTIAL_CONTENT && !resumes {
        return Err("the server sent another part of the file than was asked for".into());
    }
    let have = if resumes { have } else { 0 };
    let total = response.content_length().map(|rest| have + rest);
    let mut file = OpenOptions::new();
    let file = if resumes { file.append(true) } else { file.write(true).truncate(true) };
    let mut file = file.create(true).open(to).map_err(|error| local(to, &error))?;
    progress(have, total);
    let got = copy(&mut response, &mut file, |done| progress(have + done, total)).map_err(|error| error.to_string())?;
    match total {
        Some(total) if have + got < total => Err("the connection broke; try again to go on from there".into()),
        _ => Ok(()),
    }
}

/// The first byte of a part: `bytes 100-199/200`.
fn starts_at(response: &Response) -> Option<u64> {
    let range = response.headers().get(CONTENT_RANGE)?.to_str().ok()?;
    range.strip_prefix("bytes ")?.split('-').next()?.parse().ok()
}

pub(super) fn local(path: &Path, error: &io::Error) -> String {
    format!("{}: {error}", path.display())
}

/// The innermost cause: reqwest's own text names the address only.
fn reason(error: reqwest::Error) -> String {
    let mut cause: &dyn std::error::Error = &error;
    while let Some(deeper) = cause.source() {
        cause = deeper;
    }
    cause.to_string()
}
