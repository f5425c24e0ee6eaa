//! Calls to the carrier partner. Each carries its natural key, so repeating one is safe.

use std::collections::BTreeSet;

use carrier_gateway_domain::{
    Carrier, CarrierAnswer, Page, PortOutAnswer, PortOutConflict, PortPackage, RawReason, Supplement,
    Unreadable, plain_words,
};
use grpc::Peer;
use portway_proto::carrier::v1 as wire;
use portway_proto::carrier::v1::carrier_partner_service_client::CarrierPartnerServiceClient;
use service::stamp;
use types::{CommandId, Pon, SnapbackId, Spid, Tn, Ver};

use super::{CallFailure, changes, failure_of, package, timed};

/// Changes asked for at once.
const PAGE_SIZE: i32 = 100;

/// The carrier partner of one connection.
#[derive(Debug, Clone)]
pub(crate) struct Partner(CarrierPartnerServiceClient<Peer>);

/// Numbers that left, which we want back.
#[derive(Debug)]
pub(crate) struct WishBack {
    pub(crate) winning_spid: Spid,
    pub(crate) tns: BTreeSet<Tn>,
    pub(crate) reason: String,
    pub(crate) id: SnapbackId,
}

/// What is about to leave.
#[derive(Debug)]
pub(crate) enum Outgoing {
    /// A request or a supplement, by its version.
    Submit {
        pon: Pon,
        ver: Ver,
        supplement: Supplement,
        losing: Box<Carrier>,
        package: Box<PortPackage>,
    },
    /// A cancel.
    Cancel { pon: Pon, ver: Ver },
    /// The cut-over.
    Activate { pon: Pon, tns: BTreeSet<Tn> },
    /// The wish for numbers to be given back.
    Snapback {
        pon: Pon,
        tns: BTreeSet<Tn>,
        reason: String,
        request_id: CommandId,
    },
    /// The wish for texting.
    EnableMessaging {
        pon: Pon,
        tns: BTreeSet<Tn>,
        campaign: String,
        request_id: CommandId,
    },
    /// The wish for numbers back that left.
    SnapbackPortOut { pon: Pon, ver: Ver, wish: WishBack },
    /// The answer to another carrier's request.
    AnswerPortOut {
        pon: Pon,
        ver: Ver,
        winning_spid: Spid,
        answer: PortOutAnswer,
    },
    /// A conflict over another carrier's request that was authorized.
    RaiseConflict {
        pon: Pon,
        ver: Ver,
        winning_spid: Spid,
        conflict: PortOutConflict,
    },
}

impl Partner {
    pub(crate) fn new(peer: Peer) -> Self {
        Self(CarrierPartnerServiceClient::new(peer))
    }

    /// Sends. Returns the carrier's own reference, if it gave one; a failure's words hold nothing of the package's
    /// secrets.
    pub(crate) async fn send(&self, outgoing: Outgoing) -> Result<Option<String>, CallFailure> {
        match outgoing {
            Outgoing::Submit {
                pon,
                ver,
                supplement,
                losing,
                package,
            } => {
                let request = package::write(&pon, ver, supplement, &losing, &package);
                self.submit(request, &package).await
            }
            Outgoing::Cancel { pon, ver } => self.cancel(&pon, ver).await.map(|()| None),
            Outgoing::Activate { pon, tns } => self.activate(&pon, &tns).await.map(|()| None),
            Outgoing::Snapback {
                pon,
                tns,
                reason,
                request_id,
            } => self.snapback(&pon, &tns, reason, request_id).await.map(|()| None),
            Outgoing::EnableMessaging {
                pon,
                tns,
                campaign,
                request_id,
            } => self
                .enable_messaging(&pon, &tns, campaign, request_id)
                .await
                .map(|()| None),
            Outgoing::SnapbackPortOut { pon, ver, wish } => {
                self.snapback_port_out(&pon, ver, wish).await.map(|()| None)
            }
            Outgoing::AnswerPortOut {
                pon,
                ver,
                winning_spid,
                answer,
            } => self
                .answer_port_out(&pon, ver, &winning_spid, answer)
                .await
                .map(|()| None),
            Outgoing::RaiseConflict {
                pon,
                ver,
                winning_spid,
                conflict,
            } => self
                .raise_conflict(&pon, ver, &winning_spid, conflict)
                .await
                .map(|()| None),
        }
    }

    async fn submit(
        &self,
        request: wire::SubmitPortRequest,
        package: &PortPackage,
    ) -> Result<Option<String>, CallFailure> {
        match self.0.clone().submit_port(timed(request)).await {
            Ok(response) => {
                let reference = plain_words(&response.into_inner().carrier_reference, package.secrets());
                Ok((!reference.is_empty()).then_some(reference))
            }
            Err(status) => Err(match failure_of(&status) {
                CallFailure::Refused(words) => CallFailure::Refused(plain_words(&words, package.secrets())),
                CallFailure::NotFound(words) => CallFailure::NotFound(plain_words(&words, package.secrets())),
                CallFailure::Transient(words) => {
                    CallFailure::Transient(plain_words(&words, package.secrets()))
                }
            }),
        }
    }

