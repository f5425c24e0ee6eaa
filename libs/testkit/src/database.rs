//! A database for each test.

use std::thread;
use std::time::Duration;

use sqlx::{AssertSqlSafe, Connection, Executor, PgConnection};

/// The names of databases are cut off after 63 bytes; what follows the hint takes 14.
const HINT_BYTES_MAX: usize = 40;

/// Nobody waits longer for a database to go; the run's servers end anyway.
const DROP_WITHIN: Duration = Duration::from_secs(5);

/// A new, empty database, which is dropped with this value.
///
/// Roles belong to the whole server, not to a database: a test that creates roles gives them names of its own (the
/// database's name is one).
pub struct TestDatabase {
    name: String,
    url: String,
    superuser_url: String,
}

impl TestDatabase {
    /// Creates a database on the servers of this run. `name_hint` shows up in its name.
    pub async fn create(name_hint: &str) -> Self {
        Self::create_at(crate::servers().postgres.url(), name_hint).await
    }

    /// Creates a database on the Postgres of this superuser's URL.
    pub async fn create_at(superuser_url: &str, name_hint: &str) -> Self {
        let hint: String = name_hint
            .chars()
            .filter(char::is_ascii_alphanumeric)
            .take(HINT_BYTES_MAX)
            .collect();
        let suffix = hex::encode(rand::random::<[u8; 4]>());
        let name = format!("test_{}_{suffix}", hint.to_ascii_lowercase());
        // template1 cannot be copied while anyone is connected to it.
        execute(
            superuser_url,
            format!("create database {name} template template0"),
        )
        .await
        .unwrap();
        Self {
            url: with_database(superuser_url, &name),
            name,
            superuser_url: superuser_url.to_owned(),
        }
    }

    /// The superuser's URL of this database.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Its name, which no other database of this server has.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// A connection as superuser.
    pub async fn connect(&self) -> PgConnection {
        PgConnection::connect(&self.url).await.unwrap()
    }
}

impl Drop for TestDatabase {
    fn drop(&mut self) {
        let url = self.superuser_url.clone();
        let sql = format!("drop database if exists {} with (force)", self.name);
        // A thread and a runtime of its own: the test's runtime may be single-threaded, and is in here.
        let dropping = thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
            // Best effort: a test may have stopped its server.
            runtime.map(|runtime| {
                runtime.block_on(async {
                    tokio::time::timeout(DROP_WITHIN, execute(&url, sql))
                        .await
                        .is_ok()
                })
            })
        });
        let _ = dropping.join();
    }
}

async fn execute(url: &str, sql: String) -> sqlx::Result<()> {
    let mut connection = PgConnection::connect(url).await?;
    connection.execute(AssertSqlSafe(sql)).await?;
    connection.close().await
}

/// The same URL with another database.
fn with_database(url: &str, name: &str) -> String {
    let (base, query) = url
        .split_once('?')
        .map_or((url, None), |(base, query)| (base, Some(query)));
    let (scheme, rest) = base.split_once("://").unwrap_or(("postgres", base));
    let authority = rest.split_once('/').map_or(rest, |(authority, _)| authority);
    let query = query.map(|query| format!("?{query}")).unwrap_or_default();
    format!("{scheme}://{authority}/{name}{query}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_database_changes_in_a_url() {
        let cases = [
            ("postgres://u:p@h:5/postgres", "postgres://u:p@h:5/x"),
            ("postgres://u:p@h:5", "postgres://u:p@h:5/x"),
            ("postgres://h/a?sslmode=disable", "postgres://h/x?sslmode=disable"),
            (
                "postgresql://h?host=/run/postgres",
                "postgresql://h/x?host=/run/postgres",
            ),
        ];
        for (url, expected) in cases {
            assert_eq!(with_database(url, "x"), expected);
        }
    }
}
