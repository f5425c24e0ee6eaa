//! The port-in: draft, papers, submit, rejected, corrected, FOC, cut-over.

use std::fs;

use anyhow::{Context, ensure};
use jiff::{SignedDuration, Timestamp};
use portway_proto::carrier::v1::{AnswerKind, RawReason};
use portway_proto::intake::v1::{
    ApplyFixRequest, Correction, CreateOrderRequest, DocumentHeader, GetOrderRequest, ImportHeader,
    InventoryState, ListNumbersRequest, ListOrdersRequest, ListRequirementsRequest, Number, Order,
    OrderState, SubmitOrderRequest,
};
use portway_proto::notification::v1::CreateWebhookEndpointRequest;
use portway_proto::sim::v1::{
    AdvanceClockRequest, GetClockRequest, PutScriptRequest, Script, ScriptStep, advance_clock_request::Target,
};
use service::stamp;

use crate::demo::keyed;
use crate::demo::papers::papers;
use crate::demo::story::Story;
use crate::demo::{Demo, story};
use crate::order_file;
use crate::upload::{document_messages, import_messages};

const HOUR: i64 = 3_600;
const DAY: i64 = 24 * HOUR;
/// The number whose PIN the losing carrier does not take, and the PIN it takes.
const WRONG_PIN_TN: &str = "+12018675302";
const RIGHT_PIN: &str = "2284";

fn duration(seconds: i64) -> prost_types::Duration {
    prost_types::Duration { seconds, nanos: 0 }
}

impl Demo {
    pub(super) async fn register_webhook(&mut self) -> anyhow::Result<()> {
        let request = CreateWebhookEndpointRequest {
            url: self.receiver.url.clone(),
            steps: Vec::new(),
        };
        let created = self
            .customer
            .preferences()?
            .create_webhook_endpoint(keyed(request, "demo-webhook")?)
            .await?;
        self.receiver.set_secret(&created.into_inner().secret)?;
        self.advance(0).await?;
        self.story.step("a webhook endpoint is registered")?;
        Ok(())
    }

    /// Moves the business clock and waits until everything that fell due on the way is done.
    pub(super) async fn advance(&mut self, seconds: i64) -> anyhow::Result<()> {
        let target = Some(Target::By(duration(seconds)));
        let moved = self
            .platform
            .clock()?
            .advance_clock(AdvanceClockRequest { target })
            .await?
            .into_inner();
        let now = moved.now.as_ref().context("the clock says no time")?;
        self.story.set_now(stamp::from_proto(now)?);
        Ok(())
    }

    pub(super) async fn advance_to(&mut self, to: Timestamp) -> anyhow::Result<()> {
        let now = self
            .platform
            .clock()?
            .get_clock(GetClockRequest {})
            .await?
            .into_inner()
            .now
            .context("no time")?;
        let seconds = to.duration_since(stamp::from_proto(&now)?).as_secs();
        self.advance(seconds.max(0)).await
    }

    pub(super) async fn port_in(&mut self) -> anyhow::Result<Order> {
        Story::chapter("Port-in: five numbers of three area codes, from a wireless carrier")?;
        self.script_rejection().await?;
        let order = self.draft().await?;
        let order = self.submit(&order).await?;
        let order = self.fix(order).await?;
        self.cut_over(order).await
    }

    /// What the losing carrier will say: wrong PIN for one number, then yes.
    async fn script_rejection(&mut self) -> anyhow::Result<()> {
        let wrong_pin = RawReason {
            tn: WRONG_PIN_TN.to_owned(),
            code: "8C".to_owned(),
            text: "PIN incorrect".to_owned(),
        };
        let step = |after, kind: AnswerKind| ScriptStep {
            after: Some(duration(after)),
            kind: kind.into(),
            ..ScriptStep::default()
        };
        let steps = vec![
            ScriptStep {
                reasons: vec![wrong_pin],
                ..step(DAY, AnswerKind::Rejected)
            },
            ScriptStep {
                foc_after: Some(duration(5 * DAY)),
                ..step(DAY, AnswerKind::Foc)
            },
            step(600, AnswerKind::Activated),
        ];
        let script = Some(Script {
            tn: "+12018675301".to_owned(),
            steps,
            fail_calls: 1,
            ..Script::default()
        });
        self.platform
            .scenarios()?
            .put_script(PutScriptRequest { script })
            .await?;
        Ok(())
    }

