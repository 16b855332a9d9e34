//! `floorwalker catalog`: import a feed, say what there is, show a product, print the format.

use std::io::Write;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use clap::{Args, Subcommand};

use super::source::shop_source;
use super::{Outcome, Setup};
use crate::catalog::jsonl::Problem;
use crate::catalog::snapshot::{Shelf, Status};
use crate::catalog::{Catalog, Offer, Product};
use crate::limits;

#[derive(Args, Debug)]
pub struct Arguments {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// Read a catalog (JSON Lines) and use it from now on
    Import {
        /// The file; `floorwalker catalog schema` prints its format
        #[arg(value_name = "FILE")]
        file: PathBuf,
        /// Also where it has fewer than half the products of the present one
        #[arg(long)]
        force: bool,
        /// List every problem, not only the first ones
        #[arg(long)]
        all_problems: bool,
    },
    /// Which catalog is used, and what was imported
    Status,
    /// Show a product
    Show {
        /// Its id
        #[arg(value_name = "ID")]
        id: String,
        /// As the catalog has it
        #[arg(long)]
        json: bool,
    },
    /// Print the JSON Schema of a catalog line
    Schema,
}

pub fn run(arguments: &Arguments, setup: &Setup, out: &mut dyn Write) -> Result<Outcome> {
    match &arguments.action {
        Action::Import { file, force, all_problems } => import(file, *force, *all_problems, setup, out),
        Action::Status => status(setup, out),
        Action::Show { id, json } => show(id, *json, setup, out),
        Action::Schema => {
            writeln!(out, "{}", serde_json::to_string_pretty(&schemars::schema_for!(Product))?)?;
            Ok(Outcome::Done)
        }
    }
}

fn import(file: &Path, force: bool, all_problems: bool, setup: &Setup, out: &mut dyn Write) -> Result<Outcome> {
    let file = setup.working_dir.join(file);
    if file.is_dir() {
        bail!("{} is a folder: name the catalog file in it, or pass the folder as --shop DIR", file.display());
    }
    let shelf = Shelf::new(&setup.loaded.data_dir);
    if !force {
        refuse_a_worse_one(&file, shelf.status().as_ref())?;
    }
    let (status, problems) = shelf.import(&file, &setup.clock.now().to_string())?;
    writeln!(out, "Imported {} from {}.", counts(&status), status.source)?;
    print_problems(&file, &problems, all_problems, out)?;
    writeln!(out, "It is used from now on, as version {}.", status.version)?;
    Ok(Outcome::Done)
}

/// A feed that lost most of its products is more likely broken than meant.
fn refuse_a_worse_one(file: &Path, present: Option<&Status>) -> Result<()> {
    let Some(present) = present else { return Ok(()) };
    let (catalog, _) = Catalog::read(file)?;
    if !catalog.is_empty() && catalog.len() * 2 < present.products {
        bail!(
            "{} has {} products where the present catalog has {}, so that one was kept; pass --force if it is meant",
            file.display(),
            catalog.len(),
            present.products
        );
    }
    Ok(())
}

fn print_problems(file: &Path, problems: &[Problem], all: bool, out: &mut dyn Write) -> Result<()> {
    if problems.is_empty() {
        return Ok(());
    }
    let skipped = problems.iter().filter(|p| p.skipped).count();
    writeln!(out, "{}, {} left out:", count(problems.len(), "problem"), count(skipped, "line"))?;
    let shown = if all { problems.len() } else { limits::PROBLEMS_SHOWN };
    let name = file.file_name().unwrap_or(file.as_os_str()).to_string_lossy();
    for problem in problems.iter().take(shown) {
        let column = problem.column.map(|c| format!(":{c}")).unwrap_or_default();
        writeln!(out, "  {name}:{}{column}: {}", problem.line, problem.reason)?;
    }
    if problems.len() > shown {
        writeln!(out, "  … and {} more; --all-problems lists them", problems.len() - shown)?;
    }
    Ok(())
}

fn status(setup: &Setup, out: &mut dyn Write) -> Result<Outcome> {
    match Shelf::new(&setup.loaded.data_dir).status() {
        Some(status) => {
            writeln!(out, "Imported: {}, {}.", counts(&status), count(status.problems, "problem"))?;
            writeln!(out, "  from {} on {}, version {}", status.source, status.imported_at, status.version)?;
        }
        None => writeln!(out, "Imported: nothing yet.")?,
    }
    let source = shop_source(&setup.loaded, &setup.working_dir)?;
    let shop = source.open()?;
    writeln!(out, "In use: {source}")?;
    let variants: usize = shop.catalog.products().iter().map(|p| p.variants.len()).sum();
    let (products, variants) = (count(shop.catalog.len(), "product"), count(variants, "variant"));
    writeln!(out, "  {products}, {variants}, version {}", shop.catalog.version)?;
    Ok(Outcome::Done)
}

fn show(id: &str, json: bool, setup: &Setup, out: &mut dyn Write) -> Result<Outcome> {
    let shop = setup.open_shop()?;
    let product = shop.catalog.get(id).with_context(|| {
        let ids = shop.catalog.products().iter().map(|p| p.id.as_str());
        match crate::config::nearest(id, ids) {
            Some(near) => format!("the catalog has no product `{id}`; did you mean `{near}`?"),
            None => format!("the catalog has no product `{id}`; it has {}", count(shop.catalog.len(), "product")),
        }
    })?;
    if json {
        writeln!(out, "{}", serde_json::to_string_pretty(product)?)?;
    } else {
        print_product(product, out)?;
    }
    Ok(Outcome::Done)
}

