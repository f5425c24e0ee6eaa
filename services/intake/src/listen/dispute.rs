//! What winning carriers say to our wishes to have numbers back, as the gateway tells it.

use events::HandleError;
use intake_domain::port_in::CommandState;
use portway_proto::gateway::v1::{CommandProgress, CommandProgressed, PortOutSnapbackAnswered};
use types::{SnapbackId, Tn};

use crate::ops::dispute::Answered;

/// Which wish came how far on its way to the carrier.
pub(super) fn progress(progressed: &CommandProgressed) -> Result<(SnapbackId, CommandState), HandleError> {
    let state = match progressed.progress() {
        CommandProgress::Requested => CommandState::Requested,
        CommandProgress::Sent => CommandState::Sent,
        CommandProgress::Acknowledged => CommandState::Acknowledged,
        CommandProgress::Refused => CommandState::Refused,
        CommandProgress::Unspecified => return Err(refused("the progress is not set")),
    };
    Ok((progressed.request_id.parse().map_err(refused)?, state))
}

/// What the carrier says.
pub(super) fn answer(answered: PortOutSnapbackAnswered) -> Result<Answered, HandleError> {
    let tns: Result<Vec<Tn>, _> = answered.tns.iter().map(|tn| tn.parse()).collect();
    Ok(Answered {
        snapback: answered.request_id.parse().map_err(refused)?,
        tns: tns.map_err(refused)?,
        refusal: (!answered.confirmed).then_some(answered.refusal),
    })
}

#[expect(
    clippy::needless_pass_by_value,
    reason = "the signature that map_err asks for"
)]
fn refused(why: impl ToString) -> HandleError {
    HandleError::Refused(why.to_string())
}
