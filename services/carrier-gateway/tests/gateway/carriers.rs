//! Carriers: kept, validated and announced.

use portway_proto::gateway::v1 as wire;
use portway_proto::gateway::v1::carrier_service_client::CarrierServiceClient;
use portway_proto::types::v1::Date;
use tonic::Code;
use types::AccountId;

use crate::callers::{channel, fields, with_key, with_token};
use crate::harness::{Gateway, World, token_for};

pub(crate) fn acme() -> wire::Carrier {
    wire::Carrier {
        carrier_id: "acme".to_owned(),
        name: "Acme Wireless".to_owned(),
        spid: "ACME".to_owned(),
        network: wire::Network::Wireless.into(),
        pin_required: true,
        account_number_required: false,
        activation_opens: "08:00".to_owned(),
        activation_closes: "17:00".to_owned(),
        ..wire::Carrier::default()
    }
}

pub(crate) fn put(carrier: wire::Carrier) -> wire::PutCarrierRequest {
    wire::PutCarrierRequest {
        carrier: Some(carrier),
    }
}

#[tokio::test]
async fn carriers_are_listed_page_by_page_and_kept_by_operators() {
    let world = World::new("rpc_carriers").await;
    let gateway = world.start().await;
    let token = token_for(&world, &gateway, AccountId::PLATFORM, &["carriers.operate"]).await;
    let mut client = CarrierServiceClient::new(channel(&gateway).await);
    let made = client
        .put_carrier(with_key(&token, "k1", put(acme())))
        .await
        .unwrap()
        .into_inner();
    assert_eq!(made.carrier, Some(acme()));
    // The same again is the same; replaced under another key it changes.
    client
        .put_carrier(with_key(&token, "k1", put(acme())))
        .await
        .unwrap();
    let renamed = wire::Carrier {
        name: "Acme".to_owned(),
        ..acme()
    };
    client
        .put_carrier(with_key(&token, "k2", put(renamed.clone())))
        .await
        .unwrap();
    let mut found = Vec::new();
    let mut page_token = String::new();
    loop {
        let request = wire::ListCarriersRequest {
            page_size: 2,
            page_token,
        };
        let page = client
            .list_carriers(with_token(&token, request))
            .await
            .unwrap()
            .into_inner();
        assert!(page.carriers.len() <= 2);
        found.extend(page.carriers);
        page_token = page.next_page_token;
        if page_token.is_empty() {
            break;
        }
    }
    let ids: Vec<&str> = found.iter().map(|carrier| carrier.carrier_id.as_str()).collect();
    assert_eq!(
        ids,
        [
            "acme",
            "bandwidth",
            "sim-toll-free",
            "sim-wireless",
            "sim-wireline",
            "telnyx",
            "tmobile"
        ]
    );
    assert_eq!(found[0], renamed);
}

#[tokio::test]
async fn a_spid_is_one_carriers_and_a_code_list_stays_with_its_carrier() {
    let world = World::new("rpc_carrier_rules").await;
    let gateway = world.start().await;
    let token = token_for(&world, &gateway, AccountId::PLATFORM, &["carriers.operate"]).await;
    let mut client = CarrierServiceClient::new(channel(&gateway).await);
    client
        .put_carrier(with_key(&token, "k1", put(acme())))
        .await
        .unwrap();
    let taken = wire::Carrier {
        carrier_id: "other".to_owned(),
        ..acme()
    };
    let error = client
        .put_carrier(with_key(&token, "k3", put(taken)))
        .await
        .unwrap_err();
    assert_eq!(
        (error.code(), grpc::status::reason_of(&error).unwrap().as_str()),
        (Code::AlreadyExists, "SPID_TAKEN")
    );
    // A carrier that answers in its own words goes on doing so when it is replaced.
    let mobile = wire::Carrier {
        carrier_id: "tmobile".to_owned(),
        spid: "TMOB".to_owned(),
        ..acme()
    };
    client
        .put_carrier(with_key(&token, "k4", put(mobile)))
        .await
        .unwrap();
    assert_eq!(
        gateway
            .count("SELECT count(*) FROM carrier WHERE code_list = 'tmobile'")
            .await,
        1
    );
}

/// Carriers as announced, by id, and the name.
async fn announced(gateway: &Gateway) -> Vec<(String, String)> {
    let events: Vec<wire::CarrierChanged> = gateway.announced().await;
    let carriers = events.into_iter().map(|event| event.carrier.unwrap());
    carriers
        .map(|carrier| (carrier.carrier_id, carrier.name))
        .collect()
}

fn date(year: i32, month: i32, day: i32) -> Date {
    Date { year, month, day }
}

/// One about whom everything is known.
fn acme_in_full() -> wire::Carrier {
    wire::Carrier {
        loa_required: true,
        interval_business_days: 5,
        closed_on: vec![date(2026, 3, 6), date(2026, 3, 9)],
        works_on: vec![date(2026, 10, 12)],
        answers_per_number: true,
        bill_age_max_days: 60,
        activates_on_demand: true,
        activation_opens: "09:30".to_owned(),
        activation_closes: "20:00".to_owned(),
        resp_org: "ACM01".to_owned(),
        ..acme()
    }
}

