//! Shows orders. Secrets are masked; there is no way from here to more.

use intake_domain::port_in::cutover::{ActivationMode, Proof};
use intake_domain::port_in::requirements::{DocumentKind, Requirement};
use intake_domain::port_in::{
    Address, CommandState, Details, KeptSecret, NumberState, OrderNumber, OrderRecord, OrderState,
    RemainingNumbers, StateName, SubscriberKind,
};
use portway_proto::intake::v1;
use portway_proto::types::v1 as types_v1;
use service::stamp;
use types::Tn;

use super::{advice, number_fields, outlook};
use crate::announce::cutover::hold;
use crate::announce::port_in::{court, reason};
use crate::ops::port_in::{
    CarrierCommand, ChildCount, Document, ListedChild, NotCancelled, OrderRow, OrderView, Outlook,
    TimelineEntry,
};

pub(super) fn order(view: &OrderView) -> v1::Order {
    let record = view.order.record();
    let unsettled = record.state.unsettled();
    let reasons = unsettled.map(|rejection| rejection.reasons.iter().map(reason).collect());
    let change = match &record.state {
        OrderState::ChangingDate(change) => Some(change),
        OrderState::Draft(_)
        | OrderState::InReview(_)
        | OrderState::Submitted
        | OrderState::Pending(_)
        | OrderState::ActionRequired(_)
        | OrderState::FocConfirmed(_)
        | OrderState::Activating { .. }
        | OrderState::Ported
        | OrderState::CancelRequested { .. }
        | OrderState::Cancelled
        | OrderState::Rejected
        | OrderState::Abandoned
        | OrderState::Parent(_) => None,
    };
    v1::Order {
        number_count: i32::try_from(record.numbers.len() + view.child_numbers.len()).unwrap_or(i32::MAX),
        numbers: numbers(view),
        children: view.children.iter().map(child).collect(),
        child_counts: counts_of(&view.children),
        reasons: reasons.unwrap_or_default(),
        delays: record.delays.iter().map(reason).collect(),
        date_change: change.map(|change| advice::date_change(change, &record.details, &view.commands)),
        commands: view.commands.iter().map(command).collect(),
        ..head(record, &view.outlook)
    }
}

/// The order's own numbers, and those in its children.
fn numbers(view: &OrderView) -> Vec<v1::OrderNumber> {
    let in_children = view.child_numbers.iter().map(|(child, held)| v1::OrderNumber {
        child_order_id: child.to_string(),
        ..number(held)
    });
    in_children
        .chain(view.order.record().numbers.iter().map(number))
        .collect()
}

fn child(child: &ListedChild) -> v1::ChildOrder {
    v1::ChildOrder {
        order_id: child.id.to_string(),
        request_number: child.request_number.to_string(),
        state: state(child.state).into(),
        number_count: child.number_count,
        losing_carrier: child.losing_carrier.clone(),
    }
}

fn counts_of(children: &[ListedChild]) -> Vec<v1::ChildCount> {
    let in_state = |name: StateName| {
        let found: Vec<i32> = children
            .iter()
            .filter(|child| child.state == name)
            .map(|child| child.number_count)
            .collect();
        (!found.is_empty()).then(|| v1::ChildCount {
            state: state(name).into(),
            orders: i32::try_from(found.len()).unwrap_or(i32::MAX),
            numbers: found.iter().sum(),
        })
    };
    StateName::LEAST_ADVANCED_FIRST
        .into_iter()
        .filter_map(in_state)
        .collect()
}

fn count(count: &ChildCount) -> v1::ChildCount {
    v1::ChildCount {
        state: state(count.state).into(),
        orders: i32::try_from(count.orders).unwrap_or(i32::MAX),
        numbers: i32::try_from(count.numbers).unwrap_or(i32::MAX),
    }
}

pub(super) fn not_cancelled(child: &NotCancelled) -> v1::ChildNotCancelled {
    let refused = super::status::cancel(&child.why.clone().into());
    v1::ChildNotCancelled {
        order_id: child.id.to_string(),
        request_number: child.request_number.to_string(),
        reason: grpc::status::reason_of(&refused).unwrap_or_default(),
        message: child.why.to_string(),
    }
}

pub(super) fn listed_order(row: &OrderRow) -> v1::Order {
    v1::Order {
        number_count: row.order.number_count,
        child_counts: row.children.iter().map(count).collect(),
        ..head(&row.order.record, &row.outlook)
    }
}

