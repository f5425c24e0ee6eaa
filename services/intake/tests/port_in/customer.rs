//! A customer's program, and what it sends.

use jiff::civil::{Date, date};
use lopdf::content::{Content, Operation};
use lopdf::{Object, Stream, dictionary};
use portway_proto::intake::v1;
use portway_proto::intake::v1::document_service_client::DocumentServiceClient;
use portway_proto::intake::v1::port_in_service_client::PortInServiceClient;
use portway_proto::intake::v1::{DocumentKind, Order};
use portway_proto::types::v1::Address;
use service::stamp;
use tonic::Status;
use tonic::transport::Channel;
use types::AccountId;
use uuid::Uuid;

use crate::harness::{ask, change};

pub(crate) const ONE: &str = "+12018670123";
pub(crate) const TWO: &str = "+12018670124";
pub(crate) const PIN: &str = "48213377";
pub(crate) const ACCOUNT_NUMBER: &str = "HR-4471-0092";

#[derive(Clone)]
pub(crate) struct Customer {
    pub(crate) account: AccountId,
    pub(crate) token: String,
    channel: Channel,
}

impl Customer {
    pub(crate) fn new(channel: Channel, account: AccountId, token: String) -> Self {
        Self {
            account,
            token,
            channel,
        }
    }

    pub(crate) fn port_in(&self) -> PortInServiceClient<Channel> {
        PortInServiceClient::new(self.channel()).max_decoding_message_size(16 << 20)
    }

    /// For the clients of its services.
    pub(crate) fn channel(&self) -> Channel {
        self.channel.clone()
    }

    pub(crate) fn documents(&self) -> DocumentServiceClient<Channel> {
        DocumentServiceClient::new(self.channel())
    }

    /// A draft with complete details and these numbers.
    pub(crate) async fn draft(&self, tns: &[&str]) -> Order {
        let numbers = tns.iter().map(|tn| number(tn)).collect();
        let request = v1::CreateOrderRequest {
            details: Some(details()),
            numbers,
        };
        let reply = self
            .port_in()
            .create_order(change(&self.token, &key(), request))
            .await;
        reply.unwrap().into_inner().order.unwrap()
    }

    /// An order of two numbers, submitted.
    pub(crate) async fn submitted(&self) -> Order {
        self.submitted_of(&[ONE, TWO]).await
    }

    pub(crate) async fn submitted_of(&self, tns: &[&str]) -> Order {
        let draft = self.draft(tns).await;
        self.upload(&draft, DocumentKind::Bill, date(2026, 11, 1), &pdf(&["Bill"]))
            .await
            .unwrap();
        self.submit(&draft).await.unwrap()
    }

    pub(crate) async fn upload(
        &self,
        order: &Order,
        kind: DocumentKind,
        dated: Date,
        content: &[u8],
    ) -> Result<v1::Document, Status> {
        self.upload_as(&key(), order, kind, dated, content).await
    }

    pub(crate) async fn upload_as(
        &self,
        key: &str,
        order: &Order,
        kind: DocumentKind,
        dated: Date,
        content: &[u8],
    ) -> Result<v1::Document, Status> {
        use v1::upload_document_request::Part;
        let header = v1::DocumentHeader {
            order_id: order.order_id.clone(),
            kind: kind.into(),
            file_name: "paper.pdf".to_owned(),
            dated: Some(stamp::date_to_proto(dated)),
        };
        let chunks = content.chunks(64 << 10).map(|chunk| Part::Chunk(chunk.to_vec()));
        let parts = std::iter::once(Part::Header(header)).chain(chunks);
        let messages: Vec<_> = parts
            .map(|part| v1::UploadDocumentRequest { part: Some(part) })
            .collect();
        let request = change(&self.token, key, tokio_stream::iter(messages));
        let reply = self.documents().upload_document(request).await?;
        Ok(reply.into_inner().document.unwrap())
    }

    pub(crate) async fn import(
        &self,
        order: &Order,
        csv: &str,
        take_good_lines: bool,
    ) -> Result<v1::ImportNumbersResponse, Status> {
        use v1::import_numbers_request::Part;
        let header = v1::ImportHeader {
            order_id: order.order_id.clone(),
            take_good_lines,
            ..v1::ImportHeader::default()
        };
        let chunks = csv
            .as_bytes()
            .chunks(64 << 10)
            .map(|chunk| Part::Chunk(chunk.to_vec()));
        let parts = std::iter::once(Part::Header(header)).chain(chunks);
        let messages: Vec<_> = parts
            .map(|part| v1::ImportNumbersRequest { part: Some(part) })
            .collect();
        let request = change(&self.token, &key(), tokio_stream::iter(messages));
        Ok(self.port_in().import_numbers(request).await?.into_inner())
    }

    pub(crate) async fn submit(&self, order: &Order) -> Result<Order, Status> {
        self.submit_as(&key(), order).await
    }

    pub(crate) async fn submit_as(&self, key: &str, order: &Order) -> Result<Order, Status> {
        let request = v1::SubmitOrderRequest {
            order_id: order.order_id.clone(),
            etag: String::new(),
        };
        let reply = self
            .port_in()
            .submit_order(change(&self.token, key, request))
            .await?;
        Ok(reply.into_inner().order.unwrap())
    }

    pub(crate) async fn get(&self, order: &Order) -> Order {
        self.find(&order.order_id).await.unwrap()
    }

