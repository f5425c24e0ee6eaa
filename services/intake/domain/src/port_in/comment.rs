//! What people write on an order or a port-out, and what it asks somebody to do.

use std::fmt;
use std::str::FromStr;

use jiff::Timestamp;
use types::{CommentId, InvalidValue, OrderId};

use super::state::Court;

/// Characters in a comment at most.
const CHARS_MAX: usize = 4_000;

/// What a comment says. Invariant: 1 to 4,000 characters, no control character but line feeds and tabs, no space at
/// either end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CommentText(String);

impl CommentText {
    /// The text itself.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for CommentText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for CommentText {
    type Err = InvalidValue;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let text = text.replace("\r\n", "\n");
        let text = text.trim();
        let is_plain = text
            .chars()
            .all(|character| matches!(character, '\n' | '\t') || !character.is_control());
        if is_plain && (1..=CHARS_MAX).contains(&text.chars().count()) {
            Ok(Self(text.to_owned()))
        } else {
            Err(InvalidValue {
                what: "comment",
                expected: "1 to 4,000 characters, without control characters",
            })
        }
    }
}

/// Who can read a comment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Visibility {
    /// The platform alone.
    Private,
    /// The account as well.
    Shared,
}

impl Visibility {
    /// The stable name.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Private => "PRIVATE",
            Self::Shared => "SHARED",
        }
    }
}

/// On whose behalf somebody writes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Side {
    /// The platform.
    Platform,
    /// The account that the order or port-out is of.
    Account,
}

/// What a comment asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Task {
    /// Who has to act.
    pub action_by: Court,
    /// By when; none: no time was given.
    pub done_by: Option<Timestamp>,
}

/// That a task is done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Resolution {
    /// Since when.
    pub at: Timestamp,
    /// Who says so.
    pub by: String,
    /// On whose behalf.
    pub side: Side,
}

/// A comment on an order or, with its id, on a port-out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Comment<On = OrderId> {
    /// Its id.
    pub id: CommentId,
    /// What it is on.
    pub on: On,
    /// Who can read it. Invariant: the account's own comments are shared.
    pub visibility: Visibility,
    /// What it says.
    pub text: CommentText,
    /// Who wrote it.
    pub author: String,
    /// On whose behalf.
    pub side: Side,
    /// When.
    pub created_at: Timestamp,
    /// What it asks for, if anything.
    pub task: Option<Task>,
    /// That it is done.
    pub resolution: Option<Resolution>,
}

/// Why a comment was not resolved.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ResolveRefusal {
    /// It asks for nothing, or what it asked for is done.
    #[error("the comment asks nobody to act, or what it asked for is done")]
    NotOpen,
    /// It is for the platform to say.
    #[error("what the comment asks for is for the platform to do")]
    NotYours,
}

impl<On> Comment<On> {
    /// Says that what the comment asks for is done. The account can say so of its own comments, and of what the customer
    /// or the end user has to do.
    pub fn resolve(self, by: String, side: Side, now: Timestamp) -> Result<Self, ResolveRefusal> {
        let (Some(task), None) = (self.task, &self.resolution) else {
            return Err(ResolveRefusal::NotOpen);
        };
        let is_theirs = match task.action_by {
            Court::Customer | Court::EndUser => true,
            Court::Us | Court::GainingCarrier | Court::LosingCarrier => self.side == Side::Account,
        };
        match side {
            Side::Account if !is_theirs => Err(ResolveRefusal::NotYours),
            Side::Account | Side::Platform => Ok(Self {
                resolution: Some(Resolution { at: now, by, side }),
                ..self
            }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn comment(side: Side, action_by: Option<Court>) -> Comment {
        Comment {
            id: CommentId::generate(),
            on: OrderId::generate(),
            visibility: Visibility::Shared,
            text: "Please call the carrier.".parse().unwrap(),
            author: "user:ann".to_owned(),
            side,
            created_at: Timestamp::UNIX_EPOCH,
            task: action_by.map(|action_by| Task {
                action_by,
                done_by: None,
            }),
            resolution: None,
        }
    }

    #[test]
    fn an_account_resolves_its_own_and_what_its_people_have_to_do() {
        use Side::{Account, Platform};
        let cases = [
            (Platform, Court::Customer, Account, true),
            (Platform, Court::EndUser, Account, true),
            (Platform, Court::Us, Account, false),
            (Platform, Court::GainingCarrier, Account, false),
            (Platform, Court::LosingCarrier, Account, false),
            (Account, Court::Us, Account, true),
            (Account, Court::LosingCarrier, Account, true),
            (Account, Court::Customer, Platform, true),
            (Platform, Court::Us, Platform, true),
        ];
        for (author, action_by, resolver, may) in cases {
            let open = comment(author, Some(action_by));
            let resolved = open.resolve("user:ben".to_owned(), resolver, Timestamp::UNIX_EPOCH);
            assert_eq!(resolved.is_ok(), may, "{author:?} {action_by:?} {resolver:?}");
        }
    }

    #[test]
    fn what_asks_for_nothing_or_is_done_is_not_resolved() {
        let by = || "user:ben".to_owned();
        let plain = comment(Side::Account, None);
        let refused = plain.resolve(by(), Side::Platform, Timestamp::UNIX_EPOCH);
        assert_eq!(refused, Err(ResolveRefusal::NotOpen));
        let done =
            comment(Side::Account, Some(Court::Us)).resolve(by(), Side::Platform, Timestamp::UNIX_EPOCH);
        let again = done.unwrap().resolve(by(), Side::Platform, Timestamp::UNIX_EPOCH);
        assert_eq!(again, Err(ResolveRefusal::NotOpen));
    }

    #[test]
    fn texts_are_bounded_and_plain() {
        let read = |text: &str| text.parse::<CommentText>().map(|text| text.to_string()).ok();
        assert_eq!(read(" a\r\nb\tc "), Some("a\nb\tc".to_owned()));
        for wrong in ["", " \n ", "a\0b", "a\x1b[31m"] {
            assert_eq!(read(wrong), None, "{wrong:?}");
        }
        assert!(read(&"é".repeat(4_000)).is_some() && read(&"é".repeat(4_001)).is_none());
    }
}
