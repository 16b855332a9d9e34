//! The immutable catalog of one version, and how a new one replaces the old: written whole beside it, then renamed.

use std::collections::HashMap;
use std::fs::{self, File};
use std::io::{BufReader, BufWriter, Write};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::jsonl::{self, Problem};
use super::product::Product;

/// Every product of one version, readable from many turns at once.
#[derive(Debug, Default)]
pub struct Catalog {
    products: Vec<Product>,
    by_id: HashMap<String, usize>,
    /// Names the version: a hash of the products.
    pub version: String,
}

impl Catalog {
    pub fn new(products: Vec<Product>) -> Catalog {
        let mut hash = Sha256::new();
        for product in &products {
            hash.update(serde_json::to_vec(product).unwrap_or_default());
        }
        let version = hash.finalize().iter().take(6).map(|b| format!("{b:02x}")).collect();
        let by_id = products.iter().enumerate().map(|(i, p)| (p.id.clone(), i)).collect();
        Catalog { products, by_id, version }
    }

    pub fn products(&self) -> &[Product] {
        &self.products
    }

    pub fn get(&self, id: &str) -> Option<&Product> {
        self.index_of(id).and_then(|i| self.products.get(i))
    }

    pub fn index_of(&self, id: &str) -> Option<usize> {
        self.by_id.get(id).copied()
    }

    pub fn len(&self) -> usize {
        self.products.len()
    }

    pub fn is_empty(&self) -> bool {
        self.products.is_empty()
    }

    /// Reads a JSON Lines file; problems come back beside the catalog.
    pub fn read(path: &Path) -> Result<(Catalog, Vec<Problem>)> {
        let file = File::open(path).with_context(|| format!("cannot open the catalog {}", path.display()))?;
        let import =
            jsonl::read(BufReader::new(file)).with_context(|| format!("cannot read the catalog {}", path.display()))?;
        Ok((Catalog::new(import.products), import.problems))
    }
}

/// What is known about the imported catalog.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Status {
    pub source: String,
    pub imported_at: String,
    pub version: String,
    pub products: usize,
    pub variants: usize,
    pub problems: usize,
}

/// The folder that holds the imported catalog.
#[derive(Clone, Debug)]
pub struct Shelf {
    dir: PathBuf,
}

impl Shelf {
    pub fn new(data_dir: &Path) -> Shelf {
        Shelf { dir: data_dir.join("catalog") }
    }

    pub fn file(&self) -> PathBuf {
        self.dir.join("current.jsonl")
    }

    pub fn status(&self) -> Option<Status> {
        serde_json::from_slice(&fs::read(self.dir.join("current.json")).ok()?).ok()
    }

    /// Reads `source` and puts it in the place of the current catalog in one rename. A source without a single
    /// readable product is refused and the old catalog stays.
    pub fn import(&self, source: &Path, now: &str) -> Result<(Status, Vec<Problem>)> {
        let (catalog, problems) = Catalog::read(source)?;
        if catalog.is_empty() {
            match problems.first() {
                Some(p) => bail!(
                    "{}: no product could be read, so the catalog was left as it is; line {}: {}",
                    source.display(),
                    p.line,
                    p.reason
                ),
                None => bail!("{} holds no products, so the catalog was left as it is", source.display()),
            }
        }
        fs::create_dir_all(&self.dir).with_context(|| format!("cannot create {}", self.dir.display()))?;
        let status = Status {
            source: source.display().to_string(),
            imported_at: now.to_owned(),
            version: catalog.version.clone(),
            products: catalog.len(),
            variants: catalog.products().iter().map(|p| p.variants.len()).sum(),
            problems: problems.len(),
        };
        let staged = self.dir.join(format!("staged-{}.jsonl", std::process::id()));
        let mut out =
            BufWriter::new(File::create(&staged).with_context(|| format!("cannot write {}", staged.display()))?);
        for product in catalog.products() {
            serde_json::to_writer(&mut out, product)?;
            out.write_all(b"\n")?;
        }
        out.into_inner().context("cannot write the catalog")?.sync_all()?;
        fs::rename(&staged, self.file()).with_context(|| format!("cannot replace {}", self.file().display()))?;
        fs::write(self.dir.join("current.json"), serde_json::to_vec_pretty(&status)?)?;
        Ok((status, problems))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_catalog_without_a_readable_product_replaces_nothing() {
        let dir = tempfile::tempdir().unwrap();
        let (good, bad) = (dir.path().join("good.jsonl"), dir.path().join("bad.jsonl"));
        fs::write(&good, "{\"id\":\"a\",\"title\":\"Lamp\"}\nnonsense\n").unwrap();
        fs::write(&bad, "nonsense\n").unwrap();
        let shelf = Shelf::new(dir.path());
        let (status, problems) = shelf.import(&good, "2026-01-01T00:00:00Z").unwrap();
        assert_eq!((status.products, problems.len()), (1, 1));
        assert!(shelf.import(&bad, "2026-01-02T00:00:00Z").unwrap_err().to_string().contains("left as it is"));
        let (catalog, _) = Catalog::read(&shelf.file()).unwrap();
        assert_eq!(catalog.get("a").map(|p| p.title.as_str()), Some("Lamp"));
        assert_eq!(shelf.status(), Some(status));
    }
}
