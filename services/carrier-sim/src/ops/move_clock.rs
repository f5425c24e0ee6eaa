//! Moves the business clock of the whole system, as far as this process may.

use clock::{ClockError, MoveError, Moved};
use jiff::{SignedDuration, Timestamp};
use thiserror::Error;

use crate::app::Simulator;

/// Where the clock is to go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Target {
    /// To this instant.
    To(Timestamp),
    /// By so much, not backwards.
    By(SignedDuration),
}

/// Why the clock is not where it was to go.
#[derive(Debug, Error)]
pub(crate) enum MoveClockError {
    /// This process has nobody who could move it.
    #[error("the clock of this system cannot be moved")]
    NotMovable,
    /// The target lies beyond the end of the calendar.
    #[error("the target is beyond the end of the calendar")]
    OutOfRange,
    /// The move ended early.
    #[error(transparent)]
    Move(#[from] MoveError),
}

/// Moves the clock, stopping wherever something is due, and returns when all is done.
pub(crate) async fn move_clock(simulator: &Simulator, target: Target) -> Result<Moved, MoveClockError> {
    let mover = simulator.mover.mover().ok_or(MoveClockError::NotMovable)?;
    let moved = match target {
        Target::To(at) => mover.advance_to(at).await,
        Target::By(distance) => {
            simulator
                .base
                .clock
                .now()
                .checked_add(distance)
                .map_err(|_| MoveClockError::OutOfRange)?;
            mover.advance_by(distance).await
        }
    };
    match moved {
        Err(MoveError::Clock(ClockError::NotMovable)) => Err(MoveClockError::NotMovable),
        moved => Ok(moved?),
    }
}
