//! Reads the catalog's JSON Lines. A line that cannot be read is reported with its number and reason; the rest is
//! imported. Nothing here decides whether the result may replace a catalog.

use std::collections::HashMap;
use std::io::BufRead;

use serde::Serialize;

use super::product::Product;
use crate::limits;

/// What was read and what was not.
#[derive(Debug, Default)]
pub struct Import {
    pub products: Vec<Product>,
    pub problems: Vec<Problem>,
}

/// A line that was left out, or a part of it that was mended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Problem {
    pub line: usize,
    /// 1-based, where the parser knows it.
    pub column: Option<usize>,
    pub reason: String,
    /// Whether the whole line was left out.
    pub skipped: bool,
}

/// Reads every line; stops only where the reader itself fails.
pub fn read(reader: impl BufRead) -> std::io::Result<Import> {
    let mut import = Import::default();
    let mut ids: HashMap<String, usize> = HashMap::new();
    let mut skus: HashMap<String, usize> = HashMap::new();
    for (index, bytes) in reader.split(b'\n').enumerate() {
        let (line, bytes) = (index + 1, bytes?);
        let mut skip = |column, reason: String| import.problems.push(Problem { line, column, reason, skipped: true });
        let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&bytes);
        if bytes.len() > limits::CATALOG_LINE_BYTES_MAX {
            skip(None, format!("longer than {} bytes", limits::CATALOG_LINE_BYTES_MAX));
            continue;
        }
        let Ok(text) = std::str::from_utf8(bytes) else {
            skip(None, "not UTF-8".to_owned());
            continue;
        };
        if text.trim().is_empty() {
            continue;
        }
        let mut product: Product = match serde_json::from_str(text) {
            Ok(product) => product,
            Err(error) => {
                let column = (error.column() > 0).then(|| error.column());
                let message = error.to_string();
                let reason = message.split(" at line ").next().unwrap_or(&message).to_owned();
                skip(column, reason);
                continue;
            }
        };
        if product.title.trim().is_empty() {
            skip(None, "title is empty".to_owned());
            continue;
        }
        if let Some(first) = ids.get(&product.id) {
            skip(None, format!("id `{}` was already on line {first}", product.id));
            continue;
        }
        ids.insert(product.id.clone(), line);
        product.variants.retain(|variant| match skus.get(&variant.sku) {
            Some(first) => {
                let reason = format!("variant left out: sku `{}` was already on line {first}", variant.sku);
                import.problems.push(Problem { line, column: None, reason, skipped: false });
                false
            }
            None => {
                skus.insert(variant.sku.clone(), line);
                true
            }
        });
        import.products.push(product);
    }
    Ok(import)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bad_lines_are_named_and_the_rest_is_imported() {
        let text = concat!(
            "{\"id\":\"a\",\"title\":\"Lamp\",\"price\":{\"amount\":\"10.00\",\"currency\":\"USD\"}}\n",
            "{\"id\":\"b\",\"title\":\"Desk\",\n",
            "{\"id\":\"a\",\"title\":\"Lamp again\"}\n",
            "{\"id\":\"c\",\"title\":\"Chair\",\"price\":{\"amount\":\"ten\",\"currency\":\"USD\"}}\n",
            "{\"id\":\"d\",\"title\":\"Sofa\",\"availability\":\"soon\"}\n",
            "{\"id\":\"e\",\"title\":\"Rug\",\"colour\":\"red\"}\n",
            "\n",
            "{\"id\":7,\"title\":\"Mug\",\"attributes\":{\"weight\":1.5,\"dishwasher safe\":true},\"availability\":\"in stock\"}\n",
        );
        let import = read(text.as_bytes()).unwrap();
        let ids: Vec<&str> = import.products.iter().map(|p| p.id.as_str()).collect();
        assert_eq!(ids, ["a", "7"]);
        let lines: Vec<usize> = import.problems.iter().map(|p| p.line).collect();
        assert_eq!(lines, [2, 3, 4, 5, 6]);
        assert!(import.problems[2].reason.contains("`ten` is not a decimal"), "{:?}", import.problems[2]);
        assert!(import.problems[3].reason.contains("expected in_stock"), "{:?}", import.problems[3]);
        assert!(import.problems[4].reason.contains("unknown field `colour`"), "{:?}", import.problems[4]);
        assert_eq!(import.products[1].attributes["dishwasher safe"], "yes");
    }

    #[test]
    fn a_product_survives_the_round_trip() {
        let line = r#"{"id":"t","title":"Tent","price":{"amount":"189.00","currency":"USD"},"availability":"preorder","variants":[{"sku":"s","options":{"size":"M"}}],"related":[{"id":"x","kind":"accessory"}],"texts":{"zh":{"title":"帐篷","description":""}}}"#;
        let product = read(line.as_bytes()).unwrap().products.remove(0);
        assert_eq!(serde_json::to_string(&product).unwrap(), line);
    }
}
