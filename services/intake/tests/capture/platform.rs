//! A platform's program: the calls of this part.

use jiff::civil::date;
use portway_proto::intake::v1;
use portway_proto::intake::v1::configuration_service_client::ConfigurationServiceClient;
use portway_proto::intake::v1::import_service_client::ImportServiceClient;
use portway_proto::intake::v1::number_service_client::NumberServiceClient;
use portway_proto::intake::v1::split_service_client::SplitServiceClient;
use portway_proto::intake::v1::{DocumentKind, NumberDraft, NumberOverrides, Order};
use tonic::Status;

use crate::customer::{Customer, details, key, number, pdf};
use crate::harness::{TestIntake, ask, change};

pub(crate) const TOLL_FREE: &str = "+18005552368";
pub(crate) const OTHER_TOLL_FREE: &str = "+18885552369";

/// The n-th number of New Jersey.
pub(crate) fn tn(n: usize) -> String {
    format!("+1201867{n:04}")
}

/// A number that another carrier has, on an account of its own.
pub(crate) fn elsewhere(n: usize, carrier: &str, account_number: &str) -> NumberDraft {
    NumberDraft {
        overrides: Some(NumberOverrides {
            losing_carrier: carrier.to_owned(),
            account_number: account_number.to_owned(),
            btn: tn(9_000),
            ..NumberOverrides::default()
        }),
        ..number(&tn(n))
    }
}

/// A toll-free number of a RespOrg.
pub(crate) fn toll_free(tn: &str, resp_org: &str) -> NumberDraft {
    NumberDraft {
        overrides: Some(NumberOverrides {
            resp_org: resp_org.to_owned(),
            ..NumberOverrides::default()
        }),
        ..number(tn)
    }
}

pub(crate) async fn draft_of(customer: &Customer, numbers: Vec<NumberDraft>) -> Order {
    let request = v1::CreateOrderRequest {
        details: Some(details()),
        numbers,
    };
    let reply = customer
        .port_in()
        .create_order(change(&customer.token, &key(), request))
        .await;
    reply.unwrap().into_inner().order.unwrap()
}

/// A draft with its bill.
pub(crate) async fn ready(customer: &Customer, numbers: Vec<NumberDraft>) -> Order {
    let draft = draft_of(customer, numbers).await;
    customer
        .upload(&draft, DocumentKind::Bill, date(2026, 11, 1), &pdf(&["Bill"]))
        .await
        .unwrap();
    draft
}

pub(crate) async fn preview(intake: &TestIntake, customer: &Customer, order: &Order) -> Vec<v1::SplitPart> {
    let request = v1::PreviewSplitRequest {
        order_id: order.order_id.clone(),
    };
    let reply = SplitServiceClient::new(intake.channel())
        .preview_split(ask(&customer.token, request))
        .await;
    reply.unwrap().into_inner().parts
}

/// The children of an order, whole.
pub(crate) async fn children(customer: &Customer, parent: &Order) -> Vec<Order> {
    let mut children = Vec::new();
    for child in customer.get(parent).await.children {
        children.push(customer.find(&child.order_id).await.unwrap());
    }
    children
}

pub(crate) async fn configure(
    intake: &TestIntake,
    customer: &Customer,
    order: &Order,
    numbers: Vec<NumberDraft>,
    update_fields: &[&str],
) -> Result<v1::ConfigureNumbersResponse, Status> {
    let request = v1::ConfigureNumbersRequest {
        order_id: order.order_id.clone(),
        numbers,
        update_fields: update_fields.iter().map(|field| (*field).to_owned()).collect(),
        etag: String::new(),
    };
    let reply = ConfigurationServiceClient::new(intake.channel())
        .configure_numbers(change(&customer.token, &key(), request))
        .await?;
    Ok(reply.into_inner())
}

pub(crate) fn numbers(intake: &TestIntake) -> NumberServiceClient<tonic::transport::Channel> {
    NumberServiceClient::new(intake.channel())
}

pub(crate) async fn get_number(intake: &TestIntake, customer: &Customer, tn: &str) -> v1::Number {
    let request = v1::GetNumberRequest {
        phone_number: tn.to_owned(),
    };
    let reply = numbers(intake).get_number(ask(&customer.token, request)).await;
    reply.unwrap().into_inner().number.unwrap()
}

pub(crate) async fn get_import(
    intake: &TestIntake,
    customer: &Customer,
    import_id: &str,
) -> Result<v1::Import, Status> {
    let request = v1::GetImportRequest {
        import_id: import_id.to_owned(),
    };
    let reply = ImportServiceClient::new(intake.channel())
        .get_import(ask(&customer.token, request))
        .await?;
    Ok(reply.into_inner().import.unwrap())
}

/// Line, outcome and codes of the lines of an import, in pages of `page_size`.
pub(crate) async fn import_lines(
    intake: &TestIntake,
    customer: &Customer,
    import_id: &str,
    page_size: i32,
) -> Vec<(i32, v1::LineOutcome, Vec<String>)> {
    let (mut lines, mut page_token) = (Vec::new(), String::new());
    loop {
        let request = v1::ListImportLinesRequest {
            import_id: import_id.to_owned(),
            page_size,
            page_token,
            outcomes: Vec::new(),
        };
        let reply = ImportServiceClient::new(intake.channel())
            .list_import_lines(ask(&customer.token, request))
            .await
            .unwrap()
            .into_inner();
        lines.extend(reply.lines.iter().map(|line| {
            let codes = line.faults.iter().map(|fault| fault.code.clone()).collect();
            (line.line, line.outcome(), codes)
        }));
        page_token = reply.next_page_token;
        if page_token.is_empty() {
            return lines;
        }
    }
}
