//! The page on which an end user says of each number whether it may go. Opening it changes nothing; sending its form does.

use std::collections::HashMap;

use axum::http::StatusCode;
use axum::response::Response;
use intake_domain::port_out::ConsentAnswer;
use minijinja::{Value, context};
use url::form_urlencoded;

use super::page::PageError;
use super::routes::{Opened, Pages, Visitor};
use crate::ops::port_out::{ConsentError, Question, SaidByEndUser, answer_question, find_question};

/// What cannot be answered any more has no page.
impl From<ConsentError> for PageError {
    fn from(error: ConsentError) -> Self {
        match error {
            ConsentError::NotFound | ConsentError::Closed | ConsentError::NoPages => Self::NotFound,
            ConsentError::Store(error) => Self::Store(error),
        }
    }
}

pub(super) async fn show(pages: &Pages, opened: &Opened) -> Result<Response, PageError> {
    if opened.link.used_at.is_some() {
        return Ok(thanks(pages));
    }
    form(pages, opened, StatusCode::OK, false).await
}

/// An answer for every number. Once more is as good as once.
pub(super) async fn answer(
    pages: &Pages,
    opened: &Opened,
    sent: &[u8],
    visitor: Visitor,
) -> Result<Response, PageError> {
    if opened.link.used_at.is_some() {
        return Ok(thanks(pages));
    }
    let Question { consent, .. } = find_question(&pages.intake, &opened.link).await?;
    let Some(answers) = read(sent, consent.asked.tns().len()) else {
        return form(pages, opened, StatusCode::UNPROCESSABLE_ENTITY, true).await;
    };
    let said = SaidByEndUser {
        answers,
        remote_address: visitor.address,
        user_agent: visitor.user_agent,
    };
    answer_question(&pages.intake, &opened.token, &opened.link, said).await?;
    Ok(thanks(pages))
}

/// One answer for each of `count` numbers, in the order of the page: fields `answer-0`, `answer-1` and so on.
fn read(sent: &[u8], count: usize) -> Option<Vec<ConsentAnswer>> {
    let fields: HashMap<_, _> = form_urlencoded::parse(sent).collect();
    let answer = |place: usize| match fields.get(format!("answer-{place}").as_str())?.as_ref() {
        "yes" => Some(ConsentAnswer::Yes),
        "no" => Some(ConsentAnswer::No),
        _other => None,
    };
    (0..count).map(answer).collect()
}

async fn form(
    pages: &Pages,
    opened: &Opened,
    status: StatusCode,
    is_unclear: bool,
) -> Result<Response, PageError> {
    let Question {
        consent,
        winning_name,
    } = find_question(&pages.intake, &opened.link).await?;
    let until = consent.expires_at.strftime("%B %-d, %Y, %H:%M UTC");
    let tns: Vec<String> = consent.asked.tns().iter().map(ToString::to_string).collect();
    let values: Value = context! {
        token => opened.token.secret().expose(),
        winning_name => winning_name,
        tns => tns,
        expires_at => until.to_string(),
        is_unclear => is_unclear,
    };
    Ok(pages.texts.page(status, "consent.html", &values)?)
}

fn thanks(pages: &Pages) -> Response {
    pages.texts.message(
        StatusCode::OK,
        "Your answer is recorded",
        "Thank you. There is nothing more for you to do here.",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_number_needs_a_yes_or_a_no() {
        use ConsentAnswer::{No, Yes};
        let cases = [
            ("answer-0=yes", 1, Some(vec![Yes])),
            ("other=1&answer-0=no", 1, Some(vec![No])),
            ("answer-0=maybe", 1, None),
            ("answer-0=", 1, None),
            ("", 1, None),
            ("answer-1=no&answer-0=yes", 2, Some(vec![Yes, No])),
            ("answer-0=yes", 2, None),
        ];
        for (sent, count, expected) in cases {
            assert_eq!(read(sent.as_bytes(), count), expected, "{sent}");
        }
    }
}