#[tokio::test]
async fn a_profile_is_kept_whole_and_announced_once_for_each_change() {
    let world = World::new("carrier_profile").await;
    let gateway = world.start().await;
    let token = token_for(&world, &gateway, AccountId::PLATFORM, &["carriers.operate"]).await;
    let mut client = CarrierServiceClient::new(channel(&gateway).await);
    let from_the_start = announced(&gateway).await.len();
    for (key, carrier) in [
        ("k1", acme()),
        ("k1", acme()),
        ("k2", acme()),
        ("k3", acme_in_full()),
        ("k4", acme_in_full()),
        ("k5", acme()),
    ] {
        let request = with_key(&token, key, put(carrier.clone()));
        let kept = client.put_carrier(request).await.unwrap().into_inner();
        assert_eq!(kept.carrier, Some(carrier), "{key}");
    }
    let events: Vec<wire::CarrierChanged> = gateway.announced().await;
    let told: Vec<wire::Carrier> = events
        .into_iter()
        .skip(from_the_start)
        .map(|event| event.carrier.unwrap())
        .collect();
    assert_eq!(told, [acme(), acme_in_full(), acme()]);
    let about_acme = "SELECT count(*) FROM event JOIN carrier USING (subject_id) WHERE carrier_id = 'acme'";
    assert_eq!(gateway.count(about_acme).await, 3);
}

#[tokio::test]
async fn the_carriers_of_the_start_are_announced_once_whoever_starts_and_however_often() {
    let world = World::new("carrier_seeds").await;
    let (gateway, other) = tokio::join!(world.start(), world.start());
    let mut told = announced(&gateway).await;
    told.sort();
    let ids: Vec<&str> = told.iter().map(|(id, _)| id.as_str()).collect();
    let seeds = [
        "bandwidth",
        "sim-toll-free",
        "sim-wireless",
        "sim-wireline",
        "telnyx",
        "tmobile",
    ];
    assert_eq!(ids, seeds);
    drop(other);
    let third = world.start().await;
    // One that a later migration brings, or that a crash left unannounced.
    third
        .execute("UPDATE carrier SET is_announced = false WHERE carrier_id = 'telnyx'")
        .await;
    let _fourth = world.start().await;
    assert_eq!(announced(&third).await.len(), seeds.len() + 1);
    assert_eq!(announced(&third).await.last().unwrap().0, "telnyx");
}

#[tokio::test]
async fn every_fault_of_a_profile_is_named_at_once() {
    let world = World::new("carrier_faults").await;
    let gateway = world.start().await;
    let token = token_for(&world, &gateway, AccountId::PLATFORM, &["carriers.operate"]).await;
    let mut client = CarrierServiceClient::new(channel(&gateway).await);
    let wrong = wire::Carrier {
        carrier_id: "No Slug".to_owned(),
        name: " ".to_owned(),
        spid: "toolong".to_owned(),
        network: wire::Network::TollFree.into(),
        interval_business_days: 31,
        closed_on: vec![date(2026, 2, 30), date(2026, 3, 6), date(2026, 3, 6)],
        works_on: vec![date(2026, 3, 6), date(2026, 3, 7)],
        bill_age_max_days: -1,
        activation_opens: "25:00".to_owned(),
        activation_closes: "T0800".to_owned(),
        ..wire::Carrier::default()
    };
    let error = client
        .put_carrier(with_key(&token, "k1", put(wrong)))
        .await
        .unwrap_err();
    assert_eq!(
        fields(&error),
        [
            "carrier.carrier_id",
            "carrier.name",
            "carrier.spid",
            "carrier.interval_business_days",
            "carrier.closed_on[0]",
            "carrier.closed_on[2]",
            "carrier.works_on[0]",
            "carrier.works_on[1]",
            "carrier.bill_age_max_days",
            "carrier.activation_opens",
            "carrier.activation_closes",
            "carrier.resp_org",
        ]
    );
    let backwards = wire::Carrier {
        activation_opens: "17:00".to_owned(),
        activation_closes: "08:00".to_owned(),
        resp_org: "ab-01".to_owned(),
        closed_on: (0..401).map(|_| date(2026, 3, 6)).collect(),
        ..acme()
    };
    let error = client
        .put_carrier(with_key(&token, "k1", put(backwards)))
        .await
        .unwrap_err();
    let expected = [
        "carrier.closed_on",
        "carrier.activation_closes",
        "carrier.resp_org",
    ];
    assert_eq!(fields(&error), expected);
    let taken = wire::Carrier {
        resp_org: "SIM01".to_owned(),
        ..acme()
    };
    let error = client
        .put_carrier(with_key(&token, "k1", put(taken)))
        .await
        .unwrap_err();
    assert_eq!(
        (error.code(), grpc::status::reason_of(&error).unwrap().as_str()),
        (Code::AlreadyExists, "RESP_ORG_TAKEN")
    );
}
