//! Email over SMTP.

use std::time::{Duration, SystemTime};

use lettre::message::header::{ContentType, HeaderName, HeaderValue, MIME_VERSION_1_0};
use lettre::message::{Mailbox, Message};
use lettre::transport::smtp::{self, PoolConfig};
use lettre::{Address, AsyncSmtpTransport, AsyncTransport, Tokio1Executor};
use service::StartError;
use types::Secret;

use crate::ops::Outcome;
use crate::store::queue::Claimed;

/// For all of a try: connecting, greeting, sending. Below the lease.
const SEND_TIMEOUT: Duration = Duration::from_secs(15);
/// Replies that refuse us, not the message (RFC 4954, 6): once the login is mended, the message goes out.
const LOGIN_REPLIES: [u16; 5] = [530, 534, 535, 538, 454];

/// To whom, and what.
#[derive(Clone, Copy)]
pub(super) struct Mail<'a> {
    pub(super) to: &'a str,
    pub(super) subject_line: &'a str,
    pub(super) text: &'a str,
}

/// Hands mail to a mail server.
#[derive(Debug)]
pub(crate) struct Mailer {
    transport: AsyncSmtpTransport<Tokio1Executor>,
    from: Mailbox,
}

impl Mailer {
    /// Sends by the server at `smtp_url` in the name of `mail_from`, e.g. `Portway <ports@example.com>`.
    pub(crate) fn new(smtp_url: &Secret, mail_from: &str) -> Result<Self, StartError> {
        // The URL may hold a password, so what is wrong with it is not repeated.
        let transport = AsyncSmtpTransport::<Tokio1Executor>::from_url(smtp_url.expose())
            .map_err(|_| StartError::Setting("the SMTP URL cannot be used".to_owned()))?;
        let from = mail_from
            .parse()
            .map_err(|error| StartError::Setting(format!("the sender of mail cannot be used: {error}")))?;
        // A try that ran out of time leaves its connection in the middle of a message, and a pool would hand that
        // connection on. So none is kept.
        let no_pool = PoolConfig::new().max_size(0);
        let transport = transport.timeout(Some(SEND_TIMEOUT)).pool_config(no_pool).build();
        Ok(Self { transport, from })
    }

    /// Sends one mail.
    pub(super) async fn send(&self, claimed: &Claimed, mail: Mail<'_>) -> Outcome {
        let message = match self.message(claimed, mail) {
            Ok(message) => message,
            Err(error) => return Outcome::Refused(error),
        };
        match tokio::time::timeout(SEND_TIMEOUT, self.transport.send(message)).await {
            Ok(Ok(_reply)) => Outcome::Delivered,
            Ok(Err(error)) => outcome_of(&error),
            Err(_elapsed) => Outcome::TryAgain("the mail server did not answer in time".to_owned()),
        }
    }

    /// The same bytes for every try, but for a link: everything else comes from the row and the settings.
    fn message(&self, claimed: &Claimed, mail: Mail<'_>) -> Result<Message, String> {
        let to: Address = mail
            .to
            .parse()
            .map_err(|error| format!("not an address that can be written to: {error}"))?;
        // RFC 3834: keeps vacation notices from answering.
        let automatic = HeaderValue::new(
            HeaderName::new_from_ascii_str("Auto-Submitted"),
            "auto-generated".to_owned(),
        );
        Message::builder()
            .from(self.from.clone())
            .to(Mailbox::new(None, to))
            .subject(mail.subject_line)
            .date(SystemTime::from(claimed.queued_at))
            .message_id(Some(format!("<{}@{}>", claimed.id, self.from.email.domain())))
            .header(MIME_VERSION_1_0)
            .header(ContentType::TEXT_PLAIN)
            .raw_header(automatic)
            .body(mail.text.to_owned())
            .map_err(|error| format!("not a message: {error}"))
    }
}

fn outcome_of(error: &smtp::Error) -> Outcome {
    let code = error.status().map(u16::from);
    let told = grpc::status::chain(error);
    let refuses_us = code.is_some_and(|code| LOGIN_REPLIES.contains(&code));
    if error.is_permanent() && !refuses_us {
        Outcome::Refused(told)
    } else {
        Outcome::TryAgain(told)
    }
}
