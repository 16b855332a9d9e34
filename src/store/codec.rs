//! How values lie on disk: one byte that names the format, then JSON. An older format is brought up to date as it is
//! read; a newer one is refused. The text of a value is in no error.

use jiff::Timestamp;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

/// The format that is written.
pub const FORMAT: u8 = 2;

/// A conversation's own value; its id is the key.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Head {
    pub turns: u64,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
    pub state: Value,
}

/// The trees, each with its own kind of value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Conversation,
    Messages,
    Trace,
}

#[derive(Debug, PartialEq, Eq)]
pub enum DecodeError {
    /// Written by a newer program.
    Newer(u8),
    /// Not a value at all, and why.
    Damaged(String),
}

pub fn encode(value: &impl Serialize) -> Result<Vec<u8>, serde_json::Error> {
    let mut bytes = vec![FORMAT];
    serde_json::to_writer(&mut bytes, value)?;
    Ok(bytes)
}

pub fn decode<T: DeserializeOwned>(kind: Kind, bytes: &[u8]) -> Result<T, DecodeError> {
    let (format, json) = match bytes.split_first() {
        None => return Err(DecodeError::Damaged("it is empty".to_owned())),
        Some((format, _)) if *format > FORMAT => return Err(DecodeError::Newer(*format)),
        Some((0, _)) => return Err(DecodeError::Damaged("it has no format byte".to_owned())),
        Some((format, json)) => (*format, json),
    };
    if format == FORMAT {
        return serde_json::from_slice(json).map_err(|error| unreadable(&error));
    }
    let old: Value = serde_json::from_slice(json).map_err(|error| unreadable(&error))?;
    let now =
        migrate(kind, format, old).ok_or_else(|| DecodeError::Damaged(format!("not a value of format {format}")))?;
    serde_json::from_value(now).map_err(|error| unreadable(&error))
}

/// Brings a value of an older format to the present one, a step a format.
pub fn migrate(kind: Kind, from: u8, value: Value) -> Option<Value> {
    match from {
        1 => from_1(kind, value),
        _ => None,
    }
}

/// Format 1, the prototype's, had times in Unix milliseconds, no `created_at`, other names for authors, and the
/// language as written by the detector (`zh-Hans`).
fn from_1(kind: Kind, mut value: Value) -> Option<Value> {
    match kind {
        Kind::Trace => Some(value),
        Kind::Conversation => {
            let head = value.as_object_mut()?;
            let updated = moment(head.get("updated_at")?)?;
            head.insert("updated_at".to_owned(), updated.clone());
            head.insert("created_at".to_owned(), updated);
            Some(value)
        }
        Kind::Messages => value.as_array()?.iter().map(message_from_1).collect::<Option<Vec<_>>>().map(Value::Array),
    }
}

fn message_from_1(old: &Value) -> Option<Value> {
    let author = match old.get("from")?.as_str()? {
        "customer" => "shopper",
        "agent" => "staff",
        "bot" => "bot",
        _ => return None,
    };
    let language = if old.get("language")?.as_str()?.starts_with("zh") { "zh" } else { "en" };
    Some(json!({ "author": author, "text": old.get("text")?, "language": language, "at": moment(old.get("at")?)? }))
}

fn moment(milliseconds: &Value) -> Option<Value> {
    let at = Timestamp::from_millisecond(milliseconds.as_i64()?).ok()?;
    Some(Value::String(at.to_string()))
}

/// Where the JSON breaks, but never what it says: serde quotes the value it could not use.
fn unreadable(error: &serde_json::Error) -> DecodeError {
    let what = match error.classify() {
        serde_json::error::Category::Data => "a field has the wrong type or is missing",
        serde_json::error::Category::Eof => "it is cut off",
        serde_json::error::Category::Io | serde_json::error::Category::Syntax => "it is not JSON",
    };
    match error.column() {
        0 => DecodeError::Damaged(what.to_owned()),
        column => DecodeError::Damaged(format!("{what}, at byte {column}")),
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::indexing_slicing)]
mod tests {
    use super::*;
    use crate::store::{Author, StoredMessage};

    #[test]
    fn a_value_says_its_format_and_a_newer_one_is_refused() {
        let mut bytes = encode(&json!({ "a": 1 })).unwrap();
        assert_eq!(bytes[0], FORMAT);
        assert_eq!(decode::<Value>(Kind::Trace, &bytes).unwrap(), json!({ "a": 1 }));
        bytes[0] = FORMAT + 1;
        assert_eq!(decode::<Value>(Kind::Trace, &bytes), Err(DecodeError::Newer(FORMAT + 1)));
    }

    #[test]
    fn the_first_format_is_still_read() {
        let old = br#"[{"from":"customer","text":"hi","language":"zh-Hans","at":1700000000000}]"#;
        let messages: Vec<StoredMessage> = decode(Kind::Messages, &[&[1], &old[..]].concat()).unwrap();
        assert_eq!(messages[0].author, Author::Shopper);
        assert_eq!(messages[0].at.to_string(), "2023-11-14T22:13:20Z");
        let head: Head =
            decode(Kind::Conversation, b"\x01{\"turns\":3,\"updated_at\":1700000000000,\"state\":{}}").unwrap();
        assert_eq!((head.turns, head.created_at), (3, head.updated_at));
    }

    #[test]
    fn an_unreadable_value_is_described_without_its_text() {
        let cases: [&[u8]; 5] =
            [b"", b"\x00{}", b"\x02[{\"author\":\"LF-1\"}]", b"\x02[{\"author\"", b"\x01[{\"from\":\"LF-1\"}]"];
        for bytes in cases {
            match decode::<Vec<StoredMessage>>(Kind::Messages, bytes) {
                Err(DecodeError::Damaged(why)) => assert!(!why.contains("LF-1"), "{why}"),
                other => unreachable!("{other:?}"),
            }
        }
    }
}
