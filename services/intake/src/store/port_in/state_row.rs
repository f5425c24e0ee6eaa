//! The state of an order as its columns, both ways.

use intake_domain::port_in::{
    AwaitedAction, AwaitedAnswer, Children, Commitment, Court, DateChange, Draft, Fallback, Order,
    OrderReason, OrderRecord, OrderState, PendingOn, Rejection, ReturnReason, ReviewCause, StateName,
};
use jiff::Timestamp;
use jiff_sqlx::ToSqlx;
use pg::StoreError;
use sqlx::PgConnection;
use types::Ver;
use uuid::Uuid;

use super::order::ver;

const TABLE: &str = "port_order";

/// The columns of a state, in the row of an order.
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a column; the domain has states instead"
)]
#[derive(Debug, Default, sqlx::FromRow)]
pub(super) struct StateRow {
    #[sqlx(rename = "state")]
    name: String,
    cancel_from: Option<String>,
    change_from: Option<String>,
    change_ver: Option<i16>,
    change_previous: Option<jiff_sqlx::Date>,
    answer_due_at: Option<jiff_sqlx::Timestamp>,
    action_since: Option<jiff_sqlx::Timestamp>,
    acted_at: Option<jiff_sqlx::Timestamp>,
    action_warned_at: Option<jiff_sqlx::Timestamp>,
    awaits_us: bool,
    update_required: bool,
    foc_at: Option<jiff_sqlx::Timestamp>,
    foc_received_at: Option<jiff_sqlx::Timestamp>,
    is_incoming: bool,
    draft_changed_at: Option<jiff_sqlx::Timestamp>,
    draft_warned: bool,
    returned_messages: Vec<String>,
    returned_fields: Vec<String>,
    review_causes: Option<Vec<String>>,
    is_parent: bool,
    court: Option<String>,
}

/// The columns of [`StateRow`], for every statement that reads one.
macro_rules! state_columns {
    () => {
        "port_order.state, cancel_from, change_from, change_ver, change_previous, answer_due_at, action_since, acted_at,
         action_warned_at, awaits_us, update_required, foc_at, foc_received_at, is_incoming, draft_changed_at,
         draft_warned, returned_messages, returned_fields, review_causes, is_parent, port_order.court"
    };
}
pub(super) use state_columns;

/// The reasons that stand with an order: what the customer is asked or we look at, or else why it takes longer.
pub(super) fn reasons(record: &OrderRecord) -> &[OrderReason] {
    unsettled(&record.state).unwrap_or(&record.delays)
}

fn unsettled(state: &OrderState) -> Option<&[OrderReason]> {
    let rejection = match state.fallback() {
        Some(
            Fallback::ActionRequired {
                asked: AwaitedAction { rejection, .. },
                ..
            }
            | Fallback::Pending(PendingOn::Us(rejection)),
        ) => Some(rejection),
        Some(Fallback::Submitted | Fallback::Pending(PendingOn::Carrier) | Fallback::FocConfirmed(_))
        | None => state.unsettled(),
    };
    rejection.map(|rejection| rejection.reasons.as_slice())
}

/// Reads a state, and why an order takes longer: the reasons when nobody has anything to settle.
pub(super) fn read(
    row: StateRow,
    order: Uuid,
    reasons: Vec<OrderReason>,
) -> Result<(OrderState, Vec<OrderReason>), StoreError> {
    let state = Reader { row, order }.state(&reasons)?;
    let delays = if unsettled(&state).is_some() {
        Vec::new()
    } else {
        reasons
    };
    Ok((state, delays))
}

struct Reader {
    row: StateRow,
    order: Uuid,
}

impl Reader {
    fn corrupt(&self, why: impl std::fmt::Display) -> StoreError {
        StoreError::corrupt(TABLE, &self.order, &why)
    }

    fn name(&self, code: &str) -> Result<StateName, StoreError> {
        let mut all = StateName::ALL.into_iter();
        all.find(|name| name.code() == code)
            .ok_or_else(|| self.corrupt("unknown state"))
    }

    fn instant(&self, at: Option<jiff_sqlx::Timestamp>, what: &str) -> Result<Timestamp, StoreError> {
        at.map(jiff_sqlx::Timestamp::to_jiff)
            .ok_or_else(|| self.corrupt(format!("{what} is missing")))
    }

