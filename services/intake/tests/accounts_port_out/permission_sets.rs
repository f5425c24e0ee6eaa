//! Sets of permissions, groups of users, and what comes of them for each subject.

use auth::ReadyMade;
use portway_proto::intake::v1;
use tonic::Code;

use crate::calls::{ask, change, refusal};
use crate::harness::{BOUND, TestIntake};
use crate::set_calls::{group, owned, reason, subject};

#[tokio::test]
async fn what_a_subject_may_do_is_the_union_of_all_that_it_holds() {
    let intake = TestIntake::start("union").await;
    let owner = intake.given_account().await;
    let desk = intake
        .make_group(&owner, "Port desk", &["user:bob", "user:cleo"])
        .await
        .unwrap();
    let own = intake
        .make_set(&owner, "Night shift", &["port_in.view", "numbers.view"])
        .await
        .unwrap();
    intake
        .give(&owner, "port-out-viewer", group(&desk.user_group_id))
        .await
        .unwrap();
    intake
        .give(&owner, &own.permission_set_id, subject("user:bob"))
        .await
        .unwrap();
    assert_eq!(
        intake.permissions_of(&owner, "user:bob").await,
        ["numbers.view", "port_in.view", "port_out.view"]
    );
    assert_eq!(
        intake.permissions_of(&owner, "user:cleo").await,
        ["numbers.view", "port_out.view"]
    );

    // It holds at the door, and tells where it comes from.
    let bob = intake.user(owner.account, "user:bob");
    let may_list = async || {
        let request = ask(&bob.token, v1::ListPortOutsRequest::default());
        intake.port_outs().list_port_outs(request).await.is_ok()
    };
    testkit::eventually(BOUND, "the grant holds", may_list).await;
    let mine = intake
        .sets()
        .get_my_permissions(ask(&bob.token, v1::GetMyPermissionsRequest {}))
        .await;
    let mine = mine.unwrap().into_inner().subject_permissions.unwrap();
    let sources: Vec<(&str, &str)> = mine
        .sources
        .iter()
        .map(|source| {
            (
                source.permission_set_name.as_str(),
                source.user_group_name.as_str(),
            )
        })
        .collect();
    assert_eq!(sources, [("Night shift", ""), ("port-out-viewer", "Port desk")]);

    // Taking one source away leaves what another gives.
    intake
        .fill_group(&owner, &desk.user_group_id, &["user:cleo"], "")
        .await
        .unwrap();
    assert_eq!(
        intake.permissions_of(&owner, "user:bob").await,
        ["numbers.view", "port_in.view"]
    );
    intake
        .take(&owner, &own.permission_set_id, subject("user:bob"))
        .await
        .unwrap();
    assert!(intake.permissions_of(&owner, "user:bob").await.is_empty());
    testkit::eventually(BOUND, "the grant is gone", async || !may_list().await).await;
    let announced = intake.announced_of(owner.account, "user:bob").await;
    assert_eq!(announced.len(), 4, "each change once: {announced:?}");
    assert_eq!(
        intake.announced_of(owner.account, "user:cleo").await.len(),
        1,
        "nothing changed for her after the first"
    );
}

#[tokio::test]
async fn a_changed_set_changes_what_its_holders_may_do_and_nobody_elses() {
    let intake = TestIntake::start("changed_set").await;
    let owner = intake.given_account().await;
    let desk = intake.make_group(&owner, "Desk", &["user:bob"]).await.unwrap();
    let set = intake
        .make_set(&owner, "Desk work", &["numbers.view"])
        .await
        .unwrap();
    intake
        .give(&owner, &set.permission_set_id, group(&desk.user_group_id))
        .await
        .unwrap();
    let request = |etag: &str, permissions: &[&str]| v1::UpdatePermissionSetRequest {
        permission_set_id: set.permission_set_id.clone(),
        name: "Desk work".to_owned(),
        permissions: owned(permissions),
        etag: etag.to_owned(),
        account_id: String::new(),
    };
    let mut tried = change(&owner.token, request(&set.etag, &["numbers.modify"]));
    tried
        .metadata_mut()
        .insert("portway-dry-run", "true".parse().unwrap());
    intake.sets().update_permission_set(tried).await.unwrap();
    assert_eq!(
        intake.permissions_of(&owner, "user:bob").await,
        ["numbers.view"],
        "a dry run"
    );
    let wider = request(&set.etag, &["numbers.modify", "numbers.view", "numbers.view"]);
    let changed = intake
        .sets()
        .update_permission_set(change(&owner.token, wider.clone()))
        .await
        .unwrap();
    let changed = changed.into_inner().permission_set.unwrap();
    assert_eq!(changed.permissions, ["numbers.modify", "numbers.view"]);
    assert_eq!(
        intake.permissions_of(&owner, "user:bob").await,
        changed.permissions
    );
    let late = intake
        .sets()
        .update_permission_set(change(&owner.token, wider))
        .await
        .unwrap_err();
    assert_eq!(
        reason(&late),
        (Code::Aborted, "STALE".to_owned()),
        "by an older etag"
    );
    assert_eq!(
        intake.announced_of(owner.account, "user:owner").await.len(),
        1,
        "the owner's own"
    );
}

