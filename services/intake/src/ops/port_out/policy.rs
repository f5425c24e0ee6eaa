//! The policies of accounts: set as versions, and tried on requests of the past.

use intake_domain::port_out::{AskedNumber, Course, Market, Outcome, Policy, PolicyVersion, PortOut};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use pg::StoreError;
use sqlx::{PgConnection, PgPool};
use thiserror::Error;
use types::{AccountId, Country, Subject};

use crate::store;

/// Why a policy was not set.
#[derive(Debug, Error)]
pub(crate) enum SetPolicyError {
    /// It follows a version that is not the latest.
    #[error("the policy has changed since it was read")]
    Stale,
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// What was done with a case when it came, or would have been.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct CourseTaken {
    pub(crate) outcome: Outcome,
    pub(crate) is_at_once: bool,
    pub(crate) due_at: Timestamp,
}

/// A case of the past under the policy that it met and under another one.
#[derive(Debug, Clone)]
pub(crate) struct Tried {
    pub(crate) case: PortOut,
    pub(crate) was: CourseTaken,
    pub(crate) would_be: CourseTaken,
}

/// The policy that holds.
pub(crate) async fn get_policy(pool: &PgPool, account: AccountId) -> Result<PolicyVersion, StoreError> {
    let mut conn = pool.acquire().await?;
    policy_of(&mut conn, account).await
}

/// The policy that holds.
pub(super) async fn policy_of(
    conn: &mut PgConnection,
    account: AccountId,
) -> Result<PolicyVersion, StoreError> {
    let set = store::port_out::find_policy(conn, account).await?;
    Ok(set.unwrap_or(PolicyVersion {
        version: 0,
        policy: Policy::default(),
        set: None,
    }))
}

/// Makes the version after `after`.
pub(crate) async fn set_policy(
    conn: &mut PgConnection,
    account: AccountId,
    policy: Policy,
    after: i32,
    by: Subject,
    now: Timestamp,
) -> Result<PolicyVersion, SetPolicyError> {
    let latest = policy_of(conn, account).await?.version;
    let version = PolicyVersion {
        version: latest.saturating_add(1),
        policy,
        set: Some((by, now)),
    };
    if latest == after && store::port_out::insert_policy(conn, account, &version).await? {
        Ok(version)
    } else {
        Err(SetPolicyError::Stale)
    }
}

/// A page of an account's versions, newest first.
pub(crate) async fn list_policies(
    pool: &PgPool,
    account: AccountId,
    before: Option<i32>,
    limit: i64,
) -> Result<Vec<PolicyVersion>, StoreError> {
    let mut conn = pool.acquire().await?;
    store::port_out::list_policies(&mut conn, account, before, limit).await
}

/// Which cases a policy is tried on: those since `since`, numbered below `before`, newest first.
#[derive(Debug, Clone, Copy)]
pub(crate) struct TriedOn {
    pub(crate) since: Timestamp,
    pub(crate) before: Option<i64>,
    pub(crate) limit: i64,
}

/// What `policy` would have done with a page of the account's past cases. Changes nothing.
pub(crate) async fn dry_run(
    pool: &PgPool,
    account: AccountId,
    policy: &Policy,
    on: TriedOn,
) -> Result<Vec<Tried>, StoreError> {
    let mut conn = pool.acquire().await?;
    let cases = store::port_out::list_since(&mut conn, account, on.since, on.before, on.limit).await?;
    let own = store::accounts::find(&mut conn, account).await?;
    let country = own.map_or(Country::Us, |account| account.country);
    let tried = |case: PortOut| {
        let market = Market::of(
            country_of(&case.numbers, case.request.received_at).unwrap_or(country),
            case.request.is_wireless,
        );
        let course = policy.course(market, case.request.is_simple, case.request.came());
        let Course { outcome, rule } = course;
        Tried {
            was: taken(&case, case.policy.outcome, case.policy.due_at),
            would_be: taken(&case, outcome, rule.due_at),
            case,
        }
    };
    Ok(cases.into_iter().map(tried).collect())
}

/// As when the request came: what was denied for itself is no concern of the policy.
fn taken(case: &PortOut, outcome: Outcome, due_at: Timestamp) -> CourseTaken {
    let undenied = case.numbers.iter().filter(|number| number.denial.is_none());
    CourseTaken {
        outcome,
        is_at_once: outcome.is_at_once(undenied.map(|number| number.matches.pin)),
        due_at,
    }
}

/// The country of some numbers; none for toll-free ones.
pub(super) fn country_of(numbers: &[AskedNumber], at: Timestamp) -> Option<Country> {
    let today = at.to_zoned(TimeZone::UTC).date();
    numbers.iter().find_map(|number| {
        let info = numbering::describe(number.tn, today).ok();
        info.and_then(|info| info.country)
    })
}
