//! `PortOutPolicyService`: what accounts do with requests that nothing on file forbids.

use auth::Caller;
use grpc::{Faults, Reply, page};
use idempotency::Begun;
use intake_domain::port_out::{AskBy, Outcome, Policy, PolicyVersion, Rule, Window};
use jiff::SignedDuration;
use portway_proto::intake::v1;
use portway_proto::intake::v1::port_out_policy_service_server::{
    PortOutPolicyService, PortOutPolicyServiceServer,
};
use service::stamp;
use tonic::service::RoutesBuilder;
use tonic::{Request, Response, Status};

use super::{convert, status};
use crate::app::Intake;
use crate::ops;
use crate::ops::port_out::{CourseTaken, Tried, TriedOn};

const PAGE_SIZE: i64 = 50;
const PAGE_SIZE_MAX: i64 = 500;
const DAYS_MAX: i32 = 90;
const VERSIONS: &str = "port-out policies";

/// Adds the service to the routes.
pub(super) fn add_policies(routes: &mut RoutesBuilder, intake: &Intake) {
    routes.add_service(PortOutPolicyServiceServer::new(Policies {
        intake: intake.clone(),
    }));
}

struct Policies {
    intake: Intake,
}

#[tonic::async_trait]
impl PortOutPolicyService for Policies {
    async fn get_port_out_policy(
        &self,
        request: Request<v1::GetPortOutPolicyRequest>,
    ) -> Reply<v1::GetPortOutPolicyResponse> {
        let account = Caller::of(&request)?.account;
        let found = ops::port_out::get_policy(&self.intake.base.pool, account)
            .await
            .map_err(|error| grpc::status::store(&error))?;
        Ok(Response::new(v1::GetPortOutPolicyResponse {
            policy: Some(version(&found)),
        }))
    }

    async fn set_port_out_policy(
        &self,
        request: Request<v1::SetPortOutPolicyRequest>,
    ) -> Reply<v1::SetPortOutPolicyResponse> {
        let caller = Caller::of(&request)?;
        let after = request.get_ref().after_version;
        let mut faults = Faults::new();
        let policy = rules(&mut faults, request.get_ref().rules.as_ref());
        let policy = faults.finish(policy)?;
        let mut work = match self.intake.base.idempotency.begin(&request).await? {
            Begun::Repeated(reply) => return Ok(reply),
            Begun::Fresh(work) => work,
        };
        let now = self.intake.base.clock.now();
        let set = ops::port_out::set_policy(work.conn(), caller.account, policy, after, caller.subject, now)
            .await
            .map_err(|error| status::set_policy(&error))?;
        work.finish(v1::SetPortOutPolicyResponse {
            policy: Some(version(&set)),
        })
        .await
    }

    async fn list_port_out_policies(
        &self,
        request: Request<v1::ListPortOutPoliciesRequest>,
    ) -> Reply<v1::ListPortOutPoliciesResponse> {
        let account = Caller::of(&request)?.account;
        let mut faults = Faults::new();
        let size = page::size(&mut faults, request.get_ref().page_size, PAGE_SIZE, PAGE_SIZE_MAX);
        let before = page::cursor(&mut faults, VERSIONS, &request.get_ref().page_token);
        faults.finish(Some(()))?;
        let pool = &self.intake.base.pool;
        let mut found = ops::port_out::list_policies(pool, account, before, size + 1)
            .await
            .map_err(|error| grpc::status::store(&error))?;
        let next_page_token = cut(&mut found, size, VERSIONS, |last| last.version);
        Ok(Response::new(v1::ListPortOutPoliciesResponse {
            policies: found.iter().map(version).collect(),
            next_page_token,
        }))
    }

