//! The policies of accounts: versions that are added and never changed.

use intake_domain::port_out::{Outcome, Policy, PolicyVersion, Rule, Window};
use jiff_sqlx::ToSqlx;
use pg::StoreError;
use sqlx::PgConnection;
use types::AccountId;
use uuid::Uuid;

#[derive(sqlx::FromRow)]
struct Row {
    account_id: Uuid,
    version: i32,
    us_wireline: String,
    us_wireline_minutes: Option<i16>,
    us_wireless: String,
    us_wireless_minutes: Option<i16>,
    canada_wireline: String,
    canada_wireline_minutes: Option<i16>,
    canada_wireless: String,
    set_by: String,
    set_at: jiff_sqlx::Timestamp,
}

impl TryFrom<Row> for PolicyVersion {
    type Error = StoreError;

    fn try_from(row: Row) -> Result<Self, StoreError> {
        let set_by = row.set_by.parse();
        let policy = read(&row).ok_or(&row.account_id);
        let corrupt = |why: &'static str| StoreError::corrupt("port_out_policy", &row.account_id, &why);
        Ok(Self {
            version: row.version,
            policy: policy.map_err(|_| corrupt("not a policy that the law allows"))?,
            set: Some((
                set_by.map_err(|_| corrupt("not a subject"))?,
                row.set_at.to_jiff(),
            )),
        })
    }
}

fn read(row: &Row) -> Option<Policy> {
    let us_wireless = Rule {
        outcome: Outcome::from_code(&row.us_wireless)?,
        window: window(row.us_wireless_minutes)?,
    };
    Some(Policy {
        us_wireline: Rule {
            outcome: Outcome::from_code(&row.us_wireline)?.try_into().ok()?,
            window: window(row.us_wireline_minutes)?,
        },
        us_wireless,
        canada_wireline: Rule {
            outcome: Outcome::from_code(&row.canada_wireline)?.try_into().ok()?,
            window: window(row.canada_wireline_minutes)?,
        },
        canada_wireless: Outcome::from_code(&row.canada_wireless)?.try_into().ok()?,
    })
}

/// The outer `None`: not a window.
#[expect(clippy::option_option, reason = "no window is a value of its own here")]
fn window(minutes: Option<i16>) -> Option<Option<Window>> {
    match minutes {
        None => Some(None),
        Some(minutes) => {
            let window = Window::from_minutes(u16::try_from(minutes).ok()?);
            window.ok().map(Some)
        }
    }
}

/// The policy that holds, if anybody set one.
pub(crate) async fn find_policy(
    conn: &mut PgConnection,
    account: AccountId,
) -> Result<Option<PolicyVersion>, StoreError> {
    Ok(list_policies(conn, account, None, 1).await?.pop())
}

/// A page of an account's policies, newest first: the versions before `before`.
pub(crate) async fn list_policies(
    conn: &mut PgConnection,
    account: AccountId,
    before: Option<i32>,
    limit: i64,
) -> Result<Vec<PolicyVersion>, StoreError> {
    let rows: Vec<Row> = sqlx::query_as(
        "SELECT account_id, version, us_wireline, us_wireline_minutes, us_wireless, us_wireless_minutes,
                canada_wireline, canada_wireline_minutes, canada_wireless, set_by, set_at
           FROM port_out_policy WHERE account_id = $1 AND version < $2 ORDER BY version DESC LIMIT $3",
    )
    .bind(account.as_uuid())
    .bind(before.unwrap_or(i32::MAX))
    .bind(limit)
    .fetch_all(conn)
    .await?;
    rows.into_iter().map(PolicyVersion::try_from).collect()
}

/// Adds a version. False: somebody else has added it.
pub(crate) async fn insert_policy(
    conn: &mut PgConnection,
    account: AccountId,
    version: &PolicyVersion,
) -> Result<bool, StoreError> {
    let policy = &version.policy;
    let minutes = |window: Option<Window>| window.map(|window| i32::from(window.minutes()));
    let (by, at) = version
        .set
        .as_ref()
        .map(|(by, at)| (by.as_str(), at.to_sqlx()))
        .unzip();
    let inserted = sqlx::query(
        "INSERT INTO port_out_policy (account_id, version, us_wireline, us_wireline_minutes, us_wireless,
                                      us_wireless_minutes, canada_wireline, canada_wireline_minutes,
                                      canada_wireless, set_by, set_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
         ON CONFLICT (account_id, version) DO NOTHING",
    )
    .bind(account.as_uuid())
    .bind(version.version)
    .bind(Outcome::from(policy.us_wireline.outcome).code())
    .bind(minutes(policy.us_wireline.window))
    .bind(policy.us_wireless.outcome.code())
    .bind(minutes(policy.us_wireless.window))
    .bind(Outcome::from(policy.canada_wireline.outcome).code())
    .bind(minutes(policy.canada_wireline.window))
    .bind(Outcome::from(policy.canada_wireless).code())
    .bind(by)
    .bind(at)
    .execute(conn)
    .await?
    .rows_affected();
    Ok(inserted == 1)
}
