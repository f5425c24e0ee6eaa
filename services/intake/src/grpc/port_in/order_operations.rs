//! Serves what a person of the platform does with orders.

use grpc::status::store;
use grpc::{Faults, Reply, page};
use idempotency::Begun;
use intake_domain::port_in::{Finding, Meaning, NUMBERS_MAX, Note, ReturnReason, ReviewPolicy, Settlement};
use portway_proto::intake::v1;
use portway_proto::intake::v1::order_operations_service_server::OrderOperationsService;
use tonic::{Request, Response, Status};
use types::AccountId;

use super::{advice, cut, details, etag, order_name, render, requester, status};
use crate::app::Intake;
use crate::ops;
use crate::ops::port_in::{OrderName, Unanswered};

const REVIEWS_PAGE: i64 = 50;
const PAGE_MAX: i64 = 500;
const RETURN_REASONS_MAX: usize = 20;

/// The service of operations.
pub(super) struct OrderOperations {
    intake: Intake,
}

impl OrderOperations {
    pub(super) fn new(intake: Intake) -> Self {
        Self { intake }
    }
}

#[tonic::async_trait]
impl OrderOperationsService for OrderOperations {
    async fn list_reviews(&self, request: Request<v1::ListReviewsRequest>) -> Reply<v1::ListReviewsResponse> {
        let body = request.get_ref();
        let mut faults = Faults::new();
        let limit = page::size(&mut faults, body.page_size, REVIEWS_PAGE, PAGE_MAX);
        let account = account(&mut faults, &body.account_id);
        let cursor: Option<(String, String)> = page::cursor(&mut faults, &body.account_id, &body.page_token);
        let after = cursor.and_then(|(since, id)| Some((since.parse().ok()?, id.parse().ok()?)));
        let account = faults.finish(account)?;
        let mut page = ops::port_in::list_reviews(&self.intake, account, after, limit + 1)
            .await
            .map_err(|error| store(&error))?;
        let next_page_token = cut(&mut page, limit).map(|listed| {
            let cursor = (
                listed.order.record.since.to_string(),
                listed.order.record.id.to_string(),
            );
            page::token(&body.account_id, &cursor)
        });
        Ok(Response::new(v1::ListReviewsResponse {
            next_page_token: next_page_token.unwrap_or_default(),
            orders: page.iter().map(render::listed_order).collect(),
        }))
    }

    async fn release_order(
        &self,
        request: Request<v1::ReleaseOrderRequest>,
    ) -> Reply<v1::ReleaseOrderResponse> {
        let requester = requester(&request)?;
        let mut faults = Faults::new();
        let body = request.get_ref();
        let name = order_name(&mut faults, &body.order_id);
        let note = details::text::<Note>(&mut faults, "note", &body.note).ok();
        let etag = body.etag.clone();
        let (name, note) = faults.finish(name.zip(note))?;
        let mut work = begin!(self, request);
        let etag = self::etag(&etag);
        let view = ops::port_in::release(&self.intake, work.conn(), &requester, name, note, etag)
            .await
            .map_err(|error| status::review(&error))?;
        work.finish(v1::ReleaseOrderResponse {
            order: Some(render::order(&view)),
        })
        .await
    }

    async fn return_order(&self, request: Request<v1::ReturnOrderRequest>) -> Reply<v1::ReturnOrderResponse> {
        let requester = requester(&request)?;
        let mut faults = Faults::new();
        let body = request.get_ref();
        let name = order_name(&mut faults, &body.order_id);
        let reasons = return_reasons(&mut faults, &body.reasons);
        let etag = body.etag.clone();
        let name = faults.finish(name)?;
        let mut work = begin!(self, request);
        let etag = self::etag(&etag);
        let view = ops::port_in::send_back(&self.intake, work.conn(), &requester, name, reasons, etag)
            .await
            .map_err(|error| status::review(&error))?;
        work.finish(v1::ReturnOrderResponse {
            order: Some(render::order(&view)),
        })
        .await
    }

