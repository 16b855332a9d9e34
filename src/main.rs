//! The binary.
use clap::Parser;
#[derive(Parser)]
struct T { #[arg(long)] shop: Option<std::path::PathBuf>, #[arg(long)] catalog: Option<std::path::PathBuf>, #[arg(long)] model: Option<String>, #[arg(long)] data: Option<String>, #[command(flatten)] ask: floorwalker::cli::ask::AskArgs }
#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let t = T::parse();
    let shop = floorwalker::catalog::shop::Shop::open(t.shop.as_deref(), t.catalog.as_deref())?;
    let a = floorwalker::turn::Assistant::new(shop);
    #[cfg(feature = "llama")]
    let w = match t.model.as_deref() { None | Some("none") => None, Some(p) => {
        let e = floorwalker::llm::Engine::load(std::path::Path::new(p), Default::default()).map_err(|e| anyhow::anyhow!("{e:?}"))?;
        Some(floorwalker::turn::word::Writer::new(std::sync::Arc::new(e), &a.shop.name, Default::default())?) } };
    #[cfg(not(feature = "llama"))]
    let w: Option<floorwalker::turn::word::Writer> = None;
    floorwalker::cli::ask::run(&t.ask, &a, w.as_ref()).await
}
