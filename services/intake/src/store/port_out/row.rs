//! Between rows and domain values: the only place that knows how a case is spelled in columns.

use intake_domain::port_out::{
    Answer, AnswerMode, AnswerState, AskedNumber, CarrierRequest, Claim, Decider, Decision, Grounds, Outcome,
    PolicyMet, PortOut, PortOutState, RequestKey, SilenceMeans,
};
use jiff::Timestamp;
use jiff_sqlx::ToSqlx;
use pg::StoreError;
use types::{AccountId, InvalidValue, Pon, PortOutId, RequestKind, RequestNumber, Ver};
use uuid::Uuid;

type Time = jiff_sqlx::Timestamp;

#[derive(sqlx::FromRow)]
pub(super) struct KeyRow {
    winning_spid: String,
    pon: String,
    ver: i16,
}

impl TryFrom<KeyRow> for RequestKey {
    type Error = StoreError;

    fn try_from(row: KeyRow) -> Result<Self, StoreError> {
        let corrupt = |error: InvalidValue| StoreError::corrupt("carrier_request", &row.pon, &error);
        let pon = row.pon.parse().map_err(corrupt)?;
        Ok(Self {
            winning_spid: row.winning_spid.parse().map_err(corrupt)?,
            ver: ver(row.ver, &pon)?,
            pon,
        })
    }
}

pub(super) fn ver(number: i16, pon: &Pon) -> Result<Ver, StoreError> {
    let ver = u16::try_from(number)
        .ok()
        .and_then(|number| Ver::new(number).ok());
    ver.ok_or_else(|| StoreError::corrupt("carrier_request", pon, &"the version is out of range"))
}

pub(super) fn ver_column(ver: Ver) -> i16 {
    // At most 99.
    i16::try_from(ver.get()).unwrap_or(i16::MAX)
}

/// A case with its request, without its numbers.
#[derive(sqlx::FromRow)]
pub(super) struct Row {
    #[sqlx(flatten)]
    key: KeyRow,
    winning_name: String,
    wireless: bool,
    simple: bool,
    end_user_name: String,
    postal_code: String,
    requested_foc_at: Option<Time>,
    received_at: Time,
    taken_in_at: Time,
    answers_per_number: bool,
    answer_held_until: Option<Time>,
    pub(super) port_out_id: Uuid,
    request_number: i64,
    account_id: Uuid,
    version: i64,
    foc_at: Option<Time>,
    silence: String,
    policy_version: i32,
    policy_outcome: String,
    policy_due_at: Time,
    review_explanation: String,
    answer_state: Option<String>,
    answer_changed_at: Option<Time>,
    answer_refusal: String,
    #[sqlx(flatten)]
    state: StateRow,
}

#[derive(sqlx::FromRow)]
struct StateRow {
    state: String,
    answer_due_at: Option<Time>,
    claim_reason: Option<String>,
    claim_tns: Vec<String>,
    claim_explanation: Option<String>,
    claim_by: Option<String>,
    claim_at: Option<Time>,
    decision_kind: Option<String>,
    decision_subject: Option<String>,
    decided_at: Option<Time>,
    grounds: Option<String>,
    ended_at: Option<Time>,
}

impl Row {
    pub(super) fn into_case(self, numbers: Vec<AskedNumber>) -> Result<PortOut, StoreError> {
        let id = self.port_out_id;
        let corrupt = |why: &'static str| StoreError::corrupt("port_out", &id, &why);
        let number = u64::try_from(self.request_number).map_err(|_| corrupt("the number is negative"))?;
        let answer = match (self.answer_state.as_deref(), self.answer_changed_at) {
            (Some(code), Some(since)) => Some(Answer {
                state: AnswerState::from_code(code).ok_or_else(|| corrupt("unknown answer state"))?,
                since: since.to_jiff(),
                refusal: self.answer_refusal,
            }),
            (None, None) => None,
            (Some(_), None) | (None, Some(_)) => return Err(corrupt("the answer's columns do not fit")),
        };
        Ok(PortOut {
            id: PortOutId::from_uuid(id),
            number: RequestNumber::new(RequestKind::PortOut, number),
            account: AccountId::from_uuid(self.account_id),
            version: self.version,
            request: CarrierRequest {
                key: self.key.try_into()?,
                winning_name: self.winning_name,
                is_wireless: self.wireless,
                is_simple: self.simple,
                end_user_name: self.end_user_name,
                postal_code: self.postal_code,
                requested_foc_at: self.requested_foc_at.map(Time::to_jiff),
                received_at: self.received_at.to_jiff(),
                taken_in_at: self.taken_in_at.to_jiff(),
                answers: if self.answers_per_number {
                    AnswerMode::PerNumber
                } else {
                    AnswerMode::Whole
                },
                answer_held_until: self.answer_held_until.map(Time::to_jiff),
            },
            numbers,
            foc_at: self.foc_at.map(Time::to_jiff),
            silence: SilenceMeans::from_code(&self.silence).ok_or_else(|| corrupt("unknown silence"))?,
            policy: PolicyMet {
                version: self.policy_version,
                outcome: Outcome::from_code(&self.policy_outcome)
                    .ok_or_else(|| corrupt("unknown policy outcome"))?,
                due_at: self.policy_due_at.to_jiff(),
            },
            review_explanation: self.review_explanation,
            state: self
                .state
                .read()
                .ok_or_else(|| corrupt("the state's columns do not fit"))?,
            answer,
        })
    }
}

