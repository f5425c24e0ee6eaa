//! Everything that can happen to a port, as far as somebody is told.

use jiff::Timestamp;
use types::{RequestNumber, Tn};

use crate::{Invitation, Invited};

/// Everything that happens to a port-in order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PortInNews {
    /// It was sent for the first time.
    Submitted,
    /// It was corrected and sent again.
    Resubmitted,
    /// It is with the losing carrier.
    Pending,
    /// The losing carrier needs longer.
    Delayed {
        /// Why.
        reasons: Vec<Reason>,
    },
    /// The customer has to act.
    ActionRequired {
        /// All reasons of the answer.
        reasons: Vec<Reason>,
        /// Whether the carrier asked for data rather than rejecting.
        update_required: bool,
    },
    /// The losing carrier committed.
    FocConfirmed {
        /// To this instant.
        foc_at: Timestamp,
    },
    /// The numbers are ours.
    Ported {
        /// Since when.
        ported_at: Timestamp,
    },
    /// It was cancelled.
    Cancelled,
    /// It was refused for good.
    Rejected {
        /// Why.
        reasons: Vec<Reason>,
    },
    /// Nobody acted for 30 days.
    Abandoned,
    /// A person of ours looks at it before it goes out.
    InReview,
    /// Our review sent it back: it is a draft again.
    Returned {
        /// What is to be corrected.
        remarks: Vec<Remark>,
    },
    /// A draft that nobody changes is closed soon.
    DraftExpiring {
        /// When.
        expires_at: Timestamp,
    },
    /// An order that waits for the customer is closed soon.
    ActionExpiring {
        /// When.
        expires_at: Timestamp,
    },
    /// Its numbers go in several requests from now on.
    Split {
        /// What people call them.
        parts: Vec<RequestNumber>,
    },
    /// The cut-over moved.
    FocMoved {
        /// The new instant.
        foc_at: Timestamp,
        /// The instant before.
        previous: Timestamp,
        /// Whether the customer asked for it.
        asked_for: bool,
    },
    /// The carrier refused another date.
    DateChangeRefused {
        /// The cut-over that holds; `None`: there is none yet.
        foc_at: Option<Timestamp>,
    },
    /// The platform wrote a comment. What it says is read in the console.
    Commented {
        /// Whether the customer has to act on it.
        asks_customer: bool,
    },
    /// Somebody was asked to sign the letter of authorization.
    SigningRequested(Invitation),
    /// The letter of authorization was signed.
    Signed {
        /// When.
        signed_at: Timestamp,
    },
    /// The date has come, and the cut-over is held back.
    HeldBack {
        /// What holds it back, each in a sentence with what ends it.
        holds: Vec<String>,
        /// When the carrier's commitment lapses.
        lapses_at: Timestamp,
    },
    /// Something does not work after the cut-over: ours to mend.
    CapabilityFailed {
        /// What, e.g. `voice_inbound`.
        capability: String,
    },
    /// Everything that was wanted works.
    Proved,
    /// A ported number took over from the one that stood in for it.
    TemporarySwapped {
        /// The number that stood in.
        temporary: Tn,
    },
    /// What became of a snapback.
    SnapbackSettled {
        /// Whether the numbers are back with the losing carrier.
        confirmed: bool,
    },
}

