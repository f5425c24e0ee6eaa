//! Every RPC of every service, by every kind of caller.

use std::collections::BTreeMap;
use std::time::Instant;

use auth::permissions::{CUSTOMER, PLATFORM};
use auth::{Rule, Rules};
use portway::client::{Clients, Service};
use system_tests::System;
use system_tests::wire::knock;
use tonic::Code;
use types::AccountId;

use crate::{CUSTOMERS_CALLS, account_of, all_but, channel, grant, servers_of, until_all};

/// The tokens that knock: for each permission one that lacks nothing else, and one that holds it alone.
struct Doors {
    all_but: BTreeMap<&'static str, String>,
    only: BTreeMap<&'static str, String>,
}

impl Doors {
    async fn of(
        system: &System,
        clients: &Clients,
        account: AccountId,
        permissions: &[&'static str],
    ) -> Self {
        let mut doors = Self {
            all_but: BTreeMap::new(),
            only: BTreeMap::new(),
        };
        for permission in permissions {
            let (without, with) = (format!("without:{permission}"), format!("with:{permission}"));
            grant(clients, &without, all_but(permission, account.is_platform())).await;
            grant(clients, &with, vec![(*permission).to_owned()]).await;
            doors.all_but.insert(permission, system.token(&without, account));
            doors.only.insert(permission, system.token(&with, account));
        }
        doors
    }
}

/// Everybody who knocks, and what was wrong.
struct Matrix {
    system: System,
    of_customer: Doors,
    of_platform: Doors,
    nothing: String,
    everything_here: String,
    everything_there: String,
    knocks: usize,
    faults: Vec<String>,
}

impl Matrix {
    async fn start() -> Self {
        let system = System::start("access_matrix").await;
        let customer = system.customer();
        let account = account_of(&customer.owner).await;
        let of_customer = Doors::of(&system, &customer.owner, account, &CUSTOMER).await;
        let of_platform = Doors::of(&system, &customer.operator, AccountId::PLATFORM, &PLATFORM).await;
        grant(&customer.owner, "user:all", all_but("", false)).await;
        grant(&customer.operator, "user:all", all_but("", true)).await;
        let everything_here = system.token("user:all", account);
        let everything_there = system.token("user:all", AccountId::PLATFORM);
        // The last grant holds everywhere: so do those before it, which are heard in order.
        let since = Instant::now();
        let is_ok = |code| code == Code::Ok;
        until_all(&system, &CUSTOMERS_CALLS, &everything_here, since, is_ok).await;
        let operators: [(Service, &str); 5] =
            Service::ALL.map(|service| (service, "/portway.events.v1.EventFeedService/ListReaders"));
        until_all(&system, &operators, &everything_there, since, is_ok).await;
        Self {
            nothing: system.token("user:nobody", account),
            system,
            of_customer,
            of_platform,
            everything_here,
            everything_there,
            knocks: 0,
            faults: Vec::new(),
        }
    }

    async fn check(
        &mut self,
        at: (Service, &str),
        who: &str,
        token: Option<&str>,
        is_right: fn(Code) -> bool,
    ) {
        let (service, path) = at;
        let code = knock(&channel(&self.system, service), path, token, Vec::new()).await;
        self.knocks += 1;
        if !is_right(code) {
            self.faults
                .push(format!("{} {path} to {who}: {code:?}", service.name()));
        }
    }

    /// Knocks at one RPC of one service as everybody.
    async fn all_at(&mut self, at: (Service, &str), rule: &Rule) {
        let (nothing, here, there) = (
            self.nothing.clone(),
            self.everything_here.clone(),
            self.everything_there.clone(),
        );
        self.check(at, "no token", None, is_unknown).await;
        self.check(at, "a broken token", Some("x.y.z"), is_unknown).await;
        if rule.any_caller {
            self.check(at, "somebody without permissions", Some(&nothing), is_let_in)
                .await;
            return;
        }
        self.check(at, "somebody without permissions", Some(&nothing), is_refused)
            .await;
        let Some(permission) = rule.permission.as_deref() else {
            self.check(at, "a customer with all", Some(&here), is_refused)
                .await;
            self.check(at, "an operator with all", Some(&there), is_refused)
                .await;
            return;
        };
        let doors = if rule.platform {
            &self.of_platform
        } else {
            &self.of_customer
        };
        let (all_but, only) = (doors.all_but[permission].clone(), doors.only[permission].clone());
        self.check(at, "all but the permission", Some(&all_but), is_refused)
            .await;
        if rule.platform {
            self.check(at, "a customer with all", Some(&here), is_refused)
                .await;
        }
        // The simulator hears of the platform's grants alone.
        let is_heard_of = rule.platform || at.0 != Service::CarrierSim;
        let expected = if is_heard_of { is_let_in } else { is_refused };
        self.check(at, "the permission alone", Some(&only), expected)
            .await;
    }
}

fn is_unknown(code: Code) -> bool {
    code == Code::Unauthenticated
}

fn is_refused(code: Code) -> bool {
    code == Code::PermissionDenied
}

fn is_let_in(code: Code) -> bool {
    ![Code::PermissionDenied, Code::Unauthenticated, Code::Unimplemented].contains(&code)
}

#[tokio::test]
async fn every_rpc_asks_for_its_permission_and_for_nothing_else() {
    let mut matrix = Matrix::start().await;
    for (path, rule) in Rules::portway().unwrap().iter() {
        for service in servers_of(path) {
            matrix.all_at((service, path), rule).await;
        }
    }
    assert!(matrix.knocks > 500, "{}", matrix.knocks);
    let (knocks, faults) = (matrix.knocks, matrix.faults);
    assert!(
        faults.is_empty(),
        "{} of {knocks}:\n{}",
        faults.len(),
        faults.join("\n")
    );
}
