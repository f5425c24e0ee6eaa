//! News of our answers to winning carriers, as the gateway tells it.

use events::HandleError;
use intake_domain::port_out::AnswerState;
use portway_proto::gateway::v1::{CommandProgress, CommandProgressed};
use types::{InvalidValue, PortOutId};

/// Which case's answer came how far.
pub(super) fn answer_progress(
    progressed: &CommandProgressed,
) -> Result<(PortOutId, AnswerState), HandleError> {
    let case = progressed
        .subject_id
        .parse()
        .map_err(|error: InvalidValue| refused(error.to_string()))?;
    let answer = match progressed.progress() {
        CommandProgress::Requested => AnswerState::Requested,
        CommandProgress::Sent => AnswerState::Sent,
        CommandProgress::Acknowledged => AnswerState::Acknowledged,
        CommandProgress::Refused => AnswerState::Refused,
        CommandProgress::Unspecified => return Err(refused("the progress is not set")),
    };
    Ok((case, answer))
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
                ..CommandProgressed::default()
            };
            answer_progress(&progressed).ok()
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
