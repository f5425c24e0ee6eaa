//! From a row of `port_order` to an order, and from an order's state to its columns.

use intake_domain::port_in::{
    Address, BeforeCancel, Commitment, Details, OrderReason, OrderRecord, OrderState, ParentRef, Rejection,
    RemainingNumbers, StateName, SubscriberKind,
};
use jiff::Timestamp;
use pg::StoreError;
use types::{AccountId, OrderId, RequestKind, RequestNumber, Ver};
use uuid::Uuid;

use super::secrets::kept;

const TABLE: &str = "port_order";

/// The columns of [`OrderRow`], for every statement that reads one.
macro_rules! order_columns {
    () => {
        "port_order.order_id, request_number, account_id, version, ver, ver_in_force, port_order.state, cancel_from,
         awaits_us, update_required, foc_at, foc_received_at, is_incoming, since, created_at, submitted_at, number_count,
         losing_carrier, account_number_masked, btn, subscriber_kind, first_name, last_name, company_name,
         authorized_by, street, unit, city, state_code, postal_code, tax_id_masked, wanted_date, is_partial, new_btn,
         customer_reference, parent_order_id, parent_request_number, is_parent, remaining_numbers, losing_carrier_name,
         resp_org"
    };
}
pub(super) use order_columns;

#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a column; the domain has states instead"
)]
#[derive(sqlx::FromRow)]
pub(super) struct OrderRow {
    pub(super) order_id: Uuid,
    request_number: i64,
    account_id: Uuid,
    version: i64,
    ver: i16,
    ver_in_force: i16,
    state: String,
    cancel_from: Option<String>,
    awaits_us: bool,
    update_required: bool,
    foc_at: Option<jiff_sqlx::Timestamp>,
    foc_received_at: Option<jiff_sqlx::Timestamp>,
    is_incoming: bool,
    since: jiff_sqlx::Timestamp,
    created_at: jiff_sqlx::Timestamp,
    submitted_at: Option<jiff_sqlx::Timestamp>,
    pub(super) number_count: i32,
    losing_carrier: Option<String>,
    account_number_masked: Option<String>,
    btn: Option<String>,
    subscriber_kind: Option<String>,
    first_name: Option<String>,
    last_name: Option<String>,
    company_name: Option<String>,
    authorized_by: Option<String>,
    street: Option<String>,
    unit: Option<String>,
    city: Option<String>,
    state_code: Option<String>,
    postal_code: Option<String>,
    tax_id_masked: Option<String>,
    wanted_date: Option<jiff_sqlx::Date>,
    is_partial: bool,
    new_btn: Option<String>,
    customer_reference: Option<String>,
    parent_order_id: Option<Uuid>,
    parent_request_number: Option<i64>,
    is_parent: bool,
    remaining_numbers: Option<String>,
    losing_carrier_name: Option<String>,
    resp_org: Option<String>,
}

impl OrderRow {
    /// The order without its numbers.
    pub(super) fn into_record(self, reasons: Vec<OrderReason>) -> Result<OrderRecord, StoreError> {
        let corrupt = |why: &dyn std::fmt::Display| StoreError::corrupt(TABLE, &self.order_id, why);
        let ver = |number: i16| Ver::try_from(i32::from(number)).map_err(|error| corrupt(&error));
        let number = |number: i64| {
            let number = u64::try_from(number).map_err(|error| corrupt(&error))?;
            Ok::<_, StoreError>(RequestNumber::new(RequestKind::PortIn, number))
        };
        let parent = self.parent_order_id.zip(self.parent_request_number);
        let parent = parent.map(|(id, request_number)| {
            Ok::<_, StoreError>(ParentRef {
                id: OrderId::from_uuid(id),
                request_number: number(request_number)?,
            })
        });
        Ok(OrderRecord {
            id: OrderId::from_uuid(self.order_id),
            request_number: number(self.request_number)?,
            account: AccountId::from_uuid(self.account_id),
            parent: parent.transpose()?,
            version: self.version,
            ver: ver(self.ver)?,
            ver_in_force: ver(self.ver_in_force)?,
            numbers: Vec::new(),
            state: self.read_state(reasons)?,
            since: self.since.to_jiff(),
            created_at: self.created_at.to_jiff(),
            submitted_at: self.submitted_at.map(jiff_sqlx::Timestamp::to_jiff),
            details: self.into_details()?,
        })
    }