    async fn dry_run_port_out_policy(
        &self,
        request: Request<v1::DryRunPortOutPolicyRequest>,
    ) -> Reply<v1::DryRunPortOutPolicyResponse> {
        let account = Caller::of(&request)?.account;
        let asked = DryRun::parse(request.get_ref())?;
        let now = self.intake.base.clock.now();
        let since = now.checked_sub(asked.span).unwrap_or(now);
        let on = TriedOn {
            since,
            before: asked.before,
            limit: asked.size + 1,
        };
        let mut tried = ops::port_out::dry_run(&self.intake.base.pool, account, &asked.policy, on)
            .await
            .map_err(|error| grpc::status::store(&error))?;
        let next_page_token = cut(&mut tried, asked.size, &asked.filters, |last| {
            last.case.number.number()
        });
        Ok(Response::new(v1::DryRunPortOutPolicyResponse {
            port_outs: tried.iter().map(tried_port_out).collect(),
            next_page_token,
        }))
    }
}

/// Cuts off the one that was read more than the page's size, and returns the token of the next page.
pub(super) fn cut<T, C: serde::Serialize>(
    found: &mut Vec<T>,
    size: i64,
    filters: &str,
    cursor: impl Fn(&T) -> C,
) -> String {
    let size = usize::try_from(size).unwrap_or(usize::MAX);
    if found.len() <= size {
        return String::new();
    }
    found.truncate(size);
    found
        .last()
        .map(|last| page::token(filters, &cursor(last)))
        .unwrap_or_default()
}

struct DryRun {
    policy: Policy,
    span: SignedDuration,
    before: Option<i64>,
    size: i64,
    filters: String,
}

impl DryRun {
    fn parse(request: &v1::DryRunPortOutPolicyRequest) -> Result<Self, Status> {
        let mut faults = Faults::new();
        let policy = rules(&mut faults, request.rules.as_ref());
        if !(1..=DAYS_MAX).contains(&request.days) {
            faults.add("days", "OUT_OF_RANGE", format!("must be 1 to {DAYS_MAX}"));
        }
        let size = page::size(&mut faults, request.page_size, PAGE_SIZE, PAGE_SIZE_MAX);
        let filters = format!("port-out dry run {:?} {}", request.rules, request.days);
        let before = page::cursor(&mut faults, &filters, &request.page_token);
        let policy = faults.finish(policy)?;
        Ok(Self {
            policy,
            span: SignedDuration::from_hours(24 * i64::from(request.days)),
            before,
            size,
            filters,
        })
    }
}

fn rules(faults: &mut Faults, rules: Option<&v1::PortOutRules>) -> Option<Policy> {
    let rules = rules.copied().unwrap_or_default();
    let us_wireline = rule(faults, "rules.us_wireline", rules.us_wireline);
    let us_wireless = rule(faults, "rules.us_wireless", rules.us_wireless);
    let canada_wireline = rule(faults, "rules.canada_wireline", rules.canada_wireline);
    let canada_wireless = rule::<intake_domain::port_out::ConsentOutcome>(
        faults,
        "rules.canada_wireless",
        rules.canada_wireless,
    );
    if canada_wireless.is_some_and(|rule| rule.window.is_some()) {
        let why = "must be 0: silence refuses there, and nobody may refuse sooner than the law does";
        faults.add("rules.canada_wireless.window_minutes", "OUT_OF_RANGE", why);
    }
    Some(Policy {
        us_wireline: us_wireline?,
        us_wireless: us_wireless?,
        canada_wireline: canada_wireline?,
        canada_wireless: canada_wireless?.outcome,
    })
}

