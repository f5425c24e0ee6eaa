//! A customer's program, and the hand on the clock.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use portway::client::{Clients, EndpointsFile, ask, change};
use portway::upload::document_messages;
use portway_proto::billing::v1::{Charge, ListChargesRequest};
use portway_proto::intake::v1::{
    ApplyFixRequest, ConfirmRemedyRequest, Correction, CreateOrderRequest, DocumentHeader, DocumentKind,
    GetOrderRequest, InventoryState, ListNumbersRequest, ListTimelineRequest, Number, NumberDraft, Order,
    SubmitOrderRequest, TimelineEntry,
};
use portway_proto::notification::v1::{CreateWebhookEndpointRequest, Delivery, ListDeliveriesRequest};
use portway_proto::sim::v1::{
    AdvanceClockRequest, Call, GetClockRequest, ListCallsRequest, PutScriptRequest, Script, ScriptStep,
    advance_clock_request::Target,
};
use portway_proto::types::v1::Date;
use service::stamp;
use tonic::{Request, Status};
use uuid::Uuid;

use crate::documents;
use crate::given::{PIN, details, prost_duration};

/// Calls the system as the owner of an account, and as the platform's operator where the simulator is concerned.
#[derive(Clone, Debug)]
pub struct Customer {
    /// As the owner.
    pub owner: Clients,
    /// As the operator.
    pub operator: Clients,
}

/// A request with a key of its own.
pub(crate) fn keyed<T>(message: T) -> Request<T> {
    change(message, &Uuid::new_v4().to_string().parse().unwrap())
}

impl Customer {
    pub(crate) fn new(file: &EndpointsFile, replica: usize) -> Self {
        let endpoints = file.endpoints_of_replica(replica);
        let owner = Clients::connect(&endpoints, &file.token).unwrap();
        let operator = Clients::connect(&endpoints, &file.platform_token).unwrap();
        Self { owner, operator }
    }

    /// Moves the business clock and waits until all that fell due is done.
    pub async fn advance(&self, by: Duration) -> Timestamp {
        self.try_advance(by).await.unwrap()
    }

    /// The same, for systems that may be broken.
    pub async fn try_advance(&self, by: Duration) -> Result<Timestamp, Status> {
        let target = prost_duration(by).map(Target::By);
        let mut request = Request::new(AdvanceClockRequest { target });
        request.set_timeout(Duration::from_mins(5));
        let moved = self
            .operator
            .clock()
            .unwrap()
            .advance_clock(request)
            .await?
            .into_inner();
        Ok(stamp::from_proto(&moved.now.unwrap()).unwrap())
    }

    /// Business time.
    pub async fn now(&self) -> Timestamp {
        let clock = self
            .operator
            .clock()
            .unwrap()
            .get_clock(ask(GetClockRequest {}))
            .await
            .unwrap()
            .into_inner();
        stamp::from_proto(&clock.now.unwrap()).unwrap()
    }

    /// Says how requests that hold this number are answered.
    pub async fn script(&self, tn: &str, steps: Vec<ScriptStep>) {
        let script = Some(Script {
            tn: tn.to_owned(),
            steps,
            fail_calls: 0,
            ..Script::default()
        });
        self.operator
            .scenarios()
            .unwrap()
            .put_script(ask(PutScriptRequest { script }))
            .await
            .unwrap();
    }

    /// A draft of these numbers that is ready to submit.
    pub async fn ready_draft(&self, tns: &[&str]) -> Order {
        let numbers = tns
            .iter()
            .map(|tn| NumberDraft {
                phone_number: (*tn).to_owned(),
                pin: PIN.to_owned(),
                ..NumberDraft::default()
            })
            .collect();
        let request = CreateOrderRequest {
            details: Some(details(tns[0])),
            numbers,
        };
        let order = self
            .owner
            .port_in()
            .unwrap()
            .create_order(keyed(request))
            .await
            .unwrap()
            .into_inner()
            .order
            .unwrap();
        let today = self
            .now()
            .await
            .to_zoned(jiff::tz::TimeZone::UTC)
            .date()
            .checked_sub(SignedDuration::from_hours(48))
            .unwrap();
        let dated = Date {
            year: today.year().into(),
            month: today.month().into(),
            day: today.day().into(),
        };
        let listed: Vec<String> = tns.iter().map(|tn| (*tn).to_owned()).collect();
        let loa = documents::letter_of_authorization("lately", &listed).unwrap();
        let bill = documents::bill("lately").unwrap();
        for (kind, name, content) in [
            (DocumentKind::Loa, "loa.pdf", loa),
            (DocumentKind::Bill, "bill.pdf", bill),
        ] {
            let header = DocumentHeader {
                order_id: order.order_id.clone(),
                kind: kind.into(),
                file_name: name.to_owned(),
                dated: Some(dated),
            };
            let messages = keyed(document_messages(header, content, |_bytes| ()));
            self.owner
                .documents()
                .unwrap()
                .upload_document(messages)
                .await
                .unwrap();
        }
        order
    }

