//! News of our answers to winning carriers, as the gateway tells it.

use events::HandleError;
use intake_domain::port_out::AnswerState;
use portway_proto::gateway::v1::{CommandProgress, CommandProgressed};
use types::PortOutId;

/// Which case's answer came how far.
pub(super) fn answer_progress(
    progressed: &CommandProgressed,
) -> Result<(PortOutId, AnswerState), HandleError> {
    let case = progressed.subject_id.parse().map_err(refused)?;
    let answer = match progressed.progress() {
        CommandProgress::Requested => AnswerState::Requested,
        CommandProgress::Sent => AnswerState::Sent,
        CommandProgress::Acknowledged => AnswerState::Acknowledged,
        CommandProgress::Refused => AnswerState::Refused,
        CommandProgress::Unspecified => return Err(refused("the progress is not set")),
    };
    Ok((case, answer))
}

fn refused(why: impl ToString) -> HandleError {
    HandleError::Refused(why.to_string())
}
