//! Serves the policies that say which documents orders must have.

use auth::Caller;
use grpc::status::{fail, store};
use grpc::{Faults, Reply};
use idempotency::Begun;
use intake_domain::document_policy::{AccountProof, DocumentPolicy};
use portway_proto::intake::v1;
use service::stamp;
use tonic::{Code, Request, Response, Status};
use types::AccountId;

use super::requester;
use crate::app::Intake;
use crate::ops::document_policies::{self, PolicyError, PolicyVersion};

pub(super) async fn get(
    intake: &Intake,
    request: &Request<v1::GetDocumentPolicyRequest>,
) -> Reply<v1::GetDocumentPolicyResponse> {
    let caller = Caller::of(request)?;
    let body = request.get_ref();
    let mut faults = Faults::new();
    let named: Option<AccountId> = faults.optional("account_id", &body.account_id);
    if body.version < 0 {
        faults.add("version", "OUT_OF_RANGE", "must not be negative");
    }
    let account = faults.finish(Some(named.unwrap_or(caller.account)))?;
    if account != caller.account && !caller.is_platform() {
        return Err(status(&PolicyError::NoAccount));
    }
    let version = Some(body.version).filter(|version| *version != 0);
    let found = document_policies::find(&intake.base.pool, account, version)
        .await
        .map_err(|error| status(&error))?;
    Ok(Response::new(v1::GetDocumentPolicyResponse {
        policy: Some(found.map_or_else(|| unset(account), |found| render(&found))),
    }))
}

pub(super) async fn set(
    intake: &Intake,
    request: &Request<v1::SetDocumentPolicyRequest>,
) -> Reply<v1::SetDocumentPolicyResponse> {
    let by = requester(request)?.name;
    let body = request.get_ref();
    let mut faults = Faults::new();
    let account = faults.required("account_id", &body.account_id);
    let policy = read(&mut faults, body);
    let (account, policy) = faults.finish(account.zip(policy))?;
    let seen = body.seen_version;
    let mut work = match intake.base.idempotency.begin(request).await? {
        Begun::Repeated(reply) => return Ok(reply),
        Begun::Fresh(work) => work,
    };
    let now = intake.base.clock.now();
    let set = document_policies::set(work.conn(), account, policy, seen, by, now)
        .await
        .map_err(|error| status(&error))?;
    work.finish(v1::SetDocumentPolicyResponse {
        policy: Some(render(&set)),
    })
    .await
}

fn read(faults: &mut Faults, body: &v1::SetDocumentPolicyRequest) -> Option<DocumentPolicy> {
    let geographic = body.geographic.unwrap_or_default();
    let toll_free = body.toll_free.unwrap_or_default();
    if !toll_free.loa {
        faults.add(
            "toll_free.loa",
            "INVALID",
            "must be true: toll-free numbers always need a letter",
        );
    }
    let geographic_proof = proof(faults, "geographic.account_proof", geographic.account_proof);
    let toll_free_proof = proof(faults, "toll_free.account_proof", toll_free.account_proof);
    Some(DocumentPolicy {
        geographic_loa: geographic.loa,
        geographic: geographic_proof?,
        toll_free: toll_free_proof?,
    })
}

fn proof(faults: &mut Faults, field: &str, number: i32) -> Option<AccountProof> {
    match v1::AccountProof::try_from(number) {
        Ok(v1::AccountProof::None) => Some(AccountProof::Nothing),
        Ok(v1::AccountProof::BillOrCsr) => Some(AccountProof::BillOrCsr),
        Ok(v1::AccountProof::Bill) => Some(AccountProof::Bill),
        Ok(v1::AccountProof::Csr) => Some(AccountProof::Csr),
        Ok(v1::AccountProof::BillAndCsr) => Some(AccountProof::BillAndCsr),
        Ok(v1::AccountProof::Unspecified) | Err(_) => {
            faults.add(field, "MISSING", "must say what proves the account");
            None
        }
    }
}

const fn proof_to_proto(proof: AccountProof) -> v1::AccountProof {
    match proof {
        AccountProof::Nothing => v1::AccountProof::None,
        AccountProof::BillOrCsr => v1::AccountProof::BillOrCsr,
        AccountProof::Bill => v1::AccountProof::Bill,
        AccountProof::Csr => v1::AccountProof::Csr,
        AccountProof::BillAndCsr => v1::AccountProof::BillAndCsr,
    }
}

fn needs(policy: DocumentPolicy, is_toll_free: bool) -> v1::DocumentNeeds {
    v1::DocumentNeeds {
        loa: policy.needs_loa(is_toll_free),
        account_proof: proof_to_proto(policy.proof(is_toll_free)).into(),
    }
}

fn unset(account: AccountId) -> v1::DocumentPolicy {
    let policy = DocumentPolicy::default();
    v1::DocumentPolicy {
        account_id: account.to_string(),
        geographic: Some(needs(policy, false)),
        toll_free: Some(needs(policy, true)),
        ..v1::DocumentPolicy::default()
    }
}

fn render(version: &PolicyVersion) -> v1::DocumentPolicy {
    v1::DocumentPolicy {
        account_id: version.account.to_string(),
        version: version.version,
        geographic: Some(needs(version.policy, false)),
        toll_free: Some(needs(version.policy, true)),
        set_by: version.set_by.clone(),
        set_at: Some(stamp::to_proto(version.set_at)),
    }
}

fn status(error: &PolicyError) -> Status {
    match error {
        PolicyError::NoAccount => fail(Code::NotFound, "ACCOUNT_NOT_FOUND", error.to_string()),
        PolicyError::NoVersion => fail(Code::NotFound, "POLICY_VERSION_NOT_FOUND", error.to_string()),
        PolicyError::Store(error) => store(error),
    }
}
