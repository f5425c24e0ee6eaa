//! From a row of `port_order` to an order, and from an order's state to its columns.

use intake_domain::port_in::{
    Address, Details, OrderReason, OrderRecord, ParentRef, RemainingNumbers, SubscriberKind,
};
use pg::StoreError;
use types::{AccountId, OrderId, RequestKind, RequestNumber, Ver};
use uuid::Uuid;

use super::cutover::row::CutoverRow;
use super::secrets::kept;
use super::state_row::{self, StateRow};

const TABLE: &str = "port_order";

/// The columns of [`OrderRow`], for every statement that reads one.
macro_rules! order_columns {
    () => {
        concat!("port_order.order_id, request_number, account_id, version, ver, ver_in_force, ", crate::store::port_in::state_row::state_columns!(), ",
         since, created_at, submitted_at, number_count,
         losing_carrier, account_number_masked, btn, subscriber_kind, first_name, last_name, company_name,
         authorized_by, street, unit, city, state_code, postal_code, tax_id_masked, wanted_date, is_partial, new_btn,
         customer_reference, parent_order_id, parent_request_number, remaining_numbers, losing_carrier_name, resp_org,
         activation, held_since, held_court, proof")
    };
}
pub(super) use order_columns;

#[derive(sqlx::FromRow)]
pub(super) struct OrderRow {
    pub(super) order_id: Uuid,
    request_number: i64,
    account_id: Uuid,
    version: i64,
    ver: i16,
    ver_in_force: i16,
    #[sqlx(flatten)]
    state: StateRow,
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
    remaining_numbers: Option<String>,
    losing_carrier_name: Option<String>,
    resp_org: Option<String>,
    #[sqlx(flatten)]
    cutover: CutoverRow,
}

impl OrderRow {
    /// The order without its numbers.
    pub(super) fn into_record(mut self, reasons: Vec<OrderReason>) -> Result<OrderRecord, StoreError> {
        let corrupt = |why: &dyn std::fmt::Display| StoreError::corrupt(TABLE, &self.order_id, why);
        let ver = |number: i16| Ver::try_from(i32::from(number)).map_err(|error| corrupt(&error));
        let (state, delays) = state_row::read(std::mem::take(&mut self.state), self.order_id, reasons)?;
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
            state,
            delays,
            since: self.since.to_jiff(),
            created_at: self.created_at.to_jiff(),
            submitted_at: self.submitted_at.map(jiff_sqlx::Timestamp::to_jiff),
            cutover: self.cutover.read(self.order_id)?,
            details: self.into_details()?,
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
