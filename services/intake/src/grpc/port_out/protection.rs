//! `ProtectionService`: PINs and locks. A PIN comes in to be hashed, and one that was made goes out once.

use auth::Caller;
use grpc::{Faults, Reply, page};
use idempotency::Begun;
use intake_domain::port_out::FieldMatch;
use jiff::SignedDuration;
use portway_proto::intake::v1;
use portway_proto::intake::v1::protection_service_server::{ProtectionService, ProtectionServiceServer};
use service::stamp;
use tonic::service::RoutesBuilder;
use tonic::{Request, Response, Status};
use types::{AccountId, Secret, Tn};

use super::policies::cut;
use super::{parse, status};
use crate::app::Intake;
use crate::ops;
use crate::ops::port_out::{Attempt, By, LockAsked, LockChange, PinFor};

const PAGE_SIZE: i64 = 50;
const PAGE_SIZE_MAX: i64 = 500;
const NOTE_CHARS_MAX: usize = 500;
const VALID_MINUTES: i32 = 24 * 60;
const VALID_MINUTES_MAX: i32 = 7 * 24 * 60;

/// Adds the service to the routes.
pub(super) fn add_protection(routes: &mut RoutesBuilder, intake: &Intake) {
    routes.add_service(ProtectionServiceServer::new(Protection {
        intake: intake.clone(),
    }));
}

struct Protection {
    intake: Intake,
}

impl Protection {
    /// Hashes a PIN; long before a transaction, because it takes long.
    async fn pin_for(&self, caller: Caller, tns: Vec<Tn>, pin: Secret) -> Result<PinFor, Status> {
        let hash = ops::port_out::hash_pin(&self.intake.pin_key, caller.account, pin)
            .await
            .map_err(|error| status::pin(&error))?;
        Ok(PinFor {
            account: caller.account,
            tns,
            hash,
            by: caller.subject,
        })
    }
}

#[tonic::async_trait]
impl ProtectionService for Protection {
    async fn set_port_out_pin(
        &self,
        request: Request<v1::SetPortOutPinRequest>,
    ) -> Reply<v1::SetPortOutPinResponse> {
        let caller = Caller::of(&request)?;
        let mut faults = Faults::new();
        let tns = parse::numbers(&mut faults, &request.get_ref().tns);
        let pin = pin(&mut faults, &request.get_ref().pin);
        let pin = faults.finish(pin)?;
        let pin = self.pin_for(caller, tns, pin).await?;
        let mut work = match self.intake.base.idempotency.begin(&request).await? {
            Begun::Repeated(reply) => return Ok(reply),
            Begun::Fresh(work) => work,
        };
        let now = self.intake.base.clock.now();
        ops::port_out::set_pin(work.conn(), &self.intake.pin_key, &pin, now)
            .await
            .map_err(|error| status::protect(&error))?;
        work.finish(v1::SetPortOutPinResponse {}).await
    }

    async fn clear_port_out_pin(
        &self,
        request: Request<v1::ClearPortOutPinRequest>,
    ) -> Reply<v1::ClearPortOutPinResponse> {
        let account = Caller::of(&request)?.account;
        let mut faults = Faults::new();
        let tns = parse::numbers(&mut faults, &request.get_ref().tns);
        faults.finish(Some(()))?;
        let mut work = match self.intake.base.idempotency.begin(&request).await? {
            Begun::Repeated(reply) => return Ok(reply),
            Begun::Fresh(work) => work,
        };
        let now = self.intake.base.clock.now();
        ops::port_out::clear_pin(work.conn(), account, &tns, now)
            .await
            .map_err(|error| status::protect(&error))?;
        work.finish(v1::ClearPortOutPinResponse {}).await
    }

