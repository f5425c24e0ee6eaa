//! The lines of imports. What a good line says is sealed as a whole until the import is finished.

use pg::StoreError;
use serde::{Deserialize, Serialize};
use sqlx::types::Json;
use sqlx::{PgConnection, Postgres, QueryBuilder};
use types::{Secret, Tn};
use uuid::Uuid;
use vault::{Context, Sealed, Vault};

const TABLE: &str = "number_import_line";

/// What came of a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum LineOutcome {
    Good,
    Duplicate,
    Faulty,
    HeldBack,
}

impl LineOutcome {
    const ALL: [Self; 4] = [Self::Good, Self::Duplicate, Self::Faulty, Self::HeldBack];

    const fn code(self) -> &'static str {
        match self {
            Self::Good => "GOOD",
            Self::Duplicate => "DUPLICATE",
            Self::Faulty => "FAULTY",
            Self::HeldBack => "HELD_BACK",
        }
    }
}

/// One fault of a line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct KeptFault {
    pub(crate) column: String,
    pub(crate) code: String,
    /// Never quotes a secret.
    pub(crate) message: String,
}

/// A line as it is kept.
#[derive(Debug, Clone)]
pub(crate) struct KeptLine {
    pub(crate) line: i32,
    pub(crate) tn: Option<Tn>,
    pub(crate) outcome: LineOutcome,
    pub(crate) faults: Vec<KeptFault>,
}

/// Line, number, outcome and faults.
type LineRow = (i32, Option<String>, String, Option<Json<Vec<KeptFault>>>);

/// How many lines there are of each outcome.
pub(crate) async fn count(conn: &mut PgConnection, id: Uuid) -> Result<Vec<(LineOutcome, i64)>, StoreError> {
    let rows: Vec<(String, i64)> = sqlx::query_as(
        "SELECT outcome, count(*) FROM number_import_line WHERE import_id = $1 GROUP BY outcome",
    )
    .bind(id)
    .fetch_all(conn)
    .await?;
    rows.into_iter()
        .map(|(code, count)| Ok((outcome(id, &code)?, count)))
        .collect()
}

/// Those of these numbers that stand on a kept line, each with the first.
pub(crate) async fn lines_of(
    conn: &mut PgConnection,
    id: Uuid,
    tns: &[Tn],
) -> Result<Vec<(Tn, i32)>, StoreError> {
    let rows: Vec<(String, i32)> = sqlx::query_as(
        "SELECT tn, min(line) FROM number_import_line WHERE import_id = $1 AND tn = ANY($2) GROUP BY tn",
    )
    .bind(id)
    .bind(tns.iter().map(Tn::to_string).collect::<Vec<_>>())
    .fetch_all(conn)
    .await?;
    rows.into_iter()
        .map(|(tn, line)| Ok((parse_tn(id, &tn)?, line)))
        .collect()
}

/// Keeps lines of an import that this transaction has locked. What a good one says is sealed.
pub(crate) async fn keep(
    conn: &mut PgConnection,
    vault: &Vault,
    id: Uuid,
    lines: &[(KeptLine, Option<Secret>)],
    next_line: i32,
) -> Result<(), StoreError> {
    let sealed: Vec<Option<Vec<u8>>> = lines
        .iter()
        .map(|(line, said)| seal(vault, id, line.line, said.as_ref()))
        .collect::<Result<_, _>>()?;
    let faults: Vec<Option<Json<&Vec<KeptFault>>>> = lines
        .iter()
        .map(|(line, _)| (!line.faults.is_empty()).then_some(Json(&line.faults)))
        .collect();
    let written = sqlx::query(
        "INSERT INTO number_import_line (import_id, line, tn, outcome, faults, sealed)
         SELECT $1, given.*
           FROM UNNEST($2::integer[], $3::text[], $4::text[], $5::jsonb[], $6::bytea[]) AS given",
    )
    .bind(id)
    .bind(lines.iter().map(|(line, _)| line.line).collect::<Vec<_>>())
    .bind(
        lines
            .iter()
            .map(|(line, _)| line.tn.map(|tn| tn.to_string()))
            .collect::<Vec<_>>(),
    )
    .bind(
        lines
            .iter()
            .map(|(line, _)| line.outcome.code())
            .collect::<Vec<_>>(),
    )
    .bind(faults)
    .bind(sealed)
    .execute(&mut *conn)
    .await?
    .rows_affected();
    let updated = sqlx::query(
        "UPDATE number_import SET next_line = $2, lines = lines + $3 WHERE import_id = $1 AND state = 'RECEIVING'",
    )
    .bind(id)
    .bind(next_line)
    .bind(i32::try_from(written).unwrap_or(i32::MAX))
    .execute(conn)
    .await?
    .rows_affected();
    if updated == 1 {
        Ok(())
    } else {
        Err(StoreError::Stale("the import"))
    }
}