impl StateRow {
    fn read(self) -> Option<PortOutState> {
        let due = self.answer_due_at.map(Time::to_jiff);
        let ended_at = self.ended_at.map(Time::to_jiff);
        let decision = match (&self.decision_kind, self.decided_at) {
            (Some(kind), Some(at)) => {
                let by = decider(kind, self.decision_subject.as_deref())?;
                Some(Decision { by, at: at.to_jiff() })
            }
            (None, None) => None,
            (Some(_), None) | (None, Some(_)) => return None,
        };
        Some(match self.state.as_str() {
            "PENDING" => PortOutState::Pending { answer_due_at: due? },
            "REJECTION_REVIEW" => {
                let claim = Claim {
                    reason: self.claim_reason?.parse().ok()?,
                    tns: self
                        .claim_tns
                        .iter()
                        .map(|tn| tn.parse().ok())
                        .collect::<Option<_>>()?,
                    explanation: self.claim_explanation?,
                    by: self.claim_by?.parse().ok()?,
                    at: self.claim_at?.to_jiff(),
                };
                PortOutState::RejectionReview {
                    answer_due_at: due?,
                    claim,
                }
            }
            "AUTHORIZED" => PortOutState::Authorized { decision: decision? },
            "REJECTED" => {
                let grounds = Grounds::from_code(&self.grounds?)?;
                PortOutState::Rejected {
                    grounds,
                    decision: decision?,
                }
            }
            "PORTED_OUT" => PortOutState::PortedOut {
                at: ended_at?,
                decision,
            },
            "CANCELLED" => PortOutState::Cancelled {
                at: ended_at?,
                decision,
            },
            _unknown => return None,
        })
    }
}

fn decider(kind: &str, subject: Option<&str>) -> Option<Decider> {
    match kind {
        "SUBJECT" => Some(Decider::Subject(subject?.parse().ok()?)),
        "SILENCE" => Some(Decider::Silence),
        "POLICY" => Some(Decider::Policy),
        "OVERRULED" => Some(Decider::Overruled),
        "END_USER" => Some(Decider::EndUser),
        _unknown => None,
    }
}

/// Who decided, as the column `decided_by` has it: a subject, or what of ours.
pub(super) fn decider_code(decider: &Decider) -> &str {
    match decider {
        Decider::Subject(subject) => subject.as_str(),
        Decider::Silence => "SILENCE",
        Decider::Policy => "POLICY",
        Decider::Overruled => "OVERRULED",
        Decider::EndUser => "END_USER",
    }
}

/// How many numbers a case has, as its column.
pub(super) fn number_count(case: &PortOut) -> i32 {
    i32::try_from(case.numbers.len()).unwrap_or(i32::MAX)
}

/// A state as it is written.
pub(super) struct StateColumns<'a> {
    pub(super) state: &'static str,
    pub(super) answer_due_at: Option<Time>,
    pub(super) claim: Option<&'a Claim>,
    pub(super) claim_tns: Vec<String>,
    pub(super) decision_kind: Option<&'a str>,
    pub(super) decision_subject: Option<&'a str>,
    pub(super) decided_at: Option<Time>,
    pub(super) grounds: Option<&'static str>,
    pub(super) ended_at: Option<Time>,
}

impl<'a> From<&'a PortOutState> for StateColumns<'a> {
    fn from(state: &'a PortOutState) -> Self {
        let (claim, grounds) = match state {
            PortOutState::RejectionReview { claim, .. } => (Some(claim), None),
            PortOutState::Rejected { grounds, .. } => (None, Some(grounds.code())),
            PortOutState::Pending { .. }
            | PortOutState::Authorized { .. }
            | PortOutState::PortedOut { .. }
            | PortOutState::Cancelled { .. } => (None, None),
        };
        let (decision_kind, decision_subject) = match state.decision().map(|decision| &decision.by) {
            Some(Decider::Subject(subject)) => (Some("SUBJECT"), Some(subject.as_str())),
            Some(by) => (Some(decider_code(by)), None),
            None => (None, None),
        };
        Self {
            state: state.name(),
            answer_due_at: state.answer_due_at().map(Timestamp::to_sqlx),
            claim,
            claim_tns: claim
                .map(|claim| claim.tns.iter().map(ToString::to_string).collect())
                .unwrap_or_default(),
            decision_kind,
            decision_subject,
            decided_at: state.decision().map(|decision| decision.at.to_sqlx()),
            grounds,
            ended_at: state.ended_at().map(Timestamp::to_sqlx),
        }
    }
}
