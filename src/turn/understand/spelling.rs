//! Mends typing errors towards words that the shop knows. Symmetric deletion (Garbe's SymSpell) over the vocabulary,
//! Damerau-Levenshtein to decide; a word that is right as it stands is never touched.

use std::collections::{HashMap, HashSet};

/// The words that are right, and those worth mending towards.
#[derive(Default)]
pub struct Spelling {
    known: HashSet<String>,
    targets: Vec<String>,
    seen: HashSet<String>,
    deletes: HashMap<String, Vec<usize>>,
}

/// Shorter words have too many neighbours.
const MENDED_LETTERS_MIN: usize = 4;
/// Two errors are only believed in long words.
const TWO_ERRORS_LETTERS_MIN: usize = 8;

impl Spelling {
    /// Learns the Latin words of a phrase; `target` says whether errors may be mended towards them.
    pub fn learn(&mut self, phrase: &str, target: bool) {
        for word in phrase.split(|c: char| !c.is_ascii_alphabetic()).filter(|w| w.len() > 1) {
            self.known.insert(word.to_owned());
            if target && word.len() >= MENDED_LETTERS_MIN && self.seen.insert(word.to_owned()) {
                self.targets.push(word.to_owned());
            }
        }
    }

    /// Builds the deletion table once all words are learnt.
    pub fn seal(&mut self) {
        for (id, word) in self.targets.iter().enumerate() {
            for form in deletions(word, depth(word.len())) {
                self.deletes.entry(form).or_default().push(id);
            }
        }
    }

    pub fn knows(&self, word: &str) -> bool {
        self.known.contains(word)
    }

    /// The known word that a misspelt one most likely stands for.
    pub fn mend(&self, word: &str) -> Option<&str> {
        if word.len() < MENDED_LETTERS_MIN || !word.bytes().all(|b| b.is_ascii_lowercase()) || self.known.contains(word)
        {
            return None;
        }
        let allowed = depth(word.len());
        let mut best: Option<(usize, bool, &str)> = None;
        let mut tie = false;
        for form in deletions(word, allowed) {
            for &id in self.deletes.get(&form).map_or(&[][..], Vec::as_slice) {
                let Some(target) = self.targets.get(id) else { continue };
                if best.is_some_and(|(_, _, t)| t == target) {
                    continue;
                }
                let distance = strsim::osa_distance(word, target);
                if distance > allowed.min(depth(target.len())) {
                    continue;
                }
                let other_start = word.as_bytes().first() != target.as_bytes().first();
                // The first letter is rarely wrong, but two fingers may hit in the wrong order.
                let swapped = word.as_bytes().first() == target.as_bytes().get(1)
                    && word.as_bytes().get(1) == target.as_bytes().first();
                if other_start && !swapped {
                    continue;
                }
                let score = (distance, other_start);
                match best {
                    Some((d, s, _)) if (d, s) < score => {}
                    Some((d, s, _)) if (d, s) == score => tie = true,
                    _ => {
                        best = Some((distance, other_start, target));
                        tie = false;
                    }
                }
            }
        }
        // Two words equally near: better no reading than a wrong one.
        best.filter(|_| !tie).map(|(_, _, target)| target)
    }
}

fn depth(letters: usize) -> usize {
    if letters >= TWO_ERRORS_LETTERS_MIN { 2 } else { 1 }
}

fn deletions(word: &str, depth: usize) -> HashSet<String> {
    let mut all: HashSet<String> = HashSet::from([word.to_owned()]);
    let mut frontier = vec![word.to_owned()];
    for _ in 0..depth {
        let mut next = Vec::new();
        for form in &frontier {
            for (at, c) in form.char_indices() {
                let mut shorter = form.clone();
                shorter.replace_range(at..at + c.len_utf8(), "");
                if all.insert(shorter.clone()) {
                    next.push(shorter);
                }
            }
        }
        frontier = next;
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn typing_errors_are_mended_and_right_words_are_not() {
        let mut spelling = Spelling::default();
        spelling.learn("keyboard mechanical kettle", true);
        spelling.learn("settle", false);
        spelling.seal();
        assert_eq!(spelling.mend("keybord"), Some("keyboard"));
        assert_eq!(spelling.mend("mechancial"), Some("mechanical"));
        assert_eq!(spelling.mend("ketle"), Some("kettle"));
        assert_eq!(spelling.mend("settle"), None);
        assert_eq!(spelling.mend("kettle"), None);
        assert_eq!(spelling.mend("ket"), None);
    }
}
