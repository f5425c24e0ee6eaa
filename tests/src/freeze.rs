//! Holds a system still at a chosen point, so that it can be killed exactly there: another session takes a lock that
//! the next statement needs.

use std::time::Duration;

use sqlx::{AssertSqlSafe, Connection, Executor, PgConnection};

const REACHED_WITHIN: Duration = Duration::from_secs(30);

/// A lock held by a session of the test.
pub struct Freeze {
    session: PgConnection,
    database_url: String,
}

impl Freeze {
    /// Events of `schema` that commit from now on get no position, so nobody is told.
    pub async fn sequencer(database_url: &str, schema: &str) -> Self {
        let mut session = PgConnection::connect(database_url).await.unwrap();
        sqlx::query("SELECT pg_advisory_lock(hashtext('events_' || $1), p) FROM generate_series(0, 15) AS p")
            .bind(schema)
            .execute(&mut session)
            .await
            .unwrap();
        Self {
            session,
            database_url: database_url.to_owned(),
        }
    }

    /// Whoever writes to `table` (with its schema) waits from now on.
    pub async fn writers_of(database_url: &str, table: &str) -> Self {
        let mut session = PgConnection::connect(database_url).await.unwrap();
        session.execute("BEGIN").await.unwrap();
        let lock = format!("LOCK TABLE {table} IN SHARE ROW EXCLUSIVE MODE");
        sqlx::query(AssertSqlSafe(lock))
            .execute(&mut session)
            .await
            .unwrap();
        Self {
            session,
            database_url: database_url.to_owned(),
        }
    }

    /// Waits until somebody stands before the lock.
    pub async fn until_reached(&self) {
        let mut watcher = PgConnection::connect(&self.database_url).await.unwrap();
        testkit::eventually(REACHED_WITHIN, "a statement to wait for the lock", async || {
            sqlx::query_scalar::<_, bool>(
                "SELECT EXISTS (SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock')",
            )
            .fetch_one(&mut watcher)
            .await
            .unwrap()
        })
        .await;
    }

    /// Lets everybody go on.
    pub async fn release(self) {
        self.session.close().await.unwrap();
    }
}
