//! Serves what people write on orders.

use grpc::{Faults, Reply, page};
use idempotency::Begun;
use intake_domain::port_in::{Comment, Court, Side, Task, Visibility};
use jiff::Timestamp;
use portway_proto::intake::v1;
use portway_proto::intake::v1::comment_service_server::CommentService;
use portway_proto::types::v1 as types_v1;
use service::stamp;
use tonic::{Request, Response, Status};
use types::CommentId;

use super::{filter, order_name, requester, status};
use crate::announce::port_in::court;
use crate::app::Intake;
use crate::ops;
use crate::ops::port_in::{CommentCursor, NewComment, OrderName, Requester};

const PAGE: i64 = 100;
const PAGE_MAX: i64 = 500;
/// What the account sees of whoever wrote or did something at the platform.
const PLATFORM: &str = "platform";

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
    let visibility = read_visibility(&mut faults, body.visibility, requester);
    let text = faults.required("text", &body.text);
    let task = read_task(&mut faults, body, now);
    let comment = visibility.zip(text).map(|(visibility, text)| NewComment {
        visibility,
        text,
        task,
    });
    faults.finish(name.zip(comment))
}

/// Reads who can read a comment; it is shared where nothing is said.
pub(in crate::grpc) fn read_visibility(
    faults: &mut Faults,
    number: i32,
    requester: &Requester,
) -> Option<Visibility> {
    match v1::CommentVisibility::try_from(number) {
        Ok(v1::CommentVisibility::Unspecified | v1::CommentVisibility::Shared) => Some(Visibility::Shared),
        Ok(v1::CommentVisibility::Private) if requester.is_platform => Some(Visibility::Private),
        Ok(v1::CommentVisibility::Private) => {
            faults.add(
                "visibility",
                "INVALID",
                "only the platform writes private comments",
            );
            None
        }
        Err(_) => {
            faults.add("visibility", "INVALID", "is not a visibility of comments");
            None
        }
    }
}

fn read_task(faults: &mut Faults, body: &v1::AddCommentRequest, now: Timestamp) -> Option<Task> {
    let done_by = filter::read_instant(faults, "done_by", body.done_by.as_ref());
    if done_by.is_some_and(|done_by| done_by <= now) {
        faults.add("done_by", "OUT_OF_RANGE", "must be later than now");
    }
    let asked = types_v1::Court::try_from(body.action_by).ok();
    if asked == Some(types_v1::Court::Unspecified) {
        if body.done_by.is_some() {
            faults.add("action_by", "MISSING", "must say who is to act by then");
        }
        return None;
    }
    let action_by = Court::ALL.into_iter().find(|known| asked == Some(court(*known)));
    if action_by.is_none() {
        faults.add("action_by", "INVALID", "is nobody who could act");
    }
    action_by.map(|action_by| Task { action_by, done_by })
}

/// A comment as the requester sees it: to the account, the platform is one.
fn render(comment: &Comment, requester: &Requester) -> v1::Comment {
    let name = |name: &str, side| match side {
        Side::Platform if !requester.is_platform => PLATFORM.to_owned(),
        Side::Platform | Side::Account => name.to_owned(),
    };
    let visibility = match comment.visibility {
        Visibility::Private => v1::CommentVisibility::Private,
        Visibility::Shared => v1::CommentVisibility::Shared,
    };
    let resolution = comment.resolution.as_ref();
    v1::Comment {
        comment_id: comment.id.to_string(),
        order_id: comment.order.to_string(),
        visibility: visibility.into(),
        text: comment.text.to_string(),
        author: name(&comment.author, comment.side),
        by_platform: comment.side == Side::Platform,
        created_at: Some(stamp::to_proto(comment.created_at)),
        action_by: comment
            .task
            .map_or(types_v1::Court::Unspecified, |task| court(task.action_by))
            .into(),
        done_by: comment.task.and_then(|task| task.done_by).map(stamp::to_proto),
        resolved_at: resolution.map(|resolution| stamp::to_proto(resolution.at)),
        resolved_by: resolution
            .map(|resolution| name(&resolution.by, resolution.side))
            .unwrap_or_default(),
    }
}
