//! Tokens are bytes, and a character can be split over several: hold the beginning back until the rest comes.

/// Takes bytes, gives whole characters.
#[derive(Debug, Default)]
pub(super) struct Utf8 {
    held: Vec<u8>,
}

impl Utf8 {
    /// The characters that are whole now. Bytes that can't become a character are replaced by U+FFFD.
    pub(super) fn push(&mut self, bytes: &[u8]) -> String {
        self.held.extend_from_slice(bytes);
        let mut text = String::new();
        let mut used = 0;
        for chunk in self.held.utf8_chunks() {
            text.push_str(chunk.valid());
            used += chunk.valid().len();
            let invalid = chunk.invalid();
            if invalid.is_empty() {
                continue;
            }
            let is_last = used + invalid.len() == self.held.len();
            if is_last && may_be_continued(invalid) {
                break;
            }
            text.push(char::REPLACEMENT_CHARACTER);
            used += invalid.len();
        }
        self.held.drain(..used);
        text
    }

    /// What is left at the end: nothing, or one replacement character for a character that never was finished.
    pub(super) fn finish(self) -> String {
        String::from_utf8_lossy(&self.held).into_owned()
    }
}

/// Whether the bytes are a true beginning of one character.
fn may_be_continued(bytes: &[u8]) -> bool {
    matches!(std::str::from_utf8(bytes), Err(error) if error.valid_up_to() == 0 && error.error_len().is_none())
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_split_character_is_held_back_until_it_is_whole() {
        let mut utf8 = Utf8::default();
        let bytes = "价€".as_bytes();
        assert_eq!(utf8.push(&bytes[..1]), "");
        assert_eq!(utf8.push(&bytes[1..4]), "价");
        assert_eq!(utf8.push(&bytes[4..]), "€");
        assert_eq!(utf8.finish(), "");
    }

    #[test]
    fn broken_bytes_become_replacement_characters_at_once() {
        let mut utf8 = Utf8::default();
        assert_eq!(utf8.push(b"a\xffb"), "a\u{fffd}b");
    }

    #[test]
    fn an_unfinished_character_at_the_end_is_not_lost_silently() {
        let mut utf8 = Utf8::default();
        assert_eq!(utf8.push(b"a\xe4\xbb"), "a");
        assert_eq!(utf8.finish(), "\u{fffd}");
    }

    proptest! {
        #[test]
        fn however_a_text_is_split_it_comes_out_the_same(text in ".{0,40}", sizes in prop::collection::vec(1usize..5, 1..80)) {
            let mut utf8 = Utf8::default();
            let mut out = String::new();
            let mut rest = text.as_bytes();
            for size in sizes.iter().cycle() {
                if rest.is_empty() { break; }
                let (head, tail) = rest.split_at((*size).min(rest.len()));
                out.push_str(&utf8.push(head));
                rest = tail;
            }
            out.push_str(&utf8.finish());
            prop_assert_eq!(out, text);
        }

        #[test]
        fn any_bytes_come_out_as_their_lossy_reading(bytes in prop::collection::vec(any::<u8>(), 0..60)) {
            let mut utf8 = Utf8::default();
            let mut out: String = bytes.iter().map(|byte| utf8.push(&[*byte])).collect();
            out.push_str(&utf8.finish());
            prop_assert_eq!(out, String::from_utf8_lossy(&bytes).into_owned());
        }
    }
}
