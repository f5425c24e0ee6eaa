//! Each filter, each sort and each count of port-outs is answered by its index, however many there are: read from the
//! plans of the very statements that are run, at many cases, most of them of one account.

use intake_domain::port_out::{AnswerState, Decider, Grounds, LawfulReason, StateName};
use jiff::{SignedDuration, Timestamp};
use sqlx::PgConnection;
use types::{AccountId, RequestKind, RequestNumber};
use uuid::Uuid;

use super::counts;
use super::list::{Cursor, Filter, Page, SortKey, statement};
use crate::store::listing::{Part, TimeRange};
use crate::store::plan::{Plan, drop_indexes, run};
use crate::store::tests::database;

/// What the database of a middling platform holds; more take a minute to write.
const MANY: i64 = 150_000;
const EXPLAIN: &str = "EXPLAIN (ANALYZE, TIMING OFF, FORMAT JSON) ";
const PAGE: i64 = 51;

/// Nine cases of ten are of this account.
fn big_account() -> AccountId {
    AccountId::from_uuid(Uuid::from_u128(1))
}

/// So long after the first case.
fn minutes(minutes: i64) -> Timestamp {
    let first: Timestamp = "2026-01-01T00:00:00Z".parse().unwrap();
    first.checked_add(SignedDuration::from_mins(minutes)).unwrap()
}

