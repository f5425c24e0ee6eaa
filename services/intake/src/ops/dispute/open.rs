//! Opening a dispute.

use intake_domain::dispute::{About, Dispute, DisputedNumber, Kind, Missed, Reporter, State};
use intake_domain::port_in::NumberState;
use jiff::Timestamp;
use pg::StoreError;
use sqlx::PgConnection;
use thiserror::Error;
use types::{AccountId, DisputeId, Tn};

use super::read::{Seen, seen};
use super::shown_name;
use crate::announce;
use crate::app::Intake;
use crate::ops::port_in::{OrderName, Requester, find_to_change};
use crate::ops::port_out::PortOutName;
use crate::store;
use crate::store::dispute::Statement;

/// The port that is disputed, by name.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Port {
    Order(OrderName),
    PortOut(PortOutName),
}

/// What is reported.
#[derive(Debug)]
pub(crate) struct Opening {
    pub(crate) port: Port,
    /// Only these numbers; none: all that ported.
    pub(crate) tns: Vec<Tn>,
    pub(crate) kind: Kind,
    pub(crate) reporter: Reporter,
    pub(crate) reporter_name: String,
    pub(crate) statement: String,
}

/// Why a dispute was not opened.
#[derive(Debug, Error)]
pub(crate) enum OpenError {
    /// There is no such order, or it is somebody else's.
    #[error("there is no such order")]
    NoOrder,
    /// There is no such port-out, or it is somebody else's.
    #[error("there is no such port-out")]
    NoPortOut,
    /// Nothing has ported by it, or everything has come back since.
    #[error("no number has ported by it that is not back already")]
    NothingPorted,
    /// These have not.
    #[error("numbers that have not ported by it, or are back already")]
    NotPorted(Vec<Tn>),
    /// These are disputed already.
    #[error("numbers that are in another dispute")]
    InDispute(Vec<Tn>),
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// A port that can be disputed, locked.
struct Ported {
    about: About,
    account: AccountId,
    carrier_name: String,
    /// The numbers that moved by it and are not back.
    tns: Vec<Tn>,
}

/// Opens a dispute about numbers of a port.
pub(crate) async fn open(
    intake: &Intake,
    conn: &mut PgConnection,
    requester: &Requester,
    opening: Opening,
) -> Result<Seen, OpenError> {
    let now = intake.base.clock.now();
    let ported = match opening.port {
        Port::Order(name) => ported_in(conn, requester, name).await?,
        Port::PortOut(name) => ported_out(conn, requester, name).await?,
    };
    let tns = disputed(&ported.tns, opening.tns)?;
    let taken = store::dispute::in_dispute(conn, &tns).await?;
    if !taken.is_empty() {
        return Err(OpenError::InDispute(taken));
    }
    let dispute = Dispute {
        id: DisputeId::generate(),
        number: store::dispute::next_number(conn).await?,
        account: ported.account,
        version: 1,
        about: ported.about,
        kind: opening.kind,
        reporter: opening.reporter,
        reporter_name: opening.reporter_name,
        carrier_name: ported.carrier_name,
        opened_by: shown_name(requester),
        opened_at: now,
        numbers: tns.into_iter().map(DisputedNumber::new).collect(),
        state: State::Open,
        missed: Missed::default(),
        explanation: String::new(),
        charged: Vec::new(),
    };
    insert(conn, &dispute).await?;
    let statement = said(requester, opening.statement, now);
    store::dispute::add_statement(conn, dispute.id, &statement).await?;
    announce::dispute::opened(conn, &dispute, now).await?;
    intake.dispute_wake.wake();
    Ok(seen(conn, dispute).await?)
}

/// Somebody else may open a dispute about the same number, that ported some other way, at this moment.
async fn insert(conn: &mut PgConnection, dispute: &Dispute) -> Result<(), OpenError> {
    match store::dispute::insert(conn, dispute).await {
        Ok(()) => Ok(()),
        Err(error) if error.constraint() == Some("dispute_number_once") => {
            Err(OpenError::InDispute(dispute.tns()))
        }
        Err(error) => Err(error.into()),
    }
}

/// A statement that opens a dispute.
fn said(requester: &Requester, text: String, now: Timestamp) -> Statement {
    Statement {
        author: requester.name.clone(),
        by_platform: requester.is_platform,
        stated_at: now,
        text,
        is_answer: false,
    }
}

fn disputed(ported: &[Tn], named: Vec<Tn>) -> Result<Vec<Tn>, OpenError> {
    if ported.is_empty() {
        return Err(OpenError::NothingPorted);
    }
    if named.is_empty() {
        return Ok(ported.to_vec());
    }
    let strange: Vec<Tn> = named.iter().copied().filter(|tn| !ported.contains(tn)).collect();
    if strange.is_empty() {
        Ok(named)
    } else {
        Err(OpenError::NotPorted(strange))
    }
}

async fn ported_in(
    conn: &mut PgConnection,
    requester: &Requester,
    name: OrderName,
) -> Result<Ported, OpenError> {
    let order = find_to_change(conn, name, requester)
        .await?
        .ok_or(OpenError::NoOrder)?;
    let record = order.record();
    let details = &record.details;
    let carrier_name = match (&details.losing_carrier_name, &details.losing_carrier) {
        (Some(name), _) => name.to_string(),
        (None, Some(carrier)) => carrier.to_string(),
        (None, None) => String::new(),
    };
    let ported = record.numbers.iter();
    let mut tns: Vec<Tn> = ported
        .filter(|number| number.state == NumberState::Ported)
        .map(|number| number.tn)
        .collect();
    tns.sort_unstable();
    Ok(Ported {
        about: About::PortIn {
            order: record.id,
            number: record.request_number,
        },
        account: record.account,
        carrier_name,
        tns,
    })
}

/// Lines that had been separated from the account are not among what left it: of them it hears nothing, here neither.
async fn ported_out(
    conn: &mut PgConnection,
    requester: &Requester,
    name: PortOutName,
) -> Result<Ported, OpenError> {
    let found = store::port_out::find(conn, requester.scope(), name).await?;
    let id = found.ok_or(OpenError::NoPortOut)?.id;
    let locked = store::port_out::find_by_id_for_update(conn, id).await?;
    let case = locked.ok_or(OpenError::NoPortOut)?;
    Ok(Ported {
        about: About::PortOut {
            port_out: case.id,
            number: case.number,
        },
        account: case.account,
        tns: store::departed::departed(conn, case.id).await?,
        carrier_name: case.request.winning_name,
    })
}
