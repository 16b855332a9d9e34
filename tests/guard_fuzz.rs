//! The fuzz targets' entry functions on a few thousand random inputs, so that they work where no fuzzer is.
//!
//! - each takes any bytes without a panic and keeps its assertions.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

#[path = "../fuzz/entries.rs"]
mod entries;

use proptest::prelude::*;

const PIECES: &[&str] = &[
    "Norrvale Fjell 2 Tent",
    "costs",
    "$189.00",
    "$",
    "189",
    ".",
    ",",
    "，",
    "元",
    " is ",
    "not",
    "不",
    "有货",
    "in stock",
    "2.1 kg",
    "千",
    "万",
    "half a ",
    "\n",
    "•",
    "{\"id\":\"a\",",
    "\"title\":\"b\"",
    "}",
    "\u{feff}",
    "é",
    "a\u{301}",
    "１２",
    "Fjell 2",
    "ﬁ",
    "İ",
    "您",
    "我们",
    "http://",
    "(",
    "）",
    "\"price\":{\"amount\":\"1\",\"currency\":\"USD\"}",
];

fn mixed() -> impl Strategy<Value = String> {
    let piece = prop_oneof![3 => prop::sample::select(PIECES).prop_map(str::to_owned), 1 => "\\PC{0,6}"];
    prop::collection::vec(piece, 0..14).prop_map(|pieces| pieces.concat())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(3000))]

    #[test]
    fn guard(text in mixed()) {
        entries::guard(text.as_bytes());
    }

    #[test]
    fn numbers(text in mixed()) {
        entries::numbers(text.as_bytes());
    }

    #[test]
    fn catalog(text in mixed()) {
        entries::catalog(text.as_bytes());
    }

    #[test]
    fn any_bytes(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        entries::guard(&bytes);
        entries::numbers(&bytes);
        entries::catalog(&bytes);
    }
}
