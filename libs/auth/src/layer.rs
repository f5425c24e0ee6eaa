//! The layer in front of every handler: verifies the token, looks up the rule of the RPC, asks the grants.

use std::collections::HashMap;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use futures::future::BoxFuture;
use tonic::{Code, Status};
use tonic_types::{ErrorDetails, StatusExt};
use tower::{Layer, Service};

use crate::acting;
use crate::caller::{Caller, CallerKind};
use crate::dry_run::{self, DryRun};
use crate::grants::Grants;
use crate::key_set::KeySet;
use crate::rules::{Rule, Rules};
use crate::token;

/// Paths that need no token: health for probes, reflection for tools. Neither shows data.
const OPEN_PREFIXES: [&str; 2] = ["/grpc.health.", "/grpc.reflection."];

/// When a caller should ask again while grants cannot be read.
const RETRY_AFTER: Duration = Duration::from_secs(1);

/// Wraps a service so that only callers with the right to an RPC reach it.
#[derive(Clone, Debug)]
pub struct AccessLayer {
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    keys: KeySet,
    rules: Rules,
    grants: Grants,
}

impl AccessLayer {
    /// Verifies with `keys`, decides by `rules` and `grants`.
    pub fn new(keys: KeySet, rules: Rules, grants: Grants) -> Self {
        Self {
            shared: Arc::new(Shared { keys, rules, grants }),
        }
    }

    /// Whether there is a method of ours at this path.
    pub fn knows(&self, path: &str) -> bool {
        self.shared.rules.find(path).is_some()
    }
}

impl<S> Layer<S> for AccessLayer {
    type Service = Access<S>;

    fn layer(&self, inner: S) -> Self::Service {
        Access {
            inner,
            shared: Arc::clone(&self.shared),
        }
    }
}

/// The wrapped service.
#[derive(Clone, Debug)]
pub struct Access<S> {
    inner: S,
    shared: Arc<Shared>,
}

impl<S, B, R> Service<http::Request<B>> for Access<S>
where
    S: Service<http::Request<B>, Response = http::Response<R>> + Clone + Send + 'static,
    S::Future: Send,
    B: Send + 'static,
    R: Default,
{
    type Response = S::Response;
    type Error = S::Error;
    type Future = BoxFuture<'static, Result<S::Response, S::Error>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        self.inner.poll_ready(context)
    }

    fn call(&mut self, mut request: http::Request<B>) -> Self::Future {
        // The clone takes the place of the service that was found ready.
        let ready = self.inner.clone();
        let mut inner = std::mem::replace(&mut self.inner, ready);
        let shared = Arc::clone(&self.shared);
        Box::pin(async move {
            let path = request.uri().path().to_owned();
            if OPEN_PREFIXES.iter().any(|prefix| path.starts_with(prefix)) {
                return inner.call(request).await;
            }
            match shared.admit(&path, request.headers()).await {
                Ok((caller, dry_run)) => {
                    let actor = caller.actor();
                    request.extensions_mut().insert(caller);
                    if let Some(dry_run) = dry_run {
                        request.extensions_mut().insert(dry_run);
                    }
                    acting::scope(actor, inner.call(request)).await
                }
                Err(status) => Ok(status.into_http()),
            }
        })
    }
}

impl Shared {
    async fn admit(&self, path: &str, headers: &http::HeaderMap) -> Result<(Caller, Option<DryRun>), Status> {
        let bearer = headers
            .get(http::header::AUTHORIZATION)
            .and_then(|value| value.to_str().ok())
            .and_then(|value| value.split_once(' '))
            .filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"))
            .map(|(_, token)| token.trim());
        let Some(bearer) = bearer else {
            return Err(refuse(
                Code::Unauthenticated,
                "TOKEN_MISSING",
                "send `authorization: Bearer <token>`",
            ));
        };
        let caller = token::verify(&self.keys, bearer).await.map_err(|error| {
            tracing::debug!(%error, "token refused");
            refuse(
                Code::Unauthenticated,
                "TOKEN_INVALID",
                "the token is not valid or has expired",
            )
        })?;
        let Some(rule) = self.rules.find(path) else {
            return Err(refuse(
                Code::Unimplemented,
                "UNKNOWN_METHOD",
                "there is no such method",
            ));
        };
        if self.may_call(&caller, rule).await? {
            let dry_run = dry_run::asked(headers, rule.repeat)?;
            Ok((caller, dry_run))
        } else {
            let needed = rule.permission.as_deref().unwrap_or("one that users cannot hold");
            let message = format!("the caller does not hold the permission: {needed}");
            Err(refuse(Code::PermissionDenied, "PERMISSION_MISSING", &message))
        }
    }

    async fn may_call(&self, caller: &Caller, rule: &Rule) -> Result<bool, Status> {
        match &caller.kind {
            CallerKind::Service(name) => Ok(rule.services.contains(name)),
            CallerKind::User if rule.any_caller => Ok(true),
            CallerKind::User => {
                let Some(permission) = rule.permission.as_deref() else {
                    return Ok(false);
                };
                if rule.platform && !caller.account.is_platform() {
                    return Ok(false);
                }
                self.grants
                    .allow(caller.account, &caller.subject, permission)
                    .await
                    .map_err(|error| {
                        tracing::warn!(error = %error, "grants cannot be read");
                        refuse(
                            Code::Unavailable,
                            "DATABASE_UNAVAILABLE",
                            "permissions cannot be looked up; try again",
                        )
                    })
            }
        }
    }
}

/// This layer answers before any service's status module is reached, so it makes its own.
pub(crate) fn refuse(code: Code, reason: &str, message: &str) -> Status {
    let mut details = ErrorDetails::with_error_info(reason, "portway", HashMap::new());
    if code == Code::Unavailable {
        details.set_retry_info(Some(RETRY_AFTER));
    }
    Status::with_error_details(code, message, details)
}
