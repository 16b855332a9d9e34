//! Which shop is talked about, where several could be meant.

use std::fmt;
use std::path::{Path, PathBuf};

use anyhow::{Result, bail};

use crate::catalog::shop::Shop;
use crate::catalog::snapshot::Shelf;
use crate::config::{Loaded, Origin};

/// The folder and the catalog that are used, and why these.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ShopSource {
    /// Where policies and orders come from; without one the shop has none.
    pub dir: Option<PathBuf>,
    /// Takes the place of the folder's own catalog.
    pub catalog: Option<PathBuf>,
    pub why: Why,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Why {
    Flag,
    Configured,
    Imported,
    Sample,
}

impl ShopSource {
    pub fn open(&self) -> Result<Shop> {
        Shop::open(self.dir.as_deref(), self.catalog.as_deref())
    }
}

/// Completes "the catalog is …".
impl fmt::Display for ShopSource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let path = self.catalog.as_ref().or(self.dir.as_ref()).map(|p| p.display().to_string()).unwrap_or_default();
        match self.why {
            Why::Flag => write!(f, "{path}, given on the command line"),
            Why::Configured => write!(f, "{path}, configured"),
            Why::Imported => write!(f, "{path}, imported with `floorwalker catalog import`"),
            Why::Sample => write!(f, "{path}, the sample shop: nothing else is configured"),
        }
    }
}

/// A flag first, then the configured catalog, then the imported one (with policies and orders of the configured
/// folder), then the configured folder's own, then the sample shop where the program runs in its repository.
///
/// # Errors
/// There is none of these; the error says what to do.
pub fn shop_source(loaded: &Loaded, working_dir: &Path) -> Result<ShopSource> {
    let is_flag = |key: &str| matches!(loaded.origin(key), Origin::Flag(_));
    let (dir, catalog) = (loaded.config.shop.dir.clone(), loaded.config.shop.catalog.clone());
    if is_flag("shop.catalog") {
        return Ok(ShopSource { dir, catalog, why: Why::Flag });
    }
    if is_flag("shop.dir") {
        return Ok(ShopSource { dir, catalog: None, why: Why::Flag });
    }
    if catalog.is_some() {
        return Ok(ShopSource { dir, catalog, why: Why::Configured });
    }
    let imported = Shelf::new(&loaded.data_dir).file();
    if imported.is_file() {
        return Ok(ShopSource { dir, catalog: Some(imported), why: Why::Imported });
    }
    if dir.is_some() {
        return Ok(ShopSource { dir, catalog: None, why: Why::Configured });
    }
    let sample = working_dir.join("config/sample-shop");
    if sample.join("shop.toml").is_file() {
        return Ok(ShopSource { dir: Some(sample), catalog: None, why: Why::Sample });
    }
    bail!(
        "there is no catalog yet: run `floorwalker catalog import FILE`, or pass --catalog FILE or --shop DIR, or set \
         shop.dir in the configuration (`floorwalker config show` says where it is read from)"
    )
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::indexing_slicing)]
mod tests {
    use std::fs;

    use super::*;
    use crate::config::{Sources, load};

    struct Place(tempfile::TempDir);

    impl Place {
        fn source(&self, flags: &[(&'static str, &'static str)], config: &str) -> Result<ShopSource> {
            let dir = self.0.path();
            fs::create_dir_all(dir.join("config")).unwrap();
            fs::write(dir.join("config/floorwalker.toml"), format!("{config}\n[data]\ndir = \"../data\"\n")).unwrap();
            let key = |flag| if flag == "--shop" { "shop.dir" } else { "shop.catalog" };
            let sources = Sources {
                working_dir: dir.to_path_buf(),
                flags: flags.iter().map(|(flag, value)| (*flag, key(*flag), (*value).to_owned())).collect(),
                ..Sources::default()
            };
            shop_source(&load::load(&sources).unwrap(), dir)
        }

        fn at(&self, path: &str) -> Option<PathBuf> {
            Some(self.0.path().join(path))
        }
    }

    #[test]
    fn each_source_gives_way_to_the_one_before_it() {
        let place = Place(tempfile::tempdir().unwrap());
        let none = place.source(&[], "").unwrap_err().to_string();
        assert!(none.contains("catalog import FILE"), "{none}");

        let sample = place.at("config/sample-shop").unwrap();
        fs::create_dir_all(&sample).unwrap();
        fs::write(sample.join("shop.toml"), "").unwrap();
        assert_eq!(place.source(&[], "").unwrap().why, Why::Sample);

        let folder = "[shop]\ndir = \"mine\"";
        let used = place.source(&[], folder).unwrap();
        assert_eq!((used.why, used.catalog), (Why::Configured, None));
        assert_eq!(used.dir, place.at("config/mine"), "relative to the file");

        let shelf = Shelf::new(&place.0.path().join("config/../data"));
        fs::create_dir_all(shelf.file().parent().unwrap()).unwrap();
        fs::write(shelf.file(), "").unwrap();
        let used = place.source(&[], folder).unwrap();
        assert_eq!((used.why, used.dir), (Why::Imported, place.at("config/mine")));
        assert_eq!(place.source(&[], "").unwrap().dir, None, "the sample's policies are not this shop's");

        let both = "[shop]\ndir = \"mine\"\ncatalog = \"mine.jsonl\"";
        let used = place.source(&[], both).unwrap();
        assert_eq!((used.why, used.catalog), (Why::Configured, place.at("config/mine.jsonl")));

        let used = place.source(&[("--shop", "other")], both).unwrap();
        assert_eq!((used.why, used.dir, used.catalog), (Why::Flag, place.at("other"), None));

        let used = place.source(&[("--catalog", "x.jsonl")], both).unwrap();
        assert_eq!((used.dir, used.catalog), (place.at("config/mine"), place.at("x.jsonl")));
    }
}
