//! Accounts and grants.

use auth::permissions;
use portway_proto::intake::v1;
use tonic::Code;
use types::AccountId;

use crate::calls::{ask, change, change_as, refusal};
use crate::harness::{BOUND, TestIntake, User};

fn account() -> v1::Account {
    v1::Account {
        account_id: String::new(),
        name: "Acme".to_owned(),
        owner: "user:ann".to_owned(),
        owner_email: "ann@acme.example".to_owned(),
        time_zone: "America/Toronto".to_owned(),
        currency: "CAD".to_owned(),
        country: "CA".to_owned(),
    }
}

fn grant(subject: &str, permissions: &[&str], account: &str) -> v1::SetGrantRequest {
    let permissions = permissions
        .iter()
        .map(|permission| (*permission).to_owned())
        .collect();
    v1::SetGrantRequest {
        grant: Some(v1::Grant {
            subject: subject.to_owned(),
            permissions,
        }),
        account_id: account.to_owned(),
    }
}

async fn grants(intake: &TestIntake, user: &User, page_size: i32) -> Vec<(String, Vec<String>)> {
    let mut request = v1::ListGrantsRequest {
        page_size,
        page_token: String::new(),
    };
    let mut all = Vec::new();
    loop {
        let page = intake
            .accounts()
            .list_grants(ask(&user.token, request.clone()))
            .await
            .unwrap()
            .into_inner();
        all.extend(
            page.grants
                .into_iter()
                .map(|grant| (grant.subject, grant.permissions)),
        );
        if page.next_page_token.is_empty() {
            return all;
        }
        request.page_token = page.next_page_token;
    }
}

#[tokio::test]
async fn a_new_account_is_announced_and_its_owner_may_do_everything_there() {
    let intake = TestIntake::start("create_account").await;
    let operator = intake.operator().await;
    let request = v1::CreateAccountRequest {
        account: Some(account()),
    };
    let mut ids = Vec::new();
    for _ in 0..2 {
        let reply = intake
            .accounts()
            .create_account(change_as(&operator.token, "key-1", request.clone()))
            .await;
        ids.push(reply.unwrap().into_inner().account.unwrap().account_id);
    }
    assert_eq!(ids[0], ids[1], "the same key is the same account");
    let id: AccountId = ids[0].parse().unwrap();
    let changed = intake.events::<v1::AccountChanged>(id).await;
    let expected = v1::Account {
        account_id: id.to_string(),
        ..account()
    };
    assert_eq!((changed.len(), changed[0].account.as_ref()), (1, Some(&expected)));
    let mut all = permissions::CUSTOMER.map(str::to_owned).to_vec();
    all.sort_unstable();
    let granted = intake.events::<v1::GrantChanged>(id).await;
    assert_eq!(
        (granted.len(), &granted[0].grant.as_ref().unwrap().permissions),
        (1, &all)
    );
    let owner = intake.user(id, "user:ann");
    let found = intake
        .accounts()
        .get_account(ask(&owner.token, v1::GetAccountRequest::default()))
        .await;
    assert_eq!(found.unwrap().into_inner().account, Some(expected));
    assert_eq!(grants(&intake, &owner, 0).await, [("user:ann".to_owned(), all)]);
    let taken = v1::CreateAccountRequest {
        account: Some(v1::Account {
            account_id: ids.remove(0),
            ..account()
        }),
    };
    let taken = intake
        .accounts()
        .create_account(change(&operator.token, taken))
        .await
        .unwrap_err();
    assert_eq!(
        (taken.code(), refusal(&taken).0.as_str()),
        (Code::AlreadyExists, "ACCOUNT_EXISTS")
    );
}

#[tokio::test]
async fn every_field_of_a_new_account_that_is_wrong_is_named() {
    let intake = TestIntake::start("bad_account").await;
    let operator = intake.operator().await;
    let wrong = v1::Account {
        account_id: AccountId::PLATFORM.to_string(),
        name: " ".to_owned(),
        owner: "an owner".to_owned(),
        owner_email: "nowhere".to_owned(),
        time_zone: "Mars/Olympus".to_owned(),
        currency: "EUR".to_owned(),
        country: String::new(),
    };
    let request = v1::CreateAccountRequest { account: Some(wrong) };
    let refused = intake
        .accounts()
        .create_account(change(&operator.token, request))
        .await
        .unwrap_err();
    let fields = [
        "account_id",
        "name",
        "owner",
        "owner_email",
        "time_zone",
        "currency",
        "country",
    ];
    assert_eq!(
        refusal(&refused).1,
        fields.map(|field| format!("account.{field}"))
    );
    let none = v1::CreateAccountRequest { account: None };
    let refused = intake
        .accounts()
        .create_account(change(&operator.token, none))
        .await
        .unwrap_err();
    assert_eq!(refusal(&refused).1, ["account"]);
    let customer = intake.given_account().await;
    let request = v1::CreateAccountRequest {
        account: Some(account()),
    };
    let refused = intake
        .accounts()
        .create_account(change(&customer.token, request))
        .await
        .unwrap_err();
    assert_eq!(refused.code(), Code::PermissionDenied);
}

