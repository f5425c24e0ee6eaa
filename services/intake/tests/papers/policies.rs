//! Which documents are needed is data of the account.

use jiff::civil::date;
use portway_proto::intake::v1;
use portway_proto::intake::v1::{AccountProof, DocumentKind, DocumentNeeds};
use tonic::{Code, Status};
use types::AccountId;

use crate::customer::{Customer, ONE, details, key, number, pdf};
use crate::harness::{TestIntake, ask, change, reason, refusal};
use crate::signer::lacks;

const TOLL_FREE: &str = "+18442345678";

#[expect(clippy::unnecessary_wraps, reason = "as messages have it")]
fn needs(loa: bool, proof: AccountProof) -> Option<DocumentNeeds> {
    Some(DocumentNeeds {
        loa,
        account_proof: proof.into(),
    })
}

async fn set(
    operator: &Customer,
    account: AccountId,
    geographic: Option<DocumentNeeds>,
    toll_free: Option<DocumentNeeds>,
    seen_version: i32,
) -> Result<v1::DocumentPolicy, Status> {
    let request = v1::SetDocumentPolicyRequest {
        account_id: account.to_string(),
        geographic,
        toll_free,
        seen_version,
    };
    let reply = operator
        .documents()
        .set_document_policy(change(&operator.token, &key(), request))
        .await?;
    Ok(reply.into_inner().policy.unwrap())
}

async fn get(customer: &Customer, account: &str, version: i32) -> Result<v1::DocumentPolicy, Status> {
    let request = v1::GetDocumentPolicyRequest {
        account_id: account.to_owned(),
        version,
    };
    let reply = customer
        .documents()
        .get_document_policy(ask(&customer.token, request))
        .await?;
    Ok(reply.into_inner().policy.unwrap())
}

