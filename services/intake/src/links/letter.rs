//! The page on which a letter of authorization is read and signed.

use ::letters::unprintable;
use axum::http::StatusCode;
use axum::response::Response;
use minijinja::{Value, context};
use url::form_urlencoded;

use super::page::{self, PageError};
use super::routes::{Opened, Pages, Visitor};
use crate::ops::letters::{self, Outcome, SignError, ToSign, Typed};

const NAME_CHARS_MAX: usize = 100;
/// The file of the letter beside its page.
const FILE: &str = "letter.pdf";

impl From<SignError> for PageError {
    fn from(error: SignError) -> Self {
        match error {
            SignError::Letter(error) => Self::Letter(error),
            SignError::Content(error) => Self::Content(error),
            SignError::Store(error) => Self::Store(error),
        }
    }
}

/// What the signer filled in.
#[derive(Debug, Default)]
struct Form {
    name: String,
    agrees: bool,
}

impl Form {
    fn read(bytes: &[u8]) -> Self {
        let mut form = Self::default();
        for (field, value) in form_urlencoded::parse(bytes) {
            match &*field {
                "name" => value.trim().clone_into(&mut form.name),
                "agree" => form.agrees = value == "yes",
                _ => {}
            }
        }
        form
    }

    fn faults(&self) -> Vec<String> {
        let mut faults = Vec::new();
        if self.name.is_empty() {
            faults.push("Please type your full name.".to_owned());
        } else if self.name.chars().count() > NAME_CHARS_MAX {
            faults.push(format!("A name has at most {NAME_CHARS_MAX} characters here."));
        } else if let Some(character) = unprintable(&self.name) {
            faults.push(format!(
                "The character {character} cannot be printed on the letter; please write your name without it."
            ));
        }
        if !self.agrees {
            faults.push("Please agree to sign the letter electronically.".to_owned());
        }
        faults
    }
}

pub(super) async fn show(pages: &Pages, opened: &Opened) -> Result<Response, PageError> {
    let shown = find(pages, opened).await?;
    if opened.link.used_at.is_some() {
        return Ok(signed(pages));
    }
    form(pages, opened, &shown, StatusCode::OK, &Form::default(), &[])
}

pub(super) async fn file(pages: &Pages, opened: &Opened, file: &str) -> Result<Response, PageError> {
    let shown = find(pages, opened).await?;
    if file != FILE || opened.link.used_at.is_some() {
        return Err(PageError::NotFound);
    }
    let content = pages.intake.contents.read(&shown.letter.sha256).await?;
    Ok(page::pdf(content))
}

/// A click on "Sign". Once more is as good as once.
pub(super) async fn sign(
    pages: &Pages,
    opened: &Opened,
    sent: &[u8],
    visitor: Visitor,
) -> Result<Response, PageError> {
    let shown = find(pages, opened).await?;
    if opened.link.used_at.is_some() {
        return Ok(signed(pages));
    }
    let filled = Form::read(sent);
    let faults = filled.faults();
    if !faults.is_empty() {
        return form(
            pages,
            opened,
            &shown,
            StatusCode::UNPROCESSABLE_ENTITY,
            &filled,
            &faults,
        );
    }
    let typed = Typed {
        name: filled.name,
        remote_address: visitor.address,
        user_agent: visitor.user_agent,
    };
    match letters::sign(&pages.intake, &opened.token, shown, typed).await? {
        Outcome::Signed => Ok(signed(pages)),
        Outcome::Gone => Err(PageError::NotFound),
    }
}

async fn find(pages: &Pages, opened: &Opened) -> Result<ToSign, PageError> {
    let shown = letters::to_sign(&pages.intake, &opened.link).await?;
    shown.ok_or(PageError::NotFound)
}

fn signed(pages: &Pages) -> Response {
    pages.texts.message(
        StatusCode::OK,
        "The letter is signed",
        "Thank you. Whoever asked you to sign it has it now; there is nothing more for you to do here.",
    )
}

fn form(
    pages: &Pages,
    opened: &Opened,
    shown: &ToSign,
    status: StatusCode,
    filled: &Form,
    faults: &[String],
) -> Result<Response, PageError> {
    let until = shown.signing.expires_at.strftime("%B %-d, %Y, %H:%M UTC");
    let values: Value = context! {
        token => opened.token.secret().expose(),
        reference => shown.reference.as_str(),
        asked_by => shown.asked_by.as_str(),
        signer => shown.signing.signer_name.as_str(),
        number_count => shown.letter.tns.len(),
        expires_at => until.to_string(),
        name => filled.name.as_str(),
        faults => faults.to_vec(),
    };
    Ok(pages.texts.page(status, "sign.html", &values)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_names_all_that_is_wrong_with_it() {
        let cases = [
            ("name=Ann+Lee&agree=yes", 0),
            ("name=%C5%81ukasz&agree=yes", 0),
            ("name=+&agree=yes", 1),
            ("name=%E6%9D%8E&agree=no", 2),
            ("", 2),
        ];
        for (sent, expected) in cases {
            assert_eq!(Form::read(sent.as_bytes()).faults().len(), expected, "{sent}");
        }
    }
}