    fn state(&self, reasons: &[OrderReason]) -> Result<OrderState, StoreError> {
        let row = &self.row;
        let name = self.name(&row.name)?;
        if row.is_parent {
            let court = row.court.as_deref().and_then(Court::from_code);
            return Ok(OrderState::Parent(Children { state: name, court }));
        }
        Ok(match name {
            StateName::Draft => OrderState::Draft(self.draft()?),
            StateName::Submitted => match &row.review_causes {
                Some(causes) => OrderState::InReview(self.causes(causes)?),
                None => OrderState::Submitted,
            },
            StateName::Pending => match &row.change_from {
                Some(from) => OrderState::ChangingDate(DateChange {
                    ver: self.change_ver()?,
                    previous: row.change_previous.map(jiff_sqlx::Date::to_jiff),
                    from: self.fallback(from, reasons)?,
                    answer: self.answer(),
                }),
                None => OrderState::Pending(self.pending_on(reasons)),
            },
            StateName::ActionRequired => OrderState::ActionRequired(self.asked(reasons)?),
            StateName::FocConfirmed => OrderState::FocConfirmed(self.commitment()?),
            StateName::Activating => OrderState::Activating {
                foc_at: self.instant(row.foc_at, "the date")?,
            },
            StateName::Ported => OrderState::Ported,
            StateName::Cancelled => OrderState::Cancelled,
            StateName::Rejected => OrderState::Rejected,
            StateName::Abandoned => OrderState::Abandoned,
            StateName::CancelRequested => OrderState::CancelRequested {
                from: self.fallback(row.cancel_from.as_deref().unwrap_or_default(), reasons)?,
                answer: self.answer(),
            },
        })
    }

    fn draft(&self) -> Result<Draft, StoreError> {
        let row = &self.row;
        let pairs = row.returned_fields.iter().zip(&row.returned_messages);
        let returned = pairs.map(|(field, message)| {
            let field = Some(field).filter(|field| !field.is_empty());
            Ok(ReturnReason {
                field: field
                    .map(|field| field.parse())
                    .transpose()
                    .map_err(|error| self.corrupt(error))?,
                message: message.parse().map_err(|error| self.corrupt(error))?,
            })
        });
        Ok(Draft {
            changed_at: self.instant(row.draft_changed_at, "the draft's last change")?,
            warned: row.draft_warned,
            returned: returned.collect::<Result<_, StoreError>>()?,
        })
    }

    fn causes(&self, causes: &[String]) -> Result<Vec<ReviewCause>, StoreError> {
        let read = |code: &String| {
            let found = ReviewCause::ALL.into_iter().find(|cause| cause.code() == code);
            found.ok_or_else(|| self.corrupt("unknown cause of a review"))
        };
        causes.iter().map(read).collect()
    }

    fn change_ver(&self) -> Result<Ver, StoreError> {
        let number = self.row.change_ver.unwrap_or_default();
        Ver::try_from(i32::from(number)).map_err(|error| self.corrupt(error))
    }

    fn answer(&self) -> AwaitedAnswer {
        let due = self.row.answer_due_at.map(jiff_sqlx::Timestamp::to_jiff);
        due.map_or(AwaitedAnswer::Overdue, AwaitedAnswer::DueBy)
    }

    fn rejection(&self, reasons: &[OrderReason]) -> Rejection {
        Rejection {
            update_required: self.row.update_required,
            reasons: reasons.to_vec(),
        }
    }

    fn asked(&self, reasons: &[OrderReason]) -> Result<AwaitedAction, StoreError> {
        Ok(AwaitedAction {
            rejection: self.rejection(reasons),
            acted_at: self.instant(self.row.acted_at, "the customer's last step")?,
            warned_at: self.row.action_warned_at.map(jiff_sqlx::Timestamp::to_jiff),
        })
    }

    fn pending_on(&self, reasons: &[OrderReason]) -> PendingOn {
        if self.row.awaits_us {
            PendingOn::Us(self.rejection(reasons))
        } else {
            PendingOn::Carrier
        }
    }

    fn commitment(&self) -> Result<Commitment, StoreError> {
        Ok(Commitment {
            foc_at: self.instant(self.row.foc_at, "the date")?,
            received_at: self.instant(self.row.foc_received_at, "the date's receipt")?,
            incoming: self.row.is_incoming,
        })
    }

    fn fallback(&self, from: &str, reasons: &[OrderReason]) -> Result<Fallback, StoreError> {
        match self.name(from)? {
            StateName::Submitted => Ok(Fallback::Submitted),
            StateName::Pending => Ok(Fallback::Pending(self.pending_on(reasons))),
            StateName::ActionRequired => Ok(Fallback::ActionRequired {
                asked: self.asked(reasons)?,
                since: self.instant(self.row.action_since, "the time of the rejection")?,
            }),
            StateName::FocConfirmed => Ok(Fallback::FocConfirmed(self.commitment()?)),
            StateName::Draft
            | StateName::Activating
            | StateName::Ported
            | StateName::CancelRequested
            | StateName::Cancelled
            | StateName::Rejected
            | StateName::Abandoned => Err(self.corrupt("nothing to go back to")),
        }
    }
}

