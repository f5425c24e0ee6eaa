//! The page on which an order is followed: read only, for people in HTML and for programs in JSON.

use axum::http::{HeaderMap, StatusCode, header};
use axum::response::Response;
use intake_domain::port_in::{Court, StateName};
use jiff::Timestamp;
use jiff::civil::Date;
use minijinja::{Value, context};
use serde_json::json;

use super::page::{self, PageError};
use super::routes::{Opened, Pages};
use crate::ops::tracking::{self, Step, Tracked};

pub(super) async fn show(pages: &Pages, opened: &Opened, headers: &HeaderMap) -> Result<Response, PageError> {
    let tracked = tracking::view(&pages.intake, &opened.link).await?;
    let tracked = tracked.ok_or(PageError::NotFound)?;
    if wants_json(headers) {
        return Ok(page::json(&in_json(&tracked)));
    }
    Ok(pages
        .texts
        .page(StatusCode::OK, "track.html", &in_words(&tracked))?)
}

/// Programs ask for JSON by name; browsers ask for HTML first and for anything last.
fn wants_json(headers: &HeaderMap) -> bool {
    let accept = headers
        .get(header::ACCEPT)
        .and_then(|accept| accept.to_str().ok());
    accept.is_some_and(|accept| accept.contains("application/json") && !accept.contains("text/html"))
}

fn in_json(tracked: &Tracked) -> serde_json::Value {
    let at = |at: Option<Timestamp>| at.map(|at| at.to_string());
    let step =
        |step: &Step| json!({ "state": step.state.code(), "text": step_text(step.state), "at": at(step.at) });
    let estimate = tracked.estimate.map(|estimate| {
        json!({ "earliest": estimate.earliest.to_string(), "latest": estimate.latest.to_string() })
    });
    json!({
        "request_number": tracked.request_number.to_string(),
        "state": tracked.state.code(),
        "text": state_text(tracked.state),
        "turn": tracked.court.map(Court::code),
        "turn_text": tracked.court.map(turn_text),
        "steps": tracked.steps.iter().map(step).collect::<Vec<_>>(),
        "foc_at": at(tracked.foc_at),
        "estimate": estimate,
        "number_count": tracked.number_count,
        "number_endings": tracked.endings,
    })
}

fn in_words(tracked: &Tracked) -> Value {
    let zone = &tracked.time_zone;
    let instant = |at: Timestamp| {
        let local = at.to_zoned(zone.clone());
        local.strftime("%B %-d, %Y, %H:%M %Z").to_string()
    };
    let day = |day: Date| day.strftime("%B %-d, %Y").to_string();
    let steps: Vec<Value> = tracked
        .steps
        .iter()
        .map(|step| context! { text => step_text(step.state), at => step.at.map(instant) })
        .collect();
    let estimate = tracked.estimate.map(|estimate| {
        if estimate.earliest == estimate.latest {
            day(estimate.earliest)
        } else {
            format!("between {} and {}", day(estimate.earliest), day(estimate.latest))
        }
    });
    context! {
        request_number => tracked.request_number.to_string(),
        state => state_text(tracked.state),
        turn => tracked.court.map(turn_text),
        steps => steps,
        foc_at => tracked.foc_at.map(instant),
        estimate => estimate,
        number_count => tracked.number_count,
        endings => tracked.endings.clone(),
    }
}

const fn state_text(state: StateName) -> &'static str {
    match state {
        StateName::Draft => "The request is being prepared. Nothing has been sent yet.",
        StateName::Submitted => "The request is complete and on its way to the current carrier.",
        StateName::Pending => "The current carrier has the request and is looking at it.",
        StateName::ActionRequired => {
            "Something has to be settled before the current carrier lets the numbers go."
        }
        StateName::FocConfirmed => "The current carrier has agreed to the move and named a date.",
        StateName::Activating => "The numbers are being moved now.",
        StateName::Ported => "The numbers have moved.",
        StateName::CancelRequested => "The request is being cancelled.",
        StateName::Cancelled => "The request was cancelled. The numbers stay where they are.",
        StateName::Rejected => "The request was refused. The numbers stay where they are.",
        StateName::Abandoned => {
            "The request has lapsed because nobody acted on it. The numbers stay where they are."
        }
    }
}

const fn turn_text(court: Court) -> &'static str {
    match court {
        Court::Customer => "whoever made the request",
        Court::Us => "the platform that moves the numbers",
        Court::GainingCarrier => "the new carrier",
        Court::LosingCarrier => "the current carrier",
        Court::EndUser => "the user of the numbers",
    }
}

/// The name of a step of the way.
const fn step_text(state: StateName) -> &'static str {
    match state {
        StateName::Submitted => "Handed in",
        StateName::Pending => "With the current carrier",
        StateName::FocConfirmed => "Date agreed",
        StateName::Ported => "Moved",
        StateName::Draft
        | StateName::ActionRequired
        | StateName::Activating
        | StateName::CancelRequested
        | StateName::Cancelled
        | StateName::Rejected
        | StateName::Abandoned => state_text(state),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_who_asks_for_json_alone_gets_it() {
        for (accept, expected) in [
            ("application/json", true),
            ("application/json, */*;q=0.1", true),
            ("text/html,application/xhtml+xml,application/json;q=0.9", false),
            ("*/*", false),
        ] {
            let headers = HeaderMap::from_iter([(header::ACCEPT, accept.parse().unwrap())]);
            assert_eq!(wants_json(&headers), expected, "{accept}");
        }
        assert!(!wants_json(&HeaderMap::new()));
    }
}
