//! The tables of notification. Every statement names the account, so that no tenant reaches another's rows.

pub(crate) mod account;
pub(crate) mod contact;
pub(crate) mod delivery;
pub(crate) mod endpoint;
pub(crate) mod queue;

use notification_domain::{Channel, Step, StepFilter};
use pg::StoreError;

/// The service's own migrations.
pub(crate) static MIGRATOR: sqlx::migrate::Migrator = sqlx::migrate!();

/// The spelling of a channel in a column.
fn channel_text(channel: Channel) -> &'static str {
    match channel {
        Channel::Email => "EMAIL",
        Channel::Webhook => "WEBHOOK",
        Channel::Sms => "SMS",
    }
}

fn filter_texts(filter: &StepFilter) -> Vec<String> {
    filter.steps().map(|step| step.slug().to_owned()).collect()
}

/// Reads a filter back; the row is named if it cannot be.
fn filter_of(
    table: &'static str,
    id: &dyn std::fmt::Display,
    steps: &[String],
) -> Result<StepFilter, StoreError> {
    let steps: Result<Vec<Step>, _> = steps.iter().map(|slug| slug.parse()).collect();
    match steps {
        Ok(steps) => Ok(StepFilter::new(steps)),
        Err(error) => Err(StoreError::corrupt(table, id, &error)),
    }
}