/// An account that exists, not only in tokens.
async fn account(intake: &TestIntake, customer: &Customer) {
    sqlx::query(
        "INSERT INTO account (account_id, name, owner, owner_email, time_zone, currency, country, created_at)
         VALUES ($1, 'Acme', 'user:owner', 'owner@acme.example', 'America/New_York', 'USD', 'US', $2::timestamptz)",
    )
    .bind(customer.account.as_uuid())
    .bind(intake.clock.now().to_string())
    .execute(&intake.pool)
    .await
    .unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_policy_is_set_by_operations_version_by_version_and_seen_by_its_account() {
    let intake = TestIntake::start("policies").await;
    let customer = intake.customer().await;
    account(&intake, &customer).await;
    let operator = intake
        .user_of(AccountId::PLATFORM, &["port_in.operate", "port_in.view"])
        .await;
    let unset = get(&customer, "", 0).await.unwrap();
    assert_eq!(
        (unset.version, unset.geographic, unset.toll_free),
        (
            0,
            needs(false, AccountProof::BillOrCsr),
            needs(true, AccountProof::BillOrCsr)
        )
    );
    let (geographic, toll_free) = (needs(true, AccountProof::Csr), needs(true, AccountProof::None));
    let first = set(&operator, customer.account, geographic, toll_free, 0)
        .await
        .unwrap();
    assert_eq!((first.version, first.set_by.as_str()), (1, "user:owner"));
    let stale = set(&operator, customer.account, geographic, toll_free, 0)
        .await
        .unwrap_err();
    assert_eq!((stale.code(), reason(&stale).as_str()), (Code::Aborted, "STALE"));
    let second = set(
        &operator,
        customer.account,
        needs(false, AccountProof::Bill),
        toll_free,
        1,
    );
    assert_eq!(second.await.unwrap().version, 2);
    let account = customer.account.to_string();
    assert_eq!(get(&customer, "", 1).await.unwrap(), first);
    assert_eq!(get(&operator, &account, 0).await.unwrap().version, 2);
    let missing = get(&customer, "", 3).await.unwrap_err();
    assert_eq!(reason(&missing), "POLICY_VERSION_NOT_FOUND");
    let stranger = intake.customer().await;
    assert_eq!(
        get(&stranger, &account, 0).await.unwrap_err().code(),
        Code::NotFound
    );
    let owner = set(&customer, customer.account, geographic, toll_free, 2)
        .await
        .unwrap_err();
    assert_eq!(owner.code(), Code::PermissionDenied);
    let faults = set(
        &operator,
        customer.account,
        None,
        needs(false, AccountProof::Bill),
        2,
    )
    .await
    .unwrap_err();
    let fields: Vec<String> = refusal(&faults).1.into_iter().map(|(field, _)| field).collect();
    assert_eq!(fields, ["toll_free.loa", "geographic.account_proof"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_order_must_have_what_its_accounts_policy_says_for_its_kind_of_numbers() {
    let intake = TestIntake::start("needs").await;
    let customer = intake.customer().await;
    account(&intake, &customer).await;
    let operator = intake.user_of(AccountId::PLATFORM, &["port_in.operate"]).await;
    let draft = customer.draft(&[ONE]).await;
    let toll_free = toll_free_draft(&customer).await;
    assert_eq!(lacks(&customer, &draft).await, ["BILL_OR_CSR_MISSING"]);
    assert_eq!(
        lacks(&customer, &toll_free).await,
        ["LOA_MISSING", "BILL_OR_CSR_MISSING"]
    );
    let cases: [(bool, AccountProof, &[&str]); 4] = [
        (
            true,
            AccountProof::BillAndCsr,
            &["LOA_MISSING", "BILL_MISSING", "CSR_MISSING"],
        ),
        (false, AccountProof::Bill, &["BILL_MISSING"]),
        (false, AccountProof::Csr, &["CSR_MISSING"]),
        (false, AccountProof::None, &[]),
    ];
    let others = needs(true, AccountProof::None);
    for (seen, (loa, proof, expected)) in cases.into_iter().enumerate() {
        let seen = i32::try_from(seen).unwrap();
        set(&operator, customer.account, needs(loa, proof), others, seen)
            .await
            .unwrap();
        assert_eq!(lacks(&customer, &draft).await, expected, "{proof:?}");
        assert_eq!(lacks(&customer, &toll_free).await, ["LOA_MISSING"], "{proof:?}");
    }
    let refused = customer.submit(&toll_free).await.unwrap_err();
    assert_eq!(reason(&refused), "REQUIREMENTS_NOT_MET");
    customer.submit(&draft).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn the_document_that_was_uploaded_last_counts_even_at_the_same_instant() {
    let intake = TestIntake::start("latest").await;
    let customer = intake.customer().await;
    let draft = customer.draft(&[ONE]).await;
    let today = date(2026, 11, 23);
    for dated in [today, date(2026, 10, 23), date(2026, 10, 24)] {
        customer
            .upload(&draft, DocumentKind::Loa, dated, &pdf(&[ONE]))
            .await
            .unwrap();
    }
    customer
        .upload(&draft, DocumentKind::Csr, today, &pdf(&["CSR"]))
        .await
        .unwrap();
    assert_eq!(
        lacks(&customer, &draft).await,
        [""; 0],
        "30 days old is not too old"
    );
    customer
        .upload(&draft, DocumentKind::Loa, date(2026, 10, 23), &pdf(&[ONE]))
        .await
        .unwrap();
    assert_eq!(lacks(&customer, &draft).await, ["LOA_EXPIRED"]);
    customer
        .upload(
            &draft,
            DocumentKind::Loa,
            date(2026, 11, 24),
            &pdf(&["no number"]),
        )
        .await
        .unwrap();
    assert_eq!(
        lacks(&customer, &draft).await,
        ["LOA_DATE_FUTURE", "TN_NOT_ON_LOA"]
    );
}

async fn toll_free_draft(customer: &Customer) -> v1::Order {
    let request = v1::CreateOrderRequest {
        details: Some(v1::OrderDetails {
            btn: String::new(),
            ..details()
        }),
        numbers: vec![number(TOLL_FREE)],
    };
    let reply = customer
        .port_in()
        .create_order(change(&customer.token, &key(), request))
        .await;
    reply.unwrap().into_inner().order.unwrap()
}
