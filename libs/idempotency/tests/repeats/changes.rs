//! A service's schema with one mutating call: each effect is a row, and the reply carries the row's number.

use std::sync::Arc;
use std::time::Duration;

use auth::{Caller, CallerKind};
use idempotency::{Begun, Idempotency, ReplyCache};
use pg::{MigrationSet, PgSettings, ServiceRole};
use portway_proto::types::v1::{Date, Money};
use sqlx::PgPool;
use testkit::TestDatabase;
use tonic::{Request, Status};
use types::AccountId;
use vault::DigestKey;

/// Nothing here takes longer, on a busy machine too.
pub(crate) const SOON: Duration = Duration::from_mins(1);
const DIGEST_KEY: &[u8] = b"sixteen bytes at least";

/// A place where changes are made.
pub(crate) struct Changes {
    pub(crate) pool: PgPool,
    _database: TestDatabase,
}

impl Changes {
    pub(crate) async fn new(hint: &str) -> Self {
        let database = TestDatabase::create(hint).await;
        let role = ServiceRole {
            schema: "changes".to_owned(),
            password: "secret".to_owned(),
        };
        pg::provision(database.url(), std::slice::from_ref(&role))
            .await
            .unwrap();
        let pool = pg::connect(&PgSettings {
            url: pg::url_for(database.url(), &role).unwrap(),
            schema: role.schema,
            application: "idempotency-test".to_owned(),
            connections_max: 10,
        })
        .unwrap();
        let keys = MigrationSet {
            owner: "idempotency",
            migrator: &idempotency::MIGRATOR,
        };
        pg::migrate(&pool, &[keys]).await.unwrap();
        sqlx::query(
            "CREATE TABLE effect (number bigint GENERATED ALWAYS AS IDENTITY, amount bigint NOT NULL)",
        )
        .execute(&pool)
        .await
        .unwrap();
        Self {
            pool,
            _database: database,
        }
    }

    /// Without Redis.
    pub(crate) fn plain(&self) -> Idempotency {
        Idempotency::new(self.pool.clone(), digest_key(), None)
    }

    /// With the Redis at `url`.
    pub(crate) fn cached(&self, url: &str) -> Idempotency {
        let cache = ReplyCache::new(url, "changes", digest_key()).unwrap();
        Idempotency::new(self.pool.clone(), digest_key(), Some(cache))
    }

    pub(crate) async fn count_effects(&self) -> i64 {
        sqlx::query_scalar("SELECT count(*) FROM effect")
            .fetch_one(&self.pool)
            .await
            .unwrap()
    }

    /// Makes Postgres forget, so that only Redis can know.
    pub(crate) async fn forget_proofs(&self) {
        sqlx::query("DELETE FROM idempotency_key")
            .execute(&self.pool)
            .await
            .unwrap();
    }
}

fn digest_key() -> Arc<DigestKey> {
    Arc::new(DigestKey::new(DIGEST_KEY).unwrap())
}

/// Who calls.
pub(crate) fn caller(account: AccountId, subject: &str) -> Caller {
    Caller {
        subject: subject.parse().unwrap(),
        account,
        kind: CallerKind::User,
    }
}

/// Asks for an effect of `amount` under `key`.
pub(crate) fn ask(caller: &Caller, key: &str, amount: i64) -> Request<Money> {
    let mut request = Request::new(Money {
        currency: "USD".to_owned(),
        minor_units: amount,
    });
    request
        .metadata_mut()
        .insert("idempotency-key", key.parse().unwrap());
    request.extensions_mut().insert(caller.clone());
    request
}

/// Whether the effect was made now or before, and the number that the reply carries.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Answer {
    Fresh(i32),
    Repeated(i32),
}

impl Answer {
    pub(crate) fn number(self) -> i32 {
        let (Self::Fresh(number) | Self::Repeated(number)) = self;
        number
    }
}

/// The mutating call, as a handler makes it.
pub(crate) async fn change(idempotency: &Idempotency, request: Request<Money>) -> Result<Answer, Status> {
    let mut work = match idempotency.begin(&request).await? {
        Begun::Repeated(reply) => {
            let Date { year, .. } = reply.into_inner();
            return Ok(Answer::Repeated(year));
        }
        Begun::Fresh(work) => work,
    };
    let number: i64 = sqlx::query_scalar("INSERT INTO effect (amount) VALUES ($1) RETURNING number")
        .bind(request.get_ref().minor_units)
        .fetch_one(work.conn())
        .await
        .unwrap();
    let reply = Date {
        year: i32::try_from(number).unwrap(),
        month: 1,
        day: 1,
    };
    Ok(Answer::Fresh(work.finish(reply).await?.into_inner().year))
}

/// The stable reason in a status.
pub(crate) fn reason(status: &Status) -> String {
    grpc::status::reason_of(status).unwrap()
}