    async fn draft(&mut self) -> anyhow::Result<Order> {
        let file = order_file::read(&self.data.join("order.toml"))?;
        let request = CreateOrderRequest {
            details: Some(file.details),
            numbers: Vec::new(),
        };
        // Sent twice with the same key: a client whose first reply got lost.
        let mut replies = Vec::new();
        for _try in 0..2 {
            let created = self
                .customer
                .port_in()?
                .create_order(keyed(request.clone(), "demo-create")?)
                .await?;
            replies.push(created.into_inner().order.context("no order")?);
        }
        ensure!(
            replies[0] == replies[1],
            "the repeated create replied something else"
        );
        let order = replies.remove(0);
        ensure!(
            self.count_orders().await? == 1,
            "a repeated create made a second order"
        );
        self.story
            .step(&format!("{} drafted from order.toml", order.request_number))?;
        let csv = fs::read(self.data.join("numbers.csv"))?;
        let header = ImportHeader {
            order_id: order.order_id.clone(),
            take_good_lines: false,
            ..ImportHeader::default()
        };
        let messages = keyed(import_messages(header, csv, |_bytes| ()), "demo-import")?;
        let imported = self
            .customer
            .port_in()?
            .import_numbers(messages)
            .await?
            .into_inner();
        ensure!(
            imported.faults.is_empty(),
            "the CSV has faults: {:?}",
            imported.faults
        );
        self.story
            .step(&format!("{} numbers imported from numbers.csv", imported.added))?;
        self.requirements(&order).await?;
        self.attach(&order).await?;
        Ok(order)
    }

    async fn attach(&mut self, order: &Order) -> anyhow::Result<()> {
        for paper in papers() {
            let content = fs::read(self.data.join(paper.file))?;
            let header = DocumentHeader {
                order_id: order.order_id.clone(),
                kind: paper.kind.into(),
                file_name: paper.file.to_owned(),
                dated: Some(paper.dated),
            };
            let key = format!("demo-{}", paper.file);
            let messages = keyed(document_messages(header, content, |_bytes| ()), &key)?;
            let uploaded = self
                .customer
                .documents()?
                .upload_document(messages)
                .await?
                .into_inner();
            let document = uploaded.document.context("no document")?;
            self.story.step(&format!(
                "{} uploaded, lists {} numbers",
                paper.file,
                document.tns.len()
            ))?;
            self.requirements(order).await?;
        }
        Ok(())
    }

    async fn requirements(&mut self, order: &Order) -> anyhow::Result<()> {
        let request = ListRequirementsRequest {
            order_id: order.order_id.clone(),
        };
        let list = self
            .customer
            .port_in()?
            .list_requirements(request)
            .await?
            .into_inner();
        let faults: Vec<&str> = list
            .requirements
            .iter()
            .filter(|found| !found.warning)
            .map(|found| found.code.as_str())
            .collect();
        let text = if list.ready {
            "ready to submit".to_owned()
        } else {
            format!("still missing: {}", faults.join(", "))
        };
        Story::detail(&text)?;
        Ok(())
    }

    /// Submits twice with the same key: a client whose first reply got lost.
    async fn submit(&mut self, draft: &Order) -> anyhow::Result<Order> {
        let request = SubmitOrderRequest {
            order_id: draft.order_id.clone(),
            etag: String::new(),
        };
        let mut replies = Vec::new();
        for _try in 0..2 {
            let reply = self
                .customer
                .port_in()?
                .submit_order(keyed(request.clone(), "demo-submit")?)
                .await?;
            replies.push(reply.into_inner().order.context("no order")?);
        }
        ensure!(
            replies[0] == replies[1],
            "the repeated submit replied something else"
        );
        let orders = self
            .customer
            .port_in()?
            .list_orders(ListOrdersRequest::default())
            .await?
            .into_inner()
            .orders;
        ensure!(orders.len() == 1, "a repeated submit made a second order");
        self.story.step(&format!(
            "{} submitted; sent again with the same idempotency key: the same reply, still one order",
            draft.request_number
        ))?;
        self.advance(3 * HOUR).await?;
        let order = self.order(&draft.order_id).await?;
        expect(&order, OrderState::Pending)?;
        self.story.step(
            "PENDING: with the losing carrier (its first reply was UNAVAILABLE; the gateway tried again)",
        )?;
        Ok(order)
    }

