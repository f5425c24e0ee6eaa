//! A logical database of Redis for each test.

use redis::aio::MultiplexedConnection;

/// Counts, in database 0, the databases that were handed out.
const COUNTER: &str = "testkit:databases";

/// The URL of an empty logical database of this run's Redis. Each call hands out the next number, so tests that run
/// at the same time do not see each other's keys, whatever the keys are called. Servers that were started here have
/// 1024, and a Redis that was given 16 by default: after that many the numbers begin anew, each database emptied
/// first.
pub async fn redis_url() -> String {
    redis_url_at(crate::servers().redis.url()).await
}

async fn redis_url_at(url: &str) -> String {
    let mut shared = connect(&with_number(url, 0)).await;
    let (_, databases): (String, i64) = redis::cmd("CONFIG")
        .arg("GET")
        .arg("databases")
        .query_async(&mut shared)
        .await
        .unwrap();
    let count: i64 = redis::cmd("INCR")
        .arg(COUNTER)
        .query_async(&mut shared)
        .await
        .unwrap();
    // Database 0 keeps the counter.
    let number = count
        .rem_euclid(databases.saturating_sub(1).max(1))
        .saturating_add(1);
    let own = with_number(url, number);
    redis::cmd("FLUSHDB")
        .query_async::<()>(&mut connect(&own).await)
        .await
        .unwrap();
    own
}

async fn connect(url: &str) -> MultiplexedConnection {
    redis::Client::open(url)
        .unwrap()
        .get_multiplexed_async_connection()
        .await
        .unwrap()
}

/// The same URL with another database.
fn with_number(url: &str, number: i64) -> String {
    let (scheme, rest) = url.split_once("://").unwrap_or(("redis", url));
    let authority = rest.split(['/', '?']).next().unwrap_or(rest);
    format!("{scheme}://{authority}/{number}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_number_changes_in_a_url() {
        for url in ["redis://:p@h:6379", "redis://:p@h:6379/", "redis://:p@h:6379/3"] {
            assert_eq!(with_number(url, 7), "redis://:p@h:6379/7");
        }
    }
}
