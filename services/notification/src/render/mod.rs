//! What people and programs are told, made once when it is queued: mails and texts from `templates/*.txt`, webhooks as
//! JSON.
//!
//! **It must never** be given a secret; a notice has none. Start at [`Renderer`].

mod facts;
mod gsm7;
mod particulars;
mod payload;
mod wrap;

use minijinja::syntax::SyntaxConfig;
use minijinja::value::Serde;
use minijinja::{Environment, UndefinedBehavior};
use notification_domain::{Account, Invitation, InvitationKind, Notice};
use thiserror::Error;

pub(crate) use payload::payload;

/// Declares the templates by their file names.
macro_rules! templates {
    ($($name:literal),+ $(,)?) => {
        /// Every template and its text.
        const TEMPLATES: &[(&str, &str)] = &[$(($name, include_str!(concat!("../../templates/", $name))),)+];
    };
}

templates![
    "_ending.txt",
    "_numbers.txt",
    "_reasons.txt",
    "_remarks.txt",
    "account.pin_alarm.txt",
    "dispute.opened.txt",
    "dispute.overdue.txt",
    "dispute.settled.txt",
    "dispute.snapback_answered.txt",
    "dispute.snapback_asked.txt",
    "invitation.consent.txt",
    "invitation.consent_by_text.txt",
    "invitation.sign.txt",
    "port_in.abandoned.txt",
    "port_in.action_expiring.txt",
    "port_in.action_required.txt",
    "port_in.cancelled.txt",
    "port_in.commented.txt",
    "port_in.date_change_refused.txt",
    "port_in.draft_expiring.txt",
    "port_in.foc_confirmed.txt",
    "port_in.foc_moved.txt",
    "port_in.held_back.txt",
    "port_in.ported.txt",
    "port_in.rejected.txt",
    "port_in.resubmitted.txt",
    "port_in.returned.txt",
    "port_in.signed.txt",
    "port_in.snapback_settled.txt",
    "port_in.split.txt",
    "port_in.submitted.txt",
    "port_in.temporary_swapped.txt",
    "port_out.authorized.txt",
    "port_out.cancelled.txt",
    "port_out.commented.txt",
    "port_out.conflict_refused.txt",
    "port_out.conflicted.txt",
    "port_out.foc_changed.txt",
    "port_out.overruled.txt",
    "port_out.ported_out.txt",
    "port_out.received.txt",
    "port_out.rejected.txt",
    "port_out.went_without_leave.txt",
];

/// Where the link goes in a mail or a text to somebody outside the account.
pub(crate) const LINK: &str = "[link]";

/// Writes mails and texts.
#[derive(Debug)]
pub(crate) struct Renderer {
    templates: Environment<'static>,
    console_url: String,
}

/// A mail, but for its addresses.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Mail {
    pub(crate) subject_line: String,
    pub(crate) text: String,
}

/// Why a mail could not be written.
#[derive(Debug, Error)]
pub(crate) enum RenderError {
    /// A template is missing or wrong.
    #[error("a template cannot be used")]
    Template(#[from] minijinja::Error),
    /// A template does not begin with its subject line.
    #[error("the template of {0} does not begin with a subject line")]
    NoSubject(&'static str),
}

impl Renderer {
    /// Links in mails lead below `console_url`.
    pub(crate) fn new(console_url: &str) -> Result<Self, RenderError> {
        let mut templates = Environment::new();
        // A fact that a template misspells is a mistake of ours, not an empty place in a mail.
        templates.set_undefined_behavior(UndefinedBehavior::Strict);
        templates.set_syntax(
            SyntaxConfig::builder()
                .trim_blocks(true)
                .lstrip_blocks(true)
                .keep_trailing_newline(true)
                .build()?,
        );
        templates.add_global("link_here", LINK);
        for (name, text) in TEMPLATES {
            templates.add_template(name, text)?;
        }
        Ok(Self {
            templates,
            console_url: console_url.trim_end_matches('/').to_owned(),
        })
    }

    /// The mail that tells `notice` to somebody of `account`.
    pub(crate) fn mail(&self, notice: &Notice, account: &Account) -> Result<Mail, RenderError> {
        self.write(notice.step().slug(), notice, account)
    }

    /// The mail that asks somebody outside the account; [`LINK`] stands where the link goes.
    pub(crate) fn invitation(
        &self,
        notice: &Notice,
        invitation: Invitation,
        account: &Account,
    ) -> Result<Mail, RenderError> {
        let template = match invitation.kind {
            InvitationKind::Sign => "invitation.sign",
            InvitationKind::Consent => "invitation.consent",
        };
        self.write(template, notice, account)
    }

    /// The text that asks who holds the phone of the notice's number; [`LINK`] stands where the link goes.
    pub(crate) fn text(&self, notice: &Notice, account: &Account) -> Result<String, RenderError> {
        let rendered = self.render("invitation.consent_by_text", notice, account)?;
        Ok(gsm7::gsm7(rendered.trim_end()))
    }

    fn render(
        &self,
        template: &'static str,
        notice: &Notice,
        account: &Account,
    ) -> Result<String, RenderError> {
        let facts = facts::MailFacts::new(notice, account, &self.console_url);
        let template = self.templates.get_template(&format!("{template}.txt"))?;
        Ok(template.render(Serde(facts))?)
    }

    fn write(&self, template: &'static str, notice: &Notice, account: &Account) -> Result<Mail, RenderError> {
        let rendered = self.render(template, notice, account)?;
        let (first, text) = rendered.split_once('\n').unwrap_or((&rendered, ""));
        let subject_line = first
            .strip_prefix("Subject: ")
            .ok_or(RenderError::NoSubject(template))?;
        Ok(Mail {
            subject_line: subject_line.to_owned(),
            text: wrap::wrap(text),
        })
    }
}
