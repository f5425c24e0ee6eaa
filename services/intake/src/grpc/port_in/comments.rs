//! Serves what people write on orders.

use grpc::{Faults, Reply, page};
use idempotency::Begun;
use intake_domain::port_in::Comment;
use jiff::Timestamp;
use portway_proto::intake::v1;
use portway_proto::intake::v1::comment_service_server::CommentService;
use tonic::{Request, Response, Status};
use types::CommentId;

use super::{filter, order_name, requester, status};
use crate::app::Intake;
use crate::grpc::comments::{PAGE, PAGE_MAX, Shown, Written};
use crate::ops;
use crate::ops::comments::NewComment;
use crate::ops::port_in::{CommentCursor, OrderName, Requester};

/// The comment service.
pub(super) struct Comments {
    intake: Intake,
}

impl Comments {
    pub(super) fn new(intake: Intake) -> Self {
        Self { intake }
    }
}

#[tonic::async_trait]
impl CommentService for Comments {
    async fn add_comment(&self, request: Request<v1::AddCommentRequest>) -> Reply<v1::AddCommentResponse> {
        let requester = requester(&request)?;
        let now = self.intake.base.clock.now();
        // A repeated call is answered as before, though the time it named has passed since.
        let asked = read(request.get_ref(), &requester, now);
        let mut work = match self.intake.base.idempotency.begin(&request).await? {
            Begun::Repeated(reply) => return Ok(reply),
            Begun::Fresh(work) => work,
        };
        let (name, comment) = asked?;
        let written = ops::port_in::add_comment(&self.intake, work.conn(), &requester, name, comment)
            .await
            .map_err(|error| status::comment(&error))?;
        work.finish(v1::AddCommentResponse {
            comment: Some(render(&written, &requester)),
        })
        .await
    }

    async fn list_comments(
        &self,
        request: Request<v1::ListCommentsRequest>,
    ) -> Reply<v1::ListCommentsResponse> {
        let requester = requester(&request)?;
        let body = request.get_ref();
        let binding = format!(
            "comments {} {:?} {}",
            requester.account, body.order_id, body.open_actions
        );
        let mut faults = Faults::new();
        let name = order_name(&mut faults, &body.order_id);
        let asked = (body.page_size, PAGE, PAGE_MAX);
        let (limit, after) = filter::read_page(&mut faults, asked, &binding, &body.page_token);
        let name = faults.finish(name)?;
        let mut found = ops::port_in::list_comments(
            &self.intake,
            &requester,
            name,
            body.open_actions,
            after,
            limit + 1,
        )
        .await
        .map_err(|error| status::read(&error))?;
        let next_page_token = super::cut(&mut found, limit)
            .map(|last| page::token(&binding, &CommentCursor(last.created_at, last.id)));
        Ok(Response::new(v1::ListCommentsResponse {
            comments: found.iter().map(|comment| render(comment, &requester)).collect(),
            next_page_token: next_page_token.unwrap_or_default(),
        }))
    }

    async fn resolve_comment(
        &self,
        request: Request<v1::ResolveCommentRequest>,
    ) -> Reply<v1::ResolveCommentResponse> {
        let requester = requester(&request)?;
        let mut faults = Faults::new();
        let name = order_name(&mut faults, &request.get_ref().order_id);
        let id: Option<CommentId> = faults.required("comment_id", &request.get_ref().comment_id);
        let (name, id) = faults.finish(name.zip(id))?;
        let mut work = match self.intake.base.idempotency.begin(&request).await? {
            Begun::Repeated(reply) => return Ok(reply),
            Begun::Fresh(work) => work,
        };
        let resolved = ops::port_in::resolve_comment(&self.intake, work.conn(), &requester, name, id)
            .await
            .map_err(|error| status::comment(&error))?;
        work.finish(v1::ResolveCommentResponse {
            comment: Some(render(&resolved, &requester)),
        })
        .await
    }
}

fn read(
    body: &v1::AddCommentRequest,
    requester: &Requester,
    now: Timestamp,
) -> Result<(OrderName, NewComment), Status> {
    let mut faults = Faults::new();
    let name = order_name(&mut faults, &body.order_id);
    let written = Written {
        visibility: body.visibility,
        text: &body.text,
        action_by: body.action_by,
        done_by: body.done_by.as_ref(),
    };
    let comment = written.read(&mut faults, requester, now);
    faults.finish(name.zip(comment))
}

fn render(comment: &Comment, requester: &Requester) -> v1::Comment {
    let shown = Shown::of(comment, requester);
    v1::Comment {
        comment_id: shown.comment_id,
        order_id: comment.on.to_string(),
        visibility: shown.visibility,
        text: shown.text,
        author: shown.author,
        by_platform: shown.by_platform,
        created_at: shown.created_at,
        action_by: shown.action_by,
        done_by: shown.done_by,
        resolved_at: shown.resolved_at,
        resolved_by: shown.resolved_by,
    }
}
