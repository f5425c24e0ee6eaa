//! `make bench`: what the services do through gRPC, against the same rows moved by bare SQL on the same server in the
//! same run. The ratios are what counts; the absolute figures are of the machine.

#![expect(
    clippy::disallowed_methods,
    reason = "the workers are awaited, and end with the program"
)]

mod imports;
mod submits;

use sqlx::Executor;
use sqlx::postgres::PgPoolOptions;
use system_tests::System;

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let mut out = std::io::stdout();
    let system = System::start("bench").await;
    let pool = PgPoolOptions::new()
        .max_connections(u32::try_from(submits::AT_ONCE)?)
        .after_connect(|conn, _| {
            Box::pin(async move { conn.execute("SET search_path = intake").await.map(|_| ()) })
        })
        .connect(system.database_url())
        .await?;
    submits::run(&mut out, &system, &pool).await?;
    imports::run(&mut out, &system, &pool).await?;
    Ok(())
}
