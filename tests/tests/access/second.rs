//! A grant holds on every service within a second, and no longer than it is.

use std::time::{Duration, Instant};

use portway_proto::intake::v1::holder::Holder as Held;
use portway_proto::intake::v1::{
    CreatePermissionSetRequest, GrantPermissionSetRequest, Holder, RevokePermissionSetRequest,
};
use system_tests::System;
use tonic::Code;

use crate::{CUSTOMERS_CALLS, account_of, keyed, until_all};

/// How often a grant is given and taken, so that one lucky run proves nothing.
const ROUNDS: usize = 5;

#[tokio::test]
async fn a_set_given_or_taken_holds_on_every_service_within_a_second() {
    let system = System::start("access_second").await;
    let customer = system.customer();
    let account = account_of(&customer.owner).await;
    let token = system.token("user:bob", account);
    let mut sets = customer.owner.permission_sets().unwrap();
    let made = sets
        .create_permission_set(keyed(CreatePermissionSetRequest {
            name: "A look at everything".to_owned(),
            permissions: [
                "port_out.view",
                "audit.view",
                "notifications.view",
                "billing.view",
            ]
            .map(str::to_owned)
            .to_vec(),
            account_id: String::new(),
        }))
        .await
        .unwrap();
    let set = made.into_inner().permission_set.unwrap().permission_set_id;
    let holder = Some(Holder {
        holder: Some(Held::Subject("user:bob".to_owned())),
    });
    let mut slowest = Duration::ZERO;
    // Asked before, so that what a cache holds of him is against the grant.
    until_all(&system, &CUSTOMERS_CALLS, &token, Instant::now(), |code| {
        code == Code::PermissionDenied
    })
    .await;
    for _ in 0..ROUNDS {
        let grant = GrantPermissionSetRequest {
            permission_set_id: set.clone(),
            holder: holder.clone(),
            account_id: String::new(),
        };
        sets.grant_permission_set(keyed(grant)).await.unwrap();
        let took = until_all(&system, &CUSTOMERS_CALLS, &token, Instant::now(), |code| {
            code == Code::Ok
        })
        .await;
        slowest = slowest.max(took);
        let revoke = RevokePermissionSetRequest {
            permission_set_id: set.clone(),
            holder: holder.clone(),
            account_id: String::new(),
        };
        sets.revoke_permission_set(keyed(revoke)).await.unwrap();
        let took = until_all(&system, &CUSTOMERS_CALLS, &token, Instant::now(), |code| {
            code == Code::PermissionDenied
        })
        .await;
        slowest = slowest.max(took);
    }
    println!("the slowest of {} changes held after {slowest:?}", 2 * ROUNDS);
}