/// What lists show as well.
fn head(record: &OrderRecord, outlook: &Outlook) -> v1::Order {
    let held = record.cutover.held.as_ref();
    let unsettled = record.state.unsettled();
    let update_required = unsettled.is_some_and(|rejection| rejection.update_required);
    v1::Order {
        order_id: record.id.to_string(),
        request_number: record.request_number.to_string(),
        account_id: record.account.to_string(),
        etag: record.version.to_string(),
        parent_order_id: record
            .parent
            .map(|parent| parent.id.to_string())
            .unwrap_or_default(),
        parent_request_number: text(record.parent.map(|parent| parent.request_number).as_ref()),
        state: state(record.state.name()).into(),
        ver: record.ver.into(),
        details: Some(details(&record.details)),
        court: record.court().map_or(types_v1::Court::Unspecified, court).into(),
        since: Some(stamp::to_proto(record.since)),
        update_required,
        foc_at: outlook.seen.last_foc_at.map(stamp::to_proto),
        created_at: Some(stamp::to_proto(record.created_at)),
        submitted_at: record.submitted_at.map(stamp::to_proto),
        review: advice::review(&record.state),
        ended_at: record.ended_at().map(stamp::to_proto),
        activation: activation(record.cutover.activation).into(),
        held_since: held.map(|held| stamp::to_proto(held.since)),
        holds: held
            .map(|held| held.holds.iter().map(hold).collect())
            .unwrap_or_default(),
        proof: record
            .cutover
            .proof
            .map_or(v1::ProofState::Unspecified, proof)
            .into(),
        ..outlook::order(outlook)
    }
}

fn details(details: &Details) -> v1::OrderDetails {
    let kind = match details.subscriber_kind {
        None => v1::SubscriberKind::Unspecified,
        Some(SubscriberKind::Residential) => v1::SubscriberKind::Residential,
        Some(SubscriberKind::Business) => v1::SubscriberKind::Business,
    };
    let remaining = match details.remaining_numbers {
        None => v1::RemainingNumbers::Unspecified,
        Some(RemainingNumbers::Keep) => v1::RemainingNumbers::Keep,
        Some(RemainingNumbers::Disconnect) => v1::RemainingNumbers::Disconnect,
    };
    let is_empty = details.service_address == Address::default();
    v1::OrderDetails {
        losing_carrier: text(details.losing_carrier.as_ref()),
        account_number: masked(details.account_number.as_ref()),
        btn: text(details.btn.as_ref()),
        subscriber_kind: kind.into(),
        first_name: text(details.first_name.as_ref()),
        last_name: text(details.last_name.as_ref()),
        company_name: text(details.company_name.as_ref()),
        authorized_by: text(details.authorized_by.as_ref()),
        service_address: (!is_empty).then(|| address(&details.service_address)),
        tax_id: masked(details.tax_id.as_ref()),
        wanted_date: details.wanted_date.map(stamp::date_to_proto),
        partial: details.partial,
        new_btn: text(details.new_btn.as_ref()),
        customer_reference: text(details.customer_reference.as_ref()),
        remaining_numbers: remaining.into(),
        losing_carrier_name: text(details.losing_carrier_name.as_ref()),
        resp_org: text(details.resp_org.as_ref()),
    }
}

pub(in crate::grpc) fn address(address: &Address) -> types_v1::Address {
    types_v1::Address {
        street: text(address.street.as_ref()),
        unit: text(address.unit.as_ref()),
        city: text(address.city.as_ref()),
        state: text(address.state.as_ref()),
        postal_code: text(address.postal_code.as_ref()),
    }
}

pub(super) const fn number_state(state: NumberState) -> v1::NumberState {
    match state {
        NumberState::Draft => v1::NumberState::Draft,
        NumberState::InOrder => v1::NumberState::InOrder,
        NumberState::FocConfirmed => v1::NumberState::FocConfirmed,
        NumberState::Activating => v1::NumberState::Activating,
        NumberState::ActivationRefused => v1::NumberState::ActivationRefused,
        NumberState::Ported => v1::NumberState::Ported,
        NumberState::Failed => v1::NumberState::Failed,
        NumberState::Released => v1::NumberState::Released,
        NumberState::Returned => v1::NumberState::Returned,
    }
}

