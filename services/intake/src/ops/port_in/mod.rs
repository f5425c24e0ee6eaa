//! Port-in orders, from draft to ported.
//!
//! Every change goes the same way: find the order locked, let the domain decide, [`settle`](settle::settle) the
//! transition. Start at `submit`, the shortest that has everything; `hear` is the other side, where carriers answer.

mod advise;
mod cancel;
mod change;
mod comments;
mod configure;
pub(crate) mod cutover;
mod divide;
mod documents;
mod draft;
mod due;
mod erase;
mod fix;
mod hear;
pub(crate) mod imports;
mod lists;
mod outlook;
mod papers;
mod pdf;
mod pdf_text;
mod read;
mod review;
mod settle;
mod submission;
mod submit;

use pg::StoreError;
use sqlx::PgConnection;
use types::{AccountId, OrderId};

use intake_domain::port_in::{Order, OrderNumber, OrderState};

use crate::app::Intake;
use crate::store::port_in as store;

pub(crate) use crate::store::comments::CommentCursor;
pub(crate) use crate::store::counting::Count;
pub(crate) use crate::store::listing::TimeRange;
pub(crate) use crate::store::port_in::commands::CarrierCommand;
pub(crate) use crate::store::port_in::counts::OrderCounts;
pub(crate) use crate::store::port_in::documents::Document;
pub(crate) use crate::store::port_in::family::{ChildCount, ListedChild};
pub(crate) use crate::store::port_in::list::{Cursor, ListedOrder, OrderFilter, OrderPage, SortKey};
pub(crate) use crate::store::port_in::order::OrderName;
pub(crate) use crate::store::port_in::reviews::PutPolicy;
pub(crate) use crate::store::port_in::timeline::TimelineEntry;
pub(crate) use advise::{actions, propose_fix};
pub(crate) use cancel::{CancelError, NotCancelled, cancel};
pub(crate) use change::{
    ChangeError, Unanswered, change_wanted_date, drop_numbers, settle_rejection, settle_unanswered,
};
pub(crate) use comments::{CommentError, add_comment, list_comments, resolve_comment};
pub(crate) use configure::{ConfigureError, configure, configure_arriving};
pub(crate) use divide::preview;
pub(crate) use documents::{
    BadFile, DOCUMENTS_MAX, FILE_BYTES_MAX, NewDocument, UploadError, document_content, keep_content, upload,
};
pub(crate) use draft::{DraftError, add_numbers, create, remove_numbers, update};
pub(crate) use due::{backlog, do_what_is_due};
pub(crate) use erase::{erase_secrets, erasure_backlog};
pub(crate) use fix::{FixError, apply_fix, confirm_remedy};
pub(crate) use hear::{CommandNews, HearError, HeardFrom, record_answer, record_command};
pub(crate) use imports::PIN_CHARS_MAX;
pub(crate) use lists::{OrderRow, count, list};
pub(crate) use outlook::Outlook;
pub(crate) use pdf::{BadPdf, Pdf};
pub(crate) use read::{ReadError, documents, find as read_order, get, requirements, timeline};
pub(crate) use review::{ReviewError, list_reviews, policy, put_policy, release, send_back};
pub(crate) use settle::settle;
pub(crate) use submission::{Submission, SubmissionError, get_submission};
pub(crate) use submit::{SubmitError, submit};

/// Who asks, and whose orders that may be.
#[derive(Debug, Clone)]
pub(crate) struct Requester {
    pub(crate) account: AccountId,
    /// Sees every account's orders and has none.
    pub(crate) is_platform: bool,
    /// For the history.
    pub(crate) name: String,
}

impl Requester {
    pub(crate) fn scope(&self) -> Option<AccountId> {
        (!self.is_platform).then_some(self.account)
    }
}

/// An order with what belongs beside it.
#[derive(Debug)]
pub(crate) struct OrderView {
    pub(crate) order: Order,
    pub(crate) commands: Vec<CarrierCommand>,
    pub(crate) outlook: Outlook,
    /// What a parent is divided into.
    pub(crate) children: Vec<ListedChild>,
    /// The numbers of a parent that are in its children, each with its child.
    pub(crate) child_numbers: Vec<(OrderId, OrderNumber)>,
}

impl OrderView {
    async fn of(intake: &Intake, conn: &mut PgConnection, order: Order) -> Result<Self, StoreError> {
        let id = order.record().id;
        let commands = store::commands::list(conn, id).await?;
        let outlook = Outlook::of(conn, &order, intake.base.clock.now()).await?;
        let is_parent = matches!(order.record().state, OrderState::Parent(_));
        let (children, child_numbers) = if is_parent {
            let children = store::family::list(conn, id).await?;
            (children, store::numbers::list_of_children(conn, id).await?)
        } else {
            (Vec::new(), Vec::new())
        };
        Ok(Self {
            order,
            commands,
            outlook,
            children,
            child_numbers,
        })
    }
}

/// The order, locked until the transaction ends, if it exists and is the requester's.
pub(crate) async fn find_to_change(
    conn: &mut PgConnection,
    name: OrderName,
    requester: &Requester,
) -> Result<Option<Order>, StoreError> {
    store::order::find(conn, name, requester.scope(), store::order::Access::Change).await
}

/// Refuses when the requester saw another version of the order.
fn check_etag(order: &Order, etag: Option<&str>) -> Result<(), StoreError> {
    let is_same = etag.is_none_or(|etag| etag == order.record().version.to_string());
    if is_same {
        Ok(())
    } else {
        Err(StoreError::Stale("the order"))
    }
}

/// By whom and when an order is changed.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Occasion<'a> {
    pub(crate) actor: &'a str,
    pub(crate) now: jiff::Timestamp,
}

impl<'a> Occasion<'a> {
    pub(crate) fn of(intake: &Intake, requester: &'a Requester) -> Self {
        Self {
            actor: &requester.name,
            now: intake.base.clock.now(),
        }
    }
}
