//! A file of 20,000 numbers through `ImportNumbers`, against the same rows copied by one statement.

use std::fmt::Write as _;
use std::io::Write;
use std::time::{Duration, Instant};

use anyhow::{Context, ensure};
use portway::client::{ChangeKey, change};
use portway::upload::import_messages;
use portway_proto::intake::v1::{CreateOrderRequest, ImportHeader, Order};
use sqlx::PgPool;
use system_tests::{Customer, System};
use uuid::Uuid;

/// As many as an order takes.
const NUMBERS: usize = 20_000;

pub(crate) async fn run(out: &mut impl Write, system: &System, pool: &PgPool) -> anyhow::Result<()> {
    let customer = system.customer();
    let order = draft(&customer).await?;
    let mut file = "Phone Number,PIN,Agent Name,Agent Email\n".to_owned();
    for number in 0..NUMBERS {
        writeln!(
            file,
            "+1201{:07},{number:06},Agent {number},agent{number}@example.com",
            3_000_000 + number
        )?;
    }
    let header = ImportHeader {
        order_id: order.order_id.clone(),
        ..ImportHeader::default()
    };
    let began = Instant::now();
    let messages = import_messages(header, file.into_bytes(), |_bytes| ());
    let reply = customer
        .owner
        .port_in()?
        .import_numbers(change(messages, &ChangeKey::fresh()))
        .await;
    let added = reply.with_context(|| system.log())?.into_inner().added;
    let through_grpc = began.elapsed();
    ensure!(
        usize::try_from(added) == Ok(NUMBERS),
        "{added} numbers were added"
    );

    let bare = copy_rows(pool, &order.order_id).await?;
    writeln!(
        out,
        "\na file of {NUMBERS} numbers: {:.2} s through gRPC, read, checked, sealed and kept line by line\n\
         the same rows copied by one statement: {:.2} s\nratio: {:.1} times as long",
        through_grpc.as_secs_f64(),
        bare.as_secs_f64(),
        through_grpc.as_secs_f64() / bare.as_secs_f64()
    )?;
    Ok(())
}

async fn draft(customer: &Customer) -> anyhow::Result<Order> {
    let request = change(CreateOrderRequest::default(), &ChangeKey::fresh());
    let reply = customer.owner.port_in()?.create_order(request).await?;
    reply.into_inner().order.context("the reply has an order")
}

/// How long one statement takes to write the draft's numbers once more.
async fn copy_rows(pool: &PgPool, order: &str) -> anyhow::Result<Duration> {
    let order: Uuid = order.parse()?;
    let mut tx = pool.begin().await?;
    sqlx::query(
        "CREATE TEMPORARY TABLE copied ON COMMIT DROP AS SELECT * FROM port_number WHERE order_id = $1",
    )
    .bind(order)
    .execute(&mut *tx)
    .await?;
    sqlx::query("DELETE FROM port_number WHERE order_id = $1")
        .bind(order)
        .execute(&mut *tx)
        .await?;
    let began = Instant::now();
    sqlx::query("INSERT INTO port_number SELECT * FROM copied")
        .execute(&mut *tx)
        .await?;
    tx.commit().await?;
    Ok(began.elapsed())
}
