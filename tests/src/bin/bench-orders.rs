//! Lists of orders at a million orders of one account: how long a page takes through gRPC, by each filter and sort, the
//! first page and the one after it. The rows are written past the service, because making them is not what is measured.

use std::io::Write as _;
use std::time::{Duration, Instant};

use anyhow::Context;
use hdrhistogram::Histogram;
use jiff::{SignedDuration, Timestamp};
use portway::client::ask;
use portway_proto::intake::v1::{ListOrdersRequest, OrderFilter, OrderSort, OrderState, TimeRange};
use portway_proto::types::v1::Court;
use prost_types::Timestamp as ProtoTimestamp;
use sqlx::{Executor, PgConnection};
use system_tests::{Customer, System};
use uuid::Uuid;

const ORDERS: i64 = 1_000_000;
const CALLS: u32 = 50;
/// When the first of them was made; each is a minute after the one before.
const FIRST: &str = "2025-01-01T00:00:00Z";

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let mut out = std::io::stdout();
    let system = System::start("bench-orders").await;
    let customer = system.customer();
    let like = customer.ready_draft(&["+12012000001"]).await;
    writeln!(out, "writing {ORDERS} orders")?;
    let began = Instant::now();
    let mut conn = system.database().await;
    fill(&mut conn, like.account_id.parse()?).await?;
    writeln!(out, "written in {:.0} s", began.elapsed().as_secs_f64())?;
    writeln!(out, "\na page of 50 of {ORDERS}      p50 ms   p95 ms   max ms")?;
    for (name, request) in requests()? {
        let latencies = measure(&customer, request)
            .await
            .with_context(|| format!("{name}\n{}", system.log()))?;
        let ms = |micros: u64| Duration::from_micros(micros).as_secs_f64() * 1_000.0;
        writeln!(
            out,
            "  {name:<26} {:>8.1} {:>8.1} {:>8.1}",
            ms(latencies.value_at_quantile(0.5)),
            ms(latencies.value_at_quantile(0.95)),
            ms(latencies.max())
        )?;
    }
    Ok(())
}

/// Finished, waiting and open orders of 300 carriers, every third with a reference.
async fn fill(conn: &mut PgConnection, account: Uuid) -> anyhow::Result<()> {
    conn.execute("SET search_path = intake").await?;
    sqlx::query(
        "INSERT INTO port_order (order_id, request_number, account_id, version, ver, ver_in_force, state, since,
                                 created_at, updated_at, submitted_at, ended_at, last_foc_at, court, court_due_at,
                                 draft_changed_at, number_count, losing_carrier, customer_reference)
         SELECT ('00000000-0000-7000-8000-' || lpad(to_hex(i), 12, '0'))::uuid, 1000000 + i, $1, 1, 1, 1, state, at, at,
                at + interval '3 days', CASE WHEN state <> 'DRAFT' THEN at + interval '1 hour' END,
                CASE WHEN state IN ('PORTED', 'REJECTED') THEN at + interval '20 days' END,
                CASE WHEN state = 'PORTED' THEN at + interval '9 days' END,
                CASE state WHEN 'DRAFT' THEN 'CUSTOMER' WHEN 'SUBMITTED' THEN 'US' WHEN 'PENDING' THEN 'LOSING_CARRIER' END,
                CASE WHEN state IN ('SUBMITTED', 'PENDING') THEN at + interval '2 days' END,
                CASE WHEN state = 'DRAFT' THEN at END, 1, 'carrier-' || (i * 7919) % 300, CASE WHEN i % 3 = 0 THEN 'ref-' || i END
           FROM (SELECT i, $2::text::timestamptz + i * interval '1 minute' AS at,
                        (ARRAY['PORTED', 'PORTED', 'PORTED', 'PORTED', 'PORTED', 'PORTED', 'DRAFT', 'SUBMITTED',
                               'PENDING', 'REJECTED'])[1 + (i * 7919) % 10] AS state
                   FROM generate_series(1::bigint, $3) AS i) AS given",
    )
    .bind(account)
    .bind(FIRST)
    .bind(ORDERS)
    .execute(&mut *conn)
    .await?;
    sqlx::query(
        "INSERT INTO port_number (order_id, tn, position, state)
         SELECT ('00000000-0000-7000-8000-' || lpad(to_hex(i), 12, '0'))::uuid, '+1201' || (2000001 + i), 0, 'DRAFT'
           FROM generate_series(1::bigint, $1) AS i",
    )
    .bind(ORDERS)
    .execute(&mut *conn)
    .await?;
    conn.execute("ANALYZE port_order, port_number").await?;
    Ok(())
}