/// What the good lines say, opened, by line.
pub(crate) async fn open(
    conn: &mut PgConnection,
    vault: &Vault,
    id: Uuid,
) -> Result<Vec<(i32, Secret)>, StoreError> {
    let rows: Vec<(i32, Vec<u8>)> = sqlx::query_as(
        "SELECT line, sealed FROM number_import_line
          WHERE import_id = $1 AND outcome = 'GOOD' AND sealed IS NOT NULL ORDER BY line",
    )
    .bind(id)
    .fetch_all(conn)
    .await?;
    rows.into_iter()
        .map(|(line, bytes)| {
            let corrupt = |why: &dyn std::fmt::Display| StoreError::corrupt(TABLE, &id, why);
            let sealed = Sealed::try_from(bytes).map_err(|error| corrupt(&error))?;
            let said = vault
                .open(&sealed, &context(id, line))
                .map_err(|error| corrupt(&error))?;
            Ok((line, said))
        })
        .collect()
}

/// Good lines whose numbers came into the order otherwise in the meantime.
pub(crate) async fn make_duplicates(
    conn: &mut PgConnection,
    id: Uuid,
    lines: &[i32],
    fault: &KeptFault,
) -> Result<(), StoreError> {
    sqlx::query(
        "UPDATE number_import_line SET outcome = 'DUPLICATE', faults = $3 WHERE import_id = $1 AND line = ANY($2)",
    )
    .bind(id)
    .bind(lines)
    .bind(Json([fault]))
    .execute(conn)
    .await?;
    Ok(())
}

/// A page of lines after `after`, of these outcomes or all.
pub(crate) async fn list(
    conn: &mut PgConnection,
    id: Uuid,
    outcomes: &[LineOutcome],
    after: i32,
    limit: i64,
) -> Result<Vec<KeptLine>, StoreError> {
    let mut query: QueryBuilder<Postgres> =
        QueryBuilder::new("SELECT line, tn, outcome, faults FROM number_import_line WHERE import_id = ");
    query.push_bind(id).push(" AND line > ").push_bind(after);
    if !outcomes.is_empty() {
        let codes: Vec<&'static str> = outcomes.iter().map(|outcome| outcome.code()).collect();
        query.push(" AND outcome = ANY(").push_bind(codes).push(")");
    }
    query.push(" ORDER BY line LIMIT ").push_bind(limit);
    let rows: Vec<LineRow> = query.build_query_as().fetch_all(conn).await?;
    rows.into_iter()
        .map(|(line, tn, code, faults)| {
            Ok(KeptLine {
                line,
                tn: tn.map(|tn| parse_tn(id, &tn)).transpose()?,
                outcome: outcome(id, &code)?,
                faults: faults.map(|Json(faults)| faults).unwrap_or_default(),
            })
        })
        .collect()
}

fn seal(vault: &Vault, id: Uuid, line: i32, said: Option<&Secret>) -> Result<Option<Vec<u8>>, StoreError> {
    let sealed = said.map(|said| vault.seal(said, &context(id, line))).transpose();
    let sealed = sealed.map_err(|error| StoreError::corrupt(TABLE, &id, &error))?;
    Ok(sealed.map(Into::into))
}

fn context(id: Uuid, line: i32) -> Context {
    let row = [id.as_bytes().as_slice(), &line.to_be_bytes()].concat();
    Context::new("intake.number_import_line.sealed", row)
}

fn outcome(id: Uuid, code: &str) -> Result<LineOutcome, StoreError> {
    let found = LineOutcome::ALL
        .into_iter()
        .find(|outcome| outcome.code() == code);
    found.ok_or_else(|| StoreError::corrupt(TABLE, &id, &"unknown outcome"))
}

fn parse_tn(id: Uuid, tn: &str) -> Result<Tn, StoreError> {
    tn.parse()
        .map_err(|error| StoreError::corrupt(TABLE, &id, &error))
}
