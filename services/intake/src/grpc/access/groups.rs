//! Serves groups of users.

use auth::Caller;
use grpc::{Faults, Reply};
use idempotency::Begun;
use portway_proto::intake::v1;
use portway_proto::intake::v1::user_group_service_server::UserGroupService;
use tonic::{Request, Response, Status};
use types::UserGroupId;

use super::super::accounts::account_of;
use super::super::etag;
use super::{parse, render, status::refused};
use crate::announce::access::group_to_proto;
use crate::app::Intake;
use crate::ops::access;

/// The service of groups.
pub(super) struct UserGroups {
    intake: Intake,
}

impl UserGroups {
    pub(super) fn new(intake: Intake) -> Self {
        Self { intake }
    }
}

#[tonic::async_trait]
impl UserGroupService for UserGroups {
    async fn create_user_group(
        &self,
        request: Request<v1::CreateUserGroupRequest>,
    ) -> Reply<v1::CreateUserGroupResponse> {
        let body = request.get_ref();
        let account = account_of(&Caller::of(&request)?, &body.account_id)?;
        let mut faults = Faults::new();
        let name = faults.required("name", &body.name);
        let subjects = parse::subjects(&mut faults, &body.subjects);
        let name = faults.finish(name)?;
        let mut work = begin!(self, request);
        let now = self.intake.base.clock.now();
        let view = access::create_group(work.conn(), account, &name, subjects, now)
            .await
            .map_err(|error| refused(&error))?;
        work.finish(v1::CreateUserGroupResponse {
            user_group: Some(render::group(&view)),
        })
        .await
    }

    async fn update_user_group(
        &self,
        request: Request<v1::UpdateUserGroupRequest>,
    ) -> Reply<v1::UpdateUserGroupResponse> {
        let body = request.get_ref();
        let account = account_of(&Caller::of(&request)?, &body.account_id)?;
        let mut faults = Faults::new();
        let id = faults.required("user_group_id", &body.user_group_id);
        let name = faults.required("name", &body.name);
        let (id, name) = faults.finish(id.zip(name))?;
        let asked_etag = body.etag.clone();
        let mut work = begin!(self, request);
        let now = self.intake.base.clock.now();
        let view = access::rename_group(work.conn(), account, id, &name, etag(&asked_etag), now)
            .await
            .map_err(|error| refused(&error))?;
        work.finish(v1::UpdateUserGroupResponse {
            user_group: Some(render::group(&view)),
        })
        .await
    }

    async fn set_user_group_subjects(
        &self,
        request: Request<v1::SetUserGroupSubjectsRequest>,
    ) -> Reply<v1::SetUserGroupSubjectsResponse> {
        let body = request.get_ref();
        let account = account_of(&Caller::of(&request)?, &body.account_id)?;
        let mut faults = Faults::new();
        let id = faults.required("user_group_id", &body.user_group_id);
        let subjects = parse::subjects(&mut faults, &body.subjects);
        let id = faults.finish(id)?;
        let asked_etag = body.etag.clone();
        let mut work = begin!(self, request);
        let now = self.intake.base.clock.now();
        let view = access::set_subjects(work.conn(), account, id, subjects, etag(&asked_etag), now)
            .await
            .map_err(|error| refused(&error))?;
        work.finish(v1::SetUserGroupSubjectsResponse {
            user_group: Some(render::group(&view)),
        })
        .await
    }

    async fn delete_user_group(
        &self,
        request: Request<v1::DeleteUserGroupRequest>,
    ) -> Reply<v1::DeleteUserGroupResponse> {
        let body = request.get_ref();
        let account = account_of(&Caller::of(&request)?, &body.account_id)?;
        let id = group_id(&body.user_group_id)?;
        let asked_etag = body.etag.clone();
        let mut work = begin!(self, request);
        let now = self.intake.base.clock.now();
        access::delete_group(work.conn(), account, id, etag(&asked_etag), now)
            .await
            .map_err(|error| refused(&error))?;
        work.finish(v1::DeleteUserGroupResponse {}).await
    }

    async fn get_user_group(
        &self,
        request: Request<v1::GetUserGroupRequest>,
    ) -> Reply<v1::GetUserGroupResponse> {
        let body = request.get_ref();
        let account = account_of(&Caller::of(&request)?, &body.account_id)?;
        let view = access::get_group(&self.intake.base.pool, account, group_id(&body.user_group_id)?)
            .await
            .map_err(|error| refused(&error))?;
        Ok(Response::new(v1::GetUserGroupResponse {
            user_group: Some(render::group(&view)),
        }))
    }

    async fn list_user_groups(
        &self,
        request: Request<v1::ListUserGroupsRequest>,
    ) -> Reply<v1::ListUserGroupsResponse> {
        let account = account_of(&Caller::of(&request)?, &request.get_ref().account_id)?;
        let groups = access::list_groups(&self.intake.base.pool, account)
            .await
            .map_err(|error| refused(&error))?;
        let user_groups = groups
            .iter()
            .map(|group| group_to_proto(group, std::iter::empty()))
            .collect();
        Ok(Response::new(v1::ListUserGroupsResponse { user_groups }))
    }
}

fn group_id(raw: &str) -> Result<UserGroupId, Status> {
    let mut faults = Faults::new();
    let id = faults.required("user_group_id", raw);
    faults.finish(id)
}
