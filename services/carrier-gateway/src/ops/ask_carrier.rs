//! What intake announced becomes a command. Runs in the listener's transaction; heard twice, it changes nothing.

use std::collections::BTreeSet;

use carrier_gateway_domain::{
    About, Command, OrderAsk, PortOutAnswer, PortOutConflict, PortOutTell, Progress, Reading, Submission,
    SubmissionState,
};
use jiff::Timestamp;
use pg::StoreError;
use sqlx::PgConnection;
use types::{AccountId, CarrierId, CommandId, EventId, OrderId, Pon, PortOutId, SnapbackId, Spid, Tn, Ver};

use crate::{announce, store};

/// What a decision is told that comes after the one that the carrier has, or will have.
const DECIDED_BEFORE: &str = "this version of the request was decided before; a carrier is answered once";

/// Under which name, for whom, when and by which event something was asked.
#[derive(Debug, Clone)]
pub(crate) struct Asked {
    pub(crate) account: AccountId,
    pub(crate) pon: Pon,
    pub(crate) ver: Ver,
    pub(crate) at: Timestamp,
    pub(crate) by: EventId,
}

/// A version of an order that is to be sent.
#[derive(Debug, Clone)]
pub(crate) struct NewVersion {
    pub(crate) order: OrderId,
    pub(crate) losing_carrier: CarrierId,
    pub(crate) tns: BTreeSet<Tn>,
    pub(crate) date_only: bool,
}

/// A version of an order is to go out: the first as a request, a later one as a supplement.
pub(crate) async fn submit_order(
    conn: &mut PgConnection,
    asked: Asked,
    version: NewVersion,
) -> Result<(), StoreError> {
    let submission = Submission {
        order: version.order,
        account: asked.account,
        pon: asked.pon.clone(),
        ver: asked.ver,
        carrier: version.losing_carrier,
        state: SubmissionState::Open { awaited: version.tns },
        traceparent: telemetry::trace_context::current(),
    };
    // Before the command, so that no answer can come to a PON that is not known.
    store::submissions::put(conn, &submission).await?;
    let ask = OrderAsk::sends(asked.ver, version.date_only);
    ask_order(conn, asked, version.order, ask).await
}

/// Something else is to be asked about an order.
pub(crate) async fn ask_order(
    conn: &mut PgConnection,
    asked: Asked,
    order: OrderId,
    ask: OrderAsk,
) -> Result<(), StoreError> {
    let by = asked.by;
    let command = new_command(asked, About::Order { order, ask });
    store::commands::insert(conn, &command, by).await?;
    Ok(())
}

/// A case of a winning carrier's request was decided. The carrier is told when all cases are: [`store::commands::claim`]
/// leaves the command alone until then, and the answer is combined of them all. A carrier is answered once for each
/// version, so a different decision after that is refused, and shown to be.
pub(crate) async fn answer_port_out(
    conn: &mut PgConnection,
    asked: Asked,
    port_out: PortOutId,
    winning_spid: Spid,
    decided: Decided,
) -> Result<(), StoreError> {
    let (by, at) = (asked.by, asked.at);
    let about = About::PortOut {
        port_out,
        winning_spid,
        tell: PortOutTell::Answer {
            answer: decided.answer,
            reading: Some(decided.reading),
            cases: decided.cases,
        },
    };
    let command = new_command(asked, about);
    if store::commands::insert(conn, &command, by).await? {
        return Ok(());
    }
    let Some(first) = store::commands::find_port_out_answer(conn, port_out, command.ver).await? else {
        return Ok(());
    };
    if says_the_same(&first.about, &command.about) {
        return Ok(());
    }
    tracing::warn!(port_out.id = %port_out, ver = %command.ver, "this case was decided before, otherwise");
    let refused = Command {
        progress: Progress::Refused {
            at,
            refusal: DECIDED_BEFORE.to_owned(),
        },
        ..command
    };
    if store::commands::insert_second(conn, &refused, by, first.id).await? {
        announce::command_progressed(conn, &refused, at).await?;
    }
    Ok(())
}

/// What was decided of a case.
#[derive(Debug)]
pub(crate) struct Decided {
    pub(crate) answer: PortOutAnswer,
    pub(crate) reading: Reading,
    /// How many cases the request has; `None`: as many as were made of it when it came.
    pub(crate) cases: Option<i16>,
}

/// Whether two answers to one case are the same for the carrier.
fn says_the_same(one: &About, other: &About) -> bool {
    let answer = |about: &About| match about {
        About::PortOut {
            tell: PortOutTell::Answer { answer, .. },
            ..
        } => Some(answer.clone()),
        About::PortOut {
            tell: PortOutTell::Conflict(_),
            ..
        }
        | About::Order { .. }
        | About::PortOutSnapback { .. } => None,
    };
    answer(one) == answer(other)
}

/// Numbers of a case that was authorized are not to go after all. The carrier is told after it has our answer: commands about
/// one case leave one after the other.
pub(crate) async fn raise_conflict(
    conn: &mut PgConnection,
    asked: Asked,
    port_out: PortOutId,
    winning_spid: Spid,
    conflict: PortOutConflict,
) -> Result<(), StoreError> {
    let by = asked.by;
    let about = About::PortOut {
        port_out,
        winning_spid,
        tell: PortOutTell::Conflict(conflict),
    };
    store::commands::insert(conn, &new_command(asked, about), by).await?;
    Ok(())
}

/// Numbers that left and are wanted back.
#[derive(Debug, Clone)]
pub(crate) struct PortOutSnapback {
    pub(crate) port_out: PortOutId,
    pub(crate) winning_spid: Spid,
    pub(crate) tns: BTreeSet<Tn>,
    pub(crate) reason: String,
    pub(crate) request_id: SnapbackId,
}

/// A winning carrier is to be asked for numbers.
pub(crate) async fn snapback_port_out(
    conn: &mut PgConnection,
    asked: Asked,
    wanted: PortOutSnapback,
) -> Result<(), StoreError> {
    let by = asked.by;
    let about = About::PortOutSnapback {
        port_out: wanted.port_out,
        winning_spid: wanted.winning_spid,
        tns: wanted.tns,
        reason: wanted.reason,
        request_id: wanted.request_id,
    };
    store::commands::insert(conn, &new_command(asked, about), by).await?;
    Ok(())
}

/// An order has ended at intake: nobody waits for its carrier any more.
pub(crate) async fn end_order(conn: &mut PgConnection, order: OrderId) -> Result<(), StoreError> {
    let Some(submission) = store::submissions::lock(conn, order).await? else {
        return Ok(());
    };
    let closed = Submission {
        state: SubmissionState::Closed,
        ..submission
    };
    store::submissions::save_state(conn, &closed).await
}

fn new_command(asked: Asked, about: About) -> Command {
    Command {
        id: CommandId::generate(),
        account: asked.account,
        pon: asked.pon,
        ver: asked.ver,
        about,
        progress: Progress::Requested,
        attempts: 0,
        last_error: None,
        requested_at: asked.at,
        traceparent: telemetry::trace_context::current(),
    }
}