    pub(crate) async fn find(&self, order_id: &str) -> Result<Order, Status> {
        let request = v1::GetOrderRequest {
            order_id: order_id.to_owned(),
        };
        Ok(self
            .port_in()
            .get_order(ask(&self.token, request))
            .await?
            .into_inner()
            .order
            .unwrap())
    }

    pub(crate) async fn requirements(&self, order: &Order) -> v1::ListRequirementsResponse {
        let request = v1::ListRequirementsRequest {
            order_id: order.order_id.clone(),
        };
        self.port_in()
            .list_requirements(ask(&self.token, request))
            .await
            .unwrap()
            .into_inner()
    }

    pub(crate) async fn fix(&self, order: &Order, corrections: Vec<v1::Correction>) -> Result<Order, Status> {
        let request = v1::ApplyFixRequest {
            order_id: order.order_id.clone(),
            corrections,
        };
        let reply = self
            .port_in()
            .apply_fix(change(&self.token, &key(), request))
            .await?;
        Ok(reply.into_inner().order.unwrap())
    }

    pub(crate) async fn confirm(&self, order: &Order) -> Result<Order, Status> {
        let request = v1::ConfirmRemedyRequest {
            order_id: order.order_id.clone(),
        };
        let reply = self
            .port_in()
            .confirm_remedy(change(&self.token, &key(), request))
            .await?;
        Ok(reply.into_inner().order.unwrap())
    }

    pub(crate) async fn cancel(&self, order: &Order) -> Result<Order, Status> {
        let request = v1::CancelOrderRequest {
            order_id: order.order_id.clone(),
        };
        let reply = self
            .port_in()
            .cancel_order(change(&self.token, &key(), request))
            .await?;
        Ok(reply.into_inner().order.unwrap())
    }

    /// What happened to the order, in a word each.
    pub(crate) async fn history(&self, order: &Order) -> Vec<String> {
        let request = v1::ListTimelineRequest {
            order_id: order.order_id.clone(),
            ..Default::default()
        };
        let reply = self
            .port_in()
            .list_timeline(ask(&self.token, request))
            .await
            .unwrap()
            .into_inner();
        reply.entries.into_iter().map(|entry| entry.action).collect()
    }
}

/// A key that nobody used.
pub(crate) fn key() -> String {
    Uuid::new_v4().to_string()
}

pub(crate) fn number(tn: &str) -> v1::NumberDraft {
    v1::NumberDraft {
        phone_number: tn.to_owned(),
        pin: PIN.to_owned(),
        agent_name: "Ann Lee".to_owned(),
        agent_email: "ann@harbor.example".to_owned(),
        ..v1::NumberDraft::default()
    }
}

pub(crate) fn details() -> v1::OrderDetails {
    v1::OrderDetails {
        losing_carrier: "sim-wireless".to_owned(),
        account_number: ACCOUNT_NUMBER.to_owned(),
        btn: "(201) 867-0100".to_owned(),
        subscriber_kind: v1::SubscriberKind::Residential.into(),
        first_name: "Ann".to_owned(),
        last_name: "Lee".to_owned(),
        company_name: String::new(),
        authorized_by: "Ann Lee".to_owned(),
        service_address: Some(Address {
            street: "21 Market St".to_owned(),
            unit: String::new(),
            city: "Newark".to_owned(),
            state: "NJ".to_owned(),
            postal_code: "07102".to_owned(),
        }),
        tax_id: "987654321".to_owned(),
        wanted_date: None,
        partial: false,
        new_btn: String::new(),
        customer_reference: "harbor-1".to_owned(),
        ..v1::OrderDetails::default()
    }
}

/// The correction of a number's PIN.
pub(crate) fn pin(tn: &str, value: &str) -> v1::Correction {
    v1::Correction {
        field: "pin".to_owned(),
        tn: tn.to_owned(),
        value: value.to_owned(),
        address: None,
    }
}

/// A PDF with these lines of text, each placed below the one before within one text object.
pub(crate) fn pdf(lines: &[&str]) -> Vec<u8> {
    let mut document = lopdf::Document::with_version("1.5");
    let pages_id = document.new_object_id();
    let font_id = document.add_object(dictionary! {
        "Type" => "Font", "Subtype" => "Type1", "BaseFont" => "Helvetica", "Encoding" => "WinAnsiEncoding",
    });
    let resources_id = document.add_object(dictionary! { "Font" => dictionary! { "F1" => font_id } });
    let mut operations = vec![
        Operation::new("BT", vec![]),
        Operation::new("Tf", vec!["F1".into(), 11.into()]),
    ];
    for line in lines {
        operations.push(Operation::new("Td", vec![0.into(), (-16).into()]));
        operations.push(Operation::new("Tj", vec![Object::string_literal(*line)]));
    }
    operations.push(Operation::new("ET", vec![]));
    let content = Content { operations }.encode().unwrap();
    let content_id = document.add_object(Stream::new(dictionary! {}, content));
    let page_id = document.add_object(dictionary! {
        "Type" => "Page", "Parent" => pages_id, "Contents" => content_id, "Resources" => resources_id,
        "MediaBox" => vec![0.into(), 0.into(), 612.into(), 792.into()],
    });
    let pages = dictionary! { "Type" => "Pages", "Kids" => vec![page_id.into()], "Count" => 1 };
    document.objects.insert(pages_id, Object::Dictionary(pages));
    let catalog_id = document.add_object(dictionary! { "Type" => "Catalog", "Pages" => pages_id });
    document.trailer.set("Root", catalog_id);
    let mut bytes = Vec::new();
    document.save_to(&mut bytes).unwrap();
    bytes
}
