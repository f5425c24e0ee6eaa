//! What the gateway announces: one function a fact. Called with the row that it is about locked or changed.

use carrier_gateway_domain::{
    CarrierAnswer, Command, CommandKind, CompiledReason, Progress, Said, Submission,
};
use events::NewEvent;
use jiff::Timestamp;
use pg::StoreError;
use portway_proto::gateway::v1;
use portway_proto::types::v1 as shared;
use reasons::{Actor, ReasonClass};
use service::stamp;
use sqlx::PgConnection;
use types::Tn;

/// A command came further.
pub(crate) async fn command_progressed(
    conn: &mut PgConnection,
    command: &Command,
    at: Timestamp,
) -> Result<(), StoreError> {
    let refusal = match &command.progress {
        Progress::Refused { refusal, .. } => refusal.clone(),
        Progress::Requested | Progress::Sent { .. } | Progress::Acknowledged { .. } => String::new(),
    };
    let subject = command.about.subject();
    let payload = v1::CommandProgressed {
        command_id: command.id.to_string(),
        subject_id: subject.to_string(),
        account_id: command.account.to_string(),
        ver: command.ver.into(),
        kind: kind(command.about.kind()).into(),
        progress: progress(&command.progress).into(),
        at: Some(stamp::to_proto(at)),
        refusal,
        tns: Vec::new(),
    };
    events::append(conn, &NewEvent::new(command.account, subject, at, &payload)).await?;
    Ok(())
}

/// A carrier answered.
pub(crate) async fn carrier_answered(
    conn: &mut PgConnection,
    submission: &Submission,
    answer: &CarrierAnswer,
    reasons: &[CompiledReason],
    now: Timestamp,
) -> Result<(), StoreError> {
    let (said, foc_at, tns) = match &answer.said {
        Said::Rejected => (v1::Answer::Rejected, None, Vec::new()),
        Said::UpdateRequired => (v1::Answer::UpdateRequired, None, Vec::new()),
        Said::Delayed => (v1::Answer::Delayed, None, Vec::new()),
        Said::Foc { at } => (v1::Answer::Foc, Some(stamp::to_proto(*at)), Vec::new()),
        Said::Activated { tns } => (
            v1::Answer::Activated,
            None,
            tns.iter().map(Tn::to_string).collect(),
        ),
        Said::Cancelled => (v1::Answer::Cancelled, None, Vec::new()),
        Said::ChangeRefused => (v1::Answer::ChangeRefused, None, Vec::new()),
    };
    let payload = v1::CarrierAnswered {
        order_id: submission.order.to_string(),
        account_id: submission.account.to_string(),
        ver: answer.ver.into(),
        answer_id: answer.answer_id.clone(),
        carrier_id: submission.carrier.to_string(),
        answer: said.into(),
        reasons: reasons.iter().map(reason).collect(),
        foc_at,
        tns,
        answered_at: Some(stamp::to_proto(answer.answered_at)),
    };
    let subject = submission.order.as_uuid();
    events::append(conn, &NewEvent::new(submission.account, subject, now, &payload)).await?;
    Ok(())
}

/// A kind of command on the wire.
pub(crate) fn kind(kind: CommandKind) -> v1::CommandKind {
    match kind {
        CommandKind::Submit => v1::CommandKind::Submit,
        CommandKind::Supplement => v1::CommandKind::Supplement,
        CommandKind::Cancel => v1::CommandKind::Cancel,
        CommandKind::Activate => v1::CommandKind::Activate,
        CommandKind::AnswerPortOut => v1::CommandKind::AnswerPortOut,
    }
}

/// How far a command has come, on the wire.
pub(crate) fn progress(progress: &Progress) -> v1::CommandProgress {
    match progress {
        Progress::Requested => v1::CommandProgress::Requested,
        Progress::Sent { .. } => v1::CommandProgress::Sent,
        Progress::Acknowledged { .. } => v1::CommandProgress::Acknowledged,
        Progress::Refused { .. } => v1::CommandProgress::Refused,
    }
}

fn reason(reason: &CompiledReason) -> shared::CarrierReason {
    let explanation = &reason.explanation;
    shared::CarrierReason {
        tn: reason.tn.map(|tn| tn.to_string()).unwrap_or_default(),
        reason: explanation.reason.code().to_owned(),
        reason_class: class(explanation.class).into(),
        field: explanation
            .field
            .map(|field| field.code().to_owned())
            .unwrap_or_default(),
        remedy: explanation.remedy.to_owned(),
        actor: court(explanation.actor).into(),
        raw_code: reason.raw_code.clone(),
        raw_text: reason.raw_text.clone(),
    }
}

fn class(class: ReasonClass) -> shared::ReasonClass {
    match class {
        ReasonClass::Fix => shared::ReasonClass::Fix,
        ReasonClass::Delay => shared::ReasonClass::Delay,
        ReasonClass::Customer => shared::ReasonClass::Customer,
        ReasonClass::Split => shared::ReasonClass::Split,
        ReasonClass::Reroute => shared::ReasonClass::Reroute,
        ReasonClass::Cancel => shared::ReasonClass::Cancel,
        ReasonClass::Manual => shared::ReasonClass::Manual,
    }
}

fn court(actor: Actor) -> shared::Court {
    match actor {
        Actor::Customer => shared::Court::Customer,
        Actor::EndUser => shared::Court::EndUser,
        Actor::Us => shared::Court::Us,
        Actor::GainingCarrier => shared::Court::GainingCarrier,
        Actor::LosingCarrier => shared::Court::LosingCarrier,
    }
}
