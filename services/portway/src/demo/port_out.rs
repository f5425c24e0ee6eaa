//! The port-out: another carrier asks, the account accepts, the number leaves.

use anyhow::{Context, ensure};
use jiff::SignedDuration;
use portway_proto::carrier::v1::PortOutRequest;
use portway_proto::intake::v1::{
    AcceptPortOutRequest, AnswerState, GetPortOutRequest, InventoryState, ListPortOutsRequest, Order,
    PortOut, PortOutState,
};
use portway_proto::sim::v1::{GetClockRequest, RequestPortOutRequest};
use service::stamp;

use crate::demo::Demo;
use crate::demo::keyed;
use crate::demo::story::Story;

/// The number under which we bill the account: the last twelve digits of its id. Its owner reads it off our invoice.
fn our_account_number(order: &Order) -> String {
    let digits: String = order.account_id.chars().filter(char::is_ascii_hexdigit).collect();
    digits
        .get(digits.len().saturating_sub(12)..)
        .unwrap_or_default()
        .to_owned()
}

impl Demo {
    /// Returns how many numbers are left.
    pub(super) async fn port_out(&mut self, order: &Order) -> anyhow::Result<usize> {
        Story::chapter("Port-out: another carrier asks for one of the numbers")?;
        let tn = order.numbers.first().context("no number")?.tn.clone();
        let port_out = self.requested(order, &tn).await?;
        let foc_at = stamp::from_proto(port_out.foc_at.as_ref().context("no FOC date")?)?;
        self.accepted(&port_out).await?;
        self.advance_to(foc_at + SignedDuration::from_hours(3)).await?;
        let port_out = self.port_out_now(&port_out).await?;
        expect(&port_out, PortOutState::PortedOut)?;
        let left = self.numbers(InventoryState::InService).await?;
        ensure!(
            left.iter().all(|number| number.tn != tn),
            "a number that ported out is gone at once"
        );
        self.story.step(&format!(
            "PORTED_OUT: {tn} is gone from the inventory; {} numbers are left",
            left.len()
        ))?;
        Ok(left.len())
    }

    /// The simulated winning carrier asks.
    async fn requested(&mut self, order: &Order, tn: &str) -> anyhow::Result<PortOut> {
        let now = self
            .platform
            .clock()?
            .get_clock(GetClockRequest {})
            .await?
            .into_inner()
            .now;
        let foc_at = stamp::from_proto(&now.context("no time")?)? + SignedDuration::from_hours(4 * 24);
        let request = PortOutRequest {
            pon: "ACME-0001".to_owned(),
            ver: 1,
            winning_spid: "ACME".to_owned(),
            winning_name: "Acme Wireless".to_owned(),
            tns: vec![tn.to_owned()],
            account_number: our_account_number(order),
            postal_code: "07102".to_owned(),
            end_user_name: "Harbor Realty Group".to_owned(),
            requested_foc_at: Some(stamp::to_proto(foc_at)),
            ..PortOutRequest::default()
        };
        let request = RequestPortOutRequest {
            request: Some(request),
            complete_at_foc: true,
            refuse_conflicts: false,
        };
        self.platform.scenarios()?.request_port_out(request).await?;
        self.advance(3 * 3_600).await?;
        let listed = self
            .customer
            .port_outs()?
            .list_port_outs(ListPortOutsRequest::default())
            .await?;
        let port_out = listed
            .into_inner()
            .port_outs
            .into_iter()
            .next()
            .context("no port-out")?;
        expect(&port_out, PortOutState::Pending)?;
        self.story.step(&format!(
            "{} PENDING: {} ({}) asks for {tn}",
            port_out.request_number, port_out.winning_name, port_out.winning_spid
        ))?;
        Ok(port_out)
    }

    async fn accepted(&mut self, port_out: &PortOut) -> anyhow::Result<()> {
        let accept = AcceptPortOutRequest {
            port_out_id: port_out.request_number.clone(),
        };
        self.customer
            .port_outs()?
            .accept_port_out(keyed(accept, "demo-accept")?)
            .await?;
        self.advance(3 * 3_600).await?;
        let port_out = self.port_out_now(port_out).await?;
        expect(&port_out, PortOutState::Authorized)?;
        ensure!(
            port_out.answer_state() == AnswerState::Acknowledged,
            "the winning carrier has our answer"
        );
        self.story
            .step("AUTHORIZED by the account; the winning carrier acknowledged our answer")?;
        Ok(())
    }

    async fn port_out_now(&self, port_out: &PortOut) -> anyhow::Result<PortOut> {
        let request = GetPortOutRequest {
            port_out_id: port_out.port_out_id.clone(),
        };
        self.customer
            .port_outs()?
            .get_port_out(request)
            .await?
            .into_inner()
            .port_out
            .context("no port-out")
    }
}

fn expect(port_out: &PortOut, state: PortOutState) -> anyhow::Result<()> {
    ensure!(port_out.state() == state, "not {state:?}: {port_out:?}");
    Ok(())
}
