//! What Postgres did for a statement, as far as it tells whether an index served it.

use serde_json::Value;
use sqlx::{AssertSqlSafe, PgConnection, Postgres, QueryBuilder};

/// A page, and for each of eleven states its own first page.
const SORTED_ROWS_MAX: f64 = 1_000.0;
/// Of a state that most orders are in, the planner may as well read the newest orders and leave out the others.
const DISCARDED_ROWS_MAX: f64 = 5_000.0;

/// Runs statements that a test wrote.
pub(super) async fn run(conn: &mut PgConnection, statements: &str) {
    sqlx::raw_sql(AssertSqlSafe(statements.to_owned()))
        .execute(conn)
        .await
        .unwrap();
}

/// Drops the indexes of tables that are to be filled, as a restore does, and lets statements take as long as a busy
/// machine needs. Returns what builds them again.
pub(super) async fn drop_indexes(conn: &mut PgConnection, tables: &[&str]) -> Vec<String> {
    let indexes: Vec<(String, String)> = sqlx::query_as(
        "SELECT indexname, indexdef FROM pg_indexes
          WHERE schemaname = current_schema() AND tablename = ANY($1)
            AND indexname NOT IN (SELECT conname FROM pg_constraint)",
    )
    .bind(tables)
    .fetch_all(&mut *conn)
    .await
    .unwrap();
    run(conn, "SET statement_timeout = 0").await;
    let mut definitions = Vec::with_capacity(indexes.len());
    for (name, definition) in indexes {
        run(conn, &format!("DROP INDEX {name}")).await;
        definitions.push(definition);
    }
    definitions
}

/// What the plan of a statement did.
#[derive(Debug, Default)]
pub(super) struct Plan {
    pub(super) indexes: Vec<String>,
    pub(super) scanned: Vec<String>,
    sorted_rows: f64,
    pub(super) discarded_rows: f64,
}

impl Plan {
    pub(super) async fn of(conn: &mut PgConnection, mut statement: QueryBuilder<Postgres>) -> Self {
        let query = statement.build_query_scalar().persistent(false);
        Self::read(&query.fetch_one(conn).await.unwrap())
    }

    pub(super) fn read(explained: &Value) -> Self {
        let mut plan = Self::default();
        plan.take_in(&explained[0]["Plan"]);
        plan
    }

    fn take_in(&mut self, node: &Value) {
        let text = |key: &str| node[key].as_str().unwrap_or_default().to_owned();
        if let Some(index) = node["Index Name"].as_str() {
            self.indexes.push(index.to_owned());
        }
        match text("Node Type").as_str() {
            "Seq Scan" => self.scanned.push(text("Relation Name")),
            "Sort" | "Incremental Sort" => {
                let rows = node["Plans"][0]["Actual Rows"].as_f64().unwrap();
                self.sorted_rows = self.sorted_rows.max(rows);
            }
            _other => {}
        }
        let discarded = node["Rows Removed by Filter"].as_f64().unwrap_or_default();
        self.discarded_rows += discarded * node["Actual Loops"].as_f64().unwrap();
        for child in node["Plans"].as_array().into_iter().flatten() {
            self.take_in(child);
        }
    }

    /// No table is read through, and no more is sorted or read for nothing than a page is made of.
    pub(super) fn check(&self, what: &str) {
        assert_eq!(self.fault(what), None);
    }

    /// What is wrong with it as the plan of a page.
    pub(super) fn fault(&self, what: &str) -> Option<String> {
        let faults = [
            (!self.scanned.is_empty(), "reads whole tables"),
            (self.sorted_rows > SORTED_ROWS_MAX, "sorts"),
            (self.discarded_rows > DISCARDED_ROWS_MAX, "reads for nothing"),
        ];
        let named: Vec<&str> = faults
            .iter()
            .filter(|(is, _)| *is)
            .map(|(_, name)| *name)
            .collect();
        (!named.is_empty()).then(|| format!("{what} {}: {self:?}", named.join(", ")))
    }
}
