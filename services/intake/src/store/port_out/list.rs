//! Pages of cases, by any filter and sort.
//!
//! How pages are read is in [`listing`]; a test reads the plans at many cases.

use intake_domain::port_out::{AnswerState, Decider, Grounds, PortOut, StateName, name_key, postal_code_key};
use jiff::Timestamp;
use pg::StoreError;
use serde::{Deserialize, Serialize};
use sqlx::{PgConnection, Postgres, QueryBuilder};
use types::{AccountId, Pon, RequestNumber, Spid, Tn};

use super::case::{case_columns, number_column};
use super::numbers::with_numbers;
use super::row::{self, Row};
use crate::store::listing::{
    self, After, AnyOf, Key, Part, Slice, Sort, TimeRange, push_range, push_rows, push_text,
};

/// Which cases. What is set must all match.
#[derive(Debug, Clone, Default)]
pub(crate) struct Filter {
    /// `None`: of every account.
    pub(crate) account: Option<AccountId>,
    /// Of this account as well: whoever sees every account may ask for one.
    pub(crate) named_account: Option<AccountId>,
    /// Any of these; empty: all.
    pub(crate) states: Vec<StateName>,
    pub(crate) number: Option<RequestNumber>,
    pub(crate) tn: Option<Tn>,
    pub(crate) winning_spid: Option<Spid>,
    pub(crate) winning_name: Option<String>,
    pub(crate) pon: Option<Pon>,
    pub(crate) end_user_name: Option<String>,
    pub(crate) postal_code: Option<String>,
    pub(crate) decided_by: Option<Decider>,
    pub(crate) rejected_for: Option<Grounds>,
    pub(crate) answer: Option<AnswerState>,
    pub(crate) received: TimeRange,
    pub(crate) foc: TimeRange,
    pub(crate) answer_due: TimeRange,
    pub(crate) ended: TimeRange,
    /// How many numbers, at least and at most.
    pub(crate) numbers: [Option<i32>; 2],
}

impl Filter {
    /// The sort that has the filter's own index.
    pub(crate) fn suited_sort(&self) -> SortKey {
        let ranges = [
            (self.answer_due.is_set(), SortKey::AnswerDue),
            (self.foc.is_set(), SortKey::Foc),
            (self.received.is_set(), SortKey::Received),
            (self.ended.is_set(), SortKey::Ended),
            (self.numbers.iter().any(Option::is_some), SortKey::Numbers),
        ];
        let first = ranges.into_iter().find(|(is_set, _)| *is_set);
        first.map_or(SortKey::RequestNumber, |(_, sort)| sort)
    }
}

/// What cases are sorted by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum SortKey {
    RequestNumber,
    Received,
    Foc,
    AnswerDue,
    Ended,
    Numbers,
}

impl SortKey {
    #[cfg(test)]
    pub(crate) const ALL: [Self; 6] = [
        Self::RequestNumber,
        Self::Received,
        Self::Foc,
        Self::AnswerDue,
        Self::Ended,
        Self::Numbers,
    ];

    const fn column(self) -> Option<&'static str> {
        match self {
            Self::RequestNumber => None,
            Self::Received => Some("port_out.received_at"),
            Self::Foc => Some("port_out.foc_at"),
            Self::AnswerDue => Some("port_out.answer_due_at"),
            Self::Ended => Some("port_out.ended_at"),
            Self::Numbers => Some("port_out.number_count"),
        }
    }

    /// Whether there are cases for which it is not known.
    const fn is_optional(self) -> bool {
        match self {
            Self::RequestNumber | Self::Received | Self::Numbers => false,
            Self::Foc | Self::AnswerDue | Self::Ended => true,
        }
    }
}

/// The last case of the page before: what it was sorted by, if it is known, and its number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Cursor {
    at: Option<Timestamp>,
    numbers: Option<i64>,
    number: i64,
}

impl Cursor {
    /// Somewhere among many, for whoever reads plans.
    #[cfg(test)]
    pub(super) fn in_middle(sort: SortKey, at: Timestamp, number: i64) -> Self {
        let is_time = !matches!(sort, SortKey::RequestNumber | SortKey::Numbers);
        Self {
            at: is_time.then_some(at),
            numbers: (sort == SortKey::Numbers).then_some(1),
            number,
        }
    }

    /// Where the page after this case starts.
    pub(crate) fn after(case: &PortOut, sort: SortKey) -> Self {
        let at = match sort {
            SortKey::RequestNumber | SortKey::Numbers => None,
            SortKey::Received => Some(case.request.received_at),
            SortKey::Foc => case.foc_at,
            SortKey::AnswerDue => case.state.answer_due_at(),
            SortKey::Ended => case.state.ended_at(),
        };
        Self {
            at,
            numbers: (sort == SortKey::Numbers).then(|| i64::from(row::number_count(case))),
            number: number_column(case.number),
        }
    }
}

/// Which page, in which order.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Page {
    pub(crate) sort: SortKey,
    pub(crate) ascending: bool,
    pub(crate) after: Option<Cursor>,
    pub(crate) limit: i64,
}

