//! Serves the trail. An account's caller sees its own account's and no other.

use auth::Caller;
use futures::stream::BoxStream;
use futures::{StreamExt, TryStreamExt};
use grpc::{Faults, Reply, status};
use pg::StoreError;
use portway_proto::events::v1::audit_service_server::{AuditService, AuditServiceServer};
use portway_proto::events::v1::{
    AuditEntry, AuditHead, ListAuditEntriesRequest, ListAuditEntriesResponse, StreamAuditEntriesRequest,
    StreamAuditEntriesResponse,
};
use sqlx::PgPool;
use tonic::{Code, Request, Response, Status};
use types::AccountId;
use uuid::Uuid;

use super::entry::{EntryRow, Head};

/// Entries in one message of a stream.
const ENTRIES_PER_MESSAGE: i64 = 200;

/// The gRPC service.
#[derive(Clone, Debug)]
pub struct AuditTrail {
    pool: PgPool,
}

impl AuditTrail {
    /// Serves the trail of `pool`.
    pub fn server(pool: PgPool) -> AuditServiceServer<Self> {
        AuditServiceServer::new(Self { pool })
    }
}

/// Which chain, and from where on.
struct Asked {
    account: AccountId,
    after: i64,
    limit: i64,
}

impl Asked {
    fn read(
        caller: &Caller,
        account_id: &str,
        after: i64,
        limit: impl FnOnce(&mut Faults) -> i64,
    ) -> Result<Self, Status> {
        let mut faults = Faults::new();
        let named: Option<AccountId> = faults.optional("account_id", account_id);
        if after < 0 {
            faults.add("after", "OUT_OF_RANGE", "must not be negative");
        }
        let limit = limit(&mut faults);
        faults.finish(Some(()))?;
        let account = named.unwrap_or(caller.account);
        if account != caller.account && !caller.is_platform() {
            let message = "another account's audit trail is for the platform alone";
            return Err(status::fail(
                Code::PermissionDenied,
                "PERMISSION_MISSING",
                message,
            ));
        }
        Ok(Self {
            account,
            after,
            limit,
        })
    }
}

#[tonic::async_trait]
impl AuditService for AuditTrail {
    type StreamAuditEntriesStream = BoxStream<'static, Result<StreamAuditEntriesResponse, Status>>;

    async fn list_audit_entries(
        &self,
        request: Request<ListAuditEntriesRequest>,
    ) -> Reply<ListAuditEntriesResponse> {
        let caller = Caller::of(&request)?;
        let request = request.into_inner();
        let asked = Asked::read(&caller, &request.account_id, request.after, |faults| {
            grpc::page::size(faults, request.page_size, 100, 500)
        })?;
        let listed = async {
            // The head first, so that a page never reaches beyond it.
            let head = find_head(&self.pool, asked.account).await?;
            let entries = list(&self.pool, &asked, head.number).await?;
            Ok(ListAuditEntriesResponse {
                entries,
                head: Some(AuditHead {
                    number: head.number,
                    hash: head.link.as_bytes().to_vec(),
                }),
            })
        };
        let listed = listed.await.map_err(|error: StoreError| status::store(&error))?;
        Ok(Response::new(listed))
    }

    async fn stream_audit_entries(
        &self,
        request: Request<StreamAuditEntriesRequest>,
    ) -> Reply<Self::StreamAuditEntriesStream> {
        let caller = Caller::of(&request)?;
        let request = request.into_inner();
        let asked = Asked::read(&caller, &request.account_id, request.after, |_faults| {
            ENTRIES_PER_MESSAGE
        })?;
        let head = find_head(&self.pool, asked.account)
            .await
            .map_err(|error| status::store(&error))?;
        let pool = self.pool.clone();
        let pages = futures::stream::try_unfold(asked, move |asked| {
            let pool = pool.clone();
            async move {
                let entries = list(&pool, &asked, head.number).await?;
                let next = entries.last().map(|last| Asked {
                    after: last.number,
                    ..asked
                });
                Ok::<_, StoreError>(next.map(|next| (StreamAuditEntriesResponse { entries }, next)))
            }
        });
        let pages = pages.map_err(|error| status::store(&error));
        Ok(Response::new(pages.boxed()))
    }
}

async fn find_head(pool: &PgPool, account: AccountId) -> Result<Head, StoreError> {
    let found: Option<(i64, Vec<u8>)> =
        sqlx::query_as("SELECT number, hash FROM audit_head WHERE account_id = $1")
            .bind(account.as_uuid())
            .fetch_optional(pool)
            .await?;
    found.map_or(Ok(Head::START), |(number, hash)| {
        Head::read(account.as_uuid(), number, &hash)
    })
}

async fn list(pool: &PgPool, asked: &Asked, up_to: i64) -> Result<Vec<AuditEntry>, StoreError> {
    let account: Uuid = asked.account.as_uuid();
    let rows: Vec<EntryRow> = sqlx::query_as(
        "SELECT account_id, number, event_id, subject_id, type, occurred_at, recorded_at, actor, payload, hash
           FROM audit_entry WHERE account_id = $1 AND number > $2 AND number <= $3 ORDER BY number LIMIT $4",
    )
    .bind(account)
    .bind(asked.after)
    .bind(up_to)
    .bind(asked.limit)
    .fetch_all(pool)
    .await?;
    Ok(rows.into_iter().map(AuditEntry::from).collect())
}
