//! Lists of port-outs at ten million of one account: how long a page takes through gRPC, by each filter, the first page
//! and the one after it, against the bare SQL of the same first page on the same server in the same run. The rows are
//! written past the service, because making them is not what is measured. Another number of rows is an argument:
//! `bench-port-outs 100000`.

use std::io::Write as _;
use std::time::{Duration, Instant};

use anyhow::Context;
use hdrhistogram::Histogram;
use jiff::{SignedDuration, Timestamp};
use portway::client::{Service, ask};
use portway_proto::intake::v1::port_out_list_service_client::PortOutListServiceClient;
use portway_proto::intake::v1::{
    AnswerState, Completion, CountPortOutsRequest, ListPortOutsRequest, PortOutFilter, PortOutSort,
    PortOutState, TimeRange,
};
use sqlx::{AssertSqlSafe, Executor, PgConnection};
use system_tests::pages::{self, Page};
use system_tests::{Customer, System};

const PORT_OUTS: i64 = 10_000_000;
/// Rows of one statement: the server writes one part to disk while the next is made.
const PART: i64 = 500_000;
const CALLS: u32 = 50;
/// When the first of them came; each is half a minute after the one before.
const FIRST: &str = "2017-01-01T00:00:00Z";
const SECONDS_APART: i64 = 30;

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let mut out = std::io::stdout();
    let rows = match std::env::args().nth(1) {
        Some(rows) => rows.parse().context("the number of port-outs")?,
        None => PORT_OUTS,
    };
    let system = System::start("bench-port-outs").await;
    let customer = system.customer();
    let account = customer.ready_draft(&["+12012000001"]).await.account_id;
    writeln!(out, "writing {rows} port-outs")?;
    let began = Instant::now();
    let mut conn = system.database().await;
    conn.execute("SET search_path = intake").await?;
    fill(&mut conn, &account, rows).await?;
    writeln!(out, "written in {:.0} s", began.elapsed().as_secs_f64())?;
    let tn: String = sqlx::query_scalar("SELECT pg_temp.tn_of($1, 1)")
        .bind(rows / 2)
        .fetch_one(&mut conn)
        .await?;
    pages::print_heads(&mut out, rows)?;
    for case in cases(rows, &tn)? {
        let sql = format!(
            "SELECT port_out.*, carrier_request.* FROM (
                 SELECT * FROM port_out WHERE account_id = '{account}' AND {} ORDER BY {} LIMIT 51) AS port_out
               JOIN carrier_request USING (winning_spid, pon, ver)",
            case.condition, case.order
        );
        let page = async |page_token| page(&customer, &case.request, page_token).await;
        let measured = pages::measure(&mut conn, &sql, page)
            .await
            .with_context(|| format!("{}\n{}", case.name, system.log()))?;
        measured.print(&mut out, case.name)?;
    }
    count(&mut out, &customer).await
}

/// The number in a place of port-out `i`: twelve area codes, and exchanges between the service codes.
const TN_OF: &str = "
    CREATE FUNCTION pg_temp.tn_of(i bigint, place integer) RETURNS text LANGUAGE sql IMMUTABLE AS $$
        SELECT '+1' || (ARRAY[201, 202, 203, 205, 206, 207, 208, 209, 210, 212, 213, 214])[(i / 880000 + place) % 12 + 1]
                    || 212 + i / 10000 % 88 || lpad((i % 10000)::text, 4, '0') $$";
/// How many numbers the few port-outs of many have.
const MANY: i32 = 12;

