//! How far this service's readers are behind, and what it has set aside: for Prometheus.

use pg::StoreError;
use sqlx::PgPool;

use crate::{parked, reader};

/// Records the lag of each of our own services that reads this log, and what `service` has parked of each `source`.
pub async fn record_gauges(
    pool: &PgPool,
    service: &'static str,
    sources: &[&'static str],
) -> Result<(), StoreError> {
    for (consumer, lag) in reader::lags(pool).await? {
        telemetry::metrics::set_event_lag(service, &consumer, lag.unsigned_abs());
    }
    let counts = parked::count_by_source(pool).await?;
    for source in sources {
        let count = counts.get(*source).copied().unwrap_or(0);
        telemetry::metrics::set_events_parked(source, service, count.unsigned_abs());
    }
    Ok(())
}
