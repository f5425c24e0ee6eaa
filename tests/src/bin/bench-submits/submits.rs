//! Submits per second through gRPC, against the same rows written by bare SQL on the same server in the same run.

use std::io::Write;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::Context;
use futures::future::try_join_all;
use hdrhistogram::Histogram;
use portway_proto::intake::v1::Order;
use sqlx::PgPool;
use system_tests::{Customer, System};
use tokio::sync::Mutex;
use uuid::Uuid;

const SUBMITS: usize = 500;
/// Callers at once, and connections of the bare SQL.
pub(crate) const AT_ONCE: usize = 8;
/// Callers that prepare: few, so that the service's pool grows before it is measured.
const PREPARERS: usize = 4;

pub(crate) async fn run(out: &mut impl Write, system: &System, pool: &PgPool) -> anyhow::Result<()> {
    writeln!(out, "preparing {} drafts with their papers", SUBMITS * 2)?;
    let customer = system.customer();
    let drafts = prepare(&customer).await.with_context(|| system.log())?;
    let (through_grpc, bare) = drafts.split_at(SUBMITS);

    let (elapsed, latencies) = submit_through_grpc(&customer, through_grpc).await?;
    let per_second = rate(elapsed);
    let (bare_elapsed, bare_latencies) = submit_by_sql(pool, bare).await?;
    let bare_per_second = rate(bare_elapsed);

    writeln!(
        out,
        "\n{SUBMITS} submits, {AT_ONCE} at once    per second   p50 ms   p95 ms   p99 ms"
    )?;
    for (name, per_second, latencies) in [
        ("through gRPC", per_second, &latencies),
        ("same rows, bare SQL", bare_per_second, &bare_latencies),
    ] {
        let ms =
            |quantile| Duration::from_micros(latencies.value_at_quantile(quantile)).as_secs_f64() * 1_000.0;
        writeln!(
            out,
            "  {name:<24} {per_second:>10.0} {:>8.1} {:>8.1} {:>8.1}",
            ms(0.5),
            ms(0.95),
            ms(0.99)
        )?;
    }
    writeln!(
        out,
        "ratio: {:.2} of bare SQL's rate",
        per_second / bare_per_second
    )?;
    Ok(())
}

fn rate(elapsed: Duration) -> f64 {
    f64::from(u32::try_from(SUBMITS).unwrap_or(u32::MAX)) / elapsed.as_secs_f64()
}

async fn prepare(customer: &Customer) -> anyhow::Result<Vec<Order>> {
    let next = Arc::new(Mutex::new(0..SUBMITS * 2));
    let workers = (0..PREPARERS).map(|_| {
        let (customer, next) = (customer.clone(), Arc::clone(&next));
        tokio::spawn(async move {
            let mut drafts = Vec::new();
            while let Some(number) = { next.lock().await.next() } {
                drafts.push(
                    customer
                        .ready_draft(&[&format!("+1201{:07}", 2_000_000 + number)])
                        .await,
                );
            }
            drafts
        })
    });
    Ok(try_join_all(workers).await?.into_iter().flatten().collect())
}

async fn submit_through_grpc(
    customer: &Customer,
    drafts: &[Order],
) -> anyhow::Result<(Duration, Histogram<u64>)> {
    let queue = Arc::new(Mutex::new(drafts.to_vec()));
    let started = Instant::now();
    let workers = (0..AT_ONCE).map(|_| {
        let (customer, queue) = (customer.clone(), Arc::clone(&queue));
        tokio::spawn(async move {
            let mut latencies = Vec::new();
            while let Some(draft) = { queue.lock().await.pop() } {
                let began = Instant::now();
                customer.submit(&draft).await;
                latencies.push(began.elapsed());
            }
            latencies
        })
    });
    let latencies = try_join_all(workers).await?;
    Ok((started.elapsed(), histogram(latencies)?))
}

async fn submit_by_sql(pool: &PgPool, drafts: &[Order]) -> anyhow::Result<(Duration, Histogram<u64>)> {
    let queue = Arc::new(Mutex::new(drafts.to_vec()));
    let started = Instant::now();
    let workers = (0..AT_ONCE).map(|_| {
        let (pool, queue) = (pool.clone(), Arc::clone(&queue));
        tokio::spawn(async move {
            let mut latencies = Vec::new();
            while let Some(draft) = { queue.lock().await.pop() } {
                let began = Instant::now();
                write_rows(&pool, &draft).await?;
                latencies.push(began.elapsed());
            }
            anyhow::Ok(latencies)
        })
    });
    let latencies = try_join_all(workers)
        .await?
        .into_iter()
        .collect::<anyhow::Result<_>>()?;
    Ok((started.elapsed(), histogram(latencies)?))
}

/// The rows of one submit, in one transaction: what any program would have to write.
async fn write_rows(pool: &PgPool, draft: &Order) -> anyhow::Result<()> {
    let order: Uuid = draft.order_id.parse()?;
    let account: Uuid = draft.account_id.parse()?;
    let tn = &draft.numbers.first().context("a draft has a number")?.tn;
    let mut tx = pool.begin().await?;
    sqlx::query(
        "INSERT INTO idempotency_key (account_id, subject, key, request_hmac) VALUES ($1, 'owner', $2, $3)",
    )
    .bind(account)
    .bind(order.to_string())
    .bind([0_u8; 32].as_slice())
    .execute(&mut *tx)
    .await?;
    sqlx::query("UPDATE port_order SET state = 'SUBMITTED', version = version + 1, since = now(), submitted_at = now(), draft_changed_at = NULL, due_at = NULL WHERE order_id = $1")
        .bind(order)
        .execute(&mut *tx)
        .await?;
    sqlx::query("UPDATE port_number SET state = 'IN_ORDER' WHERE order_id = $1")
        .bind(order)
        .execute(&mut *tx)
        .await?;
    sqlx::query("INSERT INTO live_tn (tn, order_id) VALUES ($1, $2)")
        .bind(tn)
        .bind(order)
        .execute(&mut *tx)
        .await?;
    sqlx::query("INSERT INTO carrier_command (order_id, kind, ver, state, since) VALUES ($1, 'submit', 1, 'REQUESTED', now())")
        .bind(order)
        .execute(&mut *tx)
        .await?;
    sqlx::query("INSERT INTO order_timeline (order_id, at, actor, action, from_state, to_state, ver, note) VALUES ($1, now(), 'owner', 'submitted', 'DRAFT', 'SUBMITTED', 1, '')")
        .bind(order)
        .execute(&mut *tx)
        .await?;
    sqlx::query("INSERT INTO event (event_id, partition, subject_id, account_id, type, occurred_at, payload) VALUES ($1, 0, $2, $3, 'bench', now(), $4)")
        .bind(Uuid::new_v4())
        .bind(order)
        .bind(account)
        .bind([0_u8; 200].as_slice())
        .execute(&mut *tx)
        .await?;
    sqlx::query(
        "UPDATE idempotency_key SET reply = $3 WHERE account_id = $1 AND subject = 'owner' AND key = $2",
    )
    .bind(account)
    .bind(order.to_string())
    .bind([0_u8; 700].as_slice())
    .execute(&mut *tx)
    .await?;
    tx.commit().await?;
    Ok(())
}

fn histogram(latencies: Vec<Vec<Duration>>) -> anyhow::Result<Histogram<u64>> {
    let mut histogram = Histogram::new(3)?;
    for latency in latencies.into_iter().flatten() {
        histogram.record(u64::try_from(latency.as_micros())?)?;
    }
    Ok(histogram)
}
