//! The binary.
use clap::Parser;
#[derive(Parser)]
struct T {
    #[arg(long)]
    shop: Option<std::path::PathBuf>,
    #[arg(long)]
    catalog: Option<std::path::PathBuf>,
    #[arg(long)]
    model: Option<String>,
    #[arg(long)]
    data: Option<String>,
    #[command(flatten)]
    ask: floorwalker::cli::ask::AskArgs,
}
#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let t = T::parse();
    let shop = floorwalker::catalog::shop::Shop::open(t.shop.as_deref(), t.catalog.as_deref())?;
    let a = floorwalker::turn::Assistant::new(shop);
    floorwalker::cli::ask::run(&t.ask, &a, None).await
}
