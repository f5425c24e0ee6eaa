//! `AccountService`: accounts, and who may do what in them.

use auth::Caller;
use grpc::status::{fail, store};
use grpc::{Faults, Reply, page};
use idempotency::Begun;
use intake_domain::account::Account;
use portway_proto::intake::v1;
use portway_proto::intake::v1::account_service_server::{AccountService, AccountServiceServer};
use tonic::service::RoutesBuilder;
use tonic::{Code, Request, Response, Status};
use types::AccountId;

use super::numbers;
use crate::announce::accounts::to_proto;
use crate::app::Intake;
use crate::ops;
use crate::ops::accounts::{AccountError, CreateAccountError, Grant};

const PAGE_SIZE: i64 = 100;
const PAGE_SIZE_MAX: i64 = 500;
/// There are fewer permissions than this.
pub(super) const PERMISSIONS_MAX: usize = 100;

/// Adds the services of accounts and their numbers to the routes.
pub(crate) fn add_accounts(routes: &mut RoutesBuilder, intake: &Intake) {
    routes.add_service(AccountServiceServer::new(Accounts {
        intake: intake.clone(),
    }));
    numbers::add_numbers(routes, intake);
}

struct Accounts {
    intake: Intake,
}

#[tonic::async_trait]
impl AccountService for Accounts {
    async fn create_account(
        &self,
        request: Request<v1::CreateAccountRequest>,
    ) -> Reply<v1::CreateAccountResponse> {
        let account = parse_account(request.get_ref().account.as_ref())?;
        let mut work = match self.intake.base.idempotency.begin(&request).await? {
            Begun::Repeated(reply) => return Ok(reply),
            Begun::Fresh(work) => work,
        };
        let now = self.intake.base.clock.now();
        ops::accounts::create_account(work.conn(), &account, now)
            .await
            .map_err(|error| not_created(&error))?;
        work.finish(v1::CreateAccountResponse {
            account: Some(to_proto(&account)),
        })
        .await
    }

    async fn get_account(&self, request: Request<v1::GetAccountRequest>) -> Reply<v1::GetAccountResponse> {
        let caller = Caller::of(&request)?;
        let account = account_of(&caller, &request.get_ref().account_id)?;
        let account = ops::accounts::get_account(&self.intake.base.pool, account)
            .await
            .map_err(|error| status(&error))?;
        Ok(Response::new(v1::GetAccountResponse {
            account: Some(to_proto(&account)),
        }))
    }

    async fn set_grant(&self, request: Request<v1::SetGrantRequest>) -> Reply<v1::SetGrantResponse> {
        let caller = Caller::of(&request)?;
        let account = account_of(&caller, &request.get_ref().account_id)?;
        let grant = parse_grant(account, request.get_ref().grant.as_ref())?;
        let mut work = match self.intake.base.idempotency.begin(&request).await? {
            Begun::Repeated(reply) => return Ok(reply),
            Begun::Fresh(work) => work,
        };
        let now = self.intake.base.clock.now();
        ops::accounts::set_grant(work.conn(), account, &grant, now)
            .await
            .map_err(|error| status(&error))?;
        work.finish(v1::SetGrantResponse {
            grant: Some(grant_to_proto(&grant)),
        })
        .await
    }

    async fn list_grants(&self, request: Request<v1::ListGrantsRequest>) -> Reply<v1::ListGrantsResponse> {
        const FILTERS: &str = "grants";
        let caller = Caller::of(&request)?;
        let mut faults = Faults::new();
        let size = page::size(&mut faults, request.get_ref().page_size, PAGE_SIZE, PAGE_SIZE_MAX);
        let after: Option<String> = page::cursor(&mut faults, FILTERS, &request.get_ref().page_token);
        let after = faults.finish(Some(after.unwrap_or_default()))?;
        let mut found = ops::accounts::list_grants(&self.intake.base.pool, caller.account, &after, size + 1)
            .await
            .map_err(|error| status(&error))?;
        let size = usize::try_from(size).unwrap_or(usize::MAX);
        let has_more = found.len() > size;
        found.truncate(size);
        let next_page_token = match found.last() {
            Some((subject, _)) if has_more => page::token(FILTERS, subject),
            Some(_) | None => String::new(),
        };
        let grants = found
            .into_iter()
            .map(|(subject, permissions)| v1::Grant { subject, permissions })
            .collect();
        Ok(Response::new(v1::ListGrantsResponse {
            grants,
            next_page_token,
        }))
    }
}

