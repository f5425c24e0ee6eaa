//! Port-outs, as the account's owner and the simulated winning carrier see them.

use jiff::Timestamp;
use portway::client::ask;
use portway_proto::carrier::v1::PortOutRequest;
use portway_proto::intake::v1::{
    AcceptPortOutRequest, GetPortOutRequest, ListPortOutsRequest, Order, PortOut,
};
use portway_proto::sim::v1::RequestPortOutRequest;
use service::stamp;
use tonic::Status;

use crate::customer::{Customer, keyed};

impl Customer {
    /// Plays a winning carrier that asks for these numbers of `order`, rightly, and takes them at the FOC instant.
    pub async fn request_port_out(&self, order: &Order, pon: &str, tns: &[&str], foc_at: Timestamp) {
        let request = PortOutRequest {
            pon: pon.to_owned(),
            ver: 1,
            winning_spid: "WINR".to_owned(),
            winning_name: "Winner Wireless".to_owned(),
            tns: tns.iter().map(|tn| (*tn).to_owned()).collect(),
            account_number: order.account_id[order.account_id.len() - 12..].to_owned(),
            postal_code: "07102".to_owned(),
            requested_foc_at: Some(stamp::to_proto(foc_at)),
            ..PortOutRequest::default()
        };
        let request = RequestPortOutRequest {
            request: Some(request),
            complete_at_foc: true,
        };
        self.operator
            .scenarios()
            .unwrap()
            .request_port_out(ask(request))
            .await
            .unwrap();
    }

    /// The account's port-outs, newest first.
    pub async fn port_outs(&self) -> Vec<PortOut> {
        let request = ask(ListPortOutsRequest::default());
        self.owner
            .port_outs()
            .unwrap()
            .list_port_outs(request)
            .await
            .unwrap()
            .into_inner()
            .port_outs
    }

    /// Lets the numbers of a port-out go.
    pub async fn accept(&self, port_out: &PortOut) -> Result<PortOut, Status> {
        let request = AcceptPortOutRequest {
            port_out_id: port_out.port_out_id.clone(),
        };
        Ok(self
            .owner
            .port_outs()
            .unwrap()
            .accept_port_out(keyed(request))
            .await?
            .into_inner()
            .port_out
            .unwrap())
    }

    /// The port-out as it is now.
    pub async fn port_out(&self, port_out: &PortOut) -> PortOut {
        let request = ask(GetPortOutRequest {
            port_out_id: port_out.port_out_id.clone(),
        });
        self.owner
            .port_outs()
            .unwrap()
            .get_port_out(request)
            .await
            .unwrap()
            .into_inner()
            .port_out
            .unwrap()
    }
}
