//! Each filter, each sort and each other list of port-in is answered by its index, however many orders there are: read
//! from the plans of the very statements that are run, at many orders, most of them of one account.

use intake_domain::port_in::{Court, StateName};
use jiff::{SignedDuration, Timestamp};
use jiff_sqlx::ToSqlx;
use sqlx::{AssertSqlSafe, PgConnection};
use types::{AccountId, OrderId, RequestKind, RequestNumber};
use uuid::Uuid;

use super::list::{Cursor, OrderFilter, OrderPage, SortKey, statement};
use super::order::OrderName;
use super::{counts, due, erasure, timeline};
use crate::store::comments::Commented;
use crate::store::counting::bounded;
use crate::store::listing::{Part, TimeRange};
use crate::store::plan::{Plan, drop_indexes, run};
use crate::store::tests::database;

/// What the database of a large platform holds.
const MANY: i64 = 1_000_000;
const EXPLAIN: &str = "EXPLAIN (ANALYZE, TIMING OFF, FORMAT JSON) ";
const PAGE: i64 = 51;

/// Nine orders of ten are of this account.
fn big_account() -> AccountId {
    AccountId::from_uuid(Uuid::from_u128(1))
}

/// So long after the first order.
fn minutes(minutes: i64) -> Timestamp {
    let first: Timestamp = "2026-01-01T00:00:00Z".parse().unwrap();
    first.checked_add(SignedDuration::from_mins(minutes)).unwrap()
}

