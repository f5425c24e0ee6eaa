//! Tracking links: made, listed, taken back, and what whoever has one sees of the order, which is nobody's name and no
//! number.

use intake_domain::port_in::{Court, CutOverEstimate, Order, StateName};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use pg::StoreError;
use sqlx::PgConnection;
use thiserror::Error;
use types::{LinkId, OrderId, RequestNumber, Tn};

use crate::app::Intake;
use crate::ops::links::{self, Link, LinkKind, LinkToken, NewLink};
use crate::ops::port_in::{
    Occasion, OrderName, Outlook, ReadError, Requester, find_to_change, read_order, settle,
};
use crate::store::port_in::order::{self, Access};
use crate::store::{links as link_store, tracking as store};

/// Of so many numbers the last two digits are shown.
const NUMBERS_SHOWN: usize = 20;

/// Why a link was not made or taken back.
#[derive(Debug, Error)]
pub(crate) enum TrackError {
    /// There is no such order, or it is somebody else's.
    #[error("there is no such order")]
    OrderNotFound,
    /// There is no such tracking link of the order.
    #[error("there is no such link")]
    LinkNotFound,
    /// This service serves no pages.
    #[error("no pages are served here, so no links can be made")]
    NoPages,
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Makes a link to an order's page. Its address is asked for with [`url_of`].
pub(crate) async fn create(
    intake: &Intake,
    conn: &mut PgConnection,
    requester: &Requester,
    name: OrderName,
    expires_at: Timestamp,
) -> Result<Link, TrackError> {
    if intake.link_base.is_none() {
        return Err(TrackError::NoPages);
    }
    let occasion = Occasion::of(intake, requester);
    let order = lock(conn, name, requester).await?;
    let new = NewLink {
        kind: LinkKind::TrackOrder,
        subject: order.record().id.as_uuid(),
        account: order.record().account,
        expires_at,
    };
    let (link, token) = links::make(conn, new, occasion.now).await?;
    store::insert_token(conn, &intake.base.vault, link.id, token.secret()).await?;
    note(intake, conn, &order, "tracking_link_made", link.id, occasion).await?;
    Ok(link)
}

/// The address of a link's page. None: it was revoked, or was only tried.
pub(crate) async fn url_of(intake: &Intake, link: LinkId) -> Result<Option<String>, StoreError> {
    let Some(base) = &intake.link_base else {
        return Ok(None);
    };
    let mut conn = intake.base.pool.acquire().await?;
    let token = store::token(&mut conn, &intake.base.vault, link).await?;
    Ok(token.map(|token| base.url_of(&LinkToken::from_secret(token))))
}

/// A page of an order's links, newest first.
pub(crate) async fn list(
    intake: &Intake,
    requester: &Requester,
    name: OrderName,
    before: Option<LinkId>,
    limit: i64,
) -> Result<Vec<Link>, ReadError> {
    let mut conn = intake.base.pool.acquire().await?;
    let order = read_order(&mut conn, requester, name).await?;
    let subject = order.record().id.as_uuid();
    Ok(link_store::list(&mut conn, LinkKind::TrackOrder, subject, before, limit).await?)
}

/// Takes a link back: it opens nothing from now on. Once more is as good as once.
pub(crate) async fn revoke(
    intake: &Intake,
    conn: &mut PgConnection,
    requester: &Requester,
    name: OrderName,
    id: LinkId,
) -> Result<Link, TrackError> {
    let occasion = Occasion::of(intake, requester);
    let order = lock(conn, name, requester).await?;
    let subject = order.record().id.as_uuid();
    let link = link_store::find_of(conn, LinkKind::TrackOrder, subject, id)
        .await?
        .ok_or(TrackError::LinkNotFound)?;
    if link.revoked_at.is_some() {
        return Ok(link);
    }
    link_store::revoke_one(conn, id, occasion.now).await?;
    store::delete_token(conn, id).await?;
    note(intake, conn, &order, "tracking_link_revoked", id, occasion).await?;
    Ok(Link {
        revoked_at: Some(occasion.now),
        ..link
    })
}

async fn lock(conn: &mut PgConnection, name: OrderName, requester: &Requester) -> Result<Order, TrackError> {
    let found = find_to_change(conn, name, requester).await?;
    found.ok_or(TrackError::OrderNotFound)
}

async fn note(
    intake: &Intake,
    conn: &mut PgConnection,
    order: &Order,
    action: &'static str,
    link: LinkId,
    occasion: Occasion<'_>,
) -> Result<(), StoreError> {
    let remark = order.clone().remark(action, format!("link {link}"));
    settle(intake, conn, order, remark, occasion).await.map(drop)
}

/// A step of an order's way, and when it was taken.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Step {
    pub(crate) state: StateName,
    /// None: it is still to come.
    pub(crate) at: Option<Timestamp>,
}

