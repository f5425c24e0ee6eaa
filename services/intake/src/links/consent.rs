//! The page on which an end user says whether numbers may go.

use axum::http::StatusCode;
use axum::response::Response;
use intake_domain::port_out::ConsentAnswer;
use minijinja::{Value, context};
use url::form_urlencoded;

use super::page::PageError;
use super::routes::{Opened, Pages, Visitor};
use crate::ops::port_out::{Answered, ConsentError, Question, answer_question, find_question};

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

/// A click on YES or NO. Once more is as good as once.
pub(super) async fn answer(
    pages: &Pages,
    opened: &Opened,
    sent: &[u8],
    visitor: Visitor,
) -> Result<Response, PageError> {
    if opened.link.used_at.is_some() {
        return Ok(thanks(pages));
    }
    let Some(answer) = read(sent) else {
        return form(pages, opened, StatusCode::UNPROCESSABLE_ENTITY, true).await;
    };
    let answered = Answered {
        answer,
        remote_address: visitor.address,
        user_agent: visitor.user_agent,
    };
    answer_question(&pages.intake, &opened.token, &opened.link, answered).await?;
    Ok(thanks(pages))
}

fn read(sent: &[u8]) -> Option<ConsentAnswer> {
    let mut fields = form_urlencoded::parse(sent).filter(|(field, _)| field == "answer");
    match fields.next()?.1.as_ref() {
        "yes" => Some(ConsentAnswer::Yes),
        "no" => Some(ConsentAnswer::No),
        _other => None,
    }
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
    let tns: Vec<String> = consent.tns.iter().map(ToString::to_string).collect();
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
    fn only_a_yes_and_a_no_are_answers() {
        let cases = [
            ("answer=yes", Some(ConsentAnswer::Yes)),
            ("other=1&answer=no", Some(ConsentAnswer::No)),
            ("answer=maybe", None),
            ("answer=", None),
            ("", None),
        ];
        for (sent, expected) in cases {
            assert_eq!(read(sent.as_bytes()), expected, "{sent}");
        }
    }
}