    async fn settle_cancel(
        &self,
        request: Request<v1::SettleCancelRequest>,
    ) -> Reply<v1::SettleCancelResponse> {
        let requester = requester(&request)?;
        let body = request.get_ref();
        let (name, settlement, note) = settled(&body.order_id, body.settlement(), &body.note)?;
        let mut work = begin!(self, request);
        let said = (settlement, note.as_str());
        let what = Unanswered::Cancel;
        let view = ops::port_in::settle_unanswered(&self.intake, work.conn(), &requester, name, what, said)
            .await
            .map_err(|error| status::change(&error))?;
        work.finish(v1::SettleCancelResponse {
            order: Some(render::order(&view)),
        })
        .await
    }

    async fn settle_date_change(
        &self,
        request: Request<v1::SettleDateChangeRequest>,
    ) -> Reply<v1::SettleDateChangeResponse> {
        let requester = requester(&request)?;
        let body = request.get_ref();
        let (name, settlement, note) = settled(&body.order_id, body.settlement(), &body.note)?;
        let mut work = begin!(self, request);
        let said = (settlement, note.as_str());
        let what = Unanswered::DateChange;
        let view = ops::port_in::settle_unanswered(&self.intake, work.conn(), &requester, name, what, said)
            .await
            .map_err(|error| status::change(&error))?;
        work.finish(v1::SettleDateChangeResponse {
            order: Some(render::order(&view)),
        })
        .await
    }

    async fn settle_rejection(
        &self,
        request: Request<v1::SettleRejectionRequest>,
    ) -> Reply<v1::SettleRejectionResponse> {
        let requester = requester(&request)?;
        let body = request.get_ref();
        let (name, finding, note) = found(body)?;
        let etag = body.etag.clone();
        let mut work = begin!(self, request);
        let said = (&finding, note.as_str());
        let etag = self::etag(&etag);
        let view = ops::port_in::settle_rejection(&self.intake, work.conn(), &requester, name, said, etag)
            .await
            .map_err(|error| status::change(&error))?;
        work.finish(v1::SettleRejectionResponse {
            order: Some(render::order(&view)),
        })
        .await
    }

    async fn put_review_policy(
        &self,
        request: Request<v1::PutReviewPolicyRequest>,
    ) -> Reply<v1::PutReviewPolicyResponse> {
        let requester = requester(&request)?;
        let mut faults = Faults::new();
        let body = request.get_ref().policy.clone().unwrap_or_default();
        let account = account(&mut faults, &body.account_id);
        let policy = policy(&mut faults, &body);
        let (account, policy) = faults.finish(account.zip(policy))?;
        let account = account.unwrap_or(AccountId::PLATFORM);
        let version = Some(body.version).filter(|version| *version != 0);
        let mut work = begin!(self, request);
        let put = ops::port_in::put_policy(&self.intake, work.conn(), &requester, account, policy, version)
            .await
            .map_err(|error| store(&error))?;
        work.finish(v1::PutReviewPolicyResponse {
            policy: Some(advice::policy(&put)),
        })
        .await
    }

    async fn get_review_policy(
        &self,
        request: Request<v1::GetReviewPolicyRequest>,
    ) -> Reply<v1::GetReviewPolicyResponse> {
        let mut faults = Faults::new();
        let account = account(&mut faults, &request.get_ref().account_id);
        let account = faults.finish(account)?.unwrap_or(AccountId::PLATFORM);
        let put = ops::port_in::policy(&self.intake, account)
            .await
            .map_err(|error| store(&error))?;
        Ok(Response::new(v1::GetReviewPolicyResponse {
            policy: Some(put.as_ref().map(advice::policy).unwrap_or_default()),
        }))
    }
}

/// Reads an account that may be left out. The outer `None`: it is at fault.
#[expect(clippy::option_option, reason = "left out is not the same as at fault")]
fn account(faults: &mut Faults, account_id: &str) -> Option<Option<AccountId>> {
    if account_id.is_empty() {
        Some(None)
    } else {
        faults.required("account_id", account_id).map(Some)
    }
}