    fn read_state(&self, reasons: Vec<OrderReason>) -> Result<OrderState, StoreError> {
        let corrupt = |why: &dyn std::fmt::Display| StoreError::corrupt(TABLE, &self.order_id, why);
        let name = |code: &str| {
            let mut all = StateName::ALL.into_iter();
            all.find(|name| name.code() == code)
                .ok_or_else(|| corrupt(&"unknown state"))
        };
        let instant = |at: Option<jiff_sqlx::Timestamp>| {
            at.map(jiff_sqlx::Timestamp::to_jiff)
                .ok_or_else(|| corrupt(&"the commitment has no date"))
        };
        let pending = self.awaits_us;
        let rejection = Rejection {
            update_required: self.update_required,
            reasons,
        };
        let commitment = || -> Result<Commitment, StoreError> {
            Ok(Commitment {
                foc_at: instant(self.foc_at)?,
                received_at: instant(self.foc_received_at)?,
                incoming: self.is_incoming,
            })
        };
        if self.is_parent {
            return Ok(OrderState::Parent(name(&self.state)?));
        }
        Ok(match name(&self.state)? {
            StateName::Draft => OrderState::Draft,
            StateName::Submitted => OrderState::Submitted,
            StateName::Pending => OrderState::Pending { awaits_us: pending },
            StateName::ActionRequired => OrderState::ActionRequired(rejection),
            StateName::FocConfirmed => OrderState::FocConfirmed(commitment()?),
            StateName::Activating => OrderState::Activating {
                foc_at: instant(self.foc_at)?,
            },
            StateName::Ported => OrderState::Ported,
            StateName::Cancelled => OrderState::Cancelled,
            StateName::Rejected => OrderState::Rejected,
            StateName::Abandoned => OrderState::Abandoned,
            StateName::CancelRequested => {
                let from = match self.cancel_from.as_deref().map(name).transpose()? {
                    Some(StateName::Submitted) => BeforeCancel::Submitted,
                    Some(StateName::Pending) => BeforeCancel::Pending { awaits_us: pending },
                    Some(StateName::ActionRequired) => BeforeCancel::ActionRequired(rejection),
                    Some(StateName::FocConfirmed) => BeforeCancel::FocConfirmed(commitment()?),
                    Some(
                        StateName::Draft
                        | StateName::Activating
                        | StateName::Ported
                        | StateName::CancelRequested
                        | StateName::Cancelled
                        | StateName::Rejected
                        | StateName::Abandoned,
                    )
                    | None => return Err(corrupt(&"nothing to go back to")),
                };
                OrderState::CancelRequested { from }
            }
        })
    }

