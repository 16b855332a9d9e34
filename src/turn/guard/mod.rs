//! Takes a finished reply apart and holds every claim against the facts of its own subject. [`Checked`] can be made
//! here and nowhere else, and nothing else can be sent.

mod claims;
mod cover;
mod hold;
mod known;
mod person;
mod phrases;

use serde::Serialize;

use crate::domain::Part;
use crate::turn::understand::lexicon::Lexicon;

use known::Known;

pub use claims::read;
pub use claims::{Amount, Claim, ClaimKind, Claims, Stock};
pub use cover::{HARMLESS_EN, HARMLESS_ZH};

/// A part of a reply that the guard has passed. There is no other way to get one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Checked(String);

impl Checked {
    pub fn text(&self) -> &str {
        &self.0
    }

    /// Checked parts, one after the other, are checked.
    pub fn join(parts: Vec<Checked>) -> Checked {
        let texts: Vec<String> = parts.into_iter().map(|c| c.0).filter(|t| !t.is_empty()).collect();
        Checked(texts.join("\n\n"))
    }
}

/// A claim that does not hold, and why.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Objection {
    pub claim: String,
    pub why: Why,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Why {
    /// A number or amount that no fact of its subject covers.
    NotAFact,
    /// A stock state that is not the subject's.
    WrongStock,
    /// Said of one thing, true of another, or of another version.
    WrongSubject,
    /// The worked-out answer says it, the reply does not.
    Missing,
    /// The reply says it, the worked-out answer does not.
    Added,
    /// A word that neither the evidence nor the list of harmless words covers.
    UncoveredWord,
    /// Written in the other language.
    WrongLanguage,
    Empty,
}

/// What the guard knows besides the part.
#[derive(Clone, Copy)]
pub struct Guard<'a> {
    pub lexicon: &'a Lexicon,
}

impl Guard<'_> {
    /// Passes the deterministic rendering of a part, or says what in it no fact covers.
    pub fn rendering(&self, part: &Part) -> Result<Checked, Vec<Objection>> {
        self.passed_rendering(part.rendered(), part)
    }

    /// Passes a part with its prose in other words.
    pub fn worded(&self, prose: &str, part: &Part) -> Result<Checked, Vec<Objection>> {
        self.check(&part.with_prose(prose.trim()), part)
    }

    /// Checks a whole text against a part. Only the prose may be in other words: list and closing sentence are the
    /// rendering's, letter by letter.
    pub fn check(&self, text: &str, part: &Part) -> Result<Checked, Vec<Objection>> {
        let text = text.trim();
        if text.is_empty() {
            return Err(vec![Objection { claim: String::new(), why: Why::Empty }]);
        }
        let rendered = part.rendered();
        if text == rendered {
            return self.passed_rendering(rendered, part);
        }
        let fixed = part.with_prose("");
        if !text.ends_with(fixed.trim()) {
            return Err(vec![Objection { claim: fixed, why: Why::Missing }]);
        }
        let known = Known::in_full(part, self.lexicon);
        let said = claims::read_as(text, &known, true);
        let meant = claims::read_as(&rendered, &known, true);
        let mut objections = hold::against_facts(&said, &known);
        objections.extend(hold::against_rendering(&said, &meant, &known));
        let swapped = person::swapped(&said.folded, &meant.folded);
        objections.extend(swapped.iter().map(|range| hold::objection(&said, range, Why::WrongSubject)));
        objections.extend(cover::uncovered(&said, &meant, &known));
        passed(text.to_owned(), objections)
    }

    /// A rendering claims and says what it says: only its facts are left to hold it against.
    fn passed_rendering(&self, rendered: String, part: &Part) -> Result<Checked, Vec<Objection>> {
        if rendered.trim().is_empty() {
            return Err(vec![Objection { claim: String::new(), why: Why::Empty }]);
        }
        let known = Known::of(part, self.lexicon);
        let objections = hold::against_facts(&claims::read_as(&rendered, &known, false), &known);
        passed(rendered, objections)
    }
}

fn passed(text: String, objections: Vec<Objection>) -> Result<Checked, Vec<Objection>> {
    if objections.is_empty() { Ok(Checked(text)) } else { Err(objections) }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]
mod tests;
