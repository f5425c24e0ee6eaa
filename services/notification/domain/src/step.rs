//! The steps of a port that somebody is told of. One row each: add a step here and nowhere else.

use std::fmt;
use std::str::FromStr;

use types::InvalidValue;

/// Declares [`Step`] by its table: name = slug, whether mail is written.
macro_rules! steps {
    ($($(#[$doc:meta])* $name:ident = $slug:literal, $is_mailed:literal;)+) => {
        /// Something that became of a port and that somebody is told of.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Step {
            $($(#[$doc])* $name,)+
        }

        impl Step {
            /// Every step.
            pub const ALL: &'static [Self] = &[$(Self::$name,)+];

            /// The stable name, as receivers choose it and webhooks carry it.
            pub const fn slug(self) -> &'static str {
                match self {
                    $(Self::$name => $slug,)+
                }
            }

            /// Whether people are written to. Webhooks tell every step.
            pub const fn is_mailed(self) -> bool {
                match self {
                    $(Self::$name => $is_mailed,)+
                }
            }
        }
    };
}

steps! {
    /// The order was sent for the first time.
    PortInSubmitted = "port_in.submitted", true;
    /// The order was corrected and sent again.
    PortInResubmitted = "port_in.resubmitted", true;
    /// The order is with the losing carrier.
    PortInPending = "port_in.pending", false;
    /// The losing carrier needs longer. Nobody has to act, so nobody is written to.
    PortInDelayed = "port_in.delayed", false;
    /// The customer has to act.
    PortInActionRequired = "port_in.action_required", true;
    /// The losing carrier committed to a date.
    PortInFocConfirmed = "port_in.foc_confirmed", true;
    /// The numbers are ours.
    PortInPorted = "port_in.ported", true;
    /// The order was cancelled.
    PortInCancelled = "port_in.cancelled", true;
    /// The order was refused for good.
    PortInRejected = "port_in.rejected", true;
    /// Nobody acted for 30 days.
    PortInAbandoned = "port_in.abandoned", true;
    /// A person of ours looks at the order before it goes out.
    PortInInReview = "port_in.in_review", false;
    /// Our review sent the order back.
    PortInReturned = "port_in.returned", true;
    /// A draft that nobody changes is closed soon.
    PortInDraftExpiring = "port_in.draft_expiring", true;
    /// An order that waits for the customer is closed soon.
    PortInActionExpiring = "port_in.action_expiring", true;
    /// The order's numbers go in several requests.
    PortInSplit = "port_in.split", true;
    /// The cut-over moved.
    PortInFocMoved = "port_in.foc_moved", true;
    /// The carrier refused another date.
    PortInDateChangeRefused = "port_in.date_change_refused", true;
    /// The platform wrote a comment.
    PortInCommented = "port_in.commented", true;
    /// Somebody was asked to sign the letter of authorization, and is written to. The account need not be.
    PortInSigningRequested = "port_in.signing_requested", false;
    /// The letter of authorization was signed.
    PortInSigned = "port_in.signed", true;
    /// The date has come, and the cut-over is held back.
    PortInHeldBack = "port_in.held_back", true;
    /// Something does not work after the cut-over. Ours to mend, so nobody is written to.
    PortInCapabilityFailed = "port_in.capability_failed", false;
    /// Everything that was wanted works.
    PortInProved = "port_in.proved", false;
    /// A ported number took over from the one that stood in for it.
    PortInTemporarySwapped = "port_in.temporary_swapped", true;
    /// What became of a snapback.
    PortInSnapbackSettled = "port_in.snapback_settled", true;
    /// A winning carrier asks for numbers.
    PortOutReceived = "port_out.received", true;
    /// The numbers may go. People are written to when none of them decided it.
    PortOutAuthorized = "port_out.authorized", true;
    /// The numbers may go although the account rejected: the reason did not hold.
    PortOutOverruled = "port_out.overruled", true;
    /// The account rejected, and our operations check the reason.
    PortOutRejectionRequested = "port_out.rejection_requested", false;
    /// The numbers stay.
    PortOutRejected = "port_out.rejected", true;
    /// The date moved.
    PortOutFocChanged = "port_out.foc_changed", true;
    /// The numbers are gone.
    PortOutPortedOut = "port_out.ported_out", true;
    /// Numbers are gone that nobody had let go, or that were locked.
    PortOutWentWithoutLeave = "port_out.went_without_leave", true;
    /// The winning carrier withdrew.
    PortOutCancelled = "port_out.cancelled", true;
    /// Authorized numbers were locked before they went, and the winning carrier is told.
    PortOutConflicted = "port_out.conflicted", true;
    /// The winning carrier accepted that locked numbers stay. What becomes of the request is told by itself.
    PortOutConflictAccepted = "port_out.conflict_accepted", false;
    /// The winning carrier refused: locked numbers go.
    PortOutConflictRefused = "port_out.conflict_refused", true;
    /// How far our answer has come to the winning carrier.
    PortOutAnswered = "port_out.answered", false;
    /// The platform wrote a comment.
    PortOutCommented = "port_out.commented", true;
    /// The end user is asked whether the numbers may go, and is written to. The account need not be.
    PortOutConsentAsked = "port_out.consent_asked", false;
    /// What we ran for numbers that left is released.
    PortOutNumbersReleased = "port_out.numbers_released", false;
    /// A port is said to be unauthorized or mistaken.
    DisputeOpened = "dispute.opened", true;
    /// A clock of a dispute ran out.
    DisputeOverdue = "dispute.overdue", true;
    /// The other carrier is asked to undo the port.
    DisputeSnapbackAsked = "dispute.snapback_asked", true;
    /// It answered.
    DisputeSnapbackAnswered = "dispute.snapback_answered", true;
    /// A dispute is over.
    DisputeSettled = "dispute.settled", true;
    /// Somebody may be guessing the PINs of an account's numbers.
    AccountPinAlarm = "account.pin_alarm", true;
}

impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.slug())
    }
}

impl FromStr for Step {
    type Err = InvalidValue;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let refused = InvalidValue {
            what: "step",
            expected: "one of those in docs/notifications.md, e.g. port_in.ported",
        };
        Self::ALL
            .iter()
            .copied()
            .find(|step| step.slug() == text)
            .ok_or(refused)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slugs_are_unique_and_read_back() {
        for step in Step::ALL {
            assert_eq!(step.slug().parse(), Ok(*step));
        }
        let mut slugs: Vec<_> = Step::ALL.iter().map(|step| step.slug()).collect();
        slugs.sort_unstable();
        slugs.dedup();
        assert_eq!(slugs.len(), Step::ALL.len());
        assert!(
            ["", "port_in", "PORT_IN.PORTED"]
                .iter()
                .all(|text| text.parse::<Step>().is_err())
        );
    }

    #[test]
    fn only_steps_that_ask_nothing_of_the_account_are_kept_from_its_people() {
        let silent: Vec<_> = Step::ALL
            .iter()
            .filter(|step| !step.is_mailed())
            .map(|step| step.slug())
            .collect();
        assert_eq!(
            silent,
            [
                "port_in.pending",
                "port_in.delayed",
                "port_in.in_review",
                "port_in.signing_requested",
                "port_in.capability_failed",
                "port_in.proved",
                "port_out.rejection_requested",
                "port_out.conflict_accepted",
                "port_out.answered",
                "port_out.consent_asked",
                "port_out.numbers_released"
            ]
        );
    }
}