    async fn issue_transfer_pin(
        &self,
        request: Request<v1::IssueTransferPinRequest>,
    ) -> Reply<v1::IssueTransferPinResponse> {
        let caller = Caller::of(&request)?;
        let account = caller.account;
        let mut faults = Faults::new();
        let tns = parse::numbers(&mut faults, &request.get_ref().tns);
        let valid = valid_for(&mut faults, request.get_ref().valid_minutes);
        faults.finish(Some(()))?;
        let made =
            ops::port_out::make_pin(&self.intake.base.vault, account).map_err(|error| status::pin(&error))?;
        let pin = self.pin_for(caller, tns, made.pin).await?;
        let reply = match self.intake.base.idempotency.begin(&request).await? {
            Begun::Repeated(reply) => reply,
            Begun::Fresh(mut work) => {
                let now = self.intake.base.clock.now();
                let expires_at = now.saturating_add(valid).unwrap_or(now);
                ops::port_out::set_transfer_pin(work.conn(), &self.intake.pin_key, &pin, now, expires_at)
                    .await
                    .map_err(|error| status::protect(&error))?;
                let kept = v1::IssueTransferPinResponse {
                    pin: made.sealed,
                    expires_at: Some(stamp::to_proto(expires_at)),
                };
                work.finish(kept).await?
            }
        };
        self.reveal(account, reply)
    }

    async fn set_lock(&self, request: Request<v1::SetLockRequest>) -> Reply<v1::SetLockResponse> {
        let caller = Caller::of(&request)?;
        let account = caller.account;
        let body = request.get_ref();
        let mut faults = Faults::new();
        let tns = some_numbers(&mut faults, &body.tns);
        faults.at_most("note", &body.note, NOTE_CHARS_MAX);
        faults.finish(Some(()))?;
        let asked = LockAsked {
            tns,
            locked: body.locked,
            note: body.note.clone(),
            by: caller.subject,
        };
        let mut work = match self.intake.base.idempotency.begin(&request).await? {
            Begun::Repeated(reply) => return Ok(reply),
            Begun::Fresh(work) => work,
        };
        let now = self.intake.base.clock.now();
        let changed = ops::port_out::set_lock(work.conn(), account, &asked, now)
            .await
            .map_err(|error| status::protect(&error))?;
        work.finish(v1::SetLockResponse {
            tns: changed.iter().map(Tn::to_string).collect(),
        })
        .await
    }

    async fn list_lock_history(
        &self,
        request: Request<v1::ListLockHistoryRequest>,
    ) -> Reply<v1::ListLockHistoryResponse> {
        let account = Caller::of(&request)?.account;
        let body = request.get_ref();
        let mut faults = Faults::new();
        let tn: Option<Tn> = faults.required("tn", &body.tn);
        let size = page::size(&mut faults, body.page_size, PAGE_SIZE, PAGE_SIZE_MAX);
        let filters = format!("lock history {}", body.tn);
        let before = page::cursor(&mut faults, &filters, &body.page_token);
        let tn = faults.finish(tn)?;
        let pool = &self.intake.base.pool;
        let mut found = ops::port_out::list_lock_history(pool, account, tn, before, size + 1)
            .await
            .map_err(|error| grpc::status::store(&error))?;
        let next_page_token = cut(&mut found, size, &filters, |last| last.seq);
        Ok(Response::new(v1::ListLockHistoryResponse {
            changes: found.iter().map(lock_change).collect(),
            next_page_token,
        }))
    }

    async fn list_pin_attempts(
        &self,
        request: Request<v1::ListPinAttemptsRequest>,
    ) -> Reply<v1::ListPinAttemptsResponse> {
        let account = Caller::of(&request)?.account;
        let body = request.get_ref();
        let mut faults = Faults::new();
        let tn: Option<Tn> = faults.optional("tn", &body.tn);
        let size = page::size(&mut faults, body.page_size, PAGE_SIZE, PAGE_SIZE_MAX);
        let filters = format!("PIN attempts {}", body.tn);
        let before = page::cursor(&mut faults, &filters, &body.page_token);
        faults.finish(Some(()))?;
        let pool = &self.intake.base.pool;
        let mut found = ops::port_out::list_pin_attempts(pool, account, tn, before, size + 1)
            .await
            .map_err(|error| grpc::status::store(&error))?;
        let next_page_token = cut(&mut found, size, &filters, |last| last.seq);
        Ok(Response::new(v1::ListPinAttemptsResponse {
            attempts: found.iter().map(attempt).collect(),
            next_page_token,
        }))
    }

