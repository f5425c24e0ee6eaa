//! What accounts do to protect their numbers, and carriers whose profile is known.

use portway_proto::intake::v1;
use portway_proto::intake::v1::consent_service_client::ConsentServiceClient;
use portway_proto::intake::v1::port_out_policy_service_client::PortOutPolicyServiceClient;
use portway_proto::intake::v1::protection_service_client::ProtectionServiceClient;
use tonic::Status;
use tonic::transport::Channel;

use crate::calls::{ask, change};
use crate::harness::{TestIntake, User};

fn texts(tns: &[&str]) -> Vec<String> {
    tns.iter().map(|tn| (*tn).to_owned()).collect()
}

/// The same rule in the three markets where silence lets numbers go; a person decides in the fourth.
pub(crate) fn rules(outcome: v1::PortOutOutcome, window_minutes: i32) -> v1::PortOutRules {
    let rule = |outcome: v1::PortOutOutcome, window_minutes| {
        Some(v1::PortOutRule {
            outcome: outcome.into(),
            window_minutes,
            ..v1::PortOutRule::default()
        })
    };
    v1::PortOutRules {
        us_wireline: rule(outcome, window_minutes),
        us_wireless: rule(outcome, window_minutes),
        canada_wireline: rule(outcome, window_minutes),
        canada_wireless: rule(v1::PortOutOutcome::Hold, 0),
    }
}

impl TestIntake {
    pub(crate) fn protection(&self) -> ProtectionServiceClient<Channel> {
        ProtectionServiceClient::new(self.channel())
    }

    pub(crate) fn policies(&self) -> PortOutPolicyServiceClient<Channel> {
        PortOutPolicyServiceClient::new(self.channel())
    }

    pub(crate) fn consents(&self) -> ConsentServiceClient<Channel> {
        ConsentServiceClient::new(self.channel())
    }

    /// What an end user opens links with.
    pub(crate) fn browser() -> reqwest::Client {
        // Another test of this process may have been first.
        let _installed = rustls::crypto::ring::default_provider().install_default();
        reqwest::Client::new()
    }

    pub(crate) async fn set_pin(&self, user: &User, tns: &[&str], pin: &str) -> Result<(), Status> {
        let request = v1::SetPortOutPinRequest {
            tns: texts(tns),
            pin: pin.to_owned(),
        };
        let set = self
            .protection()
            .set_port_out_pin(change(&user.token, request))
            .await;
        set.map(|_reply| ())
    }

    pub(crate) async fn set_lock(
        &self,
        user: &User,
        tns: &[&str],
        locked: bool,
    ) -> Result<Vec<String>, Status> {
        let request = v1::SetLockRequest {
            tns: texts(tns),
            locked,
            note: "on the phone".to_owned(),
        };
        let set = self.protection().set_lock(change(&user.token, request)).await?;
        Ok(set.into_inner().tns)
    }

    pub(crate) async fn attempts(&self, user: &User) -> Vec<v1::PinAttempt> {
        let request = v1::ListPinAttemptsRequest::default();
        let listed = self
            .protection()
            .list_pin_attempts(ask(&user.token, request))
            .await;
        listed.unwrap().into_inner().attempts
    }

    /// Sets the next version of a policy.
    pub(crate) async fn set_policy(
        &self,
        user: &User,
        after_version: i32,
        rules: v1::PortOutRules,
    ) -> Result<v1::PortOutPolicy, Status> {
        let request = v1::SetPortOutPolicyRequest {
            rules: Some(rules),
            after_version,
        };
        let set = self
            .policies()
            .set_port_out_policy(change(&user.token, request))
            .await?;
        Ok(set.into_inner().policy.unwrap())
    }

    /// The carrier of `request_for` reads an answer per number.
    pub(crate) async fn given_per_number(&self) {
        sqlx::query(
            "INSERT INTO carrier (carrier_id, name, spid, network, pin_required, account_number_required, loa_required,
                                  interval_days, closed_on, works_on, answers_per_number)
             VALUES ('winner', 'Winner', '9999', 'WIRELINE', false, true, false, 0, '{}', '{}', true)",
        )
        .execute(&self.pool)
        .await
        .unwrap();
    }
}
