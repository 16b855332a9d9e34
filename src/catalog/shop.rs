//! A shop as a folder: `shop.toml` with its name and where its catalog, policies and orders lie.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use indexmap::IndexMap;
use serde::Deserialize;

use super::jsonl::Problem;
use super::orders::OrderBook;
use super::policies::{self, Section};
use super::snapshot::Catalog;
use crate::domain::{Currency, Lang};

/// `shop.toml`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ShopFile {
    pub name: String,
    #[serde(default)]
    pub tagline: IndexMap<String, String>,
    #[serde(default)]
    pub currency: Option<Currency>,
    #[serde(default)]
    pub url: String,
    #[serde(default)]
    pub support_email: String,
    #[serde(default)]
    pub languages: Vec<Lang>,
    #[serde(default)]
    pub catalog: Option<PathBuf>,
    #[serde(default)]
    pub orders: Option<PathBuf>,
    #[serde(default)]
    pub policies: Option<PathBuf>,
}

/// Everything the bot knows of a shop.
#[derive(Debug)]
pub struct Shop {
    pub name: String,
    /// One line under the name, by language code.
    pub tagline: IndexMap<String, String>,
    pub support_email: String,
    pub catalog: Catalog,
    pub problems: Vec<Problem>,
    pub policies: Vec<Section>,
    pub orders: OrderBook,
}

impl Shop {
    /// Opens a shop folder. `catalog` takes the place of the folder's own catalog; a catalog without a folder is a
    /// shop without policies and orders.
    pub fn open(dir: Option<&Path>, catalog: Option<&Path>) -> Result<Shop> {
        let file = match dir {
            Some(dir) => Some(read_shop_file(dir)?),
            None => None,
        };
        let at = |path: &Option<PathBuf>| Some(dir?.join(path.as_ref()?));
        let own = file.as_ref().and_then(|f| at(&f.catalog));
        let path = catalog.map(Path::to_path_buf).or(own).context(
            "no catalog was named: pass --catalog FILE, or --shop DIR with a shop.toml that names one under `catalog`",
        )?;
        let (catalog, problems) = Catalog::read(&path)?;
        let policies = match file.as_ref().and_then(|f| at(&f.policies)) {
            Some(dir) => policies::read(&dir)?,
            None => Vec::new(),
        };
        let orders = match file.as_ref().and_then(|f| at(&f.orders)) {
            Some(path) => OrderBook::read(&path)?,
            None => OrderBook::default(),
        };
        let (name, tagline, support_email) = file.map(|f| (f.name, f.tagline, f.support_email)).unwrap_or_default();
        Ok(Shop { name, tagline, support_email, catalog, problems, policies, orders })
    }
}

fn read_shop_file(dir: &Path) -> Result<ShopFile> {
    let path = dir.join("shop.toml");
    let text = fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))?;
    toml::from_str(&text).with_context(|| format!("{} is not a shop description", path.display()))
}