fn first() -> anyhow::Result<Timestamp> {
    Ok(FIRST.parse()?)
}

fn requests() -> anyhow::Result<Vec<(&'static str, ListOrdersRequest)>> {
    let middle = first()?.checked_add(SignedDuration::from_mins(ORDERS / 2))?;
    let later = middle.checked_add(SignedDuration::from_hours(48))?;
    let range = Some(TimeRange {
        from: Some(to_proto(middle)),
        before: Some(to_proto(later)),
    });
    let filtered = |narrow: &dyn Fn(&mut OrderFilter)| {
        let mut filter = OrderFilter::default();
        narrow(&mut filter);
        ListOrdersRequest {
            filter: Some(filter),
            ..ListOrdersRequest::default()
        }
    };
    let sorted = |sort: OrderSort, ascending| ListOrdersRequest {
        sort: sort.into(),
        ascending,
        ..ListOrdersRequest::default()
    };
    Ok(vec![
        ("newest first", sorted(OrderSort::Created, false)),
        ("by last change", sorted(OrderSort::Updated, false)),
        ("by FOC, earliest first", sorted(OrderSort::Foc, true)),
        ("by due, earliest first", sorted(OrderSort::Due, true)),
        (
            "one state",
            filtered(&|filter| filter.states = vec![OrderState::Pending.into()]),
        ),
        (
            "three states",
            filtered(&|filter| {
                filter.states = vec![
                    OrderState::Draft.into(),
                    OrderState::Submitted.into(),
                    OrderState::Pending.into(),
                ];
            }),
        ),
        (
            "one court",
            filtered(&|filter| filter.courts = vec![Court::LosingCarrier.into()]),
        ),
        (
            "one carrier",
            filtered(&|filter| "carrier-7".clone_into(&mut filter.losing_carrier)),
        ),
        (
            "a number",
            filtered(&|filter| "201-234-5678".clone_into(&mut filter.phone_number)),
        ),
        (
            "a reference",
            filtered(&|filter| "ref-600".clone_into(&mut filter.customer_reference)),
        ),
        (
            "a request number",
            filtered(&|filter| "PI_1500000".clone_into(&mut filter.request_number)),
        ),
        ("overdue", filtered(&|filter| filter.overdue = true)),
        (
            "submitted in two days",
            filtered(&|filter| filter.submitted = range),
        ),
        ("ended in two days", filtered(&|filter| filter.ended = range)),
    ])
}

fn to_proto(at: Timestamp) -> ProtoTimestamp {
    service::stamp::to_proto(at)
}

/// Reads two pages of a list over and over.
async fn measure(customer: &Customer, request: ListOrdersRequest) -> anyhow::Result<Histogram<u64>> {
    let mut latencies = Histogram::new(3)?;
    for _ in 0..CALLS {
        let mut page_token = String::new();
        for _ in 0..2 {
            let request = ListOrdersRequest {
                page_token,
                ..request.clone()
            };
            let began = Instant::now();
            let reply = customer
                .owner
                .port_in()?
                .list_orders(ask(request))
                .await?
                .into_inner();
            latencies.record(u64::try_from(began.elapsed().as_micros())?)?;
            anyhow::ensure!(!reply.orders.is_empty(), "there are such orders");
            page_token = reply.next_page_token;
            if page_token.is_empty() {
                break;
            }
        }
    }
    Ok(latencies)
}