impl From<&OrderState> for StateRow {
    fn from(state: &OrderState) -> Self {
        let plain = Self {
            name: state.name().code().to_owned(),
            ..Self::default()
        };
        match state {
            OrderState::Draft(draft) => Self {
                draft_changed_at: Some(draft.changed_at.to_sqlx()),
                draft_warned: draft.warned,
                returned_messages: draft
                    .returned
                    .iter()
                    .map(|reason| reason.message.to_string())
                    .collect(),
                returned_fields: draft.returned.iter().map(field).collect(),
                ..plain
            },
            OrderState::InReview(causes) => Self {
                review_causes: Some(causes.iter().map(|cause| cause.code().to_owned()).collect()),
                ..plain
            },
            OrderState::Pending(on) => plain.with_pending_on(on),
            OrderState::ActionRequired(asked) => plain.with_asked(asked),
            OrderState::ChangingDate(change) => Self {
                change_from: Some(fallback_code(&change.from)),
                change_ver: Some(ver(change.ver)),
                change_previous: change.previous.map(ToSqlx::to_sqlx),
                ..plain.with_fallback(&change.from, change.answer)
            },
            OrderState::FocConfirmed(commitment) => plain.with_commitment(*commitment),
            OrderState::Activating { foc_at } => Self {
                foc_at: Some(foc_at.to_sqlx()),
                ..plain
            },
            OrderState::CancelRequested { from, answer } => Self {
                cancel_from: Some(fallback_code(from)),
                ..plain.with_fallback(from, *answer)
            },
            OrderState::Parent(_) => Self {
                is_parent: true,
                ..plain
            },
            OrderState::Submitted
            | OrderState::Ported
            | OrderState::Cancelled
            | OrderState::Rejected
            | OrderState::Abandoned => plain,
        }
    }
}

fn field(reason: &ReturnReason) -> String {
    reason.field.as_ref().map(ToString::to_string).unwrap_or_default()
}

fn fallback_code(from: &Fallback) -> String {
    OrderState::from(from.clone()).name().code().to_owned()
}

impl StateRow {
    fn with_rejection(self, rejection: &Rejection) -> Self {
        Self {
            update_required: rejection.update_required,
            ..self
        }
    }

    fn with_asked(self, asked: &AwaitedAction) -> Self {
        Self {
            acted_at: Some(asked.acted_at.to_sqlx()),
            action_warned_at: asked.warned_at.map(ToSqlx::to_sqlx),
            ..self.with_rejection(&asked.rejection)
        }
    }

    fn with_pending_on(self, on: &PendingOn) -> Self {
        match on {
            PendingOn::Carrier => self,
            PendingOn::Us(rejection) => Self {
                awaits_us: true,
                ..self.with_rejection(rejection)
            },
        }
    }

    fn with_commitment(self, commitment: Commitment) -> Self {
        Self {
            foc_at: Some(commitment.foc_at.to_sqlx()),
            foc_received_at: Some(commitment.received_at.to_sqlx()),
            is_incoming: commitment.incoming,
            ..self
        }
    }

    fn with_fallback(self, from: &Fallback, answer: AwaitedAnswer) -> Self {
        let answer_due_at = match answer {
            AwaitedAnswer::DueBy(due) => Some(due.to_sqlx()),
            AwaitedAnswer::Overdue => None,
        };
        let awaited = Self {
            answer_due_at,
            ..self
        };
        match from {
            Fallback::Submitted => awaited,
            Fallback::Pending(on) => awaited.with_pending_on(on),
            Fallback::ActionRequired { asked, since } => Self {
                action_since: Some(since.to_sqlx()),
                ..awaited.with_asked(asked)
            },
            Fallback::FocConfirmed(commitment) => awaited.with_commitment(*commitment),
        }
    }
}

/// Writes the state of an order, which this transaction has locked, and when something happens next.
pub(super) async fn save(conn: &mut PgConnection, order: &Order) -> Result<(), StoreError> {
    let row = StateRow::from(&order.record().state);
    let updated = sqlx::query(
        "UPDATE port_order
            SET state = $2, cancel_from = $3, change_from = $4, change_ver = $5, change_previous = $6,
                answer_due_at = $7, awaits_us = $8, update_required = $9, foc_at = $10, foc_received_at = $11,
                is_incoming = $12, draft_changed_at = $13, draft_warned = $14, returned_messages = $15,
                returned_fields = $16, review_causes = $17, is_parent = $18, due_at = $19,
                action_since = $20, acted_at = $21, action_warned_at = $22
          WHERE order_id = $1",
    )
    .bind(order.record().id.as_uuid())
    .bind(row.name)
    .bind(row.cancel_from)
    .bind(row.change_from)
    .bind(row.change_ver)
    .bind(row.change_previous)
    .bind(row.answer_due_at)
    .bind(row.awaits_us)
    .bind(row.update_required)
    .bind(row.foc_at)
    .bind(row.foc_received_at)
    .bind(row.is_incoming)
    .bind(row.draft_changed_at)
    .bind(row.draft_warned)
    .bind(row.returned_messages)
    .bind(row.returned_fields)
    .bind(row.review_causes)
    .bind(row.is_parent)
    .bind(order.next_due().map(ToSqlx::to_sqlx))
    .bind(row.action_since)
    .bind(row.acted_at)
    .bind(row.action_warned_at)
    .execute(conn)
    .await?
    .rows_affected();
    if updated == 1 {
        Ok(())
    } else {
        Err(StoreError::Stale("the order"))
    }
}
