//! Between the scenario contract's messages and the simulator's types.

use grpc::{Faults, page};
use jiff::Timestamp;
use portway_proto::carrier::v1 as carrier;
use portway_proto::sim::v1;
use service::stamp;
use tonic::Status;
use types::{Pon, Secret};

use super::carrier_convert::{instant, numbers, port_out_key};
use crate::call::Call;
use crate::port_out::{PortOut, Progress, ProgressStep};

/// A page of calls unless asked otherwise, and at most.
const PAGE: (i64, i64) = (100, 1_000);
/// Names and other texts that are passed on.
const TEXT_MAX: usize = 200;

pub(super) fn port_out(request: &v1::RequestPortOutRequest, now: Timestamp) -> Result<PortOut, Status> {
    let mut faults = Faults::new();
    let Some(raw) = &request.request else {
        faults.add("request", "MISSING", "must be set");
        return faults.finish(None);
    };
    let key = port_out_key(&mut faults, "request.", &raw.winning_spid, &raw.pon, raw.ver);
    let tns: Vec<&str> = raw.tns.iter().map(String::as_str).collect();
    let tns = numbers(&mut faults, "request.tns", "", &tns);
    for (field, text) in [
        ("request.winning_name", &raw.winning_name),
        ("request.account_number", &raw.account_number),
        ("request.postal_code", &raw.postal_code),
        ("request.pin", &raw.pin),
        ("request.end_user_name", &raw.end_user_name),
    ] {
        faults.at_most(field, text, TEXT_MAX);
    }
    let requested_foc_at = instant(
        &mut faults,
        "request.requested_foc_at",
        raw.requested_foc_at.as_ref(),
    );
    let received_at = instant(&mut faults, "request.received_at", raw.received_at.as_ref());
    let secret = |text: &str| Some(text).filter(|text| !text.is_empty()).map(Secret::new);
    let port_out = key.zip(tns).map(|(key, tns)| PortOut {
        key,
        winning_name: raw.winning_name.clone(),
        tns,
        account_number: secret(&raw.account_number),
        postal_code: raw.postal_code.clone(),
        pin: secret(&raw.pin),
        end_user_name: raw.end_user_name.clone(),
        requested_foc_at,
        wireless: raw.wireless,
        simple: raw.simple,
        received_at: received_at.unwrap_or(now),
    });
    faults.finish(port_out)
}

pub(super) fn progress(request: &v1::ReportPortOutRequest, now: Timestamp) -> Result<Progress, Status> {
    let mut faults = Faults::new();
    let Some(raw) = &request.progress else {
        faults.add("progress", "MISSING", "must be set");
        return faults.finish(None);
    };
    let winning_spid = faults.required("progress.winning_spid", &raw.winning_spid);
    let pon = faults.required("progress.pon", &raw.pon);
    faults.at_most("progress.progress_id", &raw.progress_id, TEXT_MAX);
    let foc_at = instant(&mut faults, "progress.foc_at", raw.foc_at.as_ref());
    let occurred_at = instant(&mut faults, "progress.occurred_at", raw.occurred_at.as_ref());
    let step = match raw.step() {
        carrier::PortOutStep::Unspecified => {
            faults.add("progress.step", "MISSING", "must be set");
            None
        }
        carrier::PortOutStep::Ported => Some(ProgressStep::Ported),
        carrier::PortOutStep::Cancelled => Some(ProgressStep::Cancelled),
        carrier::PortOutStep::FocChanged => {
            if raw.foc_at.is_none() {
                faults.add("progress.foc_at", "MISSING", "must be set for a change of it");
            }
            foc_at.map(ProgressStep::FocChanged)
        }
    };
    let news = winning_spid
        .zip(pon)
        .zip(step)
        .map(|((winning_spid, pon), step)| Progress {
            id: match raw.progress_id.as_str() {
                "" => step.made_up_id(&winning_spid, &pon),
                given => given.to_owned(),
            },
            winning_spid,
            pon,
            step,
            occurred_at: occurred_at.unwrap_or(now),
        });
    faults.finish(news)
}

pub(super) fn call_list(request: &v1::ListCallsRequest) -> Result<(Option<Pon>, i64), Status> {
    let mut faults = Faults::new();
    let pon = faults.optional("pon", &request.pon);
    let limit = page::size(&mut faults, request.page_size, PAGE.0, PAGE.1);
    faults.finish(Some((pon, limit)))
}

impl From<Call> for v1::Call {
    fn from(call: Call) -> Self {
        Self {
            at: Some(stamp::to_proto(call.called_at)),
            rpc: call.rpc.name().to_owned(),
            pon: call.pon.to_string(),
            ver: call.ver.map(i32::from).unwrap_or_default(),
            detail: call.detail,
        }
    }
}
