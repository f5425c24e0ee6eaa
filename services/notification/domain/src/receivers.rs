//! Who is told a step.

use std::collections::BTreeSet;

use jiff::Timestamp;
use types::{AccountId, ContactId, EndpointId};

use crate::{EmailAddress, Step, WebhookUrl};

/// By which way somebody is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Channel {
    /// Email, for people.
    Email,
    /// Webhook, for programs.
    Webhook,
    /// A text to a number, for who holds its phone.
    Sms,
}

impl Channel {
    /// Every channel.
    pub const ALL: [Self; 3] = [Self::Email, Self::Webhook, Self::Sms];
}

/// Which steps a receiver wants; none named: all.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct StepFilter(BTreeSet<Step>);

impl StepFilter {
    /// Wants these; none: all.
    pub fn new(steps: impl IntoIterator<Item = Step>) -> Self {
        Self(steps.into_iter().collect())
    }

    /// Whether it wants `step`.
    pub fn matches(&self, step: Step) -> bool {
        self.0.is_empty() || self.0.contains(&step)
    }

    /// The steps named, in the order of a port's life.
    pub fn steps(&self) -> impl Iterator<Item = Step> {
        self.0.iter().copied()
    }
}

/// What is kept of an account: enough to write to its owner.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Account {
    /// Its id.
    pub id: AccountId,
    /// Its name.
    pub name: String,
    /// Where its owner is written to.
    pub owner_email: EmailAddress,
    /// IANA name of the time zone in which it is told dates.
    pub time_zone: String,
}

/// Where programs are told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Endpoint {
    /// Its id.
    pub id: EndpointId,
    /// Where.
    pub url: WebhookUrl,
    /// What.
    pub filter: StepFilter,
    /// Since when.
    pub created_at: Timestamp,
}

/// An address that is written to besides the owner's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Contact {
    /// Its id.
    pub id: ContactId,
    /// Where.
    pub email: EmailAddress,
    /// What.
    pub filter: StepFilter,
}

/// Everybody whom an account may have told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Receivers {
    /// The account's owner, who is written to in any case.
    pub owner: EmailAddress,
    /// Others who are written to.
    pub contacts: Vec<Contact>,
    /// Programs that are told.
    pub endpoints: Vec<Endpoint>,
}

impl Receivers {
    /// The addresses that are written to about `step`, each once.
    pub fn mailed(&self, step: Step) -> Vec<&EmailAddress> {
        if !step.is_mailed() {
            return Vec::new();
        }
        let wanted = self
            .contacts
            .iter()
            .filter(|contact| contact.email != self.owner && contact.filter.matches(step))
            .map(|contact| &contact.email);
        std::iter::once(&self.owner).chain(wanted).collect()
    }

    /// The endpoints that are told `step`.
    pub fn called(&self, step: Step) -> impl Iterator<Item = &Endpoint> {
        self.endpoints
            .iter()
            .filter(move |endpoint| endpoint.filter.matches(step))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(text: &str) -> EmailAddress {
        text.parse().unwrap()
    }

    fn contact(email: &str, filter: StepFilter) -> Contact {
        Contact {
            id: ContactId::generate(),
            email: address(email),
            filter,
        }
    }

    #[test]
    fn everybody_is_told_once_and_only_what_they_asked_for() {
        let ported = StepFilter::new([Step::PortInPorted, Step::PortInPending]);
        let receivers = Receivers {
            owner: address("owner@a.test"),
            contacts: vec![
                contact("all@a.test", StepFilter::default()),
                contact("ported@a.test", ported.clone()),
                contact("owner@a.test", StepFilter::default()),
            ],
            endpoints: vec![Endpoint {
                id: EndpointId::generate(),
                url: "https://a.test/hook".parse().unwrap(),
                filter: ported,
                created_at: Timestamp::UNIX_EPOCH,
            }],
        };
        let cases: [(Step, &[&str], usize); 4] = [
            (
                Step::PortInPorted,
                &["owner@a.test", "all@a.test", "ported@a.test"],
                1,
            ),
            (Step::PortOutReceived, &["owner@a.test", "all@a.test"], 0),
            (Step::PortInPending, &[], 1),
            (Step::PortInDelayed, &[], 0),
        ];
        for (step, mailed, called) in cases {
            let addresses: Vec<_> = receivers
                .mailed(step)
                .iter()
                .map(|address| address.as_str())
                .collect();
            assert_eq!(addresses, mailed, "{step}");
            assert_eq!(receivers.called(step).count(), called, "{step}");
        }
    }
}