    async fn cancel(&self, pon: &Pon, ver: Ver) -> Result<(), CallFailure> {
        let request = wire::CancelPortRequest {
            pon: pon.to_string(),
            ver: ver.into(),
        };
        let response = self.0.clone().cancel_port(timed(request)).await;
        response.map(|_| ()).map_err(|status| failure_of(&status))
    }

    async fn activate(&self, pon: &Pon, tns: &BTreeSet<Tn>) -> Result<(), CallFailure> {
        let request = wire::ActivatePortRequest {
            pon: pon.to_string(),
            tns: texts(tns),
        };
        let response = self.0.clone().activate_port(timed(request)).await;
        response.map(|_| ()).map_err(|status| failure_of(&status))
    }

    async fn snapback(
        &self,
        pon: &Pon,
        tns: &BTreeSet<Tn>,
        reason: String,
        request_id: CommandId,
    ) -> Result<(), CallFailure> {
        let request = wire::SnapbackPortRequest {
            pon: pon.to_string(),
            tns: texts(tns),
            reason,
            request_id: request_id.to_string(),
        };
        let response = self.0.clone().snapback_port(timed(request)).await;
        response.map(|_| ()).map_err(|status| failure_of(&status))
    }

    async fn enable_messaging(
        &self,
        pon: &Pon,
        tns: &BTreeSet<Tn>,
        campaign_id: String,
        request_id: CommandId,
    ) -> Result<(), CallFailure> {
        let request = wire::EnableMessagingRequest {
            pon: pon.to_string(),
            tns: texts(tns),
            campaign_id,
            request_id: request_id.to_string(),
        };
        let response = self.0.clone().enable_messaging(timed(request)).await;
        response.map(|_| ()).map_err(|status| failure_of(&status))
    }

    async fn snapback_port_out(&self, pon: &Pon, ver: Ver, wish: WishBack) -> Result<(), CallFailure> {
        let request = wire::SnapbackPortOutRequest {
            pon: pon.to_string(),
            ver: ver.into(),
            winning_spid: wish.winning_spid.to_string(),
            tns: texts(&wish.tns),
            reason: wish.reason,
            request_id: wish.id.to_string(),
        };
        let response = self.0.clone().snapback_port_out(timed(request)).await;
        response.map(|_| ()).map_err(|status| failure_of(&status))
    }

    async fn answer_port_out(
        &self,
        pon: &Pon,
        ver: Ver,
        winning_spid: &Spid,
        answer: PortOutAnswer,
    ) -> Result<(), CallFailure> {
        let (authorized, reasons, foc_at) = match answer {
            PortOutAnswer::Authorized { foc_at, denied } => (true, denied, foc_at),
            PortOutAnswer::Rejected { reasons, .. } => (false, reasons, None),
        };
        let request = wire::AnswerPortOutRequest {
            pon: pon.to_string(),
            ver: ver.into(),
            winning_spid: winning_spid.to_string(),
            authorized,
            reasons: reasons.into_iter().map(write_reason).collect(),
            foc_at: foc_at.map(stamp::to_proto),
        };
        let response = self.0.clone().answer_port_out(timed(request)).await;
        response.map(|_| ()).map_err(|status| failure_of(&status))
    }

    async fn raise_conflict(
        &self,
        pon: &Pon,
        ver: Ver,
        winning_spid: &Spid,
        conflict: PortOutConflict,
    ) -> Result<(), CallFailure> {
        let request = wire::RaisePortOutConflictRequest {
            pon: pon.to_string(),
            ver: ver.into(),
            winning_spid: winning_spid.to_string(),
            reasons: conflict.reasons.into_iter().map(write_reason).collect(),
            tns: conflict.tns.iter().map(Tn::to_string).collect(),
            conflict_id: conflict.id.to_string(),
        };
        let response = self.0.clone().raise_port_out_conflict(timed(request)).await;
        response.map(|_| ()).map_err(|status| failure_of(&status))
    }

    /// Every answer to one request so far, oldest first. One that cannot be read does not hide the others.
    pub(crate) async fn list_answers(
        &self,
        pon: &Pon,
    ) -> Result<Vec<Result<CarrierAnswer, Unreadable>>, CallFailure> {
        let request = wire::GetPortRequest { pon: pon.to_string() };
        let response = self.0.clone().get_port(timed(request)).await;
        let response = response.map_err(|status| failure_of(&status))?.into_inner();
        Ok(response.answers.into_iter().map(changes::read_answer).collect())
    }

    /// A page of what happened since `cursor`.
    pub(crate) async fn list_changes(&self, cursor: &str) -> Result<Page, CallFailure> {
        let request = wire::ListChangesRequest {
            cursor: cursor.to_owned(),
            page_size: PAGE_SIZE,
        };
        let response = self.0.clone().list_changes(timed(request)).await;
        let response = response.map_err(|status| failure_of(&status))?.into_inner();
        Ok(changes::read_page(response))
    }
}

fn texts(tns: &BTreeSet<Tn>) -> Vec<String> {
    tns.iter().map(Tn::to_string).collect()
}

fn write_reason(reason: RawReason) -> wire::RawReason {
    wire::RawReason {
        tn: reason.tn.map(|tn| tn.to_string()).unwrap_or_default(),
        code: reason.code,
        text: reason.text,
    }
}
