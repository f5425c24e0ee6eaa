//! What ListChanges reads. A change is visible once it has a position, and positions are given in their order.

use jiff::Timestamp;
use jiff_sqlx::ToSqlx;
use pg::StoreError;
use sqlx::PgConnection;

/// What a change is about.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Subject<'a> {
    /// An answer, by its id.
    Answer(&'a str),
    /// A winning carrier's request, by its row.
    PortOut(i64),
    /// News of one, by its id.
    Progress(&'a str),
    /// An answer to a wish for numbers back that left us, by the wish.
    Snapback(&'a str),
}

/// A visible change, by what it is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Published {
    /// Where it stands.
    pub(crate) position: i64,
    /// What it is about.
    pub(crate) subject: OwnedSubject,
}

/// [`Subject`], read back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum OwnedSubject {
    /// An answer, by its id.
    Answer(String),
    /// A winning carrier's request, by its row.
    PortOut(i64),
    /// News of one, by its id.
    Progress(String),
    /// A test of a number, by its id.
    Test(String),
    /// An answer to a wish for numbers back that left us, by the wish.
    Snapback(String),
}

#[derive(sqlx::FromRow)]
struct ChangeRow {
    position: i64,
    answer_id: Option<String>,
    port_out_id: Option<i64>,
    progress_id: Option<String>,
    test_id: Option<String>,
    snapback_id: Option<String>,
}

/// Schedules `times` deliveries for `due_at`.
pub(crate) async fn add(
    conn: &mut PgConnection,
    subject: Subject<'_>,
    due_at: Timestamp,
    times: u16,
) -> Result<(), StoreError> {
    let (answer_id, port_out_id, progress_id, snapback_id) = match subject {
        Subject::Answer(id) => (Some(id), None, None, None),
        Subject::PortOut(id) => (None, Some(id), None, None),
        Subject::Progress(id) => (None, None, Some(id), None),
        Subject::Snapback(id) => (None, None, None, Some(id)),
    };
    sqlx::query(
        "INSERT INTO change (due_at, answer_id, port_out_id, progress_id, snapback_id)
         SELECT $1, $2, $3, $4, $5 FROM generate_series(1, $6)",
    )
    .bind(due_at.to_sqlx())
    .bind(answer_id)
    .bind(port_out_id)
    .bind(progress_id)
    .bind(snapback_id)
    .bind(i32::from(times))
    .execute(conn)
    .await?;
    Ok(())
}

/// Whether something is due and not visible yet. Asked first, so that looking costs no lock.
pub(crate) async fn is_something_due(conn: &mut PgConnection, now: Timestamp) -> Result<bool, StoreError> {
    Ok(
        sqlx::query_scalar("SELECT EXISTS (SELECT FROM change WHERE position IS NULL AND due_at <= $1)")
            .bind(now.to_sqlx())
            .fetch_one(conn)
            .await?,
    )
}

/// Gives the next positions to what is due, at most `limit` of it, in the order in which it fell due. Returns how many.
///
/// Needs a transaction: the counter's row stays locked until it ends, so positions become visible in their order, and
/// a reader that has seen one has seen all before it.
pub(crate) async fn publish(conn: &mut PgConnection, now: Timestamp, limit: i64) -> Result<u64, StoreError> {
    let last: i64 = sqlx::query_scalar("SELECT last_position FROM change_counter FOR UPDATE")
        .fetch_one(&mut *conn)
        .await?;
    // Locking the rows first leaves out those that are dropped at this moment, which would leave gaps.
    let published = sqlx::query(
        "WITH due AS MATERIALIZED (
             SELECT change_id, due_at FROM change WHERE position IS NULL AND due_at <= $1
              ORDER BY due_at, change_id LIMIT $2 FOR UPDATE
         ), numbered AS (
             SELECT change_id, row_number() OVER (ORDER BY due_at, change_id) AS nth FROM due
         )
         UPDATE change SET position = $3 + numbered.nth
           FROM numbered WHERE change.change_id = numbered.change_id AND change.position IS NULL",
    )
    .bind(now.to_sqlx())
    .bind(limit)
    .bind(last)
    .execute(&mut *conn)
    .await?
    .rows_affected();
    let count = i64::try_from(published).unwrap_or(i64::MAX);
    let counted =
        sqlx::query("UPDATE change_counter SET last_position = last_position + $1 WHERE last_position = $2")
            .bind(count)
            .bind(last)
            .execute(conn)
            .await?
            .rows_affected();
    if counted == 1 {
        Ok(published)
    } else {
        Err(StoreError::Stale("the counter of changes"))
    }
}

/// The last position given.
pub(crate) async fn last_position(conn: &mut PgConnection) -> Result<i64, StoreError> {
    Ok(sqlx::query_scalar("SELECT last_position FROM change_counter")
        .fetch_one(conn)
        .await?)
}

/// A page of what is visible after `after`, in order.
pub(crate) async fn list_after(
    conn: &mut PgConnection,
    after: i64,
    limit: i64,
) -> Result<Vec<Published>, StoreError> {
    let rows: Vec<ChangeRow> = sqlx::query_as(
        "SELECT position, answer_id, port_out_id, progress_id, test_id, snapback_id FROM change
          WHERE position > $1 ORDER BY position LIMIT $2",
    )
    .bind(after)
    .bind(limit)
    .fetch_all(conn)
    .await?;
    rows.into_iter().map(Published::try_from).collect()
}

/// How many changes are due and not visible, and when the next one falls due, or when those are read that have become visible:
/// Portway reads them each minute, and a clock that passed over it would bring them too late.
pub(crate) async fn backlog(
    conn: &mut PgConnection,
    now: Timestamp,
) -> Result<(u64, Option<Timestamp>), StoreError> {
    let (due_now, next_due): (i64, Option<jiff_sqlx::Timestamp>) = sqlx::query_as(
        "SELECT count(*) FILTER (WHERE at <= $1 AND is_hidden), min(at) FILTER (WHERE at > $1)
           FROM (SELECT due_at AS at, true AS is_hidden FROM change WHERE position IS NULL
                 UNION ALL
                 SELECT due_at + interval '1 minute', false FROM change
                  WHERE position = (SELECT last_position FROM change_counter)) AS due",
    )
    .bind(now.to_sqlx())
    .fetch_one(conn)
    .await?;
    Ok((
        due_now.unsigned_abs(),
        next_due.map(jiff_sqlx::Timestamp::to_jiff),
    ))
}

impl TryFrom<ChangeRow> for Published {
    type Error = StoreError;

    fn try_from(row: ChangeRow) -> Result<Self, Self::Error> {
        let ids = (
            row.answer_id,
            row.port_out_id,
            row.progress_id,
            row.test_id,
            row.snapback_id,
        );
        let subject = match ids {
            (Some(id), None, None, None, None) => OwnedSubject::Answer(id),
            (None, Some(id), None, None, None) => OwnedSubject::PortOut(id),
            (None, None, Some(id), None, None) => OwnedSubject::Progress(id),
            (None, None, None, Some(id), None) => OwnedSubject::Test(id),
            (None, None, None, None, Some(id)) => OwnedSubject::Snapback(id),
            (_, _, _, _, _) => {
                return Err(StoreError::corrupt(
                    "change",
                    &row.position,
                    &"it is not about one thing",
                ));
            }
        };
        Ok(Self {
            position: row.position,
            subject,
        })
    }
}
