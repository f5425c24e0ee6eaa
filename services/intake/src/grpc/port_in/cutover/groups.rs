//! Serves groups.

use grpc::{Faults, Reply, page};
use idempotency::Begun;
use jiff::Timestamp;
use portway_proto::intake::v1;
use portway_proto::intake::v1::group_service_server::GroupService;
use tonic::{Request, Response, Status};
use types::GroupId;

use super::super::cut;
use super::super::status as order_status;
use super::super::{etag, requester};
use super::{parse, render, status};
use crate::app::Intake;
use crate::ops::port_in::cutover::{self, GroupDraft};

const GROUPS_PAGE: i64 = 50;
const PAGE_MAX: i64 = 500;

/// The service of groups.
pub(in crate::grpc::port_in) struct Groups {
    intake: Intake,
}

impl Groups {
    pub(in crate::grpc::port_in) fn new(intake: Intake) -> Self {
        Self { intake }
    }
}

#[tonic::async_trait]
impl GroupService for Groups {
    async fn put_group(&self, request: Request<v1::PutGroupRequest>) -> Reply<v1::PutGroupResponse> {
        let requester = requester(&request)?;
        let mut faults = Faults::new();
        let body = request.get_ref();
        let draft = GroupDraft {
            id: faults.optional("group_id", &body.group_id),
            name: parse::group_name(&mut faults, &body.name),
            members: parse::members(&mut faults, &body.members),
        };
        let draft = faults.finish(Some(draft))?;
        let etag = body.etag.clone();
        let mut work = begin!(self, request);
        let view = cutover::put(&self.intake, work.conn(), &requester, draft, self::etag(&etag))
            .await
            .map_err(|error| status::group(&error))?;
        work.finish(v1::PutGroupResponse {
            group: Some(render::group(&view)),
        })
        .await
    }

    async fn get_group(&self, request: Request<v1::GetGroupRequest>) -> Reply<v1::GetGroupResponse> {
        let requester = requester(&request)?;
        let id = group_id(&request.get_ref().group_id)?;
        let view = cutover::get(&self.intake, &requester, id)
            .await
            .map_err(|error| status::group(&error))?;
        Ok(Response::new(v1::GetGroupResponse {
            group: Some(render::group(&view)),
        }))
    }

    async fn list_groups(&self, request: Request<v1::ListGroupsRequest>) -> Reply<v1::ListGroupsResponse> {
        let requester = requester(&request)?;
        let body = request.get_ref();
        let filters = format!("groups {}", body.open_only);
        let mut faults = Faults::new();
        let limit = page::size(&mut faults, body.page_size, GROUPS_PAGE, PAGE_MAX);
        let after: Option<(String, String)> = page::cursor(&mut faults, &filters, &body.page_token);
        faults.finish(Some(()))?;
        let after: Option<(Timestamp, GroupId)> =
            after.and_then(|(at, id)| Some((at.parse().ok()?, id.parse().ok()?)));
        let mut groups = cutover::list(&self.intake, &requester, body.open_only, after, limit + 1)
            .await
            .map_err(|error| order_status::read(&error))?;
        let next_page_token = cut(&mut groups, limit)
            .map(|last| page::token(&filters, &(last.created_at.to_string(), last.id.to_string())));
        Ok(Response::new(v1::ListGroupsResponse {
            groups: groups.iter().map(render::listed_group).collect(),
            next_page_token: next_page_token.unwrap_or_default(),
        }))
    }

    async fn release_group(
        &self,
        request: Request<v1::ReleaseGroupRequest>,
    ) -> Reply<v1::ReleaseGroupResponse> {
        let requester = requester(&request)?;
        let id = group_id(&request.get_ref().group_id)?;
        let etag = request.get_ref().etag.clone();
        let mut work = begin!(self, request);
        let view = cutover::release(&self.intake, work.conn(), &requester, id, self::etag(&etag))
            .await
            .map_err(|error| status::group(&error))?;
        work.finish(v1::ReleaseGroupResponse {
            group: Some(render::group(&view)),
        })
        .await
    }

    async fn delete_group(&self, request: Request<v1::DeleteGroupRequest>) -> Reply<v1::DeleteGroupResponse> {
        let requester = requester(&request)?;
        let id = group_id(&request.get_ref().group_id)?;
        let etag = request.get_ref().etag.clone();
        let mut work = begin!(self, request);
        cutover::delete(&self.intake, work.conn(), &requester, id, self::etag(&etag))
            .await
            .map_err(|error| status::group(&error))?;
        work.finish(v1::DeleteGroupResponse {}).await
    }
}

fn group_id(raw: &str) -> Result<GroupId, Status> {
    let mut faults = Faults::new();
    let id = faults.required("group_id", raw);
    faults.finish(id)
}
