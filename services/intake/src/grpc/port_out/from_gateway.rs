//! What the carrier gateway brings of port-outs: the handlers behind `GatewayCallsService`.
//!
//! Both calls are recognised by what they say, so the gateway may repeat them as often as it likes.

use std::collections::HashSet;

use grpc::{Faults, Reply};
use intake_domain::port_out::{AnswerMode, CarrierRequest, Given, RequestKey};
use jiff::Timestamp;
use portway_proto::intake::v1;
use prost_types::Timestamp as ProtoTimestamp;
use service::stamp;
use tonic::{Request, Response, Status};
use types::{Secret, Tn, Ver};

use super::status;
use crate::app::Intake;
use crate::ops;
use crate::ops::port_out::{AskedPortOut, News, ReportedProgress};

const TNS_MAX: usize = 5_000;
const TEXT_CHARS_MAX: usize = 200;

/// Takes in a winning carrier's request.
pub(crate) async fn receive_port_out(
    intake: &Intake,
    request: Request<v1::ReceivePortOutRequest>,
) -> Reply<v1::ReceivePortOutResponse> {
    let asked = asked(request.into_inner())?;
    let ids = ops::port_out::receive(intake, asked)
        .await
        .map_err(|error| status::receive(&error))?;
    let port_out_ids = ids.iter().map(ToString::to_string).collect();
    Ok(Response::new(v1::ReceivePortOutResponse { port_out_ids }))
}

/// Takes in what became of a port-out.
pub(crate) async fn report_port_out_progress(
    intake: &Intake,
    request: Request<v1::ReportPortOutProgressRequest>,
) -> Reply<v1::ReportPortOutProgressResponse> {
    let progress = progress(request.get_ref())?;
    ops::port_out::report_progress(intake, progress)
        .await
        .map_err(|error| status::progress(&error))?;
    Ok(Response::new(v1::ReportPortOutProgressResponse {}))
}

fn asked(request: v1::ReceivePortOutRequest) -> Result<AskedPortOut, Status> {
    let mut faults = Faults::new();
    let winning_spid = faults.required("winning_spid", &request.winning_spid);
    let pon = faults.required("pon", &request.pon);
    let ver = u16::try_from(request.ver).unwrap_or_default();
    let ver = faults.check("ver", "OUT_OF_RANGE", Ver::new(ver));
    let tns = tns(&mut faults, &request.tns);
    let requested_foc_at = instant(&mut faults, "requested_foc_at", request.requested_foc_at.as_ref());
    let received_at = instant(&mut faults, "received_at", request.received_at.as_ref());
    if request.received_at.is_none() {
        faults.add("received_at", "MISSING", "must be set");
    }
    for (field, text) in [
        ("winning_name", &request.winning_name),
        ("end_user_name", &request.end_user_name),
        ("postal_code", &request.postal_code),
        ("account_number", &request.account_number),
        ("pin", &request.pin),
    ] {
        faults.at_most(field, text, TEXT_CHARS_MAX);
    }
    let key = winning_spid
        .zip(pon)
        .zip(ver)
        .map(|((winning_spid, pon), ver)| RequestKey {
            winning_spid,
            pon,
            ver,
        });
    let (key, received_at) = faults.finish(key.zip(received_at))?;
    Ok(AskedPortOut {
        request: CarrierRequest {
            key,
            winning_name: request.winning_name,
            is_wireless: request.wireless,
            is_simple: request.simple,
            end_user_name: request.end_user_name.clone(),
            postal_code: request.postal_code.clone(),
            requested_foc_at,
            received_at,
            // Our clock, the carrier's profile and the PINs tried before say otherwise, when it is judged.
            taken_in_at: received_at,
            answers: AnswerMode::Whole,
            answer_held_until: None,
        },
        tns,
        given: Given {
            account_number: Secret::new(request.account_number),
            postal_code: request.postal_code,
            name: request.end_user_name,
        },
        pin: Secret::new(request.pin),
    })
}

/// The numbers, each once: a carrier that names one twice means it once.
fn tns(faults: &mut Faults, raw: &[String]) -> Vec<Tn> {
    if raw.is_empty() || raw.len() > TNS_MAX {
        faults.add("tns", "OUT_OF_RANGE", format!("must be 1 to {TNS_MAX} numbers"));
        return Vec::new();
    }
    let mut seen = HashSet::new();
    raw.iter()
        .enumerate()
        .filter_map(|(index, raw)| faults.required::<Tn>(&format!("tns[{index}]"), raw))
        .filter(|tn| seen.insert(*tn))
        .collect()
}

fn progress(request: &v1::ReportPortOutProgressRequest) -> Result<ReportedProgress, Status> {
    let mut faults = Faults::new();
    let progress_id: Option<String> = faults.required("progress_id", &request.progress_id);
    faults.at_most("progress_id", &request.progress_id, TEXT_CHARS_MAX);
    let winning_spid = faults.required("winning_spid", &request.winning_spid);
    let pon = faults.required("pon", &request.pon);
    let foc_at = instant(&mut faults, "foc_at", request.foc_at.as_ref());
    let occurred_at = instant(&mut faults, "occurred_at", request.occurred_at.as_ref());
    if request.occurred_at.is_none() {
        faults.add("occurred_at", "MISSING", "must be set");
    }
    let news = match (request.news(), foc_at) {
        (v1::PortOutNews::Ported, _) => Some(News::Ported),
        (v1::PortOutNews::Cancelled, _) => Some(News::Cancelled),
        (v1::PortOutNews::FocChanged, Some(foc_at)) => Some(News::FocChanged(foc_at)),
        (v1::PortOutNews::FocChanged, None) => {
            faults.add("foc_at", "MISSING", "must be set when the cut-over moved");
            None
        }
        (v1::PortOutNews::Unspecified, _) => {
            faults.add("news", "INVALID", "must be one of the known kinds");
            None
        }
    };
    let parsed = progress_id.zip(winning_spid).zip(pon.zip(news)).zip(occurred_at);
    let (((progress_id, winning_spid), (pon, news)), occurred_at) = faults.finish(parsed)?;
    Ok(ReportedProgress {
        progress_id,
        winning_spid,
        pon,
        news,
        occurred_at,
    })
}

fn instant(faults: &mut Faults, field: &str, raw: Option<&ProtoTimestamp>) -> Option<Timestamp> {
    let raw = raw?;
    faults.check(field, "INVALID", stamp::from_proto(raw))
}
