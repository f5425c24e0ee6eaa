//! Between rows and domain values: the only place that knows how a dispute is spelled in columns.

use intake_domain::dispute::{
    About, Dispute, DisputedNumber, Kind, Missed, Outcome, Reporter, State, StateName,
};
use pg::StoreError;
use types::{AccountId, DisputeId, OrderId, PortOutId, RequestKind, RequestNumber, SnapbackId, Tn};
use uuid::Uuid;

type Time = jiff_sqlx::Timestamp;

/// The columns of [`Row`], for every statement that reads one.
macro_rules! columns {
    () => {
        "dispute_id, request_number, account_id, version, order_id, port_out_id, subject_number, kind, reporter,
         reporter_name, carrier_name, opened_by, opened_at, state, snapback_id, answer_missed_at, resolution_missed_at,
         settled_at, explanation"
    };
}
pub(super) use columns;

/// A dispute without its numbers.
#[derive(sqlx::FromRow)]
pub(super) struct Row {
    pub(super) dispute_id: Uuid,
    request_number: i64,
    account_id: Uuid,
    version: i64,
    order_id: Option<Uuid>,
    port_out_id: Option<Uuid>,
    subject_number: i64,
    kind: String,
    reporter: String,
    reporter_name: String,
    carrier_name: String,
    opened_by: String,
    opened_at: Time,
    state: String,
    snapback_id: Option<Uuid>,
    answer_missed_at: Option<Time>,
    resolution_missed_at: Option<Time>,
    settled_at: Option<Time>,
    explanation: String,
}

/// One number of one.
#[derive(sqlx::FromRow)]
pub(super) struct NumberRow {
    pub(super) dispute_id: Uuid,
    tn: String,
    returned_at: Option<Time>,
    outcome: Option<String>,
    charged: bool,
}

impl Row {
    pub(super) fn into_dispute(self, rows: Vec<NumberRow>) -> Result<Dispute, StoreError> {
        let id = self.dispute_id;
        let corrupt = |why: &'static str| StoreError::corrupt("dispute", &id, &why);
        let subject = |kind| number(kind, self.subject_number).ok_or_else(|| corrupt("the subject's number"));
        let about = match (self.order_id, self.port_out_id) {
            (Some(order), None) => About::PortIn {
                order: OrderId::from_uuid(order),
                number: subject(RequestKind::PortIn)?,
            },
            (None, Some(port_out)) => About::PortOut {
                port_out: PortOutId::from_uuid(port_out),
                number: subject(RequestKind::PortOut)?,
            },
            (Some(_), Some(_)) | (None, None) => return Err(corrupt("it is about one port")),
        };
        let state = self.state();
        let mut numbers = Vec::with_capacity(rows.len());
        let mut charged = Vec::new();
        for row in rows {
            let is_charged = row.charged;
            let number = row.read().ok_or_else(|| corrupt("one of its numbers"))?;
            charged.extend(is_charged.then_some(number.tn));
            numbers.push(number);
        }
        Ok(Dispute {
            id: DisputeId::from_uuid(id),
            number: number(RequestKind::Dispute, self.request_number).ok_or_else(|| corrupt("its number"))?,
            account: AccountId::from_uuid(self.account_id),
            version: self.version,
            about,
            kind: Kind::from_code(&self.kind).ok_or_else(|| corrupt("unknown kind"))?,
            reporter: Reporter::from_code(&self.reporter).ok_or_else(|| corrupt("unknown reporter"))?,
            reporter_name: self.reporter_name,
            carrier_name: self.carrier_name,
            opened_by: self.opened_by,
            opened_at: self.opened_at.to_jiff(),
            numbers,
            state: state.ok_or_else(|| corrupt("the state's columns do not fit"))?,
            missed: Missed {
                answer: self.answer_missed_at.map(Time::to_jiff),
                resolution: self.resolution_missed_at.map(Time::to_jiff),
            },
            explanation: self.explanation,
            charged,
        })
    }

    fn state(&self) -> Option<State> {
        Some(match StateName::from_code(&self.state)? {
            StateName::Open => State::Open,
            StateName::Answered => State::Answered,
            StateName::SnapbackAsked => State::SnapbackAsked {
                snapback: SnapbackId::from_uuid(self.snapback_id?),
            },
            StateName::SnapbackRefused => State::SnapbackRefused,
            StateName::Returned => State::Returned,
            StateName::Settled => State::Settled {
                at: self.settled_at?.to_jiff(),
            },
        })
    }
}

impl NumberRow {
    fn read(self) -> Option<DisputedNumber> {
        let outcome = match self.outcome.as_deref() {
            Some(code) => Some(Outcome::from_code(code)?),
            None => None,
        };
        Some(DisputedNumber {
            tn: self.tn.parse::<Tn>().ok()?,
            returned_at: self.returned_at.map(Time::to_jiff),
            outcome,
        })
    }
}

fn number(kind: RequestKind, column: i64) -> Option<RequestNumber> {
    let number = u64::try_from(column).ok()?;
    Some(RequestNumber::new(kind, number))
}

/// A number larger than the column finds nothing.
pub(super) fn number_column(number: RequestNumber) -> i64 {
    i64::try_from(number.number()).unwrap_or(i64::MAX)
}

/// The wish that is open, as it is written.
pub(super) const fn open_snapback(state: State) -> Option<Uuid> {
    match state {
        State::SnapbackAsked { snapback } => Some(snapback.as_uuid()),
        State::Open | State::Answered | State::SnapbackRefused | State::Returned | State::Settled { .. } => {
            None
        }
    }
}