/// The account that a call is about: the token's, or another one for the platform. To everybody else another account
/// is as good as none.
pub(super) fn account_of(caller: &Caller, raw: &str) -> Result<AccountId, Status> {
    let mut faults = Faults::new();
    let named: Option<AccountId> = faults.optional("account_id", raw);
    match faults.finish(Some(named))? {
        Some(account) if account == caller.account || caller.is_platform() => Ok(account),
        Some(_) => Err(status(&AccountError::NotFound)),
        None => Ok(caller.account),
    }
}

fn parse_account(raw: Option<&v1::Account>) -> Result<Account, Status> {
    let mut faults = Faults::new();
    let Some(raw) = raw else {
        faults.add("account", "MISSING", "must be set");
        return faults.finish(None);
    };
    let chosen: Option<AccountId> = faults.optional("account.account_id", &raw.account_id);
    if chosen.is_some_and(AccountId::is_platform) {
        faults.add("account.account_id", "INVALID", "is the platform's own account");
    }
    let name = faults.required("account.name", &raw.name);
    let owner = faults.required("account.owner", &raw.owner);
    let owner_email = faults.required("account.owner_email", &raw.owner_email);
    let time_zone = faults.required("account.time_zone", &raw.time_zone);
    let currency = faults.required("account.currency", &raw.currency);
    let country = faults.required("account.country", &raw.country);
    let account = (|| {
        Some(Account {
            id: chosen.unwrap_or_else(AccountId::generate),
            name: name?,
            owner: owner?,
            owner_email: owner_email?,
            time_zone: time_zone?,
            currency: currency?,
            country: country?,
        })
    })();
    faults.finish(account)
}

fn parse_grant(account: AccountId, raw: Option<&v1::Grant>) -> Result<Grant, Status> {
    let mut faults = Faults::new();
    let Some(raw) = raw else {
        faults.add("grant", "MISSING", "must be set");
        return faults.finish(None);
    };
    let subject = faults.required("grant.subject", &raw.subject);
    if raw.permissions.len() > PERMISSIONS_MAX {
        faults.add(
            "grant.permissions",
            "TOO_MANY",
            format!("must be at most {PERMISSIONS_MAX}"),
        );
        return faults.finish(None);
    }
    // A subject that is wrong must not hide permissions that are.
    let stand_in = "unknown".parse().ok();
    let checked = subject
        .clone()
        .or(stand_in)
        .map(|subject| Grant::new(account, subject, raw.permissions.clone()));
    let grant = match checked {
        Some(Ok(grant)) => Some(grant),
        Some(Err(refused)) => {
            for fault in refused {
                faults.add(
                    format!("grant.permissions[{}]", fault.index),
                    "UNKNOWN",
                    fault.to_string(),
                );
            }
            None
        }
        None => None,
    };
    faults.finish(grant)
}

fn grant_to_proto(grant: &Grant) -> v1::Grant {
    v1::Grant {
        subject: grant.subject().to_string(),
        permissions: grant.permissions().to_vec(),
    }
}

fn not_created(error: &CreateAccountError) -> Status {
    match error {
        CreateAccountError::Exists => fail(Code::AlreadyExists, "ACCOUNT_EXISTS", error.to_string()),
        CreateAccountError::Store(error) => store(error),
    }
}

fn status(error: &AccountError) -> Status {
    match error {
        AccountError::NotFound => fail(Code::NotFound, "ACCOUNT_NOT_FOUND", error.to_string()),
        AccountError::Store(error) => store(error),
    }
}
