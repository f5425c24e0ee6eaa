//! Calls about permission sets and groups, and what became of them.

use portway_proto::intake::v1;
use portway_proto::intake::v1::holder::Holder as Held;
use portway_proto::intake::v1::permission_set_service_client::PermissionSetServiceClient;
use portway_proto::intake::v1::user_group_service_client::UserGroupServiceClient;
use tonic::transport::Channel;
use tonic::{Code, Status};
use types::AccountId;

use crate::calls::{ask, change, refusal};
use crate::harness::{TestIntake, User};

pub(crate) fn owned(words: &[&str]) -> Vec<String> {
    words.iter().map(|word| (*word).to_owned()).collect()
}

pub(crate) fn subject(name: &str) -> v1::Holder {
    v1::Holder {
        holder: Some(Held::Subject(name.to_owned())),
    }
}

pub(crate) fn group(id: &str) -> v1::Holder {
    v1::Holder {
        holder: Some(Held::UserGroupId(id.to_owned())),
    }
}

impl TestIntake {
    pub(crate) fn sets(&self) -> PermissionSetServiceClient<Channel> {
        PermissionSetServiceClient::new(self.channel())
    }

    pub(crate) fn groups(&self) -> UserGroupServiceClient<Channel> {
        UserGroupServiceClient::new(self.channel())
    }

    pub(crate) async fn make_set(
        &self,
        by: &User,
        name: &str,
        permissions: &[&str],
    ) -> Result<v1::PermissionSet, Status> {
        let request = v1::CreatePermissionSetRequest {
            name: name.to_owned(),
            permissions: owned(permissions),
            account_id: String::new(),
        };
        let made = self
            .sets()
            .create_permission_set(change(&by.token, request))
            .await?;
        Ok(made.into_inner().permission_set.unwrap())
    }

    pub(crate) async fn make_group(
        &self,
        by: &User,
        name: &str,
        subjects: &[&str],
    ) -> Result<v1::UserGroup, Status> {
        let request = v1::CreateUserGroupRequest {
            name: name.to_owned(),
            subjects: owned(subjects),
            account_id: String::new(),
        };
        let made = self
            .groups()
            .create_user_group(change(&by.token, request))
            .await?;
        Ok(made.into_inner().user_group.unwrap())
    }

    pub(crate) async fn fill_group(
        &self,
        by: &User,
        id: &str,
        subjects: &[&str],
        etag: &str,
    ) -> Result<v1::UserGroup, Status> {
        let request = v1::SetUserGroupSubjectsRequest {
            user_group_id: id.to_owned(),
            subjects: owned(subjects),
            etag: etag.to_owned(),
            account_id: String::new(),
        };
        let set = self
            .groups()
            .set_user_group_subjects(change(&by.token, request))
            .await?;
        Ok(set.into_inner().user_group.unwrap())
    }

    pub(crate) async fn give(&self, by: &User, set: &str, holder: v1::Holder) -> Result<(), Status> {
        let request = v1::GrantPermissionSetRequest {
            permission_set_id: set.to_owned(),
            holder: Some(holder),
            account_id: String::new(),
        };
        let given = self.sets().grant_permission_set(change(&by.token, request)).await;
        given.map(|_done| ())
    }

    pub(crate) async fn take(&self, by: &User, set: &str, holder: v1::Holder) -> Result<(), Status> {
        let request = v1::RevokePermissionSetRequest {
            permission_set_id: set.to_owned(),
            holder: Some(holder),
            account_id: String::new(),
        };
        let taken = self
            .sets()
            .revoke_permission_set(change(&by.token, request))
            .await;
        taken.map(|_done| ())
    }

    /// What a subject may do by the table that every call is checked against, which the RPC has to agree with.
    pub(crate) async fn permissions_of(&self, by: &User, subject: &str) -> Vec<String> {
        let request = v1::GetSubjectPermissionsRequest {
            subject: subject.to_owned(),
            account_id: String::new(),
        };
        let told = self.sets().get_subject_permissions(ask(&by.token, request)).await;
        let told = told
            .unwrap()
            .into_inner()
            .subject_permissions
            .unwrap()
            .permissions;
        let kept: Option<Vec<String>> =
            sqlx::query_scalar("SELECT permissions FROM access_grant WHERE account_id = $1 AND subject = $2")
                .bind(by.account.as_uuid())
                .bind(subject)
                .fetch_optional(&self.pool)
                .await
                .unwrap();
        assert_eq!(told, kept.unwrap_or_default(), "{subject}");
        told
    }

    /// What was announced of a subject, oldest first.
    pub(crate) async fn announced_of(&self, account: AccountId, subject: &str) -> Vec<Vec<String>> {
        let events = self.events::<v1::GrantChanged>(account).await;
        let grants = events.into_iter().map(|event| event.grant.unwrap());
        grants
            .filter(|grant| grant.subject == subject)
            .map(|grant| grant.permissions)
            .collect()
    }
}

pub(crate) fn reason(status: &Status) -> (Code, String) {
    (status.code(), refusal(status).0)
}
