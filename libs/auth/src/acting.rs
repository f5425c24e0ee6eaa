//! Who causes what is being done, for the record.
//!
//! It travels with the task, because what records it (the event log) is far below what knows it (the access layer), and
//! nothing in between decides by it. Nothing ever may: permission is asked of [`crate::Caller`].

use std::future::Future;

use crate::caller::{Caller, CallerKind};

/// Who causes what falls due by itself.
pub const SYSTEM: &str = "system";

tokio::task_local! {
    static ACTOR: String;
}

/// Does `work` as caused by `actor`.
pub fn scope<F: Future>(actor: String, work: F) -> impl Future<Output = F::Output> {
    ACTOR.scope(actor, work)
}

/// Who causes what this task does.
pub fn who() -> String {
    ACTOR
        .try_with(Clone::clone)
        .unwrap_or_else(|_nobody| SYSTEM.to_owned())
}

impl Caller {
    /// How the record names the caller.
    pub fn actor(&self) -> String {
        match &self.kind {
            CallerKind::User => self.subject.to_string(),
            CallerKind::Service(service) => format!("service:{service}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn the_actor_is_known_to_what_is_done_within_and_to_nothing_else() {
        assert_eq!(who(), SYSTEM);
        let within = scope("ann".to_owned(), async {
            let nested = scope("ben".to_owned(), async { who() }).await;
            (who(), nested)
        });
        assert_eq!(within.await, ("ann".to_owned(), "ben".to_owned()));
        assert_eq!(who(), SYSTEM);
    }
}
