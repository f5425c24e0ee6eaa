//! `portway events tail`: what a service announces, as it happens or from the beginning.

use clap::{Args, Subcommand};
use jiff::Timestamp;
use portway_proto::events::v1::stream_events_request::Start;
use portway_proto::events::v1::{Event, StreamEventsRequest};
use serde_json::Value;

use crate::client::feed::{Feed, News};
use crate::client::{ConnectArgs, Service};
use crate::exit::{Failure, Outcome};
use crate::output::Output;
use crate::proto_json::{self, JsonError};
use crate::wording;

/// Arguments of `portway events`.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  portway events tail
  portway events tail --from-oldest --until-now -o json
  portway events tail --service billing --types Charged,InvoiceClosed")]
pub(crate) struct EventsArgs {
    #[command(subcommand)]
    command: EventsCommand,
    #[command(flatten)]
    connect: ConnectArgs,
}

#[derive(Debug, Subcommand)]
enum EventsCommand {
    /// Print a service's events, one a line, in order; without end unless told to stop.
    Tail(TailArgs),
}

#[derive(Debug, Args)]
struct TailArgs {
    /// Whose events: intake, carrier-gateway, notification or billing.
    #[arg(long, default_value = "intake")]
    service: Service,
    /// Start at the oldest event kept, instead of with the next that happens.
    #[arg(long)]
    from_oldest: bool,
    /// Start at the first event recorded at or after this time, RFC 3339.
    #[arg(long, value_name = "TIME", conflicts_with = "from_oldest")]
    from_time: Option<Timestamp>,
    /// Only these types, such as OrderPorted or portway.intake.v1.OrderPorted.
    #[arg(long, value_delimiter = ',')]
    types: Vec<String>,
    /// End at the events that exist now. Starts at the oldest unless a start is given.
    #[arg(long)]
    until_now: bool,
}

impl TailArgs {
    fn request(&self) -> StreamEventsRequest {
        let start = match self.from_time {
            Some(time) => Start::FromTime(service::stamp::to_proto(time)),
            None if self.from_oldest || self.until_now => Start::FromOldest(true),
            None => Start::FromNow(true),
        };
        StreamEventsRequest {
            start: Some(start),
            types: self
                .types
                .iter()
                .map(|name| full_name(self.service, name))
                .collect(),
            until_now: self.until_now,
            ..StreamEventsRequest::default()
        }
    }
}

/// The full name of an event's type; a short one is of the service's own package.
fn full_name(service: Service, name: &str) -> String {
    if name.contains('.') {
        name.to_owned()
    } else {
        format!("{}.{name}", service.package())
    }
}

pub(crate) async fn run(args: EventsArgs, output: Output) -> Result<Outcome, Failure> {
    let EventsCommand::Tail(tail) = args.command;
    let client = args.connect.connect()?.events(tail.service)?;
    let mut feed = Feed::new(client, tail.request());
    while let Some(news) = feed.next().await? {
        if let News::Event(event) = news {
            output.stream_line(|| event_value(&event), || event_text(&event))?;
        }
    }
    Ok(Outcome::Yes)
}

/// The event as JSON. A payload that this build does not know is left out rather than ending the stream.
fn event_value(event: &Event) -> Result<Value, JsonError> {
    proto_json::message(event).or_else(|_| {
        proto_json::message(&Event {
            payload: None,
            ..event.clone()
        })
    })
}

fn event_text(event: &Event) -> String {
    let place = event
        .position
        .as_ref()
        .map(|place| format!("{}/{}", place.partition, place.offset));
    let name = event.r#type.rsplit('.').next().unwrap_or_default();
    let payload = event_value(event).unwrap_or_default();
    let request_number = request_number(payload.get("payload")).unwrap_or_default();
    let text = [
        wording::instant(event.occurred_at.as_ref()),
        place.unwrap_or_default(),
        name.to_owned(),
        event.subject_id.clone(),
        request_number.to_owned(),
    ];
    text.join("  ").trim_end().to_owned()
}

/// The request number in a payload: of the order, port-out or charge that it carries.
fn request_number(payload: Option<&Value>) -> Option<&str> {
    let parts = payload?.as_object()?.values();
    parts
        .filter_map(|part| part.get("request_number"))
        .find_map(Value::as_str)
}

#[cfg(test)]
mod tests {
    use portway_proto::events::v1::Position;
    use portway_proto::intake::v1::{OrderPending, OrderRef};
    use prost_types::{Any, Timestamp as ProtoTimestamp};

    use super::*;

    #[test]
    fn a_line_has_time_place_type_subject_and_request_number() {
        let order = OrderRef {
            request_number: "PI_100001".to_owned(),
            ..OrderRef::default()
        };
        let event = Event {
            position: Some(Position {
                partition: 3,
                offset: 17,
            }),
            subject_id: "0190".to_owned(),
            r#type: "portway.intake.v1.OrderPending".to_owned(),
            occurred_at: Some(ProtoTimestamp {
                seconds: 1_795_449_600,
                nanos: 0,
            }),
            payload: Some(Any::from_msg(&OrderPending { order: Some(order) }).unwrap()),
            ..Event::default()
        };
        assert_eq!(
            event_text(&event),
            "2026-11-23T16:00:00Z  3/17  OrderPending  0190  PI_100001"
        );
        let unknown = Any {
            type_url: "type.googleapis.com/other.v1.Thing".to_owned(),
            value: vec![],
        };
        let event = Event {
            payload: Some(unknown),
            ..event
        };
        assert_eq!(
            event_text(&event),
            "2026-11-23T16:00:00Z  3/17  OrderPending  0190"
        );
        assert_eq!(event_value(&event).unwrap()["payload"], Value::Null);
    }

    #[test]
    fn short_types_are_of_the_services_package() {
        assert_eq!(
            full_name(Service::Billing, "Charged"),
            "portway.billing.v1.Charged"
        );
        assert_eq!(full_name(Service::Billing, "a.v1.B"), "a.v1.B");
    }
}
