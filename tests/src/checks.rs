//! What must be true however a system was broken on the way.

use std::collections::{BTreeMap, BTreeSet};

use portway_proto::billing::v1::ChargeKind;
use portway_proto::intake::v1::{NumberState, Order, OrderState};
use portway_proto::notification::v1::{Channel, DeliveryState};

use crate::customer::Customer;
use crate::system::System;

/// The order ported once: every number in service, one charge each, and one message of each step to each receiver.
pub async fn assert_ported_once(system: &System, customer: &Customer, order: &Order) {
    let order = customer.order(order).await;
    assert_eq!(order.state(), OrderState::Ported, "{}", order.request_number);
    let tns: BTreeSet<String> = order.numbers.iter().map(|number| number.tn.clone()).collect();
    assert!(
        order
            .numbers
            .iter()
            .all(|number| number.state() == NumberState::Ported)
    );
    let in_service: BTreeSet<String> = customer
        .in_service()
        .await
        .into_iter()
        .map(|number| number.tn)
        .collect();
    assert!(in_service.is_superset(&tns), "{tns:?} in {in_service:?}");
    let charged: Vec<String> = customer
        .charges()
        .await
        .into_iter()
        .filter(|charge| charge.kind() == ChargeKind::PortIn && charge.subject_id == order.order_id)
        .map(|charge| charge.tn)
        .collect();
    assert_eq!(charged.len(), tns.len(), "one charge a number");
    assert_eq!(charged.into_iter().collect::<BTreeSet<_>>(), tns);
    assert_told_once(
        system,
        customer,
        &order.order_id,
        &["port_in.submitted", "port_in.foc_confirmed", "port_in.ported"],
    )
    .await;
}

/// Each of these steps was mailed to the owner once: one delivery, delivered, and one distinct Message-ID.
pub async fn assert_told_once(system: &System, customer: &Customer, subject_id: &str, steps: &[&str]) {
    let mut mailed: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for delivery in customer.deliveries(subject_id).await {
        assert_eq!(
            delivery.state(),
            DeliveryState::Delivered,
            "{} {}",
            delivery.step,
            delivery.last_error
        );
        if delivery.channel() == Channel::Email {
            mailed
                .entry(delivery.step)
                .or_default()
                .push(delivery.delivery_id);
        }
    }
    let message_ids = message_ids(system);
    for step in steps {
        let ids = mailed.get(*step).cloned().unwrap_or_default();
        assert_eq!(ids.len(), 1, "{step} is told once");
        let sent = message_ids
            .iter()
            .filter(|message_id| message_id.contains(&ids[0]))
            .count();
        assert_eq!(sent, 1, "{step} has one Message-ID; the sink has {message_ids:?}");
    }
}

/// The distinct Message-IDs of the mails in the sink: a mail that was sent again after a crash has the same.
pub fn message_ids(system: &System) -> BTreeSet<String> {
    mails(system)
        .iter()
        .filter_map(|mail| {
            mail.lines()
                .find_map(|line| {
                    line.split_once(':')
                        .filter(|(name, _)| name.eq_ignore_ascii_case("message-id"))
                })
                .map(|(_, id)| id.trim().to_owned())
        })
        .collect()
}

/// The mails in the sink.
pub fn mails(system: &System) -> Vec<String> {
    let dir = system.endpoints().mail_dir.clone().unwrap();
    std::fs::read_dir(dir)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "eml"))
        .map(|path| String::from_utf8_lossy(&std::fs::read(path).unwrap()).into_owned())
        .collect()
}
