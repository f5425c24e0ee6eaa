//! Who owns an account: somebody always does, and owners gain what owners gain.

use auth::ReadyMade;
use portway_proto::intake::v1;
use tonic::Code;

use crate::calls::change;
use crate::harness::TestIntake;
use crate::set_calls::{group, owned, reason, subject};

#[tokio::test]
async fn somebody_always_owns_the_account() {
    let intake = TestIntake::start("last_owner").await;
    let owner = intake.given_account().await;
    let last = (Code::FailedPrecondition, "LAST_OWNER".to_owned());
    let refused = intake
        .take(&owner, "owner", subject("user:owner"))
        .await
        .unwrap_err();
    assert_eq!(reason(&refused), last);
    // A group owns it only while somebody is in it.
    let board = intake.make_group(&owner, "Board", &[]).await.unwrap();
    intake
        .give(&owner, "owner", group(&board.user_group_id))
        .await
        .unwrap();
    let refused = intake
        .take(&owner, "owner", subject("user:owner"))
        .await
        .unwrap_err();
    assert_eq!(reason(&refused), last, "an empty group is nobody");
    let board = intake
        .fill_group(&owner, &board.user_group_id, &["user:owner"], "")
        .await
        .unwrap();
    intake.take(&owner, "owner", subject("user:owner")).await.unwrap();
    let refused = intake
        .fill_group(&owner, &board.user_group_id, &["user:bob"], "1")
        .await
        .unwrap_err();
    assert_eq!(reason(&refused).1, "STALE");
    let refused = intake
        .fill_group(&owner, &board.user_group_id, &[], &board.etag)
        .await
        .unwrap_err();
    assert_eq!(reason(&refused), last);
    let delete = v1::DeleteUserGroupRequest {
        user_group_id: board.user_group_id.clone(),
        ..v1::DeleteUserGroupRequest::default()
    };
    let refused = intake
        .groups()
        .delete_user_group(change(&owner.token, delete))
        .await
        .unwrap_err();
    assert_eq!(reason(&refused), last);
    assert_eq!(
        intake.permissions_of(&owner, "user:owner").await,
        ReadyMade::Owner.permissions(false),
        "what was refused changed nothing"
    );
    intake
        .fill_group(&owner, &board.user_group_id, &["user:bob"], &board.etag)
        .await
        .unwrap();
    let bob = intake.user(owner.account, "user:bob");
    assert!(
        intake.permissions_of(&bob, "user:owner").await.is_empty(),
        "handed over"
    );
}

#[tokio::test]
async fn a_later_release_reaches_those_who_hold_ready_made_sets() {
    let mut intake = TestIntake::start("catch_up").await;
    let owner = intake.given_account().await;
    let board = intake.make_group(&owner, "Board", &["user:bob"]).await.unwrap();
    intake
        .give(&owner, "auditor", group(&board.user_group_id))
        .await
        .unwrap();
    // As an older release left it, which knew no audit trail.
    sqlx::raw_sql(
        "UPDATE access_grant SET permissions = array_remove(permissions, 'audit.view');
         UPDATE ready_made_sets SET digest = 'of an older release'",
    )
    .execute(&intake.pool)
    .await
    .unwrap();
    intake.start_replica().await.unwrap();
    for (name, set) in [("user:owner", ReadyMade::Owner), ("user:bob", ReadyMade::Auditor)] {
        assert_eq!(intake.permissions_of(&owner, name).await, set.permissions(false));
        let announced = intake.announced_of(owner.account, name).await;
        assert_eq!(announced.len(), 2, "{name}: {announced:?}");
    }
    intake.start_replica().await.unwrap();
    assert_eq!(
        intake.announced_of(owner.account, "user:owner").await.len(),
        2,
        "once is enough"
    );
}

#[tokio::test]
async fn grants_of_before_the_sets_are_kept_and_owners_become_holders() {
    let mut intake = TestIntake::start("old_grants").await;
    let owner = intake.given_account().await;
    let stripped = intake.given_account().await;
    // As it was before the migration: one table of grants, an owner who lacks what came later, one who may not even
    // say who may do what, and a clerk.
    sqlx::raw_sql(
        "DROP TABLE permission_set_grant, user_group_subject, user_group, permission_set, direct_grant, ready_made_sets",
    )
    .execute(&intake.pool)
    .await
    .unwrap();
    let old = owned(&["account.modify", "account.view", "port_out.view"]);
    let mut conn = intake.pool.acquire().await.unwrap();
    auth::grants::put(&mut conn, owner.account, &owner.subject, &old)
        .await
        .unwrap();
    let clerk = "user:clerk".parse().unwrap();
    auth::grants::put(&mut conn, owner.account, &clerk, &owned(&["port_in.view"]))
        .await
        .unwrap();
    let little = owned(&["account.view"]);
    auth::grants::put(&mut conn, stripped.account, &stripped.subject, &little)
        .await
        .unwrap();
    drop(conn);
    let migration = include_str!("../../migrations/0030_permission_sets.sql");
    sqlx::raw_sql(migration).execute(&intake.pool).await.unwrap();
    intake.start_replica().await.unwrap();
    assert_eq!(
        intake.permissions_of(&owner, "user:owner").await,
        ReadyMade::Owner.permissions(false)
    );
    assert_eq!(
        intake.permissions_of(&owner, "user:clerk").await,
        ["port_in.view"]
    );
    assert_eq!(
        intake.permissions_of(&stripped, "user:owner").await,
        ["account.view"]
    );
}
