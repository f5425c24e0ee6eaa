//! Answers to orders and progress of their commands, as the gateway tells them.

use events::HandleError;
use intake_domain::port_in::{CommandKind, CommandState, OrderReason, Rejection, Says};
use jiff::Timestamp;
use portway_proto::gateway::v1::{
    Answer, CarrierAnswered, CommandKind as SentKind, CommandProgress, CommandProgressed,
};
use portway_proto::types::v1::CarrierReason;
use reasons::Reason;
use service::stamp;
use types::{Tn, Ver};

use crate::ops::port_in::{CommandNews, HearError, HeardFrom};

/// What was answered, and from whom.
pub(super) fn answer(answered: &CarrierAnswered) -> Result<(HeardFrom, Says), HandleError> {
    let from = HeardFrom {
        order: answered.order_id.parse().map_err(refused)?,
        carrier: answered.carrier_id.parse().map_err(refused)?,
        answer_id: answered.answer_id.clone(),
        ver: Ver::try_from(answered.ver).map_err(refused)?,
        answered_at: instant(answered.answered_at.as_ref(), "answered_at")?,
    };
    let reasons = || answered.reasons.iter().map(reason).collect::<Result<Vec<_>, _>>();
    let says = match answered.answer() {
        Answer::Rejected => Says::Rejected(Rejection {
            update_required: false,
            reasons: reasons()?,
        }),
        Answer::UpdateRequired => Says::Rejected(Rejection {
            update_required: true,
            reasons: reasons()?,
        }),
        Answer::Delayed => Says::Delayed { reasons: reasons()? },
        Answer::Foc => Says::Foc {
            foc_at: instant(answered.foc_at.as_ref(), "foc_at")?,
        },
        Answer::Activated => {
            let tns: Result<Vec<Tn>, _> = answered.tns.iter().map(|tn| tn.parse()).collect();
            Says::Activated {
                tns: tns.map_err(refused)?,
            }
        }
        Answer::Cancelled => Says::Cancelled,
        Answer::ChangeRefused => Says::ChangeRefused,
        Answer::SnapbackConfirmed | Answer::SnapbackRefused => {
            return Err(refused("no snapback was asked for"));
        }
        Answer::Unspecified => return Err(refused("the answer is not set")),
    };
    Ok((from, says))
}

/// A reason we do not know is looked at by a person; what the carrier wrote is kept.
fn reason(reason: &CarrierReason) -> Result<OrderReason, HandleError> {
    let tn = Some(&reason.tn).filter(|tn| !tn.is_empty());
    Ok(OrderReason {
        tn: tn.map(|tn| tn.parse()).transpose().map_err(refused)?,
        reason: reason.reason.parse().unwrap_or(Reason::Unmapped),
        raw_code: reason.raw_code.clone(),
        raw_text: reason.raw_text.clone(),
    })
}

/// Which command came how far. `None`: it is about no order.
pub(super) fn command(progressed: &CommandProgressed) -> Result<Option<CommandNews>, HandleError> {
    let kind = match progressed.kind() {
        SentKind::Submit => CommandKind::Submit,
        SentKind::Supplement => CommandKind::Supplement,
        SentKind::Cancel => CommandKind::Cancel,
        SentKind::Activate => CommandKind::Activate,
        SentKind::AnswerPortOut | SentKind::Snapback | SentKind::EnableMessaging => return Ok(None),
        SentKind::Unspecified => return Err(refused("the kind of command is not set")),
    };
    let state = match progressed.progress() {
        CommandProgress::Requested => CommandState::Requested,
        CommandProgress::Sent => CommandState::Sent,
        CommandProgress::Acknowledged => CommandState::Acknowledged,
        CommandProgress::Refused => CommandState::Refused,
        CommandProgress::Unspecified => return Err(refused("the progress is not set")),
    };
    Ok(Some(CommandNews {
        order: progressed.subject_id.parse().map_err(refused)?,
        kind,
        ver: Ver::try_from(progressed.ver).map_err(refused)?,
        state,
        at: instant(progressed.at.as_ref(), "at")?,
        refusal: progressed.refusal.clone(),
    }))
}

fn instant(at: Option<&prost_types::Timestamp>, field: &'static str) -> Result<Timestamp, HandleError> {
    let at = at.ok_or_else(|| refused(format!("{field} is not set")))?;
    stamp::from_proto(at).map_err(refused)
}

#[expect(
    clippy::needless_pass_by_value,
    reason = "the signature that map_err asks for"
)]
fn refused(why: impl ToString) -> HandleError {
    HandleError::Refused(why.to_string())
}

impl From<HearError> for HandleError {
    fn from(error: HearError) -> Self {
        match error {
            HearError::NotFound(_) => refused(error),
            HearError::Store(error) => error.into(),
        }
    }
}