pub fn print_product(product: &Product, out: &mut dyn Write) -> Result<()> {
    writeln!(out, "{} ({})", product.title, product.id)?;
    let mut field = |name: &str, value: &str| match value {
        "" => Ok(()),
        value => writeln!(out, "  {name}: {value}"),
    };
    field("brand", product.brand.as_deref().unwrap_or_default())?;
    field("category", &product.category.join(" > "))?;
    field("price", &product.price.map(|p| p.to_string()).unwrap_or_default())?;
    field("availability", product.availability.map(|a| a.code()).unwrap_or_default())?;
    for (name, value) in &product.attributes {
        field(name, value)?;
    }
    field("link", product.url.as_deref().unwrap_or_default())?;
    for (language, text) in &product.texts {
        field(language, &text.title)?;
    }
    if !product.description.is_empty() {
        writeln!(out, "\n  {}\n", product.description)?;
    }
    for offer in product.offers().iter().filter(|o| o.options.is_some()) {
        writeln!(out, "  {}", offer_line(offer))?;
    }
    Ok(())
}

fn offer_line(offer: &Offer<'_>) -> String {
    let options = offer.options.into_iter().flatten().map(|(name, value)| format!("{name} {value}"));
    let price = offer.price.map(|p| p.to_string());
    let stock = offer.availability.map(|a| a.code().to_owned());
    let parts: Vec<String> = options.chain(price).chain(stock).collect();
    format!("{}: {}", offer.sku, parts.join(", "))
}

fn counts(status: &Status) -> String {
    format!("{} and {}", count(status.products, "product"), count(status.variants, "variant"))
}

/// `1 product`, `2 products`.
pub fn count(number: usize, thing: &str) -> String {
    format!("{number} {thing}{}", if number == 1 { "" } else { "s" })
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]
mod tests {
    use std::fs;

    use crate::cli::Outcome;
    use crate::cli::tests::{SAMPLE_SHOP, floorwalker};

    #[test]
    fn a_catalog_is_imported_reported_and_used() {
        let dir = tempfile::tempdir().unwrap();
        let feed = concat!(
            "{\"id\":\"lamp\",\"title\":\"Lamp\",\"price\":{\"amount\":\"10\",\"currency\":\"USD\"},",
            "\"variants\":[{\"sku\":\"L-R\",\"options\":{\"color\":\"red\"},\"availability\":\"in_stock\"}]}\n",
            "{\"id\":\"desk\"\n"
        );
        fs::write(dir.path().join("feed.jsonl"), feed).unwrap();
        let (outcome, out) = floorwalker(dir.path(), &["catalog", "import", "feed.jsonl"]).unwrap();
        assert_eq!(outcome, Outcome::Done);
        assert!(out.contains("Imported 1 product and 1 variant from"), "{out}");
        assert!(out.contains("1 problem, 1 line left out:\n  feed.jsonl:2:"), "{out}");

        let (_, out) = floorwalker(dir.path(), &["catalog", "status"]).unwrap();
        assert!(out.contains("Imported: 1 product and 1 variant, 1 problem.") && out.contains("In use:"), "{out}");

        let (_, out) = floorwalker(dir.path(), &["catalog", "show", "lamp"]).unwrap();
        assert!(out.contains("Lamp (lamp)") && out.contains("L-R: color red, $10.00, in_stock"), "{out}");
        let (_, out) = floorwalker(dir.path(), &["catalog", "show", "lamp", "--json"]).unwrap();
        assert_eq!(serde_json::from_str::<serde_json::Value>(&out).unwrap()["id"], "lamp");
        let error = floorwalker(dir.path(), &["catalog", "show", "lamb"]).unwrap_err().to_string();
        assert!(error.contains("did you mean `lamp`?"), "{error}");
    }

    #[test]
    fn a_feed_that_lost_most_of_its_products_is_kept_out() {
        let dir = tempfile::tempdir().unwrap();
        let line = |id: usize| format!("{{\"id\":\"p{id}\",\"title\":\"P\"}}\n");
        fs::write(dir.path().join("good.jsonl"), (0..5).map(line).collect::<String>()).unwrap();
        fs::write(dir.path().join("poor.jsonl"), (0..2).map(line).collect::<String>()).unwrap();
        floorwalker(dir.path(), &["catalog", "import", "good.jsonl"]).unwrap();
        let error = floorwalker(dir.path(), &["catalog", "import", "poor.jsonl"]).unwrap_err().to_string();
        assert!(error.contains("has 2 products where the present catalog has 5"), "{error}");
        assert!(floorwalker(dir.path(), &["catalog", "show", "p4"]).is_ok());
        floorwalker(dir.path(), &["catalog", "import", "poor.jsonl", "--force"]).unwrap();
        assert!(floorwalker(dir.path(), &["catalog", "show", "p4"]).is_err());
    }

    #[test]
    fn the_schema_describes_a_product() {
        let dir = tempfile::tempdir().unwrap();
        let (_, out) = floorwalker(dir.path(), &["catalog", "schema"]).unwrap();
        let schema: serde_json::Value = serde_json::from_str(&out).unwrap();
        assert_eq!(schema["required"], serde_json::json!(["id", "title"]));
        assert!(schema["properties"]["variants"].is_object());
    }

    #[test]
    fn the_sample_shop_can_be_named() {
        let dir = tempfile::tempdir().unwrap();
        let (_, out) = floorwalker(dir.path(), &["catalog", "show", "fjell-2", "--shop", SAMPLE_SHOP]).unwrap();
        assert!(out.contains("Norrvale Fjell 2 Tent") && out.contains("price: $189.00"), "{out}");
        let error = floorwalker(dir.path(), &["catalog", "status"]).unwrap_err().to_string();
        assert!(error.contains("there is no catalog yet"), "{error}");
    }
}
