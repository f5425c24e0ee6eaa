//! Which version each step of a script is about.

use types::Ver;

use super::{AnswerStep, Says, Script, Step};

/// A script with each answer at its place.
pub(super) struct Places<'s> {
    answers: Vec<(u16, &'s AnswerStep)>,
    /// Versions that are never answered.
    silent_at: Vec<u16>,
    /// The version from which on nothing is answered any more.
    silent_from: Option<u16>,
    unreachable: Vec<usize>,
}

impl<'s> Places<'s> {
    /// Walks through the script: it begins at version 1, and a rejection, an update or a silence about one version
    /// leads to the next version. Steps that name their version stand where they say.
    pub(super) fn of(script: &'s Script) -> Self {
        let mut places = Self {
            answers: Vec::new(),
            silent_at: Vec::new(),
            silent_from: None,
            unreachable: Vec::new(),
        };
        let mut here = Ver::FIRST.get();
        for (index, step) in script.steps.iter().enumerate() {
            let named = match step {
                Step::Silence(ver) => *ver,
                Step::Answer(answer) => answer.ver,
            };
            if named.is_none() && places.silent_from.is_some() {
                places.unreachable.push(index);
                continue;
            }
            let place = named.map_or(here, Ver::get);
            match step {
                Step::Silence(None) => places.silent_from = Some(place),
                Step::Silence(Some(_)) => {
                    places.silent_at.push(place);
                    here = here.max(place + 1);
                }
                Step::Answer(answer) => {
                    here = here.max(following(place, &answer.says));
                    places.answers.push((place, answer));
                }
            }
        }
        places
    }

    /// The answers, each with the version it stands at.
    pub(super) fn answers(&self) -> impl Iterator<Item = (u16, &'s AnswerStep)> {
        self.answers.iter().copied()
    }

    /// Whether the script says that this version is never answered.
    pub(super) fn are_silent_about(&self, ver: Ver) -> bool {
        self.silent_at.contains(&ver.get()) || self.silent_from.is_some_and(|from| from <= ver.get())
    }
}

/// The version that the step after an answer at `place` is about, as far as that answer tells.
fn following(place: u16, says: &Says) -> u16 {
    match says {
        Says::Rejected(_) | Says::UpdateRequired(_) => place + 1,
        Says::Delayed(_) | Says::Foc { .. } => place,
        // These answer what comes in later; they leave the place as it is.
        Says::Activated
        | Says::Cancelled
        | Says::ChangeRefused(_)
        | Says::SnapbackConfirmed
        | Says::SnapbackRefused(_) => Ver::FIRST.get(),
    }
}

impl Script {
    /// Steps, by index, that come after the carrier fell silent for good and name no version: they can never be said.
    pub(crate) fn unreachable_steps(&self) -> Vec<usize> {
        Places::of(self).unreachable
    }
}
