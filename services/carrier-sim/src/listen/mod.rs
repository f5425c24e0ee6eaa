//! What intake announces: who may operate the simulator.

use auth::grants;
use events::{Event, HandleError, Handler};
use futures::future::BoxFuture;
use pg::StoreError;
use portway_proto::intake::v1::GrantChanged;
use prost::{Message, Name};
use sqlx::PgConnection;
use types::{AccountId, InvalidValue, Subject};

/// Keeps a copy of the platform's grants. The simulator has no RPC that a customer's grant could open.
#[derive(Debug)]
pub(crate) struct FromIntake;

impl Handler for FromIntake {
    fn types(&self) -> Vec<String> {
        vec![GrantChanged::full_name()]
    }

    fn handle<'a>(
        &'a self,
        tx: &'a mut PgConnection,
        event: &'a Event,
    ) -> BoxFuture<'a, Result<(), HandleError>> {
        Box::pin(keep_grant(tx, event))
    }
}

async fn keep_grant(conn: &mut PgConnection, event: &Event) -> Result<(), HandleError> {
    let payload = event.payload.as_ref().map(|payload| payload.value.as_slice());
    let changed = GrantChanged::decode(payload.unwrap_or_default())?;
    let refused = |error: InvalidValue| HandleError::Refused(error.to_string());
    let account: AccountId = changed.account_id.parse().map_err(refused)?;
    let grant = changed
        .grant
        .ok_or_else(|| HandleError::Refused("the event has no grant".to_owned()))?;
    if !account.is_platform() {
        return Ok(());
    }
    let subject: Subject = grant.subject.parse().map_err(refused)?;
    let put: Result<(), StoreError> = grants::put(conn, account, &subject, &grant.permissions).await;
    Ok(put?)
}

#[cfg(test)]
mod tests {
    use portway_proto::intake::v1::Grant;
    use prost_types::Any;
    use sqlx::PgPool;
    use testkit::TestDatabase;

    use super::*;

    const OPERATOR: &str = "operator@platform";

    fn grant_changed(account: AccountId, permissions: &[&str]) -> Event {
        let payload = GrantChanged {
            account_id: account.to_string(),
            grant: Some(Grant {
                subject: OPERATOR.to_owned(),
                permissions: permissions.iter().map(ToString::to_string).collect(),
            }),
        };
        Event {
            r#type: GrantChanged::full_name(),
            payload: Some(Any {
                type_url: String::new(),
                value: payload.encode_to_vec(),
            }),
            ..Event::default()
        }
    }

    async fn permissions(pool: &PgPool, account: AccountId) -> Vec<(String, Vec<String>)> {
        let mut conn = pool.acquire().await.unwrap();
        grants::list(&mut conn, account, "", 10).await.unwrap()
    }

    #[tokio::test]
    async fn the_platforms_grants_are_kept_and_nobody_elses() {
        let database = TestDatabase::create("sim_grants").await;
        let pool = PgPool::connect(database.url()).await.unwrap();
        auth::MIGRATOR.run(&pool).await.unwrap();
        let customer = AccountId::generate();
        let mut conn = pool.acquire().await.unwrap();
        for event in [
            grant_changed(AccountId::PLATFORM, &["carriers.operate"]),
            grant_changed(AccountId::PLATFORM, &["sim.operate"]),
            grant_changed(customer, &["sim.operate"]),
        ] {
            FromIntake.handle(&mut conn, &event).await.unwrap();
        }
        let kept = vec![(OPERATOR.to_owned(), vec!["sim.operate".to_owned()])];
        assert_eq!(permissions(&pool, AccountId::PLATFORM).await, kept);
        assert_eq!(permissions(&pool, customer).await, vec![]);

        let taken_away = grant_changed(AccountId::PLATFORM, &[]);
        FromIntake.handle(&mut conn, &taken_away).await.unwrap();
        assert_eq!(permissions(&pool, AccountId::PLATFORM).await, vec![]);

        let broken = Event {
            payload: None,
            ..taken_away
        };
        let refused = FromIntake.handle(&mut conn, &broken).await;
        assert!(matches!(refused, Err(HandleError::Refused(_))));
    }
}