fn return_reasons(faults: &mut Faults, reasons: &[v1::ReturnReason]) -> Vec<ReturnReason> {
    if reasons.is_empty() {
        faults.add("reasons", "MISSING", "must have at least one reason");
    }
    if reasons.len() > RETURN_REASONS_MAX {
        faults.add("reasons", "TOO_MANY", "has 20 reasons at most");
        return Vec::new();
    }
    let all = reasons.iter().enumerate();
    let read = all.filter_map(|(index, reason)| {
        let field = details::text(faults, &format!("reasons[{index}].field"), &reason.field).ok()?;
        let message = faults.required(&format!("reasons[{index}].message"), &reason.message)?;
        Some(ReturnReason { field, message })
    });
    read.collect()
}

fn settled(
    order_id: &str,
    settlement: v1::Settlement,
    note: &str,
) -> Result<(OrderName, Settlement, Note), Status> {
    let mut faults = Faults::new();
    let name = order_name(&mut faults, order_id);
    let settlement = match settlement {
        v1::Settlement::Confirmed => Some(Settlement::Confirmed),
        v1::Settlement::Refused => Some(Settlement::Refused),
        v1::Settlement::Unspecified => {
            faults.add("settlement", "MISSING", "must be set");
            None
        }
    };
    let note = faults.required("note", note);
    let all = name.zip(settlement).zip(note);
    faults.finish(all.map(|((name, settlement), note)| (name, settlement, note)))
}

fn found(body: &v1::SettleRejectionRequest) -> Result<(OrderName, Finding, Note), Status> {
    let mut faults = Faults::new();
    let name = order_name(&mut faults, &body.order_id);
    let meanings = meanings(&mut faults, &body.reasons);
    let finding = match body.finding() {
        v1::RejectionFinding::Means if body.reasons.is_empty() => {
            faults.add("reasons", "MISSING", "must have at least one reason");
            None
        }
        v1::RejectionFinding::Means => Some(Finding::Means(meanings)),
        v1::RejectionFinding::NothingWrong => Some(Finding::NothingWrong),
        v1::RejectionFinding::Final => Some(Finding::Final),
        v1::RejectionFinding::Unspecified => {
            faults.add("finding", "MISSING", "must be set");
            None
        }
    };
    let takes_reasons = matches!(
        body.finding(),
        v1::RejectionFinding::Means | v1::RejectionFinding::Unspecified
    );
    if !takes_reasons && !body.reasons.is_empty() {
        faults.add("reasons", "INVALID", "must be empty unless the answer means them");
    }
    let note = faults.required("note", &body.note);
    let all = name.zip(finding).zip(note);
    faults.finish(all.map(|((name, finding), note)| (name, finding, note)))
}

fn meanings(faults: &mut Faults, reasons: &[v1::MeantReason]) -> Vec<Meaning> {
    if reasons.len() > NUMBERS_MAX {
        faults.add("reasons", "TOO_MANY", "has 20,000 reasons at most");
        return Vec::new();
    }
    let all = reasons.iter().enumerate();
    let read = all.filter_map(|(index, meant)| {
        let tn = if meant.tn.is_empty() {
            Some(None)
        } else {
            faults
                .required(&format!("reasons[{index}].tn"), &meant.tn)
                .map(Some)
        };
        let reason = faults.required(&format!("reasons[{index}].reason"), &meant.reason);
        tn.zip(reason).map(|(tn, reason)| Meaning { tn, reason })
    });
    read.collect()
}

fn policy(faults: &mut Faults, policy: &v1::ReviewPolicy) -> Option<ReviewPolicy> {
    let numbers_over = policy
        .numbers_over
        .map(|most| u32::try_from(most).ok().filter(|most| *most <= 20_000));
    if numbers_over == Some(None) {
        faults.add("policy.numbers_over", "OUT_OF_RANGE", "is 0 to 20,000");
        return None;
    }
    Some(ReviewPolicy {
        every_order: policy.every_order,
        numbers_over: numbers_over.flatten(),
        first_order: policy.first_order,
        warnings: policy.warnings,
    })
}
