//! `portway port-in watch`: follows one order until it ends. A terminal gets a view that is drawn over; anything else
//! gets a line for each thing that happens.

use std::fmt::Write;
use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use portway_proto::events::v1::stream_events_request::Start;
use portway_proto::events::v1::{Event, StreamEventsRequest};
use portway_proto::intake::v1::{Order, OrderState};

use crate::client::feed::{Feed, News};
use crate::client::{Clients, Service};
use crate::exit::{Failure, Outcome};
use crate::output::Output;
use crate::port_in::look;
use crate::{proto_json, wording};

/// Numbers shown in the live view; an order may have thousands.
const NUMBERS_SHOWN_MAX: usize = 10;
/// How often the spinner turns.
const TICK: Duration = Duration::from_millis(120);

pub(super) async fn watch(order: String, clients: &Clients, output: Output) -> Result<Outcome, Failure> {
    let order = look::get(order, clients).await?;
    let request = StreamEventsRequest {
        start: Some(Start::FromNow(true)),
        ..StreamEventsRequest::default()
    };
    let mut feed = Feed::new(clients.events(Service::Intake)?, request);
    // The order is read again once the feed stands, so that nothing between falls through.
    while !matches!(feed.next().await?, Some(News::CaughtUp) | None) {}
    let mut order = look::get(order.order_id, clients).await?;
    let mut view = View::open(output);
    view.draw(&order, None)?;
    while !has_ended(&order) {
        match feed.next().await? {
            Some(News::Event(event)) if event.subject_id == order.order_id => {
                order = look::get(order.order_id, clients).await?;
                view.draw(&order, Some(&event))?;
            }
            Some(News::Event(_) | News::CaughtUp) => {}
            None => break,
        }
    }
    view.close(&order)?;
    Ok(Outcome::yes_if(order.state() == OrderState::Ported))
}

fn has_ended(order: &Order) -> bool {
    match order.state() {
        OrderState::Ported | OrderState::Cancelled | OrderState::Rejected | OrderState::Abandoned => true,
        OrderState::Unspecified
        | OrderState::Draft
        | OrderState::Submitted
        | OrderState::Pending
        | OrderState::ActionRequired
        | OrderState::FocConfirmed
        | OrderState::Activating
        | OrderState::CancelRequested => false,
    }
}

/// Where the order is shown.
enum View {
    Live {
        bar: ProgressBar,
        last_event: String,
        output: Output,
    },
    Lines {
        output: Output,
    },
}

impl View {
    fn open(output: Output) -> Self {
        if !output.is_live() {
            return Self::Lines { output };
        }
        let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::stdout());
        if let Ok(style) = ProgressStyle::with_template("{spinner} {msg}") {
            bar.set_style(style);
        }
        bar.enable_steady_tick(TICK);
        Self::Live {
            bar,
            last_event: String::new(),
            output,
        }
    }

    /// Shows the order as it is now, and what has just happened to it.
    fn draw(&mut self, order: &Order, event: Option<&Event>) -> Result<(), Failure> {
        match self {
            Self::Live { bar, last_event, .. } => {
                if let Some(event) = event {
                    *last_event = event_text(event);
                }
                bar.set_message(live_text(order, last_event));
                Ok(())
            }
            Self::Lines { output } => output.stream_line(
                || proto_json::message(order),
                || match event {
                    Some(event) => format!("{}: {}", event_text(event), state_text(order)),
                    None => state_text(order),
                },
            ),
        }
    }

    /// Leaves the last state on the terminal.
    fn close(self, order: &Order) -> Result<(), Failure> {
        match self {
            Self::Live { bar, output, .. } => {
                bar.finish_and_clear();
                output.remark(&look::order_text(order))
            }
            Self::Lines { .. } => Ok(()),
        }
    }
}

fn event_text(event: &Event) -> String {
    let name = event.r#type.rsplit('.').next().unwrap_or_default();
    format!("{} {name}", wording::instant(event.occurred_at.as_ref()))
}

/// The order in one line.
fn state_text(order: &Order) -> String {
    let mut text = format!(
        "{} {} version {:02}",
        order.request_number,
        wording::order_state(order.state),
        order.ver
    );
    let turn = wording::court(order.court);
    // Writing to a string does not fail.
    if !turn.is_empty() {
        let _ = write!(text, ", turn: {turn}");
    }
    let foc = wording::instant(order.foc_at.as_ref());
    if !foc.is_empty() {
        let _ = write!(text, ", FOC {foc}");
    }
    for reason in &order.reasons {
        let about = if reason.tn.is_empty() {
            String::new()
        } else {
            format!(" {}", reason.tn)
        };
        let _ = write!(text, ", {}{about} ({})", reason.reason, reason.raw_code);
    }
    text
}

fn live_text(order: &Order, last_event: &str) -> String {
    let mut text = state_text(order);
    for number in order.numbers.iter().take(NUMBERS_SHOWN_MAX) {
        let _ = write!(
            text,
            "\n    {}  {}",
            number.tn,
            wording::number_state(number.state)
        );
    }
    if let Some(more) = order
        .numbers
        .len()
        .checked_sub(NUMBERS_SHOWN_MAX)
        .filter(|more| *more > 0)
    {
        let _ = write!(text, "\n    and {more} more");
    }
    for reason in &order.reasons {
        let _ = write!(text, "\n  {}: {}", reason.reason, reason.remedy);
    }
    if !last_event.is_empty() {
        let _ = write!(text, "\n  last: {last_event}");
    }
    text
}

#[cfg(test)]
mod tests {
    use portway_proto::intake::v1::{NumberState, OrderNumber};
    use portway_proto::types::v1::{CarrierReason, Court};

    use super::*;

    fn rejected(numbers: usize) -> Order {
        let number = OrderNumber {
            tn: "+12018675309".to_owned(),
            state: NumberState::InOrder.into(),
            ..OrderNumber::default()
        };
        Order {
            request_number: "PI_100001".to_owned(),
            state: OrderState::ActionRequired.into(),
            ver: 1,
            court: Court::Customer.into(),
            numbers: vec![number; numbers],
            reasons: vec![CarrierReason {
                tn: "+12018675309".to_owned(),
                reason: "PIN".to_owned(),
                raw_code: "8C".to_owned(),
                remedy: "Ask for the PIN.".to_owned(),
                ..CarrierReason::default()
            }],
            ..Order::default()
        }
    }

    #[test]
    fn a_line_says_state_turn_and_reason() {
        assert_eq!(
            state_text(&rejected(1)),
            "PI_100001 ACTION_REQUIRED version 01, turn: customer, PIN +12018675309 (8C)"
        );
    }

    #[test]
    fn the_live_view_shows_the_first_numbers_and_counts_the_others() {
        let text = live_text(&rejected(13), "2026-11-23T16:00:00Z OrderActionRequired");
        assert_eq!(text.matches("IN_ORDER").count(), NUMBERS_SHOWN_MAX);
        assert!(text.contains("and 3 more"));
        assert!(text.contains("PIN: Ask for the PIN."));
        assert!(text.ends_with("last: 2026-11-23T16:00:00Z OrderActionRequired"));
        assert!(!live_text(&rejected(10), "").contains("more"));
    }
}
