//! News of our answers to winning carriers, and of conflicts, as the gateway tells it.

use events::HandleError;
use intake_domain::port_out::AnswerState;
use jiff::Timestamp;
use portway_proto::gateway::v1::{CommandProgress, CommandProgressed};
use service::stamp;
use types::{InvalidValue, PortOutId};

use crate::ops::port_out::{AnswerNews, ConflictNews};

/// Which case's answer came how far.
pub(super) fn answer_progress(progressed: &CommandProgressed) -> Result<AnswerNews, HandleError> {
    Ok(AnswerNews {
        port_out: case(progressed)?,
        state: state(progressed)?,
        at: instant(progressed)?,
        refusal: progressed.refusal.clone(),
    })
}

/// Which conflict came how far, and when.
pub(super) fn conflict_progress(
    progressed: &CommandProgressed,
) -> Result<(ConflictNews, Timestamp), HandleError> {
    let news = ConflictNews {
        port_out: case(progressed)?,
        conflict: progressed.conflict_id.parse().map_err(invalid)?,
        progress: state(progressed)?,
        refusal: progressed.refusal.clone(),
    };
    Ok((news, instant(progressed)?))
}

fn case(progressed: &CommandProgressed) -> Result<PortOutId, HandleError> {
    progressed.subject_id.parse().map_err(invalid)
}

fn state(progressed: &CommandProgressed) -> Result<AnswerState, HandleError> {
    match progressed.progress() {
        CommandProgress::Requested => Ok(AnswerState::Requested),
        CommandProgress::Sent => Ok(AnswerState::Sent),
        CommandProgress::Acknowledged => Ok(AnswerState::Acknowledged),
        CommandProgress::Refused => Ok(AnswerState::Refused),
        CommandProgress::Unspecified => Err(refused("the progress is not set")),
    }
}

fn instant(progressed: &CommandProgressed) -> Result<Timestamp, HandleError> {
    let at = progressed.at.as_ref().ok_or_else(|| refused("at is not set"))?;
    stamp::from_proto(at).map_err(|error| refused(error.to_string()))
}

fn invalid(error: InvalidValue) -> HandleError {
    refused(error.to_string())
}

fn refused(why: impl Into<String>) -> HandleError {
    HandleError::Refused(why.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn news_names_a_case_and_how_far_its_answer_has_come() {
        let case = PortOutId::generate();
        let news = |progress: CommandProgress, subject: &str| {
            let progressed = CommandProgressed {
                subject_id: subject.to_owned(),
                progress: progress.into(),
                at: Some(stamp::to_proto(Timestamp::UNIX_EPOCH)),
                ..CommandProgressed::default()
            };
            let news = answer_progress(&progressed).ok()?;
            Some((news.port_out, news.state))
        };
        for (progress, answer) in [
            (CommandProgress::Requested, AnswerState::Requested),
            (CommandProgress::Sent, AnswerState::Sent),
            (CommandProgress::Acknowledged, AnswerState::Acknowledged),
            (CommandProgress::Refused, AnswerState::Refused),
        ] {
            assert_eq!(news(progress, &case.to_string()), Some((case, answer)));
        }
        assert_eq!(news(CommandProgress::Unspecified, &case.to_string()), None);
        assert_eq!(news(CommandProgress::Sent, "PO_600001"), None);
    }
}