/// Fills the tables without their indexes, which are built again at the end, as a restore does.
async fn fill(conn: &mut PgConnection, orders: i64) {
    let indexes = drop_indexes(conn, &["port_order", "port_number"]).await;
    run(conn, &format!("
        INSERT INTO port_order (order_id, request_number, account_id, version, ver, ver_in_force, state, since, created_at,
                                updated_at, submitted_at, ended_at, foc_at, foc_received_at, last_foc_at, court, court_due_at,
                                due_at, draft_changed_at, acted_at, number_count, losing_carrier, customer_reference)
        SELECT ('00000000-0000-7000-8000-' || lpad(to_hex(i), 12, '0'))::uuid, 100000 + i,
               lpad(to_hex(CASE WHEN i % 10 = 9 THEN 2 + i % 1000 ELSE 1 END), 32, '0')::uuid, 1, 1, 1, state, at, at,
               at + interval '3 days', CASE WHEN state <> 'DRAFT' THEN at + interval '1 hour' END,
               CASE WHEN state IN ('PORTED', 'CANCELLED', 'REJECTED', 'ABANDONED') THEN at + interval '20 days' END,
               CASE WHEN state IN ('FOC_CONFIRMED', 'ACTIVATING') THEN at + interval '9 days' END,
               CASE WHEN state = 'FOC_CONFIRMED' THEN at END,
               CASE WHEN state IN ('FOC_CONFIRMED', 'ACTIVATING', 'PORTED') THEN at + interval '9 days' END,
               court, CASE WHEN court <> 'CUSTOMER' THEN at + interval '2 days' END,
               CASE WHEN state = 'FOC_CONFIRMED' THEN at + interval '7 days' END, CASE WHEN state = 'DRAFT' THEN at END,
               CASE WHEN state = 'ACTION_REQUIRED' THEN at END, 1, 'carrier-' || (i * 7919) % 300, CASE WHEN i % 3 = 0 THEN 'ref-' || i END
          FROM (SELECT i, timestamptz '2026-01-01T00:00:00Z' + i * interval '1 minute' AS at,
                       (ARRAY['PORTED', 'PORTED', 'PORTED', 'PORTED', 'PORTED', 'PORTED', 'CANCELLED', 'DRAFT', 'SUBMITTED',
                              'PENDING', 'ACTION_REQUIRED', 'FOC_CONFIRMED', 'ACTIVATING', 'REJECTED'])[place] AS state,
                       (ARRAY[NULL, NULL, NULL, NULL, NULL, NULL, NULL, 'CUSTOMER', 'US',
                              'LOSING_CARRIER', 'CUSTOMER', 'US', 'GAINING_CARRIER', NULL])[place] AS court
                  FROM (SELECT i, CASE i % 500 WHEN 0 THEN 13 WHEN 1 THEN 14 ELSE 1 + (i * 7919) % 12 END AS place
                          FROM generate_series(1::bigint, {orders}) AS i) AS placed) AS given")).await;
    run(conn, &format!("
        INSERT INTO port_number (order_id, tn, position, state)
        SELECT ('00000000-0000-7000-8000-' || lpad(to_hex(i), 12, '0'))::uuid, '+1201' || (2000000 + i), 0, 'DRAFT'
          FROM generate_series(1::bigint, {orders}) AS i")).await;
    for index in indexes {
        run(conn, &index).await;
    }
    beside_orders(conn).await;
    run(conn, "ANALYZE").await;
}

/// What hangs on orders: a few for each, and many for one.
async fn beside_orders(conn: &mut PgConnection) {
    let of = |order: &str| format!("('00000000-0000-7000-8000-' || lpad(to_hex({order}), 12, '0'))::uuid");
    run(
        conn,
        &format!(
            "
        UPDATE port_order SET parent_request_number = 100007, parent_order_id = {}
         WHERE request_number BETWEEN 100008 AND 100200",
            of("7")
        ),
    )
    .await;
    let some = of("CASE WHEN i % 10 = 0 THEN 7 ELSE i END");
    run(conn, &format!("
        INSERT INTO order_timeline (order_id, at, actor, action, from_state, to_state, ver, note)
        SELECT {some}, now(), 'user:ann', 'created', 'DRAFT', 'DRAFT', 1, '' FROM generate_series(1, 40000) AS i")).await;
    run(conn, &format!("
        INSERT INTO order_comment (comment_id, order_id, visibility, text, author, is_by_platform, created_at, action_by)
        SELECT gen_random_uuid(), {some}, CASE WHEN i % 2 = 0 THEN 'SHARED' ELSE 'PRIVATE' END, 'text', 'user:ann', true,
               timestamptz '2026-01-01T00:00:00Z' + i * interval '1 second', CASE WHEN i % 5 = 0 THEN 'US' END
          FROM generate_series(1, 40000) AS i")).await;
}

fn page(sort: SortKey, ascending: bool) -> OrderPage {
    OrderPage {
        sort,
        ascending,
        after: None,
        limit: PAGE,
    }
}

#[tokio::test]
async fn every_list_of_port_in_has_its_index_at_a_million_orders() {
    let (_database, pool) = database("million").await;
    let mut conn = pool.acquire().await.unwrap();
    fill(&mut conn, MANY).await;
    sorts_have_theirs(&mut conn, MANY).await;
    filters_have_theirs(&mut conn, MANY).await;
    counts_have_theirs(&mut conn, MANY).await;
    lists_beside_orders_have_theirs(&mut conn, MANY).await;
}

/// Every sort, either way, from the start and from the middle, of an account and of all; what has no date as well.
async fn sorts_have_theirs(conn: &mut PgConnection, orders: i64) {
    for account in [Some(big_account()), None] {
        let filter = OrderFilter {
            account,
            ..OrderFilter::default()
        };
        for sort in SortKey::ALL {
            for ascending in [true, false] {
                let middle = Cursor(Some(minutes(orders / 2)), OrderId::from_uuid(Uuid::from_u128(7)));
                for after in [None, Some(middle)] {
                    let page = OrderPage {
                        after,
                        ..page(sort, ascending)
                    };
                    let plan = Plan::of(conn, statement(EXPLAIN, &filter, page, Part::Known)).await;
                    plan.check(&format!("{sort:?} {ascending} {after:?} of {account:?}"));
                }
                let after = Some(Cursor(None, OrderId::from_uuid(Uuid::from_u128(7))));
                let rest = OrderPage {
                    after,
                    ..page(sort, ascending)
                };
                let plan = Plan::of(conn, statement(EXPLAIN, &filter, rest, Part::Unknown)).await;
                plan.check(&format!("{sort:?} {ascending}, not known, of {account:?}"));
            }
        }
    }
}

/// One filter, the sort that suits it, and the indexes that were made for it: of an account, and of all.
struct SingleFilter {
    what: &'static str,
    filter: OrderFilter,
    sort: SortKey,
    indexes: [&'static str; 2],
}

fn single(
    what: &'static str,
    indexes: [&'static str; 2],
    sort: SortKey,
    narrow: impl FnOnce(&mut OrderFilter),
) -> SingleFilter {
    let mut filter = OrderFilter::default();
    narrow(&mut filter);
    SingleFilter {
        what,
        filter,
        sort,
        indexes,
    }
}

fn filters_by_value() -> Vec<SingleFilter> {
    const STATE: [&str; 2] = ["port_order_list_state", "port_order_all_of_state"];
    const COURT: [&str; 2] = ["port_order_of_court", "port_order_all_of_court"];
    const CARRIER: [&str; 2] = ["port_order_of_carrier", "port_order_all_of_carrier"];
    const REFERENCE: [&str; 2] = ["port_order_list_reference", "port_order_all_of_reference"];
    let by = |what, indexes, narrow: fn(&mut OrderFilter)| single(what, indexes, SortKey::Created, narrow);
    vec![
        by("a state", STATE, |filter| {
            filter.states = vec![StateName::Rejected];
        }),
        by("states", STATE, |filter| filter.states = StateName::ALL.to_vec()),
        by("a court", COURT, |filter| {
            filter.courts = vec![Court::GainingCarrier];
        }),
        by("courts", COURT, |filter| filter.courts = Court::ALL.to_vec()),
        by("a losing carrier", CARRIER, |filter| {
            filter.losing_carrier = "carrier-7".parse().ok();
        }),
        by("a reference", REFERENCE, |filter| {
            filter.reference = "ref-300".parse().ok();
        }),
        by("a number", ["port_number_of_tn"; 2], |filter| {
            filter.tn = "+12012000300".parse().ok();
        }),
        by("a parent", ["port_order_children"; 2], |filter| {
            let parent = Uuid::from_u128(0x0000_0000_0000_7000_8000_0000_0000_0007);
            filter.parent = Some(OrderName::Id(OrderId::from_uuid(parent)));
        }),
        by("a request number", ["port_order_request_number"; 2], |filter| {
            filter.request_number = Some(RequestNumber::new(RequestKind::PortIn, 100_300));
        }),
    ]
}

fn filters_by_time(orders: i64) -> Vec<SingleFilter> {
    let range = TimeRange {
        from: Some(minutes(orders / 2)),
        before: Some(minutes(orders / 2 + 30)),
    };
    vec![
        single(
            "overdue",
            ["port_order_court_due", "port_order_all_court_due"],
            SortKey::Due,
            |filter| filter.overdue_at = range.from,
        ),
        single(
            "created",
            ["port_order_list", "port_order_all_created"],
            SortKey::Created,
            |filter| filter.created = range,
        ),
        single(
            "submitted",
            ["port_order_submitted", "port_order_all_submitted"],
            SortKey::Submitted,
            |filter| filter.submitted = range,
        ),
        single(
            "FOC",
            ["port_order_last_foc", "port_order_all_last_foc"],
            SortKey::Foc,
            |filter| filter.foc = range,
        ),
        single(
            "ended",
            ["port_order_ended", "port_order_all_ended"],
            SortKey::Ended,
            |filter| filter.ended = range,
        ),
    ]
}

async fn filters_have_theirs(conn: &mut PgConnection, orders: i64) {
    for case in filters_by_value().into_iter().chain(filters_by_time(orders)) {
        let SingleFilter {
            what,
            filter,
            sort,
            indexes,
        } = case;
        for account in [Some(big_account()), None] {
            let filter = OrderFilter {
                account,
                ..filter.clone()
            };
            for ascending in [true, false] {
                let plan = Plan::of(
                    conn,
                    statement(EXPLAIN, &filter, page(sort, ascending), Part::Known),
                )
                .await;
                plan.check(what);
                // A page of what a twentieth of all orders are is as well read by the day of orders, which is their place
                // in the table too.
                let by_day = "port_order_all_created".to_owned();
                let is_frequent = matches!(what, "a state" | "a court") && account.is_none();
                let is_by_day = is_frequent && plan.indexes.contains(&by_day);
                assert!(
                    is_by_day || plan.indexes.iter().any(|used| indexes.contains(&used.as_str())),
                    "{what} of {account:?}: {plan:?}"
                );
            }
            // Whatever else it is sorted by, no table is read through.
            for sort in SortKey::ALL {
                let plan = Plan::of(conn, statement(EXPLAIN, &filter, page(sort, false), Part::Known)).await;
                assert!(
                    plan.scanned.is_empty(),
                    "{what} by {sort:?} of {account:?}: {plan:?}"
                );
            }
        }
    }
}

async fn counts_have_theirs(conn: &mut PgConnection, orders: i64) {
    for accounts in [[Some(big_account()), None], [None, None]] {
        let overdue = counts::overdue_at(accounts, minutes(orders), EXPLAIN);
        for (statement, order) in [
            counts::in_state(accounts, StateName::Ported, EXPLAIN),
            counts::of_court(accounts, Court::Customer, EXPLAIN),
            (overdue, counts::BY_DUE),
        ] {
            // A count reads 10,001 entries, and no more than as many again for nothing.
            let plan = Plan::of(conn, bounded(statement, order)).await;
            assert!(
                plan.scanned.is_empty() && plan.discarded_rows < 20_000.0,
                "{plan:?}"
            );
        }
    }
}

/// History, comments and what falls due.
async fn lists_beside_orders_have_theirs(conn: &mut PgConnection, orders: i64) {
    let explain = |text: &str| AssertSqlSafe(format!("{EXPLAIN}{text}"));
    let order = Uuid::from_u128(0x0000_0000_0000_7000_8000_0000_0000_0007);
    let history = sqlx::query_scalar(explain(timeline::LIST))
        .bind(order)
        .bind(20_000_i64)
        .bind(PAGE);
    Plan::read(&history.fetch_one(&mut *conn).await.unwrap()).check("history");
    for (what, list) in [
        ("comments", OrderId::STATEMENTS.list),
        ("open comments", OrderId::STATEMENTS.list_open),
    ] {
        let thread = sqlx::query_scalar(explain(list))
            .bind(order)
            .bind(false)
            .bind(Some(minutes(10).to_sqlx()))
            .bind(Uuid::nil())
            .bind(PAGE);
        Plan::read(&thread.fetch_one(&mut *conn).await.unwrap()).check(what);
    }
    let timers = sqlx::query_scalar(explain(due::FIRST_DUE)).bind(minutes(orders).to_sqlx());
    Plan::read(&timers.fetch_one(&mut *conn).await.unwrap()).check("timers");
    let ended = sqlx::query_scalar(explain(erasure::ENDED))
        .bind(minutes(orders).to_sqlx())
        .bind(20_i64);
    Plan::read(&ended.fetch_one(&mut *conn).await.unwrap()).check("erasure");
}