    async fn record_separation(
        &self,
        request: Request<v1::RecordSeparationRequest>,
    ) -> Reply<v1::RecordSeparationResponse> {
        let caller = Caller::of(&request)?;
        let body = request.get_ref();
        let mut faults = Faults::new();
        let account: Option<AccountId> = faults.required("account_id", &body.account_id);
        let tns = some_numbers(&mut faults, &body.tns);
        let reference: Option<String> = faults.required("reference", &body.reference);
        faults.at_most("reference", &body.reference, NOTE_CHARS_MAX);
        let (account, reference) = faults.finish(account.zip(reference))?;
        let mut work = match self.intake.base.idempotency.begin(&request).await? {
            Begun::Repeated(reply) => return Ok(reply),
            Begun::Fresh(work) => work,
        };
        let by = By {
            subject: &caller.subject,
            at: self.intake.base.clock.now(),
            note: &reference,
        };
        ops::port_out::record_separation(work.conn(), account, &tns, by)
            .await
            .map_err(|error| status::protect(&error))?;
        work.finish(v1::RecordSeparationResponse {}).await
    }
}

impl Protection {
    /// Puts the PIN into a reply that was kept with the sealed one, now or when it was first given.
    fn reveal(
        &self,
        account: AccountId,
        reply: Response<v1::IssueTransferPinResponse>,
    ) -> Reply<v1::IssueTransferPinResponse> {
        let (metadata, mut message, extensions) = reply.into_parts();
        let pin = ops::port_out::reveal_pin(&self.intake.base.vault, account, &message.pin)
            .map_err(|error| status::pin(&error))?;
        pin.expose().clone_into(&mut message.pin);
        Ok(Response::from_parts(metadata, message, extensions))
    }
}

/// 4 to 15 letters and digits: what winning carriers' forms take.
fn pin(faults: &mut Faults, raw: &str) -> Option<Secret> {
    let is_pin = (4..=15).contains(&raw.len()) && raw.bytes().all(|byte| byte.is_ascii_alphanumeric());
    if !is_pin {
        faults.add("pin", "INVALID", "must be 4 to 15 letters and digits");
    }
    is_pin.then(|| Secret::new(raw))
}

fn some_numbers(faults: &mut Faults, raw: &[String]) -> Vec<Tn> {
    if raw.is_empty() {
        faults.add("tns", "MISSING", "must name a number");
    }
    parse::numbers(faults, raw)
}

fn valid_for(faults: &mut Faults, minutes: i32) -> SignedDuration {
    let minutes = if minutes == 0 { VALID_MINUTES } else { minutes };
    if !(1..=VALID_MINUTES_MAX).contains(&minutes) {
        faults.add(
            "valid_minutes",
            "OUT_OF_RANGE",
            format!("must be 1 to {VALID_MINUTES_MAX}"),
        );
    }
    SignedDuration::from_mins(i64::from(minutes))
}

fn lock_change(change: &LockChange) -> v1::LockChange {
    v1::LockChange {
        locked: change.locked,
        by: change.by.clone(),
        at: Some(stamp::to_proto(change.at)),
        note: change.note.clone(),
    }
}

fn attempt(attempt: &Attempt) -> v1::PinAttempt {
    let result = match attempt.result {
        FieldMatch::Matched => v1::PinAttemptResult::Right,
        FieldMatch::NotMatched => v1::PinAttemptResult::Wrong,
        FieldMatch::NotGiven => v1::PinAttemptResult::Missing,
        FieldMatch::NotCompared => v1::PinAttemptResult::Unspecified,
    };
    v1::PinAttempt {
        tn: attempt.tn.to_string(),
        result: result.into(),
        at: Some(stamp::to_proto(attempt.at)),
        winning_spid: attempt.winning_spid.to_string(),
        pon: attempt.pon.clone(),
        ver: i32::from(attempt.ver),
    }
}