/// What the page shows. Nothing here names a person, an account, a carrier or a number.
#[derive(Debug)]
pub(crate) struct Tracked {
    pub(crate) request_number: RequestNumber,
    pub(crate) state: StateName,
    pub(crate) court: Option<Court>,
    pub(crate) steps: Vec<Step>,
    pub(crate) foc_at: Option<Timestamp>,
    pub(crate) estimate: Option<CutOverEstimate>,
    pub(crate) number_count: usize,
    /// The last two digits of the first numbers.
    pub(crate) endings: Vec<String>,
    /// Whose days and hours these are.
    pub(crate) time_zone: TimeZone,
}

/// What a link shows. None: its order is gone.
pub(crate) async fn view(intake: &Intake, link: &Link) -> Result<Option<Tracked>, StoreError> {
    let mut conn = intake.base.pool.acquire().await?;
    let id = OrderId::from_uuid(link.subject);
    let name = OrderName::Id(id);
    let Some(found) = order::find(&mut conn, name, Some(link.account), Access::Read).await? else {
        return Ok(None);
    };
    let outlook = Outlook::of(&mut conn, &found, intake.base.clock.now()).await?;
    let arrivals = store::arrivals(&mut conn, id).await?;
    let record = found.record();
    let state = record.state.name();
    Ok(Some(Tracked {
        request_number: record.request_number,
        state,
        court: record.court(),
        steps: steps(state, &arrivals),
        foc_at: outlook.seen.last_foc_at,
        estimate: outlook.estimate,
        number_count: record.numbers.len(),
        endings: record
            .numbers
            .iter()
            .take(NUMBERS_SHOWN)
            .map(|number| ending(number.tn))
            .collect(),
        time_zone: found.region().time_zone(),
    }))
}

fn ending(tn: Tn) -> String {
    let digits = tn.to_string();
    digits.chars().skip(digits.len().saturating_sub(2)).collect()
}

/// The four steps of the way, those that were taken with their dates. What an order fell back behind is to come again.
fn steps(state: StateName, arrivals: &[(StateName, Timestamp)]) -> Vec<Step> {
    const WAY: [StateName; 4] = [
        StateName::Submitted,
        StateName::Pending,
        StateName::FocConfirmed,
        StateName::Ported,
    ];
    let taken = match state {
        StateName::Draft => 0,
        StateName::Submitted => 1,
        StateName::Pending | StateName::ActionRequired => 2,
        StateName::FocConfirmed | StateName::Activating => 3,
        StateName::Ported
        | StateName::CancelRequested
        | StateName::Cancelled
        | StateName::Rejected
        | StateName::Abandoned => WAY.len(),
    };
    let arrived = |state| {
        arrivals
            .iter()
            .find(|(known, _)| *known == state)
            .map(|(_, at)| *at)
    };
    let all = WAY.into_iter().enumerate();
    all.map(|(place, state)| Step {
        state,
        at: arrived(state).filter(|_| place < taken),
    })
    .collect()
}