    async fn fix(&mut self, order: Order) -> anyhow::Result<Order> {
        self.advance(DAY).await?;
        let order = self.order(&order.order_id).await?;
        expect(&order, OrderState::ActionRequired)?;
        self.story
            .step("ACTION_REQUIRED: the carrier rejected the order")?;
        let reason = order.reasons.first().context("no reason was given")?;
        let said = (
            reason.tn.as_str(),
            reason.reason.as_str(),
            reason.field.as_str(),
            reason.raw_code.as_str(),
        );
        ensure!(
            said == (WRONG_PIN_TN, "PIN", "pin", "8C"),
            "the reason is {said:?}"
        );
        for reason in &order.reasons {
            Story::detail(&format!(
                "{} {} (carrier's {} \"{}\"), field {}",
                reason.tn, reason.reason, reason.raw_code, reason.raw_text, reason.field
            ))?;
            Story::detail(&format!("remedy: {}", reason.remedy))?;
        }
        let correction = Correction {
            field: "pin".to_owned(),
            tn: WRONG_PIN_TN.to_owned(),
            value: RIGHT_PIN.to_owned(),
            address: None,
        };
        let request = ApplyFixRequest {
            order_id: order.order_id.clone(),
            corrections: vec![correction],
        };
        let fixed = self
            .customer
            .port_in()?
            .apply_fix(keyed(request, "demo-fix")?)
            .await?;
        let order = fixed.into_inner().order.context("no order")?;
        ensure!(order.ver == 2, "a fix is the next version");
        self.story
            .step("the PIN is corrected; the same order goes out again as VER 02")?;
        self.advance(DAY + 3 * HOUR).await?;
        let order = self.order(&order.order_id).await?;
        expect(&order, OrderState::FocConfirmed)?;
        Ok(order)
    }

    async fn cut_over(&mut self, order: Order) -> anyhow::Result<Order> {
        let foc_at = stamp::from_proto(order.foc_at.as_ref().context("no FOC date")?)?;
        let day = foc_at.to_zoned(story::time_zone()).strftime("%a %Y-%m-%d");
        self.story
            .step(&format!("FOC_CONFIRMED: the numbers will be ours on {day}"))?;
        self.advance_to(foc_at - SignedDuration::from_hours(47)).await?;
        let incoming = self.numbers(InventoryState::Incoming).await?;
        ensure!(
            incoming.len() == order.numbers.len(),
            "two days before, all numbers stand in the account"
        );
        self.story.step(&format!(
            "{} numbers stand in the inventory as INCOMING",
            incoming.len()
        ))?;
        self.advance_to(foc_at + SignedDuration::from_hours(3)).await?;
        let order = self.order(&order.order_id).await?;
        expect(&order, OrderState::Ported)?;
        let in_service = self.numbers(InventoryState::InService).await?;
        ensure!(
            in_service.len() == order.numbers.len(),
            "all numbers are in service"
        );
        self.story
            .step(&format!("PORTED: {} numbers IN_SERVICE", in_service.len()))?;
        for number in in_service {
            Story::detail(&format!("{}  {}", number.tn, number.agent_name))?;
        }
        Ok(order)
    }

    pub(super) async fn numbers(&self, state: InventoryState) -> anyhow::Result<Vec<Number>> {
        let request = ListNumbersRequest {
            state: state.into(),
            ..ListNumbersRequest::default()
        };
        Ok(self
            .customer
            .numbers()?
            .list_numbers(request)
            .await?
            .into_inner()
            .numbers)
    }

    pub(super) async fn count_orders(&self) -> anyhow::Result<usize> {
        Ok(self
            .customer
            .port_in()?
            .list_orders(ListOrdersRequest::default())
            .await?
            .into_inner()
            .orders
            .len())
    }

    async fn order(&self, order_id: &str) -> anyhow::Result<Order> {
        let request = GetOrderRequest {
            order_id: order_id.to_owned(),
        };
        self.customer
            .port_in()?
            .get_order(request)
            .await?
            .into_inner()
            .order
            .context("no order")
    }
}

fn expect(order: &Order, state: OrderState) -> anyhow::Result<()> {
    ensure!(
        order.state() == state,
        "{} is {:?}, not {state:?}",
        order.request_number,
        order.state()
    );
    Ok(())
}
