//! The permission sets and groups of users of the stub: a ready-made set, a set of the account's, and a group.

use portway_proto::intake::v1::holder::Holder as Held;
use portway_proto::intake::v1::permission_set_service_server::PermissionSetService;
use portway_proto::intake::v1::user_group_service_server::UserGroupService;
use portway_proto::intake::v1::{
    CreatePermissionSetRequest, CreatePermissionSetResponse, CreateUserGroupRequest, CreateUserGroupResponse,
    DeletePermissionSetRequest, DeletePermissionSetResponse, DeleteUserGroupRequest, DeleteUserGroupResponse,
    GetMyPermissionsRequest, GetMyPermissionsResponse, GetPermissionSetRequest, GetPermissionSetResponse,
    GetSubjectPermissionsRequest, GetSubjectPermissionsResponse, GetUserGroupRequest, GetUserGroupResponse,
    GrantPermissionSetRequest, GrantPermissionSetResponse, Holder, ListPermissionSetGrantsRequest,
    ListPermissionSetGrantsResponse, ListPermissionSetsRequest, ListPermissionSetsResponse,
    ListUserGroupsRequest, ListUserGroupsResponse, PermissionSet, PermissionSetGrant, PermissionSource,
    RevokePermissionSetRequest, RevokePermissionSetResponse, SetUserGroupSubjectsRequest,
    SetUserGroupSubjectsResponse, SubjectPermissions, UpdatePermissionSetRequest,
    UpdatePermissionSetResponse, UpdateUserGroupRequest, UpdateUserGroupResponse, UserGroup,
};
use tonic::Response;

use super::{Handler, Reply, Request, Status};

fn sets() -> Vec<PermissionSet> {
    let set = |id: &str, name: &str, permissions: &[&str], ready_made| PermissionSet {
        permission_set_id: id.to_owned(),
        name: name.to_owned(),
        permissions: permissions.iter().map(|&name| name.to_owned()).collect(),
        etag: format!("{id}-etag"),
        ready_made,
    };
    vec![
        set(
            "port-out-manager",
            "port-out-manager",
            &["port_out.modify", "port_out.view"],
            true,
        ),
        set("set-1", "Night shift", &["numbers.view"], false),
    ]
}

fn group() -> UserGroup {
    UserGroup {
        user_group_id: "group-1".to_owned(),
        name: "Port desk".to_owned(),
        subjects: vec!["user:bob".to_owned(), "user:cleo".to_owned()],
        subject_count: 2,
        etag: "group-etag".to_owned(),
    }
}

fn held(holder: Option<&Holder>) -> String {
    match holder.and_then(|holder| holder.holder.as_ref()).unwrap() {
        Held::Subject(subject) => subject.clone(),
        Held::UserGroupId(id) => format!("group {id}"),
    }
}

fn permissions_of(subject: &str) -> SubjectPermissions {
    let permissions = vec!["numbers.view".to_owned()];
    SubjectPermissions {
        subject: subject.to_owned(),
        permissions: permissions.clone(),
        sources: vec![PermissionSource {
            permission_set_name: "Night shift".to_owned(),
            user_group_name: "Port desk".to_owned(),
            permissions,
            ..PermissionSource::default()
        }],
    }
}

#[tonic::async_trait]
impl PermissionSetService for Handler {
    async fn create_permission_set(
        &self,
        request: Request<CreatePermissionSetRequest>,
    ) -> Reply<CreatePermissionSetResponse> {
        let body = request.get_ref();
        self.note(
            &request,
            format!("create set {} {:?}", body.name, body.permissions),
        )?;
        Ok(Response::new(CreatePermissionSetResponse {
            permission_set: sets().pop(),
        }))
    }

    async fn update_permission_set(
        &self,
        request: Request<UpdatePermissionSetRequest>,
    ) -> Reply<UpdatePermissionSetResponse> {
        let body = request.get_ref();
        let what = format!(
            "update set {} {} {:?} {}",
            body.permission_set_id, body.name, body.permissions, body.etag
        );
        self.note(&request, what)?;
        Ok(Response::new(UpdatePermissionSetResponse {
            permission_set: sets().pop(),
        }))
    }

    async fn delete_permission_set(
        &self,
        request: Request<DeletePermissionSetRequest>,
    ) -> Reply<DeletePermissionSetResponse> {
        let body = request.get_ref();
        self.note(
            &request,
            format!("delete set {} {}", body.permission_set_id, body.etag),
        )?;
        Ok(Response::new(DeletePermissionSetResponse {}))
    }

    async fn get_permission_set(
        &self,
        _: Request<GetPermissionSetRequest>,
    ) -> Reply<GetPermissionSetResponse> {
        Err(Status::unimplemented(""))
    }

