//! What is answered, and when, to a version, a cancel, an activation or a snapback.

use calendar::OutOfRange;
use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};
use types::{Tn, Ver};

use super::committed::committed_at;
use super::places::Places;
use super::{AnswerStep, Content, Says, Script};

/// When the carrier answers what no script speaks of.
const FOC_AFTER: SignedDuration = SignedDuration::from_hours(1);
const ACTIVATED_AFTER: SignedDuration = SignedDuration::from_mins(1);
const CANCEL_ANSWERED_AFTER: SignedDuration = SignedDuration::from_mins(5);
const SNAPBACK_CONFIRMED_AFTER: SignedDuration = SignedDuration::from_mins(10);

/// What came in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Asked {
    /// A first request or a supplement.
    Version(Ver),
    /// A cancel, with the version it carries.
    Cancel(Ver),
    /// The cut-over of a request whose newest version this is.
    Activation(Ver),
    /// The wish to have its numbers back.
    Snapback(Ver),
}

impl Asked {
    /// The version that the answers carry.
    pub(crate) const fn ver(self) -> Ver {
        match self {
            Self::Version(ver) | Self::Cancel(ver) | Self::Activation(ver) | Self::Snapback(ver) => ver,
        }
    }
}

/// What came in, with what the answer depends on.
#[derive(Debug, Clone)]
pub(crate) struct Occasion {
    /// What came in.
    pub(crate) asked: Asked,
    /// When.
    pub(crate) at: Timestamp,
    /// Whether the numbers have been reported active already.
    pub(crate) is_active: bool,
    /// The cut-over date asked for.
    pub(crate) wanted: Option<Date>,
    /// The first number of the request.
    pub(crate) first_tn: Option<Tn>,
    /// The numbers that are asked about; none: all.
    pub(crate) tns: Vec<Tn>,
}

/// An answer to come.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Planned {
    /// When it is given.
    pub(crate) due_at: Timestamp,
    /// What it says.
    pub(crate) content: Content,
    /// How often it is delivered.
    pub(crate) times: u16,
    /// Whether it is given although a newer version came in meanwhile.
    pub(crate) outlives: bool,
}

/// What follows from what came in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Plan {
    /// The answers, in the script's order.
    pub(crate) answers: Vec<Planned>,
    /// Whether answers to older versions that are still to come are dropped: a carrier answers the newest, but goes
    /// on as before when it refuses the change.
    pub(crate) supersedes: bool,
}

/// Reads the script for the occasion.
pub(crate) fn plan(script: &Script, occasion: &Occasion) -> Result<Plan, OutOfRange> {
    let places = Places::of(script);
    let asked = occasion.asked;
    let scripted: Vec<&AnswerStep> = places
        .answers()
        .filter(|(place, step)| is_answer_to(asked, *place, step))
        .map(|(_, step)| step)
        .collect();
    let answers = if !scripted.is_empty() {
        let planned = scripted.iter().map(|step| planned(step, occasion));
        planned.collect::<Result<_, _>>()?
    } else if places.are_silent_about(asked.ver()) {
        Vec::new()
    } else {
        vec![planned(&built_in(occasion), occasion)?]
    };
    let supersedes = match asked {
        Asked::Version(_) => !answers
            .iter()
            .any(|answer| matches!(answer.content, Content::ChangeRefused(_))),
        Asked::Cancel(_) => answers.iter().any(|answer| answer.content == Content::Cancelled),
        Asked::Activation(_) | Asked::Snapback(_) => false,
    };
    Ok(Plan { answers, supersedes })
}

/// Whether a step that stands at version `place` is about what was asked.
fn is_answer_to(asked: Asked, place: u16, step: &AnswerStep) -> bool {
    let names = |ver: Ver| step.ver == Some(ver);
    match (&step.says, asked) {
        (
            Says::Rejected(_) | Says::UpdateRequired(_) | Says::Delayed(_) | Says::Foc { .. },
            Asked::Version(ver),
        ) => place == ver.get(),
        (Says::Cancelled | Says::ChangeRefused(_), Asked::Version(ver)) => names(ver),
        (Says::Cancelled | Says::ChangeRefused(_), Asked::Cancel(ver))
        | (Says::Activated, Asked::Activation(ver))
        | (Says::SnapbackConfirmed | Says::SnapbackRefused(_), Asked::Snapback(ver)) => {
            step.ver.is_none() || names(ver)
        }
        (Says::Activated, Asked::Version(_) | Asked::Cancel(_) | Asked::Snapback(_))
        | (Says::Cancelled | Says::ChangeRefused(_), Asked::Activation(_) | Asked::Snapback(_))
        | (
            Says::SnapbackConfirmed | Says::SnapbackRefused(_),
            Asked::Version(_) | Asked::Cancel(_) | Asked::Activation(_),
        )
        | (
            Says::Rejected(_) | Says::UpdateRequired(_) | Says::Delayed(_) | Says::Foc { .. },
            Asked::Cancel(_) | Asked::Activation(_) | Asked::Snapback(_),
        ) => false,
    }
}

/// What the carrier says when no script speaks of it.
fn built_in(occasion: &Occasion) -> AnswerStep {
    let (after, says) = match occasion.asked {
        Asked::Version(_) | Asked::Cancel(_) if occasion.is_active => {
            (CANCEL_ANSWERED_AFTER, Says::ChangeRefused(Vec::new()))
        }
        Asked::Version(_) => (FOC_AFTER, Says::Foc { cut_over_after: None }),
        Asked::Cancel(_) => (CANCEL_ANSWERED_AFTER, Says::Cancelled),
        Asked::Activation(_) => (ACTIVATED_AFTER, Says::Activated),
        Asked::Snapback(_) => (SNAPBACK_CONFIRMED_AFTER, Says::SnapbackConfirmed),
    };
    AnswerStep {
        after,
        says,
        times: 1,
        ver: None,
    }
}

fn planned(step: &AnswerStep, occasion: &Occasion) -> Result<Planned, OutOfRange> {
    let due_at = occasion.at.checked_add(step.after)?;
    let content = match &step.says {
        Says::Rejected(reasons) => Content::Rejected(reasons.clone()),
        Says::UpdateRequired(reasons) => Content::UpdateRequired(reasons.clone()),
        Says::Delayed(reasons) => Content::Delayed(reasons.clone()),
        Says::Foc {
            cut_over_after: Some(after),
        } => Content::Foc(due_at.checked_add(*after)?),
        Says::Foc { cut_over_after: None } => {
            Content::Foc(committed_at(due_at, occasion.wanted, occasion.first_tn)?)
        }
        Says::Activated => Content::Activated(occasion.tns.clone()),
        Says::Cancelled => Content::Cancelled,
        Says::ChangeRefused(reasons) => Content::ChangeRefused(reasons.clone()),
        Says::SnapbackConfirmed => Content::SnapbackConfirmed(occasion.tns.clone()),
        Says::SnapbackRefused(reasons) => Content::SnapbackRefused(occasion.tns.clone(), reasons.clone()),
    };
    Ok(Planned {
        due_at,
        content,
        times: step.times.max(1),
        outlives: step.ver.is_some(),
    })
}

#[cfg(test)]
mod tests;