/// Everything that happens to a port-out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PortOutNews {
    /// A winning carrier asks for the numbers.
    Received {
        /// When the answer is due.
        answer_due_at: Timestamp,
        /// Who decided as soon as it came, e.g. "policy"; empty: nobody yet.
        decided_by: String,
    },
    /// The numbers may go.
    Authorized {
        /// A subject, "silence", "policy" or "end user".
        decided_by: String,
        /// The numbers that may not, when the winning carrier takes an answer for each.
        denied: Vec<Reason>,
    },
    /// The numbers may go although the account rejected.
    Overruled {
        /// Why its reason did not hold, as our operations put it; may be empty.
        explanation: String,
    },
    /// The account rejected.
    RejectionRequested {
        /// The account's reason.
        reason: String,
    },
    /// The numbers stay.
    Rejected {
        /// Why, by number.
        reasons: Vec<Reason>,
        /// What our operations say to it; may be empty.
        explanation: String,
    },
    /// The cut-over moved to what the notice says.
    FocChanged,
    /// The numbers are gone.
    PortedOut {
        /// Since when.
        ported_at: Timestamp,
        /// Whether somebody had let them go, and no lock held them. Otherwise that is told by itself.
        with_leave: bool,
    },
    /// Numbers are gone that nobody had let go, or that were locked.
    WentWithoutLeave {
        /// Since when.
        ported_at: Timestamp,
        /// Whether it was authorized all the same.
        was_authorized: bool,
        /// Those that were locked.
        locked: Vec<Tn>,
    },
    /// The winning carrier withdrew.
    Cancelled,
    /// Authorized numbers were locked before they went.
    Conflicted,
    /// The winning carrier answered to that.
    ConflictSettled {
        /// Whether it accepts that they stay.
        accepted: bool,
    },
    /// Our answer came further on its way to the winning carrier.
    Answered {
        /// How far.
        progress: AnswerProgress,
    },
    /// The end user is asked whether the numbers may go.
    ConsentAsked(Invited),
    /// The platform wrote a comment. What it says is read in the console.
    Commented {
        /// Whether the customer has to act on it.
        asks_customer: bool,
    },
    /// What we ran for numbers that left is released: routing, emergency record, caller name, messaging.
    NumbersReleased,
}

/// How far our answer has come to the winning carrier.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AnswerProgress {
    /// On the wire, or being tried again.
    Sent,
    /// The winning carrier has it.
    Acknowledged,
    /// The winning carrier refused it.
    Refused,
}

impl AnswerProgress {
    /// The stable name.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Sent => "sent",
            Self::Acknowledged => "acknowledged",
            Self::Refused => "refused",
        }
    }
}

/// Everything that happens to a dispute.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DisputeNews {
    /// It was opened.
    Opened {
        /// By when it is to be answered.
        answer_due_at: Timestamp,
    },
    /// A clock ran out.
    Overdue {
        /// Whether that of the answer; else that of the settlement.
        is_answer: bool,
        /// When.
        due_at: Timestamp,
    },
    /// The other carrier is asked to undo the port.
    SnapbackAsked,
    /// It answered.
    SnapbackAnswered {
        /// Whether the numbers are back where they were.
        confirmed: bool,
    },
    /// It is over.
    Settled {
        /// The numbers that the account pays a fee for.
        charged: Vec<Tn>,
        /// How it ended for each number: the number, and a word.
        outcomes: Vec<(Tn, String)>,
        /// Why, as whoever settled it puts it; may be empty.
        explanation: String,
    },
}

/// A reason that a carrier gave, compiled into our vocabulary. The carrier's own words are left out: they are free
/// text and have been known to quote a PIN.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reason {
    /// The number it is about; `None`: the whole request.
    pub tn: Option<Tn>,
    /// Our reason, e.g. `PIN`.
    pub code: String,
    /// What happens next, e.g. `fix`; may be empty.
    pub class: String,
    /// The field at fault; may be empty.
    pub field: String,
    /// What to do.
    pub remedy: String,
    /// Who has to act, e.g. `customer`; may be empty.
    pub actor: String,
    /// The carrier's own code; may be empty.
    pub raw_code: String,
}

/// One thing to correct before an order can go out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Remark {
    /// The field; may be empty.
    pub field: String,
    /// What is to be done.
    pub message: String,
}

/// Somebody may be guessing the PINs of an account's numbers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PinAlarm {
    /// The numbers that were tried.
    pub tns: Vec<Tn>,
    /// Wrong PINs so far.
    pub wrong_pins: u32,
    /// Name of the carrier that asked last.
    pub winning_name: String,
    /// When.
    pub raised_at: Timestamp,
}
