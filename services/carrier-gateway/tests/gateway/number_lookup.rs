//! Who has a number.

use portway_proto::gateway::v1 as wire;
use portway_proto::gateway::v1::number_lookup_service_client::NumberLookupServiceClient;
use tonic::Code;
use tonic::transport::Channel;
use types::AccountId;

use crate::callers::{channel, fields, with_key, with_token};
use crate::harness::{ACCOUNT, World, token_for};

type Client = NumberLookupServiceClient<Channel>;

fn blocks(blocks: &[(&str, &str)]) -> wire::PutNumberBlocksRequest {
    let block = |(prefix, carrier): &(&str, &str)| wire::NumberBlock {
        prefix: (*prefix).to_owned(),
        carrier_id: (*carrier).to_owned(),
    };
    wire::PutNumberBlocksRequest {
        blocks: blocks.iter().map(block).collect(),
    }
}

fn ported(numbers: &[(&str, &str)]) -> wire::PutPortedNumbersRequest {
    let number = |(tn, carrier): &(&str, &str)| wire::PortedNumber {
        tn: (*tn).to_owned(),
        carrier_id: (*carrier).to_owned(),
    };
    wire::PutPortedNumbersRequest {
        numbers: numbers.iter().map(number).collect(),
    }
}

async fn look_up(client: &mut Client, token: &str, tns: &[&str]) -> Vec<wire::NumberHolder> {
    let request = wire::LookupNumbersRequest {
        tns: tns.iter().map(|&tn| tn.to_owned()).collect(),
    };
    let response = client.lookup_numbers(with_token(token, request)).await.unwrap();
    response.into_inner().holders
}

async fn carriers_of(client: &mut Client, token: &str, tns: &[&str]) -> Vec<String> {
    let holders = look_up(client, token, tns).await;
    holders.into_iter().map(|holder| holder.carrier_id).collect()
}

#[tokio::test]
async fn the_longest_block_has_a_number_unless_it_was_ported() {
    let world = World::new("lookup_blocks").await;
    let gateway = world.start().await;
    let operator = token_for(&world, &gateway, AccountId::PLATFORM, &["carriers.operate"]).await;
    let mut client = Client::new(channel(&gateway).await);
    let put = [
        ("212", "sim-wireline"),
        ("212867", "telnyx"),
        ("2128675", "bandwidth"),
    ];
    client
        .put_number_blocks(with_key(&operator, "k1", blocks(&put)))
        .await
        .unwrap();
    client
        .put_ported_numbers(with_key(&operator, "k2", ported(&[("+12128675309", "tmobile")])))
        .await
        .unwrap();
    let viewer = token_for(&world, &gateway, ACCOUNT, &["port_in.view"]).await;
    let tns = [
        "+12128675309",
        "+12128675308",
        "+12128674000",
        "+12125550000",
        "+12015550123",
        "+12065550123",
        "+12128675309",
    ];
    let expected = [
        "tmobile",
        "bandwidth",
        "telnyx",
        "sim-wireline",
        "sim-wireless",
        "sim-wireline",
        "tmobile",
    ];
    assert_eq!(carriers_of(&mut client, &viewer, &tns).await, expected);
    // What is taken away uncovers what is around it.
    client
        .put_number_blocks(with_key(
            &operator,
            "k3",
            blocks(&[("2128675", ""), ("212867", "tmobile")]),
        ))
        .await
        .unwrap();
    client
        .put_ported_numbers(with_key(&operator, "k4", ported(&[("+12128675309", "")])))
        .await
        .unwrap();
    let after = carriers_of(&mut client, &viewer, &["+12128675309", "+12128674000"]).await;
    assert_eq!(after, ["tmobile", "tmobile"]);
}

#[tokio::test]
async fn a_holder_is_told_in_full_and_not_knowing_is_no_error() {
    let world = World::new("lookup_holder").await;
    let gateway = world.start().await;
    let operator = token_for(
        &world,
        &gateway,
        AccountId::PLATFORM,
        &["carriers.operate", "port_in.view"],
    )
    .await;
    let mut client = Client::new(channel(&gateway).await);
    client
        .put_number_blocks(with_key(&operator, "k1", blocks(&[("201", "")])))
        .await
        .unwrap();
    let tns = ["+18005552368", "+12015550123", "+12125550123"];
    let holders = look_up(&mut client, &operator, &tns).await;
    let toll_free = wire::NumberHolder {
        tn: "+18005552368".to_owned(),
        carrier_id: "sim-toll-free".to_owned(),
        name: "Simulated RespOrg".to_owned(),
        spid: "SIMT".to_owned(),
        network: wire::Network::TollFree.into(),
        known: true,
        resp_org: "SIM01".to_owned(),
    };
    let nobodys = wire::NumberHolder {
        tn: "+12015550123".to_owned(),
        ..wire::NumberHolder::default()
    };
    assert_eq!(holders[..2], [toll_free, nobodys]);
    // Of a number of a place, no RespOrg is told, though its carrier may be one.
    gateway
        .execute("UPDATE carrier SET resp_org = 'SIM02' WHERE carrier_id = 'sim-wireless'")
        .await;
    let geographic = &look_up(&mut client, &operator, &tns).await[2];
    assert_eq!(
        (
            geographic.known,
            geographic.spid.as_str(),
            geographic.resp_org.as_str()
        ),
        (true, "SIMW", "")
    );
}

