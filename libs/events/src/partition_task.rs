//! What a listener does with the events of one partition: act on each in order, once, or set it aside.
//!
//! Start at [`PartitionTask::run`]; [`PartitionTask::act`] is the one transaction in which everything happens.

use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;

use futures::FutureExt;
use pg::StoreError;
use portway_proto::events::v1::{Event, Position};
use sqlx::{PgConnection, PgPool};
use tokio::sync::{mpsc, watch};
use tokio_util::sync::CancellationToken;
use tracing::Instrument;
use uuid::Uuid;

use crate::consumer::{HandleError, Handler};
use crate::reader::Places;
use crate::{cursor, parked, partition};

/// An event is parked after it was refused this often.
pub(crate) const REFUSALS_MAX: u32 = 5;
/// Pauses between tries grow from the first to the last.
const PAUSE_MIN: Duration = Duration::from_millis(50);
const PAUSE_MAX: Duration = Duration::from_secs(2);

/// What a partition's task is told.
pub(crate) enum Work {
    Act(Box<Event>),
    /// Nothing of interest up to here.
    Skip(i64),
}

/// Acts on one partition of one source.
pub(crate) struct PartitionTask {
    pub(crate) source: &'static str,
    pub(crate) partition: i16,
    pub(crate) pool: PgPool,
    pub(crate) handler: Arc<dyn Handler>,
    /// Where it tells how far it has come.
    pub(crate) reached: watch::Sender<Places>,
    /// The stream that it belongs to has ended.
    pub(crate) ended: CancellationToken,
}

impl PartitionTask {
    /// Acts on what comes, in order. Returns when the stream has ended, or when it could not go on.
    pub(crate) async fn run(self, mut work: mpsc::Receiver<Work>) {
        while let Some(Some(next)) = self.ended.run_until_cancelled(work.recv()).await {
            let reached = match next {
                Work::Act(event) => self.act_until_done(&event).await,
                Work::Skip(to) => self.skip(to).await,
            };
            let Some(reached) = reached else { return };
            self.reached.send_modify(|places| {
                places.insert(self.partition, reached);
            });
        }
    }