pub(super) fn number(number: &OrderNumber) -> v1::OrderNumber {
    v1::OrderNumber {
        tn: number.tn.to_string(),
        state: number_state(number.state).into(),
        masked_pin: masked(number.pin.as_ref()),
        agent_name: text(number.config.agent_name.as_ref()),
        agent_email: text(number.config.agent_email.as_ref()),
        country: text(number.country.as_ref()),
        region: text(number.area.as_ref()),
        config: Some(number_fields::config(&number.config)),
        overrides: number_fields::overrides(&number.overrides),
        ..v1::OrderNumber::default()
    }
}

fn command(command: &CarrierCommand) -> v1::CarrierCommand {
    v1::CarrierCommand {
        kind: command.kind.clone(),
        ver: command.ver,
        state: command_state(command.state).into(),
        since: Some(stamp::to_proto(command.since)),
        number_count: i32::try_from(command.number_count).unwrap_or(i32::MAX),
    }
}

pub(super) const fn command_state(state: CommandState) -> v1::CommandState {
    match state {
        CommandState::Requested => v1::CommandState::Requested,
        CommandState::Sent => v1::CommandState::Sent,
        CommandState::Acknowledged => v1::CommandState::Acknowledged,
        CommandState::Refused => v1::CommandState::Refused,
    }
}

pub(super) fn requirement(requirement: Requirement) -> v1::Requirement {
    v1::Requirement {
        code: requirement.code.to_owned(),
        field: requirement.field,
        tn: text(requirement.tn.as_ref()),
        message: requirement.message,
        remedy: requirement.remedy.to_owned(),
        warning: requirement.is_warning,
    }
}

pub(super) fn timeline_entry(entry: TimelineEntry) -> v1::TimelineEntry {
    v1::TimelineEntry {
        at: Some(stamp::to_proto(entry.at)),
        actor: entry.actor,
        action: entry.action,
        from: state(entry.from).into(),
        to: state(entry.to).into(),
        ver: entry.ver.into(),
        note: entry.note,
    }
}

pub(super) fn document(document: &Document) -> v1::Document {
    let kind = match document.facts.kind {
        DocumentKind::Loa => v1::DocumentKind::Loa,
        DocumentKind::Bill => v1::DocumentKind::Bill,
        DocumentKind::Csr => v1::DocumentKind::Csr,
        DocumentKind::Other => v1::DocumentKind::Other,
    };
    v1::Document {
        document_id: document.id.to_string(),
        order_id: document.order.to_string(),
        kind: kind.into(),
        file_name: document.file_name.clone(),
        size_bytes: document.size_bytes,
        sha256: hex::encode(document.sha256),
        dated: document.facts.dated.map(stamp::date_to_proto),
        tns: document.facts.tns.iter().map(Tn::to_string).collect(),
        uploaded_at: Some(stamp::to_proto(document.facts.uploaded_at)),
    }
}

pub(super) const fn state(name: StateName) -> v1::OrderState {
    match name {
        StateName::Draft => v1::OrderState::Draft,
        StateName::Submitted => v1::OrderState::Submitted,
        StateName::Pending => v1::OrderState::Pending,
        StateName::ActionRequired => v1::OrderState::ActionRequired,
        StateName::FocConfirmed => v1::OrderState::FocConfirmed,
        StateName::Activating => v1::OrderState::Activating,
        StateName::Ported => v1::OrderState::Ported,
        StateName::CancelRequested => v1::OrderState::CancelRequested,
        StateName::Cancelled => v1::OrderState::Cancelled,
        StateName::Rejected => v1::OrderState::Rejected,
        StateName::Abandoned => v1::OrderState::Abandoned,
    }
}

const fn activation(mode: ActivationMode) -> v1::ActivationMode {
    match mode {
        ActivationMode::AtFoc => v1::ActivationMode::AtFoc,
        ActivationMode::OnDemand => v1::ActivationMode::OnDemand,
    }
}

pub(super) const fn proof(proof: Proof) -> v1::ProofState {
    match proof {
        Proof::Waiting => v1::ProofState::Waiting,
        Proof::Passed => v1::ProofState::Passed,
        Proof::Failed => v1::ProofState::Failed,
    }
}

fn masked(secret: Option<&KeptSecret>) -> String {
    secret.map(KeptSecret::masked).unwrap_or_default()
}

pub(super) fn text(value: Option<&impl ToString>) -> String {
    value.map(ToString::to_string).unwrap_or_default()
}