#[tokio::test]
async fn a_grant_holds_soon_after_it_was_set_and_no_longer_than_it_is() {
    let intake = TestIntake::start("grants").await;
    let owner = intake.given_account().await;
    let bob = intake.user(owner.account, "user:bob");
    let may_list = async || {
        let request = ask(&bob.token, v1::ListPortOutsRequest::default());
        intake.port_outs().list_port_outs(request).await.is_ok()
    };
    assert!(!may_list().await);
    let set = async |permissions: &[&str]| {
        let request = change(&owner.token, grant("user:bob", permissions, ""));
        intake
            .accounts()
            .set_grant(request)
            .await
            .unwrap()
            .into_inner()
            .grant
            .unwrap()
            .permissions
    };
    assert_eq!(
        set(&["port_out.view", "numbers.view", "port_out.view"]).await,
        ["numbers.view", "port_out.view"]
    );
    testkit::eventually(BOUND, "the grant holds", may_list).await;
    let permissions = |bobs: &[&str]| {
        bobs.iter()
            .map(|permission| (*permission).to_owned())
            .collect::<Vec<_>>()
    };
    let listed = grants(&intake, &owner, 1).await;
    assert_eq!(
        listed[0],
        (
            "user:bob".to_owned(),
            permissions(&["numbers.view", "port_out.view"])
        )
    );
    assert_eq!((listed.len(), listed[1].0.as_str()), (2, "user:owner"));
    set(&["numbers.view", "port_out.view"]).await;
    set(&[]).await;
    testkit::eventually(BOUND, "the grant is gone", async || !may_list().await).await;
    let announced: Vec<_> = intake.events::<v1::GrantChanged>(owner.account).await;
    let bobs: Vec<_> = announced
        .into_iter()
        .map(|event| event.grant.unwrap())
        .filter(|grant| grant.subject == "user:bob")
        .collect();
    assert_eq!(bobs.len(), 2, "a grant that is what it was is not announced");
    assert_eq!((bobs[0].permissions.len(), bobs[1].permissions.len()), (2, 0));
}

#[tokio::test]
async fn only_what_may_be_granted_there_is() {
    let intake = TestIntake::start("bad_grants").await;
    let owner = intake.given_account().await;
    let refused = grant(
        "user:bob",
        &["port_out.view", "port_out.operate", "port_out.everything"],
        "",
    );
    let refused = intake
        .accounts()
        .set_grant(change(&owner.token, refused))
        .await
        .unwrap_err();
    assert_eq!(
        refusal(&refused).1,
        ["grant.permissions[1]", "grant.permissions[2]"]
    );
    let refused = intake
        .accounts()
        .set_grant(change(&owner.token, grant("", &["x"], "")))
        .await
        .unwrap_err();
    assert_eq!(refusal(&refused).1, ["grant.subject", "grant.permissions[0]"]);
    assert_eq!(
        intake.events::<v1::GrantChanged>(owner.account).await.len(),
        1,
        "the owner's own"
    );
}

#[tokio::test]
async fn nobody_but_the_platform_reaches_beyond_his_own_account() {
    let intake = TestIntake::start("beyond").await;
    let owner = intake.given_account().await;
    let operator = intake.operator().await;
    // The platform grants in its own account and in any other; nobody else reaches beyond his own.
    let own = grant("user:clerk", &["port_out.operate"], "");
    intake
        .accounts()
        .set_grant(change(&operator.token, own))
        .await
        .unwrap();
    let theirs = grant("user:bob", &["port_out.view"], &owner.account.to_string());
    intake
        .accounts()
        .set_grant(change(&operator.token, theirs.clone()))
        .await
        .unwrap();
    let stranger = intake.given_account().await;
    let nowhere = grant("user:bob", &["port_out.view"], &AccountId::generate().to_string());
    for (token, request) in [(&stranger.token, theirs), (&operator.token, nowhere)] {
        let refused = intake
            .accounts()
            .set_grant(change(token, request))
            .await
            .unwrap_err();
        assert_eq!(
            (refused.code(), refused.message()),
            (Code::NotFound, "there is no such account")
        );
    }
    let get = |account: AccountId| v1::GetAccountRequest {
        account_id: account.to_string(),
    };
    let refused = intake
        .accounts()
        .get_account(ask(&stranger.token, get(owner.account)))
        .await
        .unwrap_err();
    assert_eq!(refusal(&refused).0, "ACCOUNT_NOT_FOUND");
    assert!(
        intake
            .accounts()
            .get_account(ask(&operator.token, get(owner.account)))
            .await
            .is_ok()
    );
    assert!(
        intake
            .accounts()
            .get_account(ask(&owner.token, get(owner.account)))
            .await
            .is_ok()
    );
}
