//! What the gateway announces: one function a fact. Called with the row that it is about locked or changed.

use std::num::NonZeroU16;

use calendar::DayOverride;
use carrier_gateway_domain::{
    Capability, CapabilityTest, Carrier, CarrierAnswer, Command, CommandKind, CompiledReason, Network,
    PortOutSnapbackAnswer, Progress, Said, Submission,
};
use events::NewEvent;
use jiff::Timestamp;
use pg::StoreError;
use portway_proto::gateway::v1;
use portway_proto::types::v1 as shared;
use reasons::{Actor, ReasonClass};
use service::stamp;
use sqlx::PgConnection;
use types::{AccountId, Tn};
use uuid::Uuid;

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
        tns: command
            .about
            .tns()
            .into_iter()
            .flatten()
            .map(Tn::to_string)
            .collect(),
        conflict_id: command
            .about
            .conflict()
            .map(|conflict| conflict.id.to_string())
            .unwrap_or_default(),
        request_id: command
            .about
            .request_id()
            .map(|id| id.to_string())
            .unwrap_or_default(),
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
    let said = match &answer.said {
        Said::Rejected => v1::Answer::Rejected,
        Said::UpdateRequired => v1::Answer::UpdateRequired,
        Said::Delayed => v1::Answer::Delayed,
        Said::Foc { .. } => v1::Answer::Foc,
        Said::Activated { .. } => v1::Answer::Activated,
        Said::Cancelled => v1::Answer::Cancelled,
        Said::ChangeRefused => v1::Answer::ChangeRefused,
        Said::SnapbackConfirmed { .. } => v1::Answer::SnapbackConfirmed,
        Said::SnapbackRefused { .. } => v1::Answer::SnapbackRefused,
    };
    let payload = v1::CarrierAnswered {
        order_id: submission.order.to_string(),
        account_id: submission.account.to_string(),
        ver: answer.ver.into(),
        answer_id: answer.answer_id.clone(),
        carrier_id: submission.carrier.to_string(),
        answer: said.into(),
        reasons: reasons.iter().map(reason).collect(),
        foc_at: answer.said.foc_at().map(stamp::to_proto),
        tns: answer.said.tns().iter().map(Tn::to_string).collect(),
        answered_at: Some(stamp::to_proto(answer.answered_at)),
    };
    let subject = submission.order.as_uuid();
    events::append(conn, &NewEvent::new(submission.account, subject, now, &payload)).await?;
    Ok(())
}

/// A winning carrier answered the wish of this command.
pub(crate) async fn port_out_snapback_answered(
    conn: &mut PgConnection,
    command: &Command,
    answer: &PortOutSnapbackAnswer,
    now: Timestamp,
) -> Result<(), StoreError> {
    let subject = command.about.subject();
    let payload = v1::PortOutSnapbackAnswered {
        answer_id: answer.answer_id.clone(),
        request_id: answer.request_id.to_string(),
        port_out_id: subject.to_string(),
        account_id: command.account.to_string(),
        confirmed: answer.confirmed,
        tns: answer.tns.iter().map(Tn::to_string).collect(),
        refusal: answer.refusal.clone(),
        answered_at: Some(stamp::to_proto(answer.answered_at)),
    };
    events::append(conn, &NewEvent::new(command.account, subject, now, &payload)).await?;
    Ok(())
}

/// A capability of a number was tested.
pub(crate) async fn capability_tested(
    conn: &mut PgConnection,
    submission: &Submission,
    test: &CapabilityTest,
    now: Timestamp,
) -> Result<(), StoreError> {
    let capability = match test.capability {
        Capability::VoiceInbound => shared::Capability::VoiceInbound,
        Capability::VoiceOutbound => shared::Capability::VoiceOutbound,
        Capability::Emergency => shared::Capability::Emergency,
        Capability::CallerName => shared::Capability::CallerName,
        Capability::Messaging => shared::Capability::Messaging,
    };
    let payload = v1::CapabilityTested {
        test_id: test.test_id.clone(),
        order_id: submission.order.to_string(),
        account_id: submission.account.to_string(),
        tn: test.tn.to_string(),
        capability: capability.into(),
        passed: test.passed,
        detail: test.detail.clone(),
        tested_at: Some(stamp::to_proto(test.tested_at)),
    };
    let subject = submission.order.as_uuid();
    events::append(conn, &NewEvent::new(submission.account, subject, now, &payload)).await?;
    Ok(())
}

/// A carrier is new, or something about it changed.
pub(crate) async fn carrier_changed(
    conn: &mut PgConnection,
    subject: Uuid,
    changed: &Carrier,
    now: Timestamp,
) -> Result<(), StoreError> {
    let payload = v1::CarrierChanged {
        carrier: Some(carrier(changed)),
    };
    events::append(conn, &NewEvent::new(AccountId::PLATFORM, subject, now, &payload)).await?;
    Ok(())
}

/// A carrier on the wire.
pub(crate) fn carrier(carrier: &Carrier) -> v1::Carrier {
    let days = |kind| carrier.days_of(kind).map(stamp::date_to_proto).collect();
    let days_max = |days: Option<NonZeroU16>| days.map_or(0, |days| i32::from(days.get()));
    let hours = carrier.activation.hours;
    v1::Carrier {
        carrier_id: carrier.id.to_string(),
        name: carrier.name.clone(),
        spid: carrier.spid.to_string(),
        network: network(carrier.network).into(),
        pin_required: carrier.asks_for.pin,
        account_number_required: carrier.asks_for.account_number,
        loa_required: carrier.asks_for.loa,
        interval_business_days: days_max(carrier.interval_days),
        closed_on: days(DayOverride::Closed),
        works_on: days(DayOverride::Open),
        answers_per_number: carrier.answers_per_number,
        bill_age_max_days: days_max(carrier.bill_age_max_days),
        activates_on_demand: carrier.activation.is_on_demand,
        activation_opens: hours.opens().strftime("%H:%M").to_string(),
        activation_closes: hours.closes().strftime("%H:%M").to_string(),
        resp_org: carrier.resp_org.clone().unwrap_or_default(),
    }
}

/// A network on the wire.
pub(crate) fn network(network: Network) -> v1::Network {
    match network {
        Network::Wireless => v1::Network::Wireless,
        Network::Wireline => v1::Network::Wireline,
        Network::TollFree => v1::Network::TollFree,
    }
}

/// A kind of command on the wire.
pub(crate) fn kind(kind: CommandKind) -> v1::CommandKind {
    match kind {
        CommandKind::Submit => v1::CommandKind::Submit,
        CommandKind::Supplement => v1::CommandKind::Supplement,
        CommandKind::Cancel => v1::CommandKind::Cancel,
        CommandKind::Activate => v1::CommandKind::Activate,
        CommandKind::AnswerPortOut => v1::CommandKind::AnswerPortOut,
        CommandKind::Snapback => v1::CommandKind::Snapback,
        CommandKind::EnableMessaging => v1::CommandKind::EnableMessaging,
        CommandKind::ConflictPortOut => v1::CommandKind::ConflictPortOut,
        CommandKind::SnapbackPortOut => v1::CommandKind::SnapbackPortOut,
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
