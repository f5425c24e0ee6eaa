//! Lists of orders at a million orders of one account: how long a page takes through gRPC, by each filter and sort, the
//! first page and the one after it, against the bare SQL of the same first page on the same server in the same run. The
//! rows are written past the service, because making them is not what is measured.

use std::io::Write as _;
use std::time::Instant;

use anyhow::Context;
use jiff::{SignedDuration, Timestamp};
use portway::client::ask;
use portway_proto::intake::v1::{ListOrdersRequest, OrderFilter, OrderSort, OrderState, TimeRange};
use portway_proto::types::v1::Court;
use prost_types::Timestamp as ProtoTimestamp;
use sqlx::{Executor, PgConnection};
use system_tests::pages::{self, Page};
use system_tests::{Customer, System};
use uuid::Uuid;

const ORDERS: i64 = 1_000_000;
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
    pages::print_heads(&mut out, ORDERS)?;
    for case in cases()? {
        let sql = format!(
            "SELECT * FROM port_order WHERE account_id = '{}' AND {} ORDER BY {} LIMIT 51",
            like.account_id, case.condition, case.order
        );
        let page = async |page_token| page(&customer, &case.request, page_token).await;
        let measured = pages::measure(&mut conn, &sql, page)
            .await
            .with_context(|| format!("{}\n{}", case.name, system.log()))?;
        measured.print(&mut out, case.name)?;
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
         SELECT ('00000000-0000-7000-8000-' || lpad(to_hex(i), 12, '0'))::uuid, 1000000 + i, $1, 1, 1, 1, state,
                CASE WHEN state IN ('PORTED', 'REJECTED') THEN at + interval '20 days' ELSE at END, at,
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
    conn.execute("VACUUM ANALYZE port_order, port_number").await?;
    Ok(())
}

fn first() -> anyhow::Result<Timestamp> {
    Ok(FIRST.parse()?)
}

/// One list, and the SQL of its first page.
struct Case {
    name: &'static str,
    request: ListOrdersRequest,
    condition: String,
    order: &'static str,
}

const BY_AGE: &str = "created_at DESC, order_id DESC";

fn by(name: &'static str, condition: &str, narrow: impl FnOnce(&mut OrderFilter)) -> Case {
    let mut filter = OrderFilter::default();
    narrow(&mut filter);
    Case {
        name,
        request: ListOrdersRequest {
            filter: Some(filter),
            ..ListOrdersRequest::default()
        },
        condition: condition.to_owned(),
        order: BY_AGE,
    }
}

fn cases() -> anyhow::Result<Vec<Case>> {
    let sorted = |name, sort: OrderSort, ascending, condition: &str, order| Case {
        request: ListOrdersRequest {
            sort: sort.into(),
            ascending,
            ..ListOrdersRequest::default()
        },
        order,
        ..by(name, condition, |_| {})
    };
    let mut cases = vec![
        by("newest first", "true", |_| {}),
        sorted(
            "by last change",
            OrderSort::Updated,
            false,
            "true",
            "updated_at DESC, order_id DESC",
        ),
        sorted(
            "by FOC, earliest first",
            OrderSort::Foc,
            true,
            "last_foc_at IS NOT NULL",
            "last_foc_at, order_id",
        ),
        sorted(
            "by due, earliest first",
            OrderSort::Due,
            true,
            "court_due_at IS NOT NULL",
            "court_due_at, order_id",
        ),
    ];
    cases.extend(cases_by_value());
    let middle = first()?.checked_add(SignedDuration::from_mins(ORDERS / 2))?;
    let later = middle.checked_add(SignedDuration::from_hours(48))?;
    let range = Some(TimeRange {
        from: Some(to_proto(middle)),
        before: Some(to_proto(later)),
    });
    let within = |column: &str| format!("{column} >= '{middle}' AND {column} < '{later}'");
    cases.push(Case {
        order: "submitted_at DESC, order_id DESC",
        ..by("submitted in two days", &within("submitted_at"), |filter| {
            filter.submitted = range;
        })
    });
    cases.push(Case {
        order: "ended_at DESC, order_id DESC",
        ..by("ended in two days", &within("ended_at"), |filter| {
            filter.ended = range;
        })
    });
    Ok(cases)
}

fn cases_by_value() -> Vec<Case> {
    vec![
        by("one state", "state = 'PENDING'", |filter| {
            filter.states = vec![OrderState::Pending.into()];
        }),
        by(
            "three states",
            "state IN ('DRAFT', 'SUBMITTED', 'PENDING')",
            |filter| {
                filter.states = vec![
                    OrderState::Draft.into(),
                    OrderState::Submitted.into(),
                    OrderState::Pending.into(),
                ];
            },
        ),
        by("one court", "court = 'LOSING_CARRIER'", |filter| {
            filter.courts = vec![Court::LosingCarrier.into()];
        }),
        by("one carrier", "losing_carrier = 'carrier-7'", |filter| {
            "carrier-7".clone_into(&mut filter.losing_carrier);
        }),
        by(
            "a number",
            "order_id IN (SELECT order_id FROM port_number WHERE tn = '+12012345678')",
            |filter| "201-234-5678".clone_into(&mut filter.phone_number),
        ),
        by("a reference", "customer_reference = 'ref-600'", |filter| {
            "ref-600".clone_into(&mut filter.customer_reference);
        }),
        by("a request number", "request_number = 1500000", |filter| {
            "PI_1500000".clone_into(&mut filter.request_number);
        }),
        Case {
            order: "court_due_at DESC, order_id DESC",
            ..by("overdue", "court_due_at <= now()", |filter| filter.overdue = true)
        },
    ]
}

fn to_proto(at: Timestamp) -> ProtoTimestamp {
    service::stamp::to_proto(at)
}

async fn page(customer: &Customer, request: &ListOrdersRequest, page_token: String) -> anyhow::Result<Page> {
    let request = ListOrdersRequest {
        page_token,
        ..request.clone()
    };
    let reply = customer.owner.port_in()?.list_orders(ask(request)).await?;
    let reply = reply.into_inner();
    Ok(Page {
        rows: reply.orders.len(),
        next_page_token: reply.next_page_token,
    })
}