    fn into_details(self) -> Result<Details, StoreError> {
        let id = self.order_id;
        let subscriber_kind = match self.subscriber_kind.as_deref() {
            None => None,
            Some("RESIDENTIAL") => Some(SubscriberKind::Residential),
            Some("BUSINESS") => Some(SubscriberKind::Business),
            Some(_) => return Err(StoreError::corrupt(TABLE, &id, &"unknown kind of subscriber")),
        };
        let remaining_numbers = self.remaining_numbers.as_deref().map(|code| {
            let known = RemainingNumbers::ALL
                .into_iter()
                .find(|known| known.code() == code);
            known.ok_or_else(|| StoreError::corrupt(TABLE, &id, &"unknown fate of remaining numbers"))
        });
        Ok(Details {
            remaining_numbers: remaining_numbers.transpose()?,
            losing_carrier_name: parse(id, self.losing_carrier_name)?,
            resp_org: parse(id, self.resp_org)?,
            losing_carrier: parse(id, self.losing_carrier)?,
            account_number: kept(self.account_number_masked),
            btn: parse(id, self.btn)?,
            subscriber_kind,
            first_name: parse(id, self.first_name)?,
            last_name: parse(id, self.last_name)?,
            company_name: parse(id, self.company_name)?,
            authorized_by: parse(id, self.authorized_by)?,
            service_address: Address {
                street: parse(id, self.street)?,
                unit: parse(id, self.unit)?,
                city: parse(id, self.city)?,
                state: parse(id, self.state_code)?,
                postal_code: parse(id, self.postal_code)?,
            },
            tax_id: kept(self.tax_id_masked),
            wanted_date: self.wanted_date.map(jiff_sqlx::Date::to_jiff),
            partial: self.is_partial,
            new_btn: parse(id, self.new_btn)?,
            customer_reference: parse(id, self.customer_reference)?,
        })
    }
}

fn parse<T>(order: Uuid, text: Option<String>) -> Result<Option<T>, StoreError>
where
    T: std::str::FromStr,
    T::Err: std::fmt::Display,
{
    let parsed = text.map(|text| text.parse()).transpose();
    parsed.map_err(|error| StoreError::corrupt(TABLE, &order, &error))
}

/// A state as its columns.
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a column; the domain has states instead"
)]
#[derive(Debug, Default)]
pub(super) struct StateColumns<'o> {
    pub(super) state: &'static str,
    pub(super) cancel_from: Option<&'static str>,
    pub(super) awaits_us: bool,
    pub(super) update_required: bool,
    pub(super) foc_at: Option<Timestamp>,
    pub(super) foc_received_at: Option<Timestamp>,
    pub(super) is_incoming: bool,
    pub(super) is_parent: bool,
    pub(super) reasons: &'o [OrderReason],
}

impl<'o> From<&'o OrderState> for StateColumns<'o> {
    fn from(state: &'o OrderState) -> Self {
        let plain = Self {
            state: state.name().code(),
            ..Self::default()
        };
        match state {
            OrderState::Pending { awaits_us } => Self {
                awaits_us: *awaits_us,
                ..plain
            },
            OrderState::ActionRequired(rejection) => plain.with_rejection(rejection),
            OrderState::FocConfirmed(commitment) => plain.with_commitment(*commitment),
            OrderState::Activating { foc_at } => Self {
                foc_at: Some(*foc_at),
                ..plain
            },
            OrderState::CancelRequested { from } => {
                let cancel_from = Some(OrderState::from(from.clone()).name().code());
                let plain = Self { cancel_from, ..plain };
                match from {
                    BeforeCancel::Submitted => plain,
                    BeforeCancel::Pending { awaits_us } => Self {
                        awaits_us: *awaits_us,
                        ..plain
                    },
                    BeforeCancel::ActionRequired(rejection) => plain.with_rejection(rejection),
                    BeforeCancel::FocConfirmed(commitment) => plain.with_commitment(*commitment),
                }
            }
            OrderState::Parent(_) => Self {
                is_parent: true,
                ..plain
            },
            OrderState::Draft
            | OrderState::Submitted
            | OrderState::Ported
            | OrderState::Cancelled
            | OrderState::Rejected
            | OrderState::Abandoned => plain,
        }
    }
}

impl<'o> StateColumns<'o> {
    fn with_rejection(self, rejection: &'o Rejection) -> Self {
        Self {
            update_required: rejection.update_required,
            reasons: &rejection.reasons,
            ..self
        }
    }

    fn with_commitment(self, commitment: Commitment) -> Self {
        Self {
            foc_at: Some(commitment.foc_at),
            foc_received_at: Some(commitment.received_at),
            is_incoming: commitment.incoming,
            ..self
        }
    }
}
