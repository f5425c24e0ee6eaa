//! The place for the one who moves the clock: known only once all services of a process have started.

use std::sync::{Arc, OnceLock};

use clock::ClockMover;

/// Holds the mover once there is one. Clones share it. While it is empty, the clock cannot be moved by RPC.
#[derive(Debug, Clone, Default)]
pub struct MoverSlot(Arc<OnceLock<Arc<ClockMover>>>);

impl MoverSlot {
    /// Puts the mover in; false if there is one already.
    pub fn fill(&self, mover: Arc<ClockMover>) -> bool {
        self.0.set(mover).is_ok()
    }

    /// The mover, if there is one.
    pub(crate) fn mover(&self) -> Option<&ClockMover> {
        self.0.get().map(Arc::as_ref)
    }
}
