//! Serves sets of permissions and who holds them.

use auth::Caller;
use grpc::{Faults, Reply};
use idempotency::Begun;
use portway_proto::intake::v1;
use portway_proto::intake::v1::permission_set_service_server::PermissionSetService;
use tonic::{Request, Response, Status};
use types::{AccountId, Subject};

use super::super::accounts::account_of;
use super::super::etag;
use super::{parse, render, status::refused};
use crate::app::Intake;
use crate::ops::access::{self, SetView};

/// The service of sets.
pub(super) struct PermissionSets {
    intake: Intake,
}

impl PermissionSets {
    pub(super) fn new(intake: Intake) -> Self {
        Self { intake }
    }

    async fn access_of(
        &self,
        account: AccountId,
        subject: &Subject,
    ) -> Result<v1::SubjectPermissions, Status> {
        let found = access::subject_access(&self.intake.base.pool, account, subject)
            .await
            .map_err(|error| refused(&error))?;
        Ok(render::access(subject, &found))
    }
}

#[tonic::async_trait]
impl PermissionSetService for PermissionSets {
    async fn create_permission_set(
        &self,
        request: Request<v1::CreatePermissionSetRequest>,
    ) -> Reply<v1::CreatePermissionSetResponse> {
        let body = request.get_ref();
        let account = account_of(&Caller::of(&request)?, &body.account_id)?;
        let contents = parse::contents(account, &body.name, &body.permissions)?;
        let mut work = begin!(self, request);
        let now = self.intake.base.clock.now();
        let set = access::create_set(work.conn(), account, contents, now)
            .await
            .map_err(|error| refused(&error))?;
        work.finish(v1::CreatePermissionSetResponse {
            permission_set: Some(render::set(&SetView::Own(set))),
        })
        .await
    }

    async fn update_permission_set(
        &self,
        request: Request<v1::UpdatePermissionSetRequest>,
    ) -> Reply<v1::UpdatePermissionSetResponse> {
        let body = request.get_ref();
        let account = account_of(&Caller::of(&request)?, &body.account_id)?;
        let id = parse::own_set(&body.permission_set_id)?;
        let contents = parse::contents(account, &body.name, &body.permissions)?;
        let asked_etag = body.etag.clone();
        let mut work = begin!(self, request);
        let now = self.intake.base.clock.now();
        let set = access::update_set(work.conn(), account, id, contents, etag(&asked_etag), now)
            .await
            .map_err(|error| refused(&error))?;
        work.finish(v1::UpdatePermissionSetResponse {
            permission_set: Some(render::set(&SetView::Own(set))),
        })
        .await
    }

    async fn delete_permission_set(
        &self,
        request: Request<v1::DeletePermissionSetRequest>,
    ) -> Reply<v1::DeletePermissionSetResponse> {
        let body = request.get_ref();
        let account = account_of(&Caller::of(&request)?, &body.account_id)?;
        let id = parse::own_set(&body.permission_set_id)?;
        let asked_etag = body.etag.clone();
        let mut work = begin!(self, request);
        let now = self.intake.base.clock.now();
        access::delete_set(work.conn(), account, id, etag(&asked_etag), now)
            .await
            .map_err(|error| refused(&error))?;
        work.finish(v1::DeletePermissionSetResponse {}).await
    }

    async fn get_permission_set(
        &self,
        request: Request<v1::GetPermissionSetRequest>,
    ) -> Reply<v1::GetPermissionSetResponse> {
        let body = request.get_ref();
        let account = account_of(&Caller::of(&request)?, &body.account_id)?;
        let mut faults = Faults::new();
        let set = parse::set_ref(&mut faults, &body.permission_set_id);
        let set = access::get_set(&self.intake.base.pool, account, faults.finish(set)?)
            .await
            .map_err(|error| refused(&error))?;
        Ok(Response::new(v1::GetPermissionSetResponse {
            permission_set: Some(render::set(&set)),
        }))
    }

    async fn list_permission_sets(
        &self,
        request: Request<v1::ListPermissionSetsRequest>,
    ) -> Reply<v1::ListPermissionSetsResponse> {
        let account = account_of(&Caller::of(&request)?, &request.get_ref().account_id)?;
        let sets = access::list_sets(&self.intake.base.pool, account)
            .await
            .map_err(|error| refused(&error))?;
        Ok(Response::new(v1::ListPermissionSetsResponse {
            permission_sets: sets.iter().map(render::set).collect(),
        }))
    }

    async fn grant_permission_set(
        &self,
        request: Request<v1::GrantPermissionSetRequest>,
    ) -> Reply<v1::GrantPermissionSetResponse> {
        let body = request.get_ref();
        let account = account_of(&Caller::of(&request)?, &body.account_id)?;
        let (set, holder) = parse::grant(&body.permission_set_id, body.holder.as_ref())?;
        let mut work = begin!(self, request);
        let now = self.intake.base.clock.now();
        access::give_set(work.conn(), account, set, &holder, now)
            .await
            .map_err(|error| refused(&error))?;
        work.finish(v1::GrantPermissionSetResponse {}).await
    }

    async fn revoke_permission_set(
        &self,
        request: Request<v1::RevokePermissionSetRequest>,
    ) -> Reply<v1::RevokePermissionSetResponse> {
        let body = request.get_ref();
        let account = account_of(&Caller::of(&request)?, &body.account_id)?;
        let (set, holder) = parse::grant(&body.permission_set_id, body.holder.as_ref())?;
        let mut work = begin!(self, request);
        let now = self.intake.base.clock.now();
        access::take_set(work.conn(), account, set, &holder, now)
            .await
            .map_err(|error| refused(&error))?;
        work.finish(v1::RevokePermissionSetResponse {}).await
    }

    async fn list_permission_set_grants(
        &self,
        request: Request<v1::ListPermissionSetGrantsRequest>,
    ) -> Reply<v1::ListPermissionSetGrantsResponse> {
        let account = account_of(&Caller::of(&request)?, &request.get_ref().account_id)?;
        let given = access::list_given(&self.intake.base.pool, account)
            .await
            .map_err(|error| refused(&error))?;
        Ok(Response::new(v1::ListPermissionSetGrantsResponse {
            grants: given.iter().map(render::given).collect(),
        }))
    }

    async fn get_subject_permissions(
        &self,
        request: Request<v1::GetSubjectPermissionsRequest>,
    ) -> Reply<v1::GetSubjectPermissionsResponse> {
        let body = request.get_ref();
        let account = account_of(&Caller::of(&request)?, &body.account_id)?;
        let mut faults = Faults::new();
        let subject = faults.required("subject", &body.subject);
        let found = self.access_of(account, &faults.finish(subject)?).await?;
        Ok(Response::new(v1::GetSubjectPermissionsResponse {
            subject_permissions: Some(found),
        }))
    }

    async fn get_my_permissions(
        &self,
        request: Request<v1::GetMyPermissionsRequest>,
    ) -> Reply<v1::GetMyPermissionsResponse> {
        let caller = Caller::of(&request)?;
        let found = self.access_of(caller.account, &caller.subject).await?;
        Ok(Response::new(v1::GetMyPermissionsResponse {
            subject_permissions: Some(found),
        }))
    }
}
