//! `PermissionSetService` and `UserGroupService`: who may do what, by sets and groups.

mod groups;
mod parse;
mod render;
mod sets;
mod status;

use portway_proto::intake::v1::permission_set_service_server::PermissionSetServiceServer;
use portway_proto::intake::v1::user_group_service_server::UserGroupServiceServer;
use tonic::service::RoutesBuilder;

use crate::app::Intake;

/// Adds the services of permission sets and groups.
pub(crate) fn add_access(routes: &mut RoutesBuilder, intake: &Intake) {
    routes
        .add_service(PermissionSetServiceServer::new(sets::PermissionSets::new(
            intake.clone(),
        )))
        .add_service(UserGroupServiceServer::new(groups::UserGroups::new(
            intake.clone(),
        )));
}