    async fn list_permission_sets(
        &self,
        request: Request<ListPermissionSetsRequest>,
    ) -> Reply<ListPermissionSetsResponse> {
        self.admit(&request)?;
        Ok(Response::new(ListPermissionSetsResponse {
            permission_sets: sets(),
        }))
    }

    async fn grant_permission_set(
        &self,
        request: Request<GrantPermissionSetRequest>,
    ) -> Reply<GrantPermissionSetResponse> {
        let body = request.get_ref();
        let what = format!(
            "grant {} to {}",
            body.permission_set_id,
            held(body.holder.as_ref())
        );
        self.note(&request, what)?;
        Ok(Response::new(GrantPermissionSetResponse {}))
    }

    async fn revoke_permission_set(
        &self,
        request: Request<RevokePermissionSetRequest>,
    ) -> Reply<RevokePermissionSetResponse> {
        let body = request.get_ref();
        let what = format!(
            "revoke {} from {}",
            body.permission_set_id,
            held(body.holder.as_ref())
        );
        self.note(&request, what)?;
        Ok(Response::new(RevokePermissionSetResponse {}))
    }

    async fn list_permission_set_grants(
        &self,
        request: Request<ListPermissionSetGrantsRequest>,
    ) -> Reply<ListPermissionSetGrantsResponse> {
        self.admit(&request)?;
        let grant = |held, group: &str| PermissionSetGrant {
            permission_set_name: "Night shift".to_owned(),
            holder: Some(Holder { holder: Some(held) }),
            user_group_name: group.to_owned(),
            ..PermissionSetGrant::default()
        };
        Ok(Response::new(ListPermissionSetGrantsResponse {
            grants: vec![
                grant(Held::Subject("user:dan".to_owned()), ""),
                grant(Held::UserGroupId("group-1".to_owned()), "Port desk"),
            ],
        }))
    }

    async fn get_subject_permissions(
        &self,
        request: Request<GetSubjectPermissionsRequest>,
    ) -> Reply<GetSubjectPermissionsResponse> {
        self.admit(&request)?;
        Ok(Response::new(GetSubjectPermissionsResponse {
            subject_permissions: Some(permissions_of(&request.get_ref().subject)),
        }))
    }

    async fn get_my_permissions(
        &self,
        request: Request<GetMyPermissionsRequest>,
    ) -> Reply<GetMyPermissionsResponse> {
        self.admit(&request)?;
        Ok(Response::new(GetMyPermissionsResponse {
            subject_permissions: Some(permissions_of("user:me")),
        }))
    }
}

#[tonic::async_trait]
impl UserGroupService for Handler {
    async fn create_user_group(
        &self,
        request: Request<CreateUserGroupRequest>,
    ) -> Reply<CreateUserGroupResponse> {
        let body = request.get_ref();
        self.note(
            &request,
            format!("create group {} {:?}", body.name, body.subjects),
        )?;
        Ok(Response::new(CreateUserGroupResponse {
            user_group: Some(group()),
        }))
    }

    async fn update_user_group(
        &self,
        request: Request<UpdateUserGroupRequest>,
    ) -> Reply<UpdateUserGroupResponse> {
        let body = request.get_ref();
        let what = format!("rename group {} {} {}", body.user_group_id, body.name, body.etag);
        self.note(&request, what)?;
        Ok(Response::new(UpdateUserGroupResponse {
            user_group: Some(group()),
        }))
    }

    async fn set_user_group_subjects(
        &self,
        request: Request<SetUserGroupSubjectsRequest>,
    ) -> Reply<SetUserGroupSubjectsResponse> {
        let body = request.get_ref();
        let what = format!(
            "set group {} {:?} {}",
            body.user_group_id, body.subjects, body.etag
        );
        self.note(&request, what)?;
        Ok(Response::new(SetUserGroupSubjectsResponse {
            user_group: Some(group()),
        }))
    }

    async fn delete_user_group(
        &self,
        request: Request<DeleteUserGroupRequest>,
    ) -> Reply<DeleteUserGroupResponse> {
        let body = request.get_ref();
        self.note(
            &request,
            format!("delete group {} {}", body.user_group_id, body.etag),
        )?;
        Ok(Response::new(DeleteUserGroupResponse {}))
    }

    async fn get_user_group(&self, request: Request<GetUserGroupRequest>) -> Reply<GetUserGroupResponse> {
        self.admit(&request)?;
        Ok(Response::new(GetUserGroupResponse {
            user_group: Some(group()),
        }))
    }

    async fn list_user_groups(
        &self,
        request: Request<ListUserGroupsRequest>,
    ) -> Reply<ListUserGroupsResponse> {
        self.admit(&request)?;
        Ok(Response::new(ListUserGroupsResponse {
            user_groups: vec![UserGroup {
                subjects: Vec::new(),
                ..group()
            }],
        }))
    }
}