/// Of 500 carriers, nearly all of one account; the newest are open, one in 300 was rejected. Written without the indexes
/// of lists, which are built again at the end, as a restore does.
async fn fill(conn: &mut PgConnection, account: &str, rows: i64) -> anyhow::Result<()> {
    let indexes: Vec<(String, String)> = sqlx::query_as(
        "SELECT indexname, indexdef FROM pg_indexes
          WHERE schemaname = 'intake' AND tablename IN ('port_out', 'port_out_number')
            AND indexname NOT IN (SELECT conname FROM pg_constraint)",
    )
    .fetch_all(&mut *conn)
    .await?;
    let mut run = async |text: String| conn.execute(AssertSqlSafe(text)).await.map(|_| ());
    run(TN_OF.to_owned()).await?;
    for (name, _) in &indexes {
        run(format!("DROP INDEX {name}")).await?;
    }
    run(
        "ALTER TABLE port_out DISABLE TRIGGER ALL; ALTER TABLE port_out_number DISABLE TRIGGER ALL"
            .to_owned(),
    )
    .await?;
    for from in (1..=rows).step_by(usize::try_from(PART)?) {
        let to = rows.min(from + PART - 1);
        let at = format!("timestamptz '{FIRST}' + i * interval '{SECONDS_APART} seconds'");
        run(format!("
            INSERT INTO carrier_request (winning_spid, pon, ver, winning_name, wireless, simple, end_user_name,
                                         postal_code, received_at, verdict)
            SELECT lpad((i % 500)::text, 4, '0'), 'PON-' || i, 1, 'Carrier ' || i % 500, true, true, 'User ' || i,
                   lpad((i % 40000)::text, 5, '0'), {at}, 'ALLOWED' FROM generate_series({from}::bigint, {to}) AS i")).await?;
        run(format!("
            INSERT INTO port_out (port_out_id, request_number, account_id, winning_spid, pon, ver, version, state, foc_at,
                                  silence, answer_due_at, decision_kind, decision_subject, decided_at, grounds, ended_at,
                                  answer_state, answer_changed_at, policy_version, policy_outcome, policy_due_at, received_at,
                                  number_count, winning_name_key, end_user_key, postal_code_key)
            SELECT ('00000000-0000-7000-8000-' || lpad(to_hex(i), 12, '0'))::uuid, 1000000 + i, '{account}',
                   lpad((i % 500)::text, 4, '0'), 'PON-' || i, 1, 1, state, at + interval '3 days', 'AUTHORIZED',
                   CASE WHEN state = 'PENDING' THEN now() + interval '1 year' + i * interval '1 second' END,
                   CASE WHEN state = 'PENDING' THEN NULL WHEN i % 400 = 1 THEN 'SUBJECT' ELSE 'POLICY' END,
                   CASE WHEN state <> 'PENDING' AND i % 400 = 1 THEN 'user:ann' END,
                   CASE WHEN state <> 'PENDING' THEN at + interval '1 hour' END,
                   CASE WHEN state = 'REJECTED' THEN 'PIN' END,
                   CASE WHEN state IN ('PORTED_OUT', 'REJECTED') THEN at + interval '3 days' END,
                   CASE WHEN state = 'PENDING' THEN NULL WHEN i % 3000 = 1 THEN 'REFUSED' ELSE 'ACKNOWLEDGED' END,
                   CASE WHEN state <> 'PENDING' THEN at END,
                   1, 'HOLD', at, at, CASE WHEN i % 300 = 7 THEN {MANY} ELSE 1 END, 'CARRIER' || i % 500, 'USER' || i,
                   lpad((i % 40000)::text, 5, '0')
              FROM (SELECT i, {at} AS at,
                           CASE WHEN i > {rows} - 2000 AND i % 2 = 0 THEN 'PENDING' WHEN i % 300 = 1 THEN 'REJECTED'
                                WHEN i > {rows} - 20000 AND i % 5 = 0 THEN 'AUTHORIZED' ELSE 'PORTED_OUT' END AS state
                      FROM generate_series({from}::bigint, {to}) AS i) AS given")).await?;
        run(format!(
            "
            INSERT INTO port_out_number (port_out_id, tn, place)
            SELECT ('00000000-0000-7000-8000-' || lpad(to_hex(i), 12, '0'))::uuid, pg_temp.tn_of(i, place), place
              FROM generate_series({from}::bigint, {to}) AS i,
                   generate_series(1, CASE WHEN i % 300 = 7 THEN {MANY} ELSE 1 END) AS place"
        ))
        .await?;
    }
    for (_, definition) in indexes {
        run(definition).await?;
    }
    run("ALTER TABLE port_out ENABLE TRIGGER ALL; ALTER TABLE port_out_number ENABLE TRIGGER ALL".to_owned())
        .await?;
    run("VACUUM ANALYZE port_out".to_owned()).await?;
    run("VACUUM ANALYZE port_out_number".to_owned()).await?;
    run("VACUUM ANALYZE carrier_request".to_owned()).await?;
    Ok(())
}

/// Sets a range of a filter.
type Narrow = fn(&mut PortOutFilter, Option<TimeRange>);

/// One list, and the SQL of its first page.
struct Case {
    name: &'static str,
    request: ListPortOutsRequest,
    condition: String,
    order: &'static str,
}

const BY_NUMBER: &str = "request_number DESC";

fn by(name: &'static str, condition: &str, narrow: impl FnOnce(&mut PortOutFilter)) -> Case {
    let mut filter = PortOutFilter::default();
    narrow(&mut filter);
    Case {
        name,
        request: ListPortOutsRequest {
            filter: Some(filter),
            ..ListPortOutsRequest::default()
        },
        condition: condition.to_owned(),
        order: BY_NUMBER,
    }
}

fn cases(rows: i64, tn: &str) -> anyhow::Result<Vec<Case>> {
    let mut cases = cases_by_value(rows, tn);
    let first: Timestamp = FIRST.parse()?;
    let middle = first.checked_add(SignedDuration::from_secs(rows / 2 * SECONDS_APART))?;
    let later = middle.checked_add(SignedDuration::from_hours(2))?;
    let range = Some(TimeRange {
        from: Some(service::stamp::to_proto(middle)),
        before: Some(service::stamp::to_proto(later)),
    });
    let within = |column: &str| format!("{column} >= '{middle}' AND {column} < '{later}'");
    let ranges: [(&str, &str, &str, Narrow); 3] = [
        (
            "received in two hours",
            "received_at",
            "received_at DESC, request_number DESC",
            |filter, range| {
                filter.received = range;
            },
        ),
        (
            "FOC in two hours",
            "foc_at",
            "foc_at DESC, request_number DESC",
            |filter, range| {
                filter.foc = range;
            },
        ),
        (
            "ended in two hours",
            "ended_at",
            "ended_at DESC, request_number DESC",
            |filter, range| {
                filter.ended = range;
            },
        ),
    ];
    for (name, column, order, narrow) in ranges {
        cases.push(Case {
            order,
            ..by(name, &within(column), |filter| narrow(filter, range))
        });
    }
    let sorted = |name, sort: PortOutSort, condition: &str, order| Case {
        request: ListPortOutsRequest {
            sort: sort.into(),
            ascending: true,
            ..ListPortOutsRequest::default()
        },
        order,
        ..by(name, condition, |_| {})
    };
    cases.push(sorted(
        "by FOC",
        PortOutSort::Foc,
        "true",
        "foc_at, request_number",
    ));
    cases.push(sorted(
        "by answer due",
        PortOutSort::AnswerDue,
        "answer_due_at IS NOT NULL",
        "answer_due_at, request_number",
    ));
    Ok(cases)
}

fn cases_by_value(rows: i64, tn: &str) -> Vec<Case> {
    let middle = rows / 2;
    vec![
        by("newest first", "true", |_| {}),
        by(
            "incomplete",
            "state IN ('PENDING', 'REJECTION_REVIEW', 'AUTHORIZED')",
            |filter| filter.completion = Completion::Incomplete.into(),
        ),
        by(
            "complete",
            "state IN ('REJECTED', 'PORTED_OUT', 'CANCELLED')",
            |filter| filter.completion = Completion::Complete.into(),
        ),
        by("rejected", "state = 'REJECTED'", |filter| {
            filter.states = vec![PortOutState::Rejected.into()];
        }),
        by(
            "a number",
            &format!("port_out_id IN (SELECT port_out_id FROM port_out_number WHERE tn = '{tn}')"),
            |filter| tn.clone_into(&mut filter.phone_number),
        ),
        by(
            "a request number",
            &format!("request_number = {}", 1_000_000 + middle),
            |filter| filter.request_number = format!("PO_{}", 1_000_000 + middle),
        ),
        by("a SPID", "winning_spid = '0007'", |filter| {
            "0007".clone_into(&mut filter.winning_spid);
        }),
        by("a winning carrier", "winning_name_key = 'CARRIER7'", |filter| {
            "Carrier 7".clone_into(&mut filter.winning_name);
        }),
        by("a PON", &format!("pon = 'PON-{middle}'"), |filter| {
            filter.pon = format!("PON-{middle}");
        }),
        by(
            "an end user",
            &format!("end_user_key = 'USER{middle}'"),
            |filter| {
                filter.end_user_name = format!("User {middle}");
            },
        ),
        by("a postal code", "postal_code_key = '00300'", |filter| {
            "00300".clone_into(&mut filter.postal_code);
        }),
        by("a decider", "decided_by = 'user:ann'", |filter| {
            "user:ann".clone_into(&mut filter.decided_by);
        }),
        by("a reason", "rejection_reason = 'PIN'", |filter| {
            "PIN".clone_into(&mut filter.rejection_reason);
        }),
        by("a refused answer", "answer_state = 'REFUSED'", |filter| {
            filter.answer_state = AnswerState::Refused.into();
        }),
        Case {
            order: "number_count DESC, request_number DESC",
            ..by("ten numbers or more", "number_count >= 10", |filter| {
                filter.numbers_min = 10;
            })
        },
    ]
}

async fn page(
    customer: &Customer,
    request: &ListPortOutsRequest,
    page_token: String,
) -> anyhow::Result<Page> {
    let request = ListPortOutsRequest {
        page_token,
        ..request.clone()
    };
    let reply = customer.owner.port_outs()?.list_port_outs(ask(request)).await?;
    let reply = reply.into_inner();
    Ok(Page {
        rows: reply.port_outs.len(),
        next_page_token: reply.next_page_token,
    })
}

/// Counts of everything, which stop at 10,000.
async fn count(out: &mut std::io::Stdout, customer: &Customer) -> anyhow::Result<()> {
    let mut latencies: Histogram<u64> = Histogram::new(3)?;
    for _ in 0..CALLS {
        let began = Instant::now();
        PortOutListServiceClient::new(customer.owner.wire(Service::Intake)?)
            .count_port_outs(ask(CountPortOutsRequest::default()))
            .await?;
        latencies.record(u64::try_from(began.elapsed().as_micros())?)?;
    }
    let p50 = Duration::from_micros(latencies.value_at_quantile(0.5)).as_secs_f64() * 1_000.0;
    writeln!(out, "\ncounts of all and of each state: p50 {p50:.1} ms")?;
    Ok(())
}
