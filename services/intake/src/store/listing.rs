//! Pages of any filter and sort: what lists of orders and of port-outs share.
//!
//! A statement holds what is asked for and nothing else, and is planned with its values, so that each filter and each
//! sort has its index; tests read the plans of the very statements that are run. Pages are read by keyset: a page starts
//! after the last row of the one before, whatever came in between.

use jiff::Timestamp;
use jiff_sqlx::ToSqlx;
use pg::StoreError;
use sqlx::postgres::PgRow;
use sqlx::{FromRow, PgConnection, Postgres, QueryBuilder};
use uuid::Uuid;

/// A span of time: from its first instant to before its last, either of which may be open.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct TimeRange {
    pub(crate) from: Option<Timestamp>,
    pub(crate) before: Option<Timestamp>,
}

impl TimeRange {
    pub(crate) const fn is_set(self) -> bool {
        self.from.is_some() || self.before.is_some()
    }
}

/// What a row is sorted by, or told apart by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Key {
    At(Timestamp),
    Number(i64),
    Id(Uuid),
}

impl Key {
    fn bind(self, query: &mut QueryBuilder<Postgres>) {
        match self {
            Self::At(at) => query.push_bind(at.to_sqlx()),
            Self::Number(number) => query.push_bind(number),
            Self::Id(id) => query.push_bind(id),
        };
    }
}

/// The columns that rows are sorted by.
#[derive(Debug, Clone, Copy)]
pub(super) struct Sort {
    /// The key; `None`: they are sorted by what tells them apart and nothing else.
    pub(super) key: Option<&'static str>,
    /// Whether there are rows for which the key is not known. They come last.
    pub(super) is_optional: bool,
    /// What tells rows apart.
    pub(super) id: &'static str,
    pub(super) ascending: bool,
}

impl Sort {
    const fn direction(self) -> &'static str {
        if self.ascending { "ASC" } else { "DESC" }
    }
}

/// The last row of the page before: what it was sorted by, if that is known, and which it is.
#[derive(Debug, Clone, Copy)]
pub(super) struct After {
    pub(super) key: Option<Key>,
    pub(super) id: Key,
}

/// Which rows of a list.
#[derive(Debug, Clone, Copy)]
pub(super) struct Slice {
    pub(super) sort: Sort,
    pub(super) after: Option<After>,
    pub(super) limit: i64,
}

/// Rows come in two parts: those for which the sort key is known, then the others.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Part {
    Known,
    Unknown,
}

/// Reads a slice of a list, of which `statement` reads one part.
pub(super) async fn fetch<R>(
    conn: &mut PgConnection,
    slice: Slice,
    statement: impl Fn(Slice, Part) -> QueryBuilder<Postgres>,
) -> Result<Vec<R>, StoreError>
where
    R: for<'r> FromRow<'r, PgRow> + Send + Unpin,
{
    let is_past_known = slice.sort.is_optional && slice.after.is_some_and(|after| after.key.is_none());
    let mut rows: Vec<R> = Vec::new();
    if !is_past_known {
        rows = run(conn, statement(slice, Part::Known)).await?;
    }
    let found = i64::try_from(rows.len()).unwrap_or(i64::MAX);
    if slice.sort.is_optional && found < slice.limit {
        let rest = Slice {
            after: slice.after.filter(|_| is_past_known),
            limit: slice.limit - found,
            ..slice
        };
        rows.extend(run(conn, statement(rest, Part::Unknown)).await?);
    }
    Ok(rows)
}

async fn run<R>(conn: &mut PgConnection, mut statement: QueryBuilder<Postgres>) -> Result<Vec<R>, StoreError>
where
    R: for<'r> FromRow<'r, PgRow> + Send + Unpin,
{
    // Planned with its values: the best plan for one account is the worst for another.
    let query = statement.build_query_as().persistent(false);
    Ok(query.fetch_all(conn).await?)
}

/// Any of several values of a column.
pub(super) struct AnyOf {
    pub(super) column: &'static str,
    pub(super) codes: Vec<&'static str>,
    /// Whether an index has the column and then the sort. It is asked for by that order: the planner knows of the codes
    /// only that there are several, and for one that no row has would else read all rows as they are sorted.
    pub(super) is_indexed_with_sort: bool,
}

