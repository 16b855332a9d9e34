//! Which language a message is in. English and Chinese are told apart by script, so a Chinese question with English
//! product names in it stays Chinese.

use super::is_han;
use crate::domain::Lang;

/// The language of a message, or `None` when it holds no letters (an order number, a thumbs-up).
pub fn detect(text: &str) -> Option<Lang> {
    let han = text.chars().filter(|&c| is_han(c)).count();
    let latin_words = text.split(|c: char| !c.is_ascii_alphabetic()).filter(|w| w.len() > 1).count();
    match (han, latin_words) {
        (0, 0) => None,
        (0, _) => Some(Lang::En),
        // A han character carries about half a word; names and units in Latin letters are common in Chinese.
        (h, w) if h * 2 >= w => Some(Lang::Zh),
        _ => Some(Lang::En),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mixed_messages_follow_the_language_that_carries_them() {
        for (text, lang) in [
            ("how much is the t-shirt", Some(Lang::En)),
            ("T-Shirt多少钱", Some(Lang::Zh)),
            ("Mechanical Keyboard 有 clicky 的吗", Some(Lang::Zh)),
            ("what does 保温杯 mean on your site please tell me", Some(Lang::En)),
            ("#W123", None),
            ("👍", None),
        ] {
            assert_eq!(detect(text), lang, "{text}");
        }
    }
}