fn rule<O: TryFrom<Outcome>>(
    faults: &mut Faults,
    field: &str,
    rule: Option<v1::PortOutRule>,
) -> Option<Rule<O>> {
    let Some(rule) = rule else {
        faults.add(field, "MISSING", "must be set");
        return None;
    };
    let by = ask_by(faults, field, &rule);
    let outcome = match rule.outcome() {
        v1::PortOutOutcome::Unspecified => None,
        v1::PortOutOutcome::Authorize => Some(Outcome::Authorize),
        v1::PortOutOutcome::Hold => Some(Outcome::Hold),
        v1::PortOutOutcome::RequirePin => Some(Outcome::RequirePin),
        v1::PortOutOutcome::AskEndUser => Some(Outcome::AskEndUser(by)),
    };
    let outcome = match outcome.map(O::try_from) {
        Some(Ok(outcome)) => Some(outcome),
        Some(Err(_)) => {
            let why = "the law of this market does not allow it";
            faults.add(format!("{field}.outcome"), "OUTCOME_NOT_LAWFUL", why);
            None
        }
        None => {
            faults.add(
                format!("{field}.outcome"),
                "INVALID",
                "must be one of the known outcomes",
            );
            None
        }
    };
    let window = match u16::try_from(rule.window_minutes) {
        Ok(0) => Some(None),
        minutes => {
            let window = Window::from_minutes(minutes.unwrap_or(u16::MAX));
            faults
                .check(&format!("{field}.window_minutes"), "OUT_OF_RANGE", window)
                .map(Some)
        }
    };
    Some(Rule {
        outcome: outcome?,
        window: window?,
    })
}

/// How the end user is asked, where it is not said by email. What is at fault is noted and reads as if it were not said.
fn ask_by(faults: &mut Faults, field: &str, rule: &v1::PortOutRule) -> AskBy {
    let field = format!("{field}.ask_by");
    if rule.ask_by != 0 && rule.outcome() != v1::PortOutOutcome::AskEndUser {
        faults.add(&field, "ASK_BY_UNEXPECTED", "must be set with ASK_END_USER alone");
    }
    match v1::ConsentChannel::try_from(rule.ask_by) {
        Ok(v1::ConsentChannel::Unspecified | v1::ConsentChannel::Email) => AskBy::Email,
        Ok(v1::ConsentChannel::Sms) => AskBy::Sms,
        Err(_) => {
            faults.add(&field, "INVALID", "must be one of the known ways");
            AskBy::Email
        }
    }
}

fn version(version: &PolicyVersion) -> v1::PortOutPolicy {
    let policy = &version.policy;
    v1::PortOutPolicy {
        version: version.version,
        rules: Some(v1::PortOutRules {
            us_wireline: Some(shown(
                policy.us_wireline.outcome.into(),
                policy.us_wireline.window,
            )),
            us_wireless: Some(shown(policy.us_wireless.outcome, policy.us_wireless.window)),
            canada_wireline: Some(shown(
                policy.canada_wireline.outcome.into(),
                policy.canada_wireline.window,
            )),
            canada_wireless: Some(shown(policy.canada_wireless.into(), None)),
        }),
        set_by: version
            .set
            .as_ref()
            .map(|(by, _)| by.to_string())
            .unwrap_or_default(),
        set_at: version.set.as_ref().map(|(_, at)| stamp::to_proto(*at)),
    }
}

fn shown(outcome: Outcome, window: Option<Window>) -> v1::PortOutRule {
    v1::PortOutRule {
        outcome: convert::outcome(outcome).into(),
        window_minutes: window.map_or(0, |window| i32::from(window.minutes())),
        ask_by: convert::ask_by(outcome).into(),
    }
}

fn tried_port_out(tried: &Tried) -> v1::DryRunPortOut {
    v1::DryRunPortOut {
        port_out_id: tried.case.id.to_string(),
        request_number: tried.case.number.to_string(),
        received_at: Some(stamp::to_proto(tried.case.request.received_at)),
        was: Some(course(tried.was)),
        would_be: Some(course(tried.would_be)),
        differs: tried.was != tried.would_be,
    }
}

fn course(course: CourseTaken) -> v1::PortOutCourse {
    v1::PortOutCourse {
        outcome: convert::outcome(course.outcome).into(),
        ask_by: convert::ask_by(course.outcome).into(),
        at_once: course.is_at_once,
        answer_due_at: Some(stamp::to_proto(course.due_at)),
    }
}