impl Page {
    fn slice(self) -> Slice {
        Slice {
            sort: Sort {
                key: self.sort.column(),
                is_optional: self.sort.is_optional(),
                id: "port_out.request_number",
                ascending: self.ascending,
            },
            after: self.after.map(|Cursor { at, numbers, number }| After {
                key: at.map(Key::At).or(numbers.map(Key::Number)),
                id: Key::Number(number),
            }),
            limit: self.limit,
        }
    }
}

/// A page of cases.
pub(crate) async fn list(
    conn: &mut PgConnection,
    filter: &Filter,
    page: Page,
) -> Result<Vec<PortOut>, StoreError> {
    let rows: Vec<Row> = listing::fetch(conn, page.slice(), |slice, part| {
        statement_of("", filter, slice, part)
    })
    .await?;
    with_numbers(conn, rows).await
}

/// One part of a page.
#[cfg(test)]
pub(super) fn statement(prefix: &str, filter: &Filter, page: Page, part: Part) -> QueryBuilder<Postgres> {
    statement_of(prefix, filter, page.slice(), part)
}

/// The page is taken from the cases alone, then joined with what the winning carrier sent.
fn statement_of(prefix: &str, filter: &Filter, slice: Slice, part: Part) -> QueryBuilder<Postgres> {
    let mut query = QueryBuilder::new(prefix);
    query.push(concat!(
        "SELECT ",
        case_columns!(),
        " FROM (SELECT port_out.* FROM "
    ));
    push_cases(&mut query, filter, (slice, part));
    query.push(") AS port_out JOIN carrier_request USING (winning_spid, pon, ver)");
    listing::push_order(&mut query, slice, part);
    query
}

/// A slice of the cases that a filter finds, to follow FROM.
pub(super) fn push_cases(query: &mut QueryBuilder<Postgres>, filter: &Filter, of: (Slice, Part)) {
    let any = (filter.states.len() > 1 && !is_all_open(filter)).then(|| AnyOf {
        column: "port_out.state",
        codes: codes(&filter.states),
        is_indexed_with_sort: of.0.sort.key.is_none(),
    });
    push_rows(query, "port_out", any, of, |query| push_conditions(query, filter));
}

/// As many of the cases that a filter finds as are looked for, in the order of its own index.
pub(super) fn suited_slice(filter: &Filter, limit: i64) -> (Slice, Part) {
    let page = Page {
        sort: filter.suited_sort(),
        ascending: false,
        after: None,
        limit,
    };
    (page.slice(), Part::Known)
}

/// Whether every open case is wanted and no other: that has indexes of its own, for every sort, because nearly all cases have
/// ended.
fn is_all_open(filter: &Filter) -> bool {
    StateName::ALL
        .iter()
        .all(|state| filter.states.contains(state) != state.is_end())
}

/// Whether open cases alone are wanted.
fn is_open_only(filter: &Filter) -> bool {
    !filter.states.is_empty() && filter.states.iter().all(|state| !state.is_end())
}

fn codes(states: &[StateName]) -> Vec<&'static str> {
    states.iter().map(|state| state.code()).collect()
}

fn push_conditions(query: &mut QueryBuilder<Postgres>, filter: &Filter) {
    for account in [filter.account, filter.named_account].into_iter().flatten() {
        query
            .push(" AND port_out.account_id = ")
            .push_bind(account.as_uuid());
    }
    if is_open_only(filter) {
        query.push(" AND port_out.ended_at IS NULL");
    }
    if let [state] = filter.states.as_slice() {
        push_text(query, "port_out.state", Some(state.code().to_owned()));
    }
    if let Some(tn) = filter.tn {
        query.push(" AND port_out.port_out_id IN (SELECT port_out_id FROM port_out_number WHERE tn = ");
        query.push_bind(tn.to_string()).push(")");
    }
    if let Some(number) = filter.number {
        query
            .push(" AND port_out.request_number = ")
            .push_bind(number_column(number));
    }
    let text = |value: Option<&str>| value.map(str::to_owned);
    let decider = filter.decided_by.as_ref().map(row::decider_code);
    for (column, wanted) in [
        (
            "winning_spid",
            text(filter.winning_spid.as_ref().map(Spid::as_str)),
        ),
        ("winning_name_key", filter.winning_name.as_deref().map(name_key)),
        ("pon", text(filter.pon.as_ref().map(Pon::as_str))),
        ("end_user_key", filter.end_user_name.as_deref().map(name_key)),
        (
            "postal_code_key",
            filter.postal_code.as_deref().map(postal_code_key),
        ),
        ("decided_by", text(decider)),
        ("rejection_reason", text(filter.rejected_for.map(Grounds::code))),
        ("answer_state", text(filter.answer.map(AnswerState::code))),
    ] {
        push_text(query, &format!("port_out.{column}"), wanted);
    }
    for (column, range) in [
        ("received_at", filter.received),
        ("foc_at", filter.foc),
        ("answer_due_at", filter.answer_due),
        ("ended_at", filter.ended),
    ] {
        push_range(query, &format!("port_out.{column}"), range);
    }
    for (bound, comparison) in filter.numbers.into_iter().zip([">=", "<="]) {
        if let Some(numbers) = bound {
            query
                .push(format!(" AND port_out.number_count {comparison} "))
                .push_bind(numbers);
        }
    }
}