    /// Hands a draft in.
    pub async fn submit(&self, order: &Order) -> Order {
        self.try_submit(order, &Uuid::new_v4().to_string()).await.unwrap()
    }

    /// Hands a draft in under a key.
    pub async fn try_submit(&self, order: &Order, key: &str) -> Result<Order, Status> {
        let request = SubmitOrderRequest {
            order_id: order.order_id.clone(),
            etag: String::new(),
        };
        let request = change(request, &key.parse().unwrap());
        Ok(self
            .owner
            .port_in()
            .unwrap()
            .submit_order(request)
            .await?
            .into_inner()
            .order
            .unwrap())
    }

    /// A submitted order of these numbers.
    pub async fn submitted(&self, tns: &[&str]) -> Order {
        let draft = self.ready_draft(tns).await;
        self.submit(&draft).await
    }

    /// The order as it is now.
    pub async fn order(&self, order: &Order) -> Order {
        let request = ask(GetOrderRequest {
            order_id: order.order_id.clone(),
        });
        self.owner
            .port_in()
            .unwrap()
            .get_order(request)
            .await
            .unwrap()
            .into_inner()
            .order
            .unwrap()
    }

    /// Corrects one field of an order.
    pub async fn fix(&self, order: &Order, field: &str, tn: &str, value: &str) -> Result<Order, Status> {
        let correction = Correction {
            field: field.to_owned(),
            tn: tn.to_owned(),
            value: value.to_owned(),
            address: None,
        };
        let request = ApplyFixRequest {
            order_id: order.order_id.clone(),
            corrections: vec![correction],
        };
        Ok(self
            .owner
            .port_in()
            .unwrap()
            .apply_fix(keyed(request))
            .await?
            .into_inner()
            .order
            .unwrap())
    }

    /// Says that the matter is settled at the losing carrier.
    pub async fn confirm(&self, order: &Order) -> Result<Order, Status> {
        let request = keyed(ConfirmRemedyRequest {
            order_id: order.order_id.clone(),
        });
        let reply = self.owner.port_in().unwrap().confirm_remedy(request).await?;
        Ok(reply.into_inner().order.unwrap())
    }

    /// The first page of the order's history.
    pub async fn timeline(&self, order: &Order) -> Vec<TimelineEntry> {
        let request = ask(ListTimelineRequest {
            order_id: order.order_id.clone(),
            ..ListTimelineRequest::default()
        });
        let reply = self.owner.port_in().unwrap().list_timeline(request).await;
        reply.unwrap().into_inner().entries
    }

    /// The numbers in service.
    pub async fn in_service(&self) -> Vec<Number> {
        let request = ListNumbersRequest {
            page_size: 1_000,
            state: InventoryState::InService.into(),
            ..ListNumbersRequest::default()
        };
        self.owner
            .numbers()
            .unwrap()
            .list_numbers(ask(request))
            .await
            .unwrap()
            .into_inner()
            .numbers
    }

    /// The account's charges.
    pub async fn charges(&self) -> Vec<Charge> {
        let request = ask(ListChargesRequest {
            page_size: 500,
            ..ListChargesRequest::default()
        });
        self.owner
            .invoices()
            .unwrap()
            .list_charges(request)
            .await
            .unwrap()
            .into_inner()
            .charges
    }

    /// Has a program told of every step, too.
    pub async fn register_webhook(&self, url: &str) {
        let request = CreateWebhookEndpointRequest {
            url: url.to_owned(),
            steps: Vec::new(),
        };
        self.owner
            .preferences()
            .unwrap()
            .create_webhook_endpoint(keyed(request))
            .await
            .unwrap();
    }

    /// What was told about an order or port-out, newest first.
    pub async fn deliveries(&self, subject_id: &str) -> Vec<Delivery> {
        let request = ListDeliveriesRequest {
            page_size: 500,
            subject_id: subject_id.to_owned(),
            ..ListDeliveriesRequest::default()
        };
        self.owner
            .deliveries()
            .unwrap()
            .list_deliveries(ask(request))
            .await
            .unwrap()
            .into_inner()
            .deliveries
    }

    /// What the simulated carriers were asked under a purchase order number; empty: under any.
    pub async fn carrier_calls(&self, pon: &str) -> Vec<Call> {
        let request = ask(ListCallsRequest {
            pon: pon.to_owned(),
            page_size: 1_000,
        });
        self.operator
            .scenarios()
            .unwrap()
            .list_calls(request)
            .await
            .unwrap()
            .into_inner()
            .calls
    }
}