#[tokio::test]
async fn bad_blocks_and_numbers_are_all_named_and_nothing_is_kept() {
    let world = World::new("lookup_faults").await;
    let gateway = world.start().await;
    let operator = token_for(
        &world,
        &gateway,
        AccountId::PLATFORM,
        &["carriers.operate", "port_in.view"],
    )
    .await;
    let mut client = Client::new(channel(&gateway).await);
    let wrong = [
        ("201", "telnyx"),
        ("2018", "telnyx"),
        ("201", "nobody"),
        ("2018675309", "telnyx"),
        ("", "No Slug"),
    ];
    let error = client
        .put_number_blocks(with_key(&operator, "k1", blocks(&wrong)))
        .await
        .unwrap_err();
    assert_eq!(
        fields(&error),
        [
            "blocks[1].prefix",
            "blocks[2].prefix",
            "blocks[2].carrier_id",
            "blocks[3].prefix",
            "blocks[4].prefix",
            "blocks[4].carrier_id",
        ]
    );
    let wrong = [
        ("+12015550123", "telnyx"),
        ("+12015550123", "telnyx"),
        ("201", "nobody"),
    ];
    let error = client
        .put_ported_numbers(with_key(&operator, "k1", ported(&wrong)))
        .await
        .unwrap_err();
    let expected = ["numbers[1].tn", "numbers[2].tn", "numbers[2].carrier_id"];
    assert_eq!(fields(&error), expected);
    assert_eq!(
        carriers_of(&mut client, &operator, &["+12015550123"]).await,
        ["sim-wireless"]
    );
    for tns in [vec![], vec!["+12015550123".to_owned(); 1_001]] {
        let request = wire::LookupNumbersRequest { tns };
        let error = client
            .lookup_numbers(with_token(&operator, request))
            .await
            .unwrap_err();
        assert_eq!(fields(&error), ["tns"]);
    }
    let customer = token_for(&world, &gateway, ACCOUNT, &["port_in.view"]).await;
    let error = client
        .put_number_blocks(with_key(&customer, "k1", blocks(&[("201", "telnyx")])))
        .await
        .unwrap_err();
    assert_eq!(error.code(), Code::PermissionDenied);
}

#[tokio::test]
async fn a_thousand_numbers_are_looked_up_by_the_index_alone() {
    let world = World::new("lookup_index").await;
    let gateway = world.start().await;
    let viewer = token_for(&world, &gateway, ACCOUNT, &["port_in.view"]).await;
    gateway
        .execute(
            "INSERT INTO number_holder (prefix, carrier_id)
             SELECT npa::text || nxx::text, 'telnyx'
               FROM generate_series(201, 289) AS npa, generate_series(200, 999) AS nxx
              WHERE npa / 10 % 10 <= 8",
        )
        .await;
    gateway.execute("ANALYZE number_holder").await;
    let tns: Vec<String> = (0..1_000).map(|line| format!("+1212867{line:04}")).collect();
    let mut client = Client::new(channel(&gateway).await);
    let request = wire::LookupNumbersRequest { tns: tns.clone() };
    let holders = client.lookup_numbers(with_token(&viewer, request)).await.unwrap();
    let holders = holders.into_inner().holders;
    assert_eq!(holders.len(), 1_000);
    assert!(holders.iter().zip(&tns).all(|(holder, tn)| holder.tn == *tn));
    assert!(holders.iter().all(|holder| holder.carrier_id == "telnyx"));
    // One statement of four probes a number; the table is never read whole.
    let digits: Vec<&str> = tns.iter().map(|tn| &tn[2..]).collect();
    let mut conn = gateway.serving.pool.acquire().await.unwrap();
    let plan: Vec<String> = sqlx::query_scalar(sqlx::AssertSqlSafe(format!(
        "EXPLAIN {}",
        carrier_gateway::LOOK_UP_NUMBERS
    )))
    .bind(digits)
    .fetch_all(&mut *conn)
    .await
    .unwrap();
    let plan = plan.join("\n");
    assert!(
        plan.contains("number_holder_pkey") && !plan.contains("Seq Scan on number_holder"),
        "{plan}"
    );
}