    /// Tries until the event is acted on or parked. `None`: the stream has ended first.
    async fn act_until_done(&self, event: &Event) -> Option<i64> {
        let span = tracing::info_span!("event", otel.kind = "consumer", r#type = %event.r#type, subject.id = %event.subject_id);
        if !event.traceparent.is_empty() {
            telemetry::trace_context::set_parent(&span, &event.traceparent);
        }
        let offset = event.position.as_ref().map_or(0, |position| position.offset);
        let mut refusals = 0_u32;
        let mut last_refusal = None;
        let mut pause = PAUSE_MIN;
        loop {
            let give_up = last_refusal.as_deref().filter(|_| refusals >= REFUSALS_MAX);
            match self.act(event, give_up).instrument(span.clone()).await {
                Ok(()) => return Some(offset),
                Err(HandleError::Later(error)) => {
                    tracing::warn!(parent: &span, error = %grpc::status::chain(&error), "not now; trying again");
                }
                Err(HandleError::Refused(error)) => {
                    refusals += 1;
                    tracing::error!(parent: &span, %error, refusals, "an event cannot be acted on");
                    last_refusal = Some(error);
                }
            }
            self.ended.run_until_cancelled(tokio::time::sleep(pause)).await?;
            pause = (pause * 2).min(PAUSE_MAX);
        }
    }

    /// Acts on one event, or parks it, and moves the cursor, in one transaction. `give_up`: why it is parked.
    async fn act(&self, event: &Event, give_up: Option<&str>) -> Result<(), HandleError> {
        let offset = event.position.as_ref().map_or(0, |position| position.offset);
        let subject: Uuid = match event.subject_id.parse() {
            Ok(subject) => subject,
            // It must not stall the partition: like any other refused event it is parked, under the nil UUID.
            Err(_) if give_up.is_some() => Uuid::nil(),
            Err(_) => return Err(HandleError::Refused("the subject is not a UUID".to_owned())),
        };
        let mut tx = self.pool.begin().await.map_err(StoreError::from)?;
        if cursor::lock(&mut tx, self.source, self.partition).await? >= offset {
            // Another replica was faster.
            return Ok(());
        }
        let follows = parked::holds(&mut tx, self.source, subject).await?;
        let park_because = follows.then_some("follows a parked event").or(give_up);
        if let Some(error) = park_because {
            let place = (self.partition, offset);
            parked::park(&mut tx, self.source, place, subject, event, error).await?;
        } else {
            handle(self.source, self.handler.as_ref(), &mut tx, event).await?;
        }
        cursor::advance(&mut tx, self.source, self.partition, offset).await?;
        tx.commit().await.map_err(StoreError::from)?;
        Ok(())
    }

    async fn skip(&self, to: i64) -> Option<i64> {
        let is_known = self
            .reached
            .borrow()
            .get(&self.partition)
            .is_some_and(|place| *place >= to);
        if is_known {
            return Some(to);
        }
        let skipped = async {
            let mut conn = self.pool.acquire().await?;
            cursor::advance(&mut conn, self.source, self.partition, to).await
        };
        match skipped.await {
            Ok(()) => Some(to),
            Err(error) => {
                tracing::warn!(error = %grpc::status::chain(&error), "the cursor cannot be moved");
                None
            }
        }
    }
}

/// Acts on an event; a panic is a refusal, or one bad event would stop the partition for ever.
pub(crate) async fn handle(
    source: &'static str,
    handler: &dyn Handler,
    tx: &mut PgConnection,
    event: &Event,
) -> Result<(), HandleError> {
    // What a panic leaves half done is in the transaction, which is rolled back.
    let handling = AssertUnwindSafe(handler.handle(tx, event)).catch_unwind();
    auth::acting::scope(format!("service:{source}"), handling)
        .await
        .unwrap_or_else(|_panic| Err(HandleError::Refused("the handler panicked".to_owned())))
}

/// The partition of a position, if there is such a one.
pub(crate) fn partition_in(position: &Position) -> Option<i16> {
    i16::try_from(position.partition)
        .ok()
        .filter(|number| partition::all().any(|known| known == *number))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use futures::future::BoxFuture;
    use pg::{MigrationSet, PgSettings, ServiceRole};

    use super::*;

    struct Nothing;

    impl Handler for Nothing {
        fn types(&self) -> Vec<String> {
            Vec::new()
        }

        fn handle<'a>(
            &'a self,
            _tx: &'a mut PgConnection,
            _event: &'a Event,
        ) -> BoxFuture<'a, Result<(), HandleError>> {
            Box::pin(async { Ok(()) })
        }
    }

    /// An event that a feed of ours cannot bring: its subjects are UUIDs.
    fn event_about(subject: &str, offset: i64) -> Event {
        Event {
            subject_id: subject.to_owned(),
            position: Some(Position { partition: 0, offset }),
            ..Event::default()
        }
    }

    #[tokio::test]
    async fn an_event_about_no_uuid_is_parked_and_its_partition_goes_on() {
        let database = testkit::TestDatabase::create("no_uuid").await;
        let role = ServiceRole {
            schema: "sink".to_owned(),
            password: "secret".to_owned(),
        };
        pg::provision(database.url(), std::slice::from_ref(&role))
            .await
            .unwrap();
        let settings = PgSettings {
            url: pg::url_for(database.url(), &role).unwrap(),
            schema: role.schema,
            application: "events-test".to_owned(),
            connections_max: 2,
        };
        let pool = pg::connect(&settings).unwrap();
        let set = MigrationSet {
            owner: "events",
            migrator: &crate::MIGRATOR,
        };
        pg::migrate(&pool, &[set]).await.unwrap();
        cursor::load(&pool, "source").await.unwrap();

        let (sender, work) = mpsc::channel(2);
        for event in [
            event_about("nonsense", 1),
            event_about(&Uuid::new_v4().to_string(), 2),
        ] {
            sender.send(Work::Act(Box::new(event))).await.unwrap();
        }
        drop(sender);
        let task = PartitionTask {
            source: "source",
            partition: 0,
            pool: pool.clone(),
            handler: Arc::new(Nothing),
            reached: watch::Sender::new(Places::default()),
            ended: CancellationToken::new(),
        };
        task.run(work).await;
        assert_eq!(cursor::peek(&pool, "source").await.unwrap().get(&0), Some(&2));
        let counts = parked::count_by_source(&pool).await.unwrap();
        assert_eq!(counts, BTreeMap::from([("source".to_owned(), 1)]));
        let mut conn = pool.acquire().await.unwrap();
        let parked = parked::find_first(&mut conn, "source", Uuid::nil())
            .await
            .unwrap()
            .unwrap();
        assert_eq!(
            (parked.position, parked.event().unwrap().subject_id.as_str()),
            (1, "nonsense")
        );
    }
}
