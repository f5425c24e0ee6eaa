//! Serves tracking links.

use calendar::add_calendar_days;
use grpc::{Faults, Reply, page};
use idempotency::Begun;
use jiff::Timestamp;
use numbering::NpacRegion;
use portway_proto::intake::v1;
use portway_proto::intake::v1::tracking_service_server::{TrackingService, TrackingServiceServer};
use service::stamp;
use tonic::service::RoutesBuilder;
use tonic::{Code, Request, Response, Status};
use types::LinkId;

use super::port_in::{cut, order_name, read_instant, read_page, read_status, requester};
use crate::app::Intake;
use crate::ops::links::Link;
use crate::ops::port_in::OrderName;
use crate::ops::tracking::{self, TrackError};

const PAGE: i64 = 100;
const PAGE_MAX: i64 = 500;
/// How long a link works, if nothing is said, and at most.
const EXPIRES_AFTER_DAYS: u16 = 90;
const EXPIRES_AFTER_DAYS_MAX: u16 = 366;

/// Adds the service of tracking links.
pub(crate) fn add_tracking(routes: &mut RoutesBuilder, intake: &Intake) {
    routes.add_service(TrackingServiceServer::new(Tracking {
        intake: intake.clone(),
    }));
}

struct Tracking {
    intake: Intake,
}

#[tonic::async_trait]
impl TrackingService for Tracking {
    async fn create_tracking_link(
        &self,
        request: Request<v1::CreateTrackingLinkRequest>,
    ) -> Reply<v1::CreateTrackingLinkResponse> {
        let requester = requester(&request)?;
        let new = read_new(request.get_ref(), self.intake.base.clock.now());
        let mut reply = match self.intake.base.idempotency.begin(&request).await? {
            Begun::Repeated(reply) => reply,
            Begun::Fresh(mut work) => {
                let (name, expires_at) = new?;
                let link = tracking::create(&self.intake, work.conn(), &requester, name, expires_at)
                    .await
                    .map_err(|error| status(&error))?;
                // Replies are kept, addresses are not: it is put in below, whether this is the first reply or a later one.
                work.finish(v1::CreateTrackingLinkResponse {
                    link: Some(render(&link)),
                    url: String::new(),
                })
                .await?
            }
        };
        let link = reply.get_ref().link.as_ref();
        if let Some(id) = link.and_then(|link| link.link_id.parse().ok()) {
            let url = tracking::url_of(&self.intake, id).await;
            let url = url.map_err(|error| grpc::status::store(&error))?;
            reply.get_mut().url = url.unwrap_or_default();
        }
        Ok(reply)
    }

    async fn list_tracking_links(
        &self,
        request: Request<v1::ListTrackingLinksRequest>,
    ) -> Reply<v1::ListTrackingLinksResponse> {
        let requester = requester(&request)?;
        let body = request.get_ref();
        let binding = format!("tracking links {} {:?}", requester.account, body.order_id);
        let mut faults = Faults::new();
        let name = order_name(&mut faults, &body.order_id);
        let size = (body.page_size, PAGE, PAGE_MAX);
        let (limit, before) = read_page(&mut faults, size, &binding, &body.page_token);
        let name = faults.finish(name)?;
        let mut found = tracking::list(&self.intake, &requester, name, before, limit + 1)
            .await
            .map_err(|error| read_status(&error))?;
        let next_page_token = cut(&mut found, limit).map(|last| page::token(&binding, &last.id));
        Ok(Response::new(v1::ListTrackingLinksResponse {
            links: found.iter().map(render).collect(),
            next_page_token: next_page_token.unwrap_or_default(),
        }))
    }

    async fn revoke_tracking_link(
        &self,
        request: Request<v1::RevokeTrackingLinkRequest>,
    ) -> Reply<v1::RevokeTrackingLinkResponse> {
        let requester = requester(&request)?;
        let mut faults = Faults::new();
        let name = order_name(&mut faults, &request.get_ref().order_id);
        let id: Option<LinkId> = faults.required("link_id", &request.get_ref().link_id);
        let (name, id) = faults.finish(name.zip(id))?;
        let mut work = match self.intake.base.idempotency.begin(&request).await? {
            Begun::Repeated(reply) => return Ok(reply),
            Begun::Fresh(work) => work,
        };
        let link = tracking::revoke(&self.intake, work.conn(), &requester, name, id)
            .await
            .map_err(|error| status(&error))?;
        work.finish(v1::RevokeTrackingLinkResponse {
            link: Some(render(&link)),
        })
        .await
    }
}

fn read_new(body: &v1::CreateTrackingLinkRequest, now: Timestamp) -> Result<(OrderName, Timestamp), Status> {
    let mut faults = Faults::new();
    let name = order_name(&mut faults, &body.order_id);
    // Days are days anywhere; the NPAC's own are Eastern.
    let after = |days| add_calendar_days(NpacRegion::Northeast, now, days).unwrap_or(Timestamp::MAX);
    let asked = read_instant(&mut faults, "expires_at", body.expires_at.as_ref());
    if asked.is_some_and(|at| at <= now || at > after(EXPIRES_AFTER_DAYS_MAX)) {
        faults.add(
            "expires_at",
            "OUT_OF_RANGE",
            "must be later than now, and within a year",
        );
    }
    let expires_at = asked.unwrap_or_else(|| after(EXPIRES_AFTER_DAYS));
    faults.finish(name.map(|name| (name, expires_at)))
}

fn render(link: &Link) -> v1::TrackingLink {
    v1::TrackingLink {
        link_id: link.id.to_string(),
        order_id: link.subject.to_string(),
        created_at: Some(stamp::to_proto(link.made_at)),
        expires_at: Some(stamp::to_proto(link.expires_at)),
        revoked_at: link.revoked_at.map(stamp::to_proto),
    }
}

fn status(error: &TrackError) -> Status {
    use grpc::status::{fail, store};
    match error {
        TrackError::OrderNotFound => fail(Code::NotFound, "ORDER_NOT_FOUND", error.to_string()),
        TrackError::LinkNotFound => fail(Code::NotFound, "LINK_NOT_FOUND", error.to_string()),
        TrackError::NoPages => fail(Code::FailedPrecondition, "NO_PAGES", error.to_string()),
        TrackError::Store(error) => store(error),
    }
}