/// What stands after FROM: the rows of `table`, under its name, that fulfil the conditions, which begin with AND. Where
/// any of several values of a column will do, each gives its own first rows by its own index, and the slice is taken from
/// those.
pub(super) fn push_rows(
    query: &mut QueryBuilder<Postgres>,
    table: &'static str,
    any: Option<AnyOf>,
    (slice, part): (Slice, Part),
    conditions: impl Fn(&mut QueryBuilder<Postgres>),
) {
    if let Some(any) = any {
        let column = any.column;
        query.push("unnest(").push_bind(any.codes).push(format!(
            "::text[]) AS wanted (code) CROSS JOIN LATERAL (SELECT * FROM {table} WHERE true"
        ));
        conditions(query);
        push_after(query, slice, part);
        if any.is_indexed_with_sort {
            query.push(format!(
                " AND {column} >= wanted.code AND {column} <= wanted.code"
            ));
            query.push(format!(" ORDER BY {column} {}, ", slice.sort.direction()));
        } else {
            query.push(format!(" AND {column} = wanted.code ORDER BY "));
        }
        push_keys(query, slice, part);
        query.push(format!(") AS {table}"));
    } else {
        query.push(format!("{table} WHERE true"));
        conditions(query);
        push_after(query, slice, part);
    }
    push_order(query, slice, part);
}

/// One code, or any of several.
pub(super) fn push_any(query: &mut QueryBuilder<Postgres>, column: &str, codes: &[&'static str]) {
    match codes {
        [] => {}
        [code] => {
            query.push(format!(" AND {column} = ")).push_bind(*code);
        }
        several => {
            query.push(format!(" AND {column} = ANY("));
            query.push_bind(several.to_vec()).push("::text[])");
        }
    }
}

/// A text that a column must be.
pub(super) fn push_text(query: &mut QueryBuilder<Postgres>, column: &str, text: Option<String>) {
    if let Some(text) = text {
        query.push(format!(" AND {column} = ")).push_bind(text);
    }
}

pub(super) fn push_range(query: &mut QueryBuilder<Postgres>, column: &str, range: TimeRange) {
    for (bound, comparison) in [(range.from, ">="), (range.before, "<")] {
        if let Some(at) = bound {
            query
                .push(format!(" AND {column} {comparison} "))
                .push_bind(at.to_sqlx());
        }
    }
}

fn push_after(query: &mut QueryBuilder<Postgres>, slice: Slice, part: Part) {
    let Slice { sort, after, .. } = slice;
    let beyond = if sort.ascending { ">" } else { "<" };
    match (part, sort.key) {
        (Part::Known, Some(key)) if sort.is_optional => {
            query.push(format!(" AND {key} IS NOT NULL"));
        }
        (Part::Unknown, Some(key)) => {
            query.push(format!(" AND {key} IS NULL"));
        }
        (Part::Known, Some(_)) | (Part::Known | Part::Unknown, None) => {}
    }
    match (after, sort.key) {
        (None, _) => {}
        (Some(After { key: Some(value), id }), Some(key)) => {
            query.push(format!(" AND ({key}, {}) {beyond} (", sort.id));
            value.bind(query);
            query.push(", ");
            id.bind(query);
            query.push(")");
        }
        (Some(After { id, .. }), _) => {
            query.push(format!(" AND {} {beyond} ", sort.id));
            id.bind(query);
        }
    }
}

/// The order of a slice, and how much of it.
pub(super) fn push_order(query: &mut QueryBuilder<Postgres>, slice: Slice, part: Part) {
    query.push(" ORDER BY ");
    push_keys(query, slice, part);
}

fn push_keys(query: &mut QueryBuilder<Postgres>, Slice { sort, limit, .. }: Slice, part: Part) {
    let direction = sort.direction();
    if let (Part::Known, Some(key)) = (part, sort.key) {
        query.push(format!("{key} {direction}, "));
    }
    query
        .push(format!("{} {direction} LIMIT ", sort.id))
        .push_bind(limit);
}
