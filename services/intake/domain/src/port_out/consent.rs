//! What end users say to the question whether their numbers may go.

use jiff::Timestamp;
use types::{ConsentId, PortOutId, Tn};

/// A question to one end user about numbers of one case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Consent {
    /// Its id.
    pub id: ConsentId,
    /// The case.
    pub port_out: PortOutId,
    /// The numbers.
    pub tns: Vec<Tn>,
    /// Where the link goes.
    pub email: String,
    /// When it was asked.
    pub asked_at: Timestamp,
    /// Until when it can be answered.
    pub expires_at: Timestamp,
    /// The answer, and when it came; `None`: nothing yet.
    pub answer: Option<(ConsentAnswer, Timestamp)>,
}

/// What an end user says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ConsentAnswer {
    /// The numbers may go.
    Yes,
    /// The request is not the end user's.
    No,
}

/// What the answers to all questions about a case come to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Consented {
    /// Everybody said YES.
    Given,
    /// Somebody said NO. A request that its end user did not make is none: a carrier must not act on one (47 CFR
    /// 64.1120), so this refusal is lawful in the markets where the end user may be asked at all.
    Withheld,
    /// Somebody has not answered.
    Open,
}

impl ConsentAnswer {
    /// The stable code.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Yes => "YES",
            Self::No => "NO",
        }
    }

    /// Reads a stable code.
    pub fn from_code(code: &str) -> Option<Self> {
        [Self::Yes, Self::No]
            .into_iter()
            .find(|answer| answer.code() == code)
    }
}

impl Consented {
    /// One NO withholds consent; it takes every YES to give it.
    pub fn of(answers: impl IntoIterator<Item = Option<ConsentAnswer>>) -> Self {
        answers
            .into_iter()
            .fold(Self::Given, |so_far, answer| match (so_far, answer) {
                (Self::Withheld, _) | (_, Some(ConsentAnswer::No)) => Self::Withheld,
                (Self::Open, _) | (Self::Given, None) => Self::Open,
                (Self::Given, Some(ConsentAnswer::Yes)) => Self::Given,
            })
    }
}

impl Consent {
    /// Whether it can be answered: not yet answered, and in time.
    pub fn is_open(&self, now: Timestamp) -> bool {
        self.answer.is_none() && now < self.expires_at
    }

    /// The address as others may see it: its first letter and its domain.
    pub fn masked_email(&self) -> String {
        let (name, domain) = self.email.split_once('@').unwrap_or((&self.email, ""));
        let first: String = name.chars().take(1).collect();
        format!("{first}…@{domain}")
    }
}

#[cfg(test)]
mod tests {
    use super::ConsentAnswer::{No, Yes};
    use super::*;

    #[test]
    fn one_no_withholds_and_every_yes_gives() {
        let cases = [
            (vec![Some(Yes)], Consented::Given),
            (vec![Some(Yes), Some(Yes)], Consented::Given),
            (vec![Some(Yes), None], Consented::Open),
            (vec![None], Consented::Open),
            (vec![Some(No)], Consented::Withheld),
            (vec![None, Some(No)], Consented::Withheld),
            (vec![Some(No), Some(Yes)], Consented::Withheld),
        ];
        for (answers, expected) in cases {
            assert_eq!(Consented::of(answers.clone()), expected, "{answers:?}");
        }
    }
}