/// Of 500 carriers; one case in four is open, none of the first quarter is, and few were rejected.
async fn fill(conn: &mut PgConnection) {
    let indexes = drop_indexes(conn, &["port_out", "port_out_number"]).await;
    // What they refer to is written here too, and looking for each takes most of the time.
    run(
        conn,
        "ALTER TABLE port_out DROP CONSTRAINT port_out_carrier_request",
    )
    .await;
    run(
        conn,
        "ALTER TABLE port_out_number DROP CONSTRAINT port_out_number_port_out",
    )
    .await;
    run(conn, &format!("
        INSERT INTO carrier_request (winning_spid, pon, ver, winning_name, wireless, simple, end_user_name, postal_code,
                                     received_at, verdict)
        SELECT lpad((i % 500)::text, 4, '0'), 'PON-' || i, 1, 'Carrier ' || i % 500, true, true, 'User ' || i,
               lpad((i % 40000)::text, 5, '0'), timestamptz '2026-01-01T00:00:00Z' + i * interval '1 minute', 'ALLOWED'
          FROM generate_series(1::bigint, {MANY}) AS i")).await;
    run(conn, &format!("
        INSERT INTO port_out (port_out_id, request_number, account_id, winning_spid, pon, ver, version, state, foc_at,
                              silence, answer_due_at, decision_kind, decision_subject, decided_at, grounds, ended_at,
                              answer_state, answer_changed_at, policy_version, policy_outcome, policy_due_at, received_at, number_count,
                              winning_name_key, end_user_key, postal_code_key)
        SELECT ('00000000-0000-7000-8000-' || lpad(to_hex(i), 12, '0'))::uuid, 100000 + i,
               lpad(to_hex(CASE WHEN i % 10 = 9 THEN 2 + i % 1000 ELSE 1 END), 32, '0')::uuid,
               lpad((i % 500)::text, 4, '0'), 'PON-' || i, 1, 1, state,
               CASE WHEN i % 20 <> 0 THEN at + interval '3 days' END, 'AUTHORIZED',
               CASE WHEN state = 'PENDING' THEN at + interval '1 day' END,
               CASE WHEN state = 'PENDING' THEN NULL WHEN i % 400 = 1 THEN 'SUBJECT' ELSE 'POLICY' END,
               CASE WHEN state <> 'PENDING' AND i % 400 = 1 THEN 'user:ann' END,
               CASE WHEN state <> 'PENDING' THEN at + interval '1 hour' END,
               CASE WHEN state = 'REJECTED' THEN 'PIN' END,
               CASE WHEN state IN ('PORTED_OUT', 'REJECTED', 'CANCELLED') THEN at + interval '3 days' END,
               CASE WHEN state = 'PENDING' THEN NULL WHEN i % 300 = 1 THEN 'REFUSED' ELSE 'ACKNOWLEDGED' END,
               CASE WHEN state <> 'PENDING' THEN at END,
               1, 'HOLD', at, at, CASE WHEN i % 300 = 7 THEN 40 ELSE 1 END, 'CARRIER' || i % 500, 'USER' || i,
               lpad((i % 40000)::text, 5, '0')
          FROM (SELECT i, timestamptz '2026-01-01T00:00:00Z' + i * interval '1 minute' AS at,
                       CASE WHEN i % 300 = 1 THEN 'REJECTED' WHEN i <= {MANY} / 4 THEN 'PORTED_OUT'
                            WHEN i % 10 = 0 THEN 'PENDING' WHEN i % 7 = 1 THEN 'AUTHORIZED' ELSE 'PORTED_OUT' END AS state
                  FROM generate_series(1::bigint, {MANY}) AS i) AS given")).await;
    run(
        conn,
        &format!(
            "
        INSERT INTO port_out_number (port_out_id, tn, place)
        SELECT ('00000000-0000-7000-8000-' || lpad(to_hex(i), 12, '0'))::uuid, '+1201' || (2000000 + i), 1
          FROM generate_series(1::bigint, {MANY}) AS i"
        ),
    )
    .await;
    for index in indexes {
        run(conn, &index).await;
    }
    run(conn, "ANALYZE").await;
}

fn page(sort: SortKey, ascending: bool) -> Page {
    Page {
        sort,
        ascending,
        after: None,
        limit: PAGE,
    }
}

#[tokio::test]
async fn every_list_of_port_outs_has_its_index() {
    let (_database, pool) = database("port_out_plans").await;
    let mut conn = pool.acquire().await.unwrap();
    fill(&mut conn).await;
    let mut faults = sorts_have_theirs(&mut conn).await;
    faults.extend(filters_have_theirs(&mut conn).await);
    faults.extend(open_ones_are_found_in_any_order(&mut conn).await);
    faults.extend(counts_have_theirs(&mut conn).await);
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

/// Every sort, either way, from the start and from the middle, of an account and of all; what is not known as well.
async fn sorts_have_theirs(conn: &mut PgConnection) -> Vec<String> {
    let mut faults = Vec::new();
    for account in [Some(big_account()), None] {
        let filter = Filter {
            account,
            ..Filter::default()
        };
        for sort in SortKey::ALL {
            for ascending in [true, false] {
                let middle = Cursor::in_middle(sort, minutes(MANY / 2), 100_000 + MANY / 2);
                for after in [None, Some(middle)] {
                    let page = Page {
                        after,
                        ..page(sort, ascending)
                    };
                    let plan = Plan::of(conn, statement(EXPLAIN, &filter, page, Part::Known)).await;
                    faults.extend(plan.fault(&format!("{sort:?} {ascending} {after:?} of {account:?}")));
                }
                let plan = Plan::of(
                    conn,
                    statement(EXPLAIN, &filter, page(sort, ascending), Part::Unknown),
                )
                .await;
                faults.extend(plan.fault(&format!("{sort:?} {ascending}, not known, of {account:?}")));
            }
        }
    }
    faults
}

/// The open ones in any order: those that have ended are not read for it, wherever they stand.
async fn open_ones_are_found_in_any_order(conn: &mut PgConnection) -> Vec<String> {
    let mut faults = Vec::new();
    let open: Vec<StateName> = StateName::ALL
        .into_iter()
        .filter(|state| !state.is_end())
        .collect();
    for account in [Some(big_account()), None] {
        let filter = Filter {
            account,
            states: open.clone(),
            ..Filter::default()
        };
        for sort in SortKey::ALL {
            for ascending in [true, false] {
                for part in [Part::Known, Part::Unknown] {
                    let statement = statement(EXPLAIN, &filter, page(sort, ascending), part);
                    let plan = Plan::of(conn, statement).await;
                    faults
                        .extend(plan.fault(&format!("open by {sort:?} {ascending} {part:?} of {account:?}")));
                }
            }
        }
    }
    faults
}

/// One filter, and the indexes that were made for it: of an account, and of all.
struct SingleFilter {
    what: &'static str,
    filter: Filter,
    indexes: [&'static str; 2],
}

fn single(what: &'static str, indexes: [&'static str; 2], narrow: impl FnOnce(&mut Filter)) -> SingleFilter {
    let mut filter = Filter::default();
    narrow(&mut filter);
    SingleFilter {
        what,
        filter,
        indexes,
    }
}

fn filters_by_value() -> Vec<SingleFilter> {
    const STATE: [&str; 2] = ["port_out_list_state", "port_out_all_of_state"];
    vec![
        single("a state", STATE, |filter| {
            filter.states = vec![StateName::Rejected];
        }),
        single("states", STATE, |filter| {
            filter.states = StateName::ALL.to_vec();
        }),
        single(
            "a request number",
            ["port_out_of_account", "port_out_request_number_once"],
            |filter| {
                filter.number = Some(RequestNumber::new(RequestKind::PortOut, 100_300));
            },
        ),
        single("a number", ["port_out_number_tn"; 2], |filter| {
            filter.tn = "+12012000300".parse().ok();
        }),
        single(
            "a SPID",
            ["port_out_list_spid", "port_out_all_of_spid"],
            |filter| {
                filter.winning_spid = "0007".parse().ok();
            },
        ),
        single(
            "a winning carrier",
            ["port_out_list_winner", "port_out_all_of_winner"],
            |filter| filter.winning_name = Some("carrier 7".to_owned()),
        ),
        single("a PON", ["port_out_of_pon"; 2], |filter| {
            filter.pon = "PON-300".parse().ok();
        }),
        single("an end user", ["port_out_of_end_user"; 2], |filter| {
            filter.end_user_name = Some("User 300".to_owned());
        }),
        single("a postal code", ["port_out_of_postal_code"; 2], |filter| {
            filter.postal_code = Some("00300-1234".to_owned());
        }),
        single(
            "a decider",
            ["port_out_list_decider", "port_out_all_of_decider"],
            |filter| filter.decided_by = "user:ann".parse().ok().map(Decider::Subject),
        ),
        single(
            "a reason",
            ["port_out_list_reason", "port_out_all_of_reason"],
            |filter| filter.rejected_for = Some(Grounds::Upheld(LawfulReason::Pin)),
        ),
        single(
            "an answer",
            ["port_out_list_answer", "port_out_all_of_answer"],
            |filter| filter.answer = Some(AnswerState::Refused),
        ),
    ]
}

fn filters_by_range() -> Vec<SingleFilter> {
    let range = TimeRange {
        from: Some(minutes(MANY / 2)),
        before: Some(minutes(MANY / 2 + 30)),
    };
    vec![
        single(
            "received",
            ["port_out_list_received", "port_out_all_received"],
            |filter| filter.received = range,
        ),
        single("FOC", ["port_out_list_foc", "port_out_all_foc"], |filter| {
            filter.foc = range;
        }),
        single("due", ["port_out_list_due", "port_out_all_due"], |filter| {
            filter.answer_due = range;
        }),
        single("ended", ["port_out_list_ended", "port_out_all_ended"], |filter| {
            filter.ended = range;
        }),
        single(
            "many numbers",
            ["port_out_list_size", "port_out_all_size"],
            |filter| filter.numbers = [Some(10), None],
        ),
    ]
}

async fn filters_have_theirs(conn: &mut PgConnection) -> Vec<String> {
    let mut faults = Vec::new();
    for SingleFilter {
        what,
        filter,
        indexes,
    } in filters_by_value().into_iter().chain(filters_by_range())
    {
        let suited = filter.suited_sort();
        for account in [Some(big_account()), None] {
            let filter = Filter {
                account,
                ..filter.clone()
            };
            for ascending in [true, false] {
                let page = page(suited, ascending);
                let plan = Plan::of(conn, statement(EXPLAIN, &filter, page, Part::Known)).await;
                faults.extend(plan.fault(what));
                if !plan.indexes.iter().any(|used| indexes.contains(&used.as_str())) {
                    faults.push(format!("{what} of {account:?} by another index: {plan:?}"));
                }
            }
            // Whatever else it is sorted by, no table is read through.
            for sort in SortKey::ALL {
                let plan = Plan::of(conn, statement(EXPLAIN, &filter, page(sort, false), Part::Known)).await;
                if !plan.scanned.is_empty() {
                    faults.push(format!("{what} by {sort:?} of {account:?}: {plan:?}"));
                }
            }
        }
    }
    faults
}

/// A count reads 10,001 entries, and no more than as many again for nothing.
async fn counts_have_theirs(conn: &mut PgConnection) -> Vec<String> {
    let mut faults = Vec::new();
    for account in [Some(big_account()), None] {
        let mut statements = Vec::new();
        for SingleFilter { what, filter, .. } in filters_by_value().into_iter().chain(filters_by_range()) {
            let filter = Filter { account, ..filter };
            statements.push((what, counts::found_by(EXPLAIN, &filter)));
        }
        let all = Filter {
            account,
            ..Filter::default()
        };
        for state in StateName::ALL {
            statements.push((state.code(), counts::in_state(EXPLAIN, &all, state)));
        }
        for (what, statement) in statements {
            let plan = Plan::of(conn, statement).await;
            if !plan.scanned.is_empty() || plan.discarded_rows > 20_000.0 {
                faults.push(format!("count of {what} of {account:?}: {plan:?}"));
            }
        }
    }
    faults
}
