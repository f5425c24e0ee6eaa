//! Answers to orders and progress of their commands, as the gateway tells them.

use events::HandleError;
use intake_domain::port_in::cutover::{Capability, Tested};
use intake_domain::port_in::{CommandKind, CommandState, OrderReason, Rejection, Says};
use jiff::Timestamp;
use portway_proto::gateway::v1::{
    Answer, CapabilityTested, CarrierAnswered, CommandKind as SentKind, CommandProgress, CommandProgressed,
};
use portway_proto::types::v1::{self, CarrierReason};
use reasons::Reason;
use service::stamp;
use types::{OrderId, Tn, Ver};

use crate::ops::port_in::cutover::SnapbackAnswer;
use crate::ops::port_in::{CommandNews, HearError, HeardFrom};

/// What was answered, and from whom.
pub(super) fn answer(answered: &CarrierAnswered) -> Result<Heard, HandleError> {
    let from = heard_from(answered)?;
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
        Answer::Activated => Says::Activated {
            tns: tns(&answered.tns)?,
        },
        Answer::Cancelled => Says::Cancelled,
        Answer::ChangeRefused => Says::ChangeRefused,
        Answer::SnapbackConfirmed => {
            let answer = SnapbackAnswer {
                tns: tns(&answered.tns)?,
                refusal: None,
            };
            return Ok(Heard::Snapback(from, answer));
        }
        Answer::SnapbackRefused => {
            let words: Vec<&str> = answered.reasons.iter().map(in_words).collect();
            let answer = SnapbackAnswer {
                tns: tns(&answered.tns)?,
                refusal: Some(words.join("; ")),
            };
            return Ok(Heard::Snapback(from, answer));
        }
        Answer::Unspecified => return Err(refused("the answer is not set")),
    };
    Ok(Heard::Order(from, says))
}

/// What an answer is to.
pub(super) enum Heard {
    /// To the order.
    Order(HeardFrom, Says),
    /// To a snapback of it.
    Snapback(HeardFrom, SnapbackAnswer),
}

fn heard_from(answered: &CarrierAnswered) -> Result<HeardFrom, HandleError> {
    Ok(HeardFrom {
        order: answered.order_id.parse().map_err(refused)?,
        carrier: answered.carrier_id.parse().map_err(refused)?,
        answer_id: answered.answer_id.clone(),
        ver: Ver::try_from(answered.ver).map_err(refused)?,
        answered_at: instant(answered.answered_at.as_ref(), "answered_at")?,
    })
}

fn tns(texts: &[String]) -> Result<Vec<Tn>, HandleError> {
    let tns: Result<Vec<Tn>, _> = texts.iter().map(|tn| tn.parse()).collect();
    tns.map_err(refused)
}

fn in_words(reason: &CarrierReason) -> &str {
    if reason.raw_text.is_empty() {
        &reason.reason
    } else {
        &reason.raw_text
    }
}

/// How a test of a ported number went, and of which order.
pub(super) fn tested(event: &CapabilityTested) -> Result<(OrderId, Tested), HandleError> {
    let capability = match event.capability() {
        v1::Capability::VoiceInbound => Capability::VoiceInbound,
        v1::Capability::VoiceOutbound => Capability::VoiceOutbound,
        v1::Capability::Emergency => Capability::Emergency,
        v1::Capability::CallerName => Capability::CallerName,
        v1::Capability::Messaging => Capability::Messaging,
        v1::Capability::Unspecified => return Err(refused("the capability is not set")),
    };
    let tested = Tested {
        test_id: event.test_id.clone(),
        tn: event.tn.parse().map_err(refused)?,
        capability,
        passed: event.passed,
        detail: event.detail.clone(),
        tested_at: instant(event.tested_at.as_ref(), "tested_at")?,
    };
    Ok((event.order_id.parse().map_err(refused)?, tested))
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

/// Which command about an order came how far.
pub(super) fn command(progressed: &CommandProgressed) -> Result<CommandNews, HandleError> {
    let kind = match progressed.kind() {
        SentKind::Submit => CommandKind::Submit,
        SentKind::Supplement => CommandKind::Supplement,
        SentKind::Cancel => CommandKind::Cancel,
        SentKind::Activate => CommandKind::Activate,
        SentKind::Snapback => CommandKind::Snapback,
        SentKind::EnableMessaging => CommandKind::EnableMessaging,
        SentKind::AnswerPortOut | SentKind::ConflictPortOut | SentKind::SnapbackPortOut => {
            return Err(refused("the command is about no order"));
        }
        SentKind::Unspecified => return Err(refused("the kind of command is not set")),
    };
    let state = match progressed.progress() {
        CommandProgress::Requested => CommandState::Requested,
        CommandProgress::Sent => CommandState::Sent,
        CommandProgress::Acknowledged => CommandState::Acknowledged,
        CommandProgress::Refused => CommandState::Refused,
        CommandProgress::Unspecified => return Err(refused("the progress is not set")),
    };
    Ok(CommandNews {
        command: progressed.command_id.parse().map_err(refused)?,
        order: progressed.subject_id.parse().map_err(refused)?,
        kind,
        ver: Ver::try_from(progressed.ver).map_err(refused)?,
        state,
        tns: tns(&progressed.tns)?,
        at: instant(progressed.at.as_ref(), "at")?,
        refusal: progressed.refusal.clone(),
    })
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
