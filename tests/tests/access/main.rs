//! Who may do what, on every service: how soon a grant holds, what every single RPC asks for, and that no account reaches
//! what is another's.
#![cfg(test)]

mod audited;
mod matrix;
mod second;
mod tenants;

use std::time::{Duration, Instant};

use auth::permissions::{CUSTOMER, PLATFORM};
use portway::client::{Clients, Service, ask, change};
use portway_proto::intake::v1::{GetAccountRequest, Grant, SetGrantRequest};
use system_tests::System;
use system_tests::wire::knock;
use tonic::transport::Channel;
use tonic::{Code, Request};
use types::AccountId;
use uuid::Uuid;

/// A grant holds everywhere within this, and one that was taken back holds no longer.
pub(crate) const WITHIN: Duration = Duration::from_secs(1);
pub(crate) fn keyed<T>(message: T) -> Request<T> {
    change(message, &Uuid::new_v4().to_string().parse().unwrap())
}

pub(crate) fn channel(system: &System, service: Service) -> Channel {
    let endpoints = system.endpoints().endpoints();
    let url = endpoints.url(service).unwrap().to_owned();
    Channel::from_shared(url).unwrap().connect_lazy()
}

/// The account there is from the start.
pub(crate) async fn account_of(clients: &Clients) -> AccountId {
    let reply = clients
        .accounts()
        .unwrap()
        .get_account(ask(GetAccountRequest::default()))
        .await
        .unwrap();
    reply.into_inner().account.unwrap().account_id.parse().unwrap()
}

/// One call of each service that a subject of this kind of account can hold the permission for.
pub(crate) const CUSTOMERS_CALLS: [(Service, &str); 4] = [
    (Service::Intake, "/portway.intake.v1.PortOutService/ListPortOuts"),
    (
        Service::CarrierGateway,
        "/portway.events.v1.AuditService/ListAuditEntries",
    ),
    (
        Service::Notification,
        "/portway.notification.v1.PreferenceService/ListContacts",
    ),
    (
        Service::Billing,
        "/portway.billing.v1.InvoiceService/ListInvoices",
    ),
];

/// Waits until every service answers as expected, and says how long the slowest took.
pub(crate) async fn until_all(
    system: &System,
    calls: &[(Service, &str)],
    token: &str,
    since: Instant,
    is_expected: fn(Code) -> bool,
) -> Duration {
    let mut waiting: Vec<(Service, &str, Channel)> = calls
        .iter()
        .map(|(service, path)| (*service, *path, channel(system, *service)))
        .collect();
    let mut took = Duration::ZERO;
    while !waiting.is_empty() {
        let mut still = Vec::new();
        for (service, path, channel) in waiting {
            let asked_after = since.elapsed();
            let code = knock(&channel, path, Some(token), Vec::new()).await;
            if is_expected(code) {
                took = took.max(asked_after);
            } else {
                assert!(
                    asked_after < WITHIN,
                    "{}: {code:?} {asked_after:?} after the change was committed",
                    service.name()
                );
                still.push((service, path, channel));
            }
        }
        waiting = still;
    }
    took
}

/// The services that serve an RPC.
pub(crate) fn servers_of(path: &str) -> Vec<Service> {
    let package = path.trim_start_matches('/').split(".v1.").next().unwrap();
    match package {
        "portway.intake" => vec![Service::Intake],
        "portway.gateway" => vec![Service::CarrierGateway],
        "portway.notification" => vec![Service::Notification],
        "portway.billing" => vec![Service::Billing],
        "portway.sim" | "portway.carrier" => vec![Service::CarrierSim],
        "portway.events" => Service::ALL.to_vec(),
        other => panic!("no service is known to serve {other}: say which in this test"),
    }
}

/// Grants a subject exactly these permissions.
pub(crate) async fn grant(clients: &Clients, subject: &str, permissions: Vec<String>) {
    let request = SetGrantRequest {
        grant: Some(Grant {
            subject: subject.to_owned(),
            permissions,
        }),
        account_id: String::new(),
    };
    clients
        .accounts()
        .unwrap()
        .set_grant(keyed(request))
        .await
        .unwrap();
}

/// Everything that can be granted there but this.
pub(crate) fn all_but(permission: &str, in_platform: bool) -> Vec<String> {
    let platform = PLATFORM.iter().filter(|_| in_platform);
    CUSTOMER
        .iter()
        .chain(platform)
        .filter(|name| **name != permission)
        .map(|name| (*name).to_owned())
        .collect()
}