#[tokio::test]
async fn a_set_is_removed_once_nobody_holds_it() {
    let intake = TestIntake::start("removed_set").await;
    let owner = intake.given_account().await;
    let desk = intake.make_group(&owner, "Desk", &["user:bob"]).await.unwrap();
    let set = intake
        .make_set(&owner, "Desk work", &["numbers.view"])
        .await
        .unwrap();
    intake
        .give(&owner, &set.permission_set_id, group(&desk.user_group_id))
        .await
        .unwrap();
    let delete = v1::DeletePermissionSetRequest {
        permission_set_id: set.permission_set_id.clone(),
        etag: set.etag,
        account_id: String::new(),
    };
    let held = intake
        .sets()
        .delete_permission_set(change(&owner.token, delete.clone()))
        .await
        .unwrap_err();
    assert_eq!(
        reason(&held),
        (Code::FailedPrecondition, "PERMISSION_SET_HELD".to_owned())
    );
    let gone = v1::DeleteUserGroupRequest {
        user_group_id: desk.user_group_id,
        ..v1::DeleteUserGroupRequest::default()
    };
    intake
        .groups()
        .delete_user_group(change(&owner.token, gone))
        .await
        .unwrap();
    assert!(
        intake.permissions_of(&owner, "user:bob").await.is_empty(),
        "with the group"
    );
    intake
        .sets()
        .delete_permission_set(change(&owner.token, delete))
        .await
        .unwrap();
    let facts = intake.events::<v1::PermissionSetChanged>(owner.account).await;
    let facts: Vec<bool> = facts.iter().map(|fact| fact.deleted).collect();
    assert_eq!(facts, [false, true], "made, removed");
}

#[tokio::test]
async fn every_fault_of_a_set_or_a_group_is_named() {
    let intake = TestIntake::start("bad_sets").await;
    let owner = intake.given_account().await;
    let refused = intake
        .make_set(&owner, "", &["port_out.operate", "x"])
        .await
        .unwrap_err();
    assert_eq!(refusal(&refused).1, ["name", "permissions[0]", "permissions[1]"]);
    let refused = intake.make_set(&owner, "viewer", &[]).await.unwrap_err();
    assert_eq!(refusal(&refused).1, ["name", "permissions"]);
    let refused = intake
        .make_group(&owner, " ", &["user:a", "a b"])
        .await
        .unwrap_err();
    assert_eq!(refusal(&refused).1, ["name", "subjects[1]"]);
    let refused = intake
        .give(&owner, "nobody", v1::Holder { holder: None })
        .await
        .unwrap_err();
    assert_eq!(refusal(&refused).1, ["permission_set_id", "holder"]);
    intake.make_set(&owner, "Desk", &["numbers.view"]).await.unwrap();
    let taken = intake
        .make_set(&owner, "Desk", &["numbers.view"])
        .await
        .unwrap_err();
    assert_eq!(reason(&taken), (Code::AlreadyExists, "NAME_TAKEN".to_owned()));
    let delete = v1::DeletePermissionSetRequest {
        permission_set_id: "viewer".to_owned(),
        ..v1::DeletePermissionSetRequest::default()
    };
    let fixed = intake
        .sets()
        .delete_permission_set(change(&owner.token, delete))
        .await
        .unwrap_err();
    assert_eq!(reason(&fixed).1, "PERMISSION_SET_READY_MADE");
}

#[tokio::test]
async fn sets_and_groups_of_another_account_are_as_good_as_none() {
    let intake = TestIntake::start("foreign_sets").await;
    let owner = intake.given_account().await;
    let stranger = intake.given_account().await;
    let set = intake
        .make_set(&owner, "Desk", &["numbers.view"])
        .await
        .unwrap()
        .permission_set_id;
    let desk = intake
        .make_group(&owner, "Desk", &["user:bob"])
        .await
        .unwrap()
        .user_group_id;
    let refused = intake.give(&stranger, &set, subject("user:x")).await.unwrap_err();
    assert_eq!(
        reason(&refused),
        (Code::NotFound, "PERMISSION_SET_NOT_FOUND".to_owned())
    );
    let refused = intake.give(&stranger, "viewer", group(&desk)).await.unwrap_err();
    assert_eq!(
        reason(&refused),
        (Code::NotFound, "USER_GROUP_NOT_FOUND".to_owned())
    );
    let list = v1::ListPermissionSetsRequest {
        account_id: owner.account.to_string(),
    };
    let refused = intake
        .sets()
        .list_permission_sets(ask(&stranger.token, list.clone()))
        .await
        .unwrap_err();
    assert_eq!(reason(&refused).1, "ACCOUNT_NOT_FOUND");
    let operator = intake.operator().await;
    let listed = intake
        .sets()
        .list_permission_sets(ask(&operator.token, list))
        .await
        .unwrap()
        .into_inner();
    let names: Vec<&str> = listed
        .permission_sets
        .iter()
        .map(|set| set.name.as_str())
        .collect();
    let mut expected: Vec<&str> = ReadyMade::ALL.iter().map(|set| set.name()).collect();
    expected.push("Desk");
    assert_eq!(names, expected);
    // To see is one permission, to change is another.
    let viewer = intake
        .user_with(owner.account, "user:viewer", &["account.view"])
        .await;
    let refused = intake
        .make_set(&viewer, "More", &["numbers.view"])
        .await
        .unwrap_err();
    assert_eq!(refused.code(), Code::PermissionDenied);
}
