//! `portway demo`: the main job on real input, told step by step, through the public gRPC API alone.
//!
//! Five numbers port in (rejected once for a wrong PIN, corrected, ported), one ports out, the month is closed. The
//! system is `portway up` with a clock that stands on a day of November 2026 and is moved, not slept through.

mod money;
mod papers;
mod port_in;
mod port_out;
mod receiver;
mod story;

use std::path::PathBuf;
use std::time::Instant;

use anyhow::Context;
use backing::Durability;
use clap::Args;
use jiff::Timestamp;

use crate::client::{Clients, change};
use crate::demo::receiver::Receiver;
use crate::demo::story::Story;
use crate::up::{Stack, StackOptions};

/// Monday, 10:00 in New York: the papers in `tests/data` are of these days.
const FIRST_DAY: &str = "2026-11-16T15:00:00Z";

/// Settings of `portway demo`.
#[derive(Debug, Args)]
pub(crate) struct DemoArgs {
    /// Folder with numbers.csv, order.toml, loa.pdf, bill.pdf and csr.pdf.
    #[arg(long, default_value = "tests/data")]
    pub(crate) data: PathBuf,
    /// Where downloaded server packages are unpacked.
    #[arg(long, default_value = ".cache/backing")]
    pub(crate) cache_dir: PathBuf,
}

/// What every step of the demo uses.
struct Demo {
    customer: Clients,
    platform: Clients,
    stack: Stack,
    receiver: Receiver,
    story: Story,
    data: PathBuf,
}

/// Runs the demo and says what came of it.
pub(crate) async fn run(args: DemoArgs) -> anyhow::Result<()> {
    let started = Instant::now();
    let dir = tempfile::Builder::new().prefix("portway-demo-").tempdir()?;
    // The servers' account passes through it when we are root.
    std::fs::set_permissions(dir.path(), std::os::unix::fs::PermissionsExt::from_mode(0o755))?;
    let story = Story::new();
    Story::chapter("Starting Portway: five services in one process, a Postgres and a Redis of their own")?;
    let first_day: Timestamp = FIRST_DAY.parse()?;
    let options = StackOptions {
        data_dir: dir.path().join("data"),
        cache_dir: args.cache_dir,
        replicas: 1,
        clock_start: Some(first_day),
        database_url: None,
        redis_url: None,
        smtp_url: None,
        sms_url: None,
        durability: Durability::Test,
    };
    let stack = Stack::start(options, Story::progress).await?;
    let customer = Clients::connect(&stack.endpoints.endpoints(), &stack.endpoints.token)?;
    let platform = Clients::connect(&stack.endpoints.endpoints(), &stack.endpoints.platform_token)?;
    let receiver = Receiver::start(stack.lifecycle()).await?;
    let mut demo = Demo {
        customer,
        platform,
        stack,
        receiver,
        story,
        data: args.data,
    };
    let outcome = demo.play().await;
    let Demo { stack, receiver, .. } = demo;
    let mails = count_mails(&stack);
    stack.stop().await.context("the system did not end cleanly")?;
    let totals = outcome?;
    Story::summary(&totals, mails?, receiver.count(), started.elapsed())?;
    Ok(())
}

/// What was made in the end.
struct Totals {
    orders: usize,
    numbers_ported: usize,
    numbers_left: usize,
    port_outs: usize,
    events: usize,
    charges: usize,
    invoice: String,
}

impl Demo {
    async fn play(&mut self) -> anyhow::Result<Totals> {
        self.register_webhook().await?;
        let order = self.port_in().await?;
        let left = self.port_out(&order).await?;
        let (charges, invoice) = self.close_month().await?;
        let orders = self.count_orders().await?;
        let events = self.count_events().await?;
        Ok(Totals {
            orders,
            numbers_ported: order.numbers.len(),
            numbers_left: left,
            port_outs: 1,
            events,
            charges,
            invoice,
        })
    }
}

/// A request that changes something, under a key of the demo's own.
fn keyed<T>(message: T, key: &str) -> anyhow::Result<tonic::Request<T>> {
    Ok(change(message, &key.parse()?))
}

fn count_mails(stack: &Stack) -> anyhow::Result<usize> {
    let dir = stack
        .endpoints
        .mail_dir
        .as_ref()
        .context("mails are kept in a folder")?;
    let mut count = 0;
    for entry in std::fs::read_dir(dir)? {
        if entry?
            .path()
            .extension()
            .is_some_and(|extension| extension == "eml")
        {
            count += 1;
        }
    }
    Ok(count)
}
