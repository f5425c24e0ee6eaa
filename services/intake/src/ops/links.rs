//! Links: making them, and finding what one opens.

use jiff::Timestamp;
use pg::StoreError;
use sha2::{Digest, Sha256};
use sqlx::PgConnection;
use types::{AccountId, LinkId, Secret};
use uuid::Uuid;

use crate::store::links as store;
use crate::store::port_in::order::Access;

pub(crate) use crate::store::links::{Link, LinkKind};

/// A token has so many characters: 32 bytes in base64.
const TOKEN_CHARS: usize = 43;

/// What opens a link: 32 random bytes, written so that they can stand in a URL. It is kept nowhere but in the link that
/// is sent; the database has a digest.
#[derive(Debug, Clone)]
pub(crate) struct LinkToken(Secret);

impl LinkToken {
    /// Draws a new one.
    fn generate() -> Result<Self, StoreError> {
        let key = vault::generate_key().map_err(|error| StoreError::corrupt("link", &"new", &error))?;
        let in_url = key.expose().chars().filter_map(|character| match character {
            '+' => Some('-'),
            '/' => Some('_'),
            '=' => None,
            other => Some(other),
        });
        Ok(Self(Secret::new(in_url.collect::<String>())))
    }

    /// Takes over one that was sealed.
    pub(crate) const fn from_secret(secret: Secret) -> Self {
        Self(secret)
    }

    /// Reads one from a URL; none: no link has such a token.
    pub(crate) fn read(text: &str) -> Option<Self> {
        let is_token = text.len() == TOKEN_CHARS
            && text
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'));
        is_token.then(|| Self(Secret::new(text)))
    }

    /// The token itself: for the link, and for sealing.
    pub(crate) const fn secret(&self) -> &Secret {
        &self.0
    }

    fn digest(&self) -> [u8; 32] {
        Sha256::digest(self.0.expose().as_bytes()).into()
    }
}

/// What a new link opens, and until when.
#[derive(Debug, Clone, Copy)]
pub(crate) struct NewLink {
    pub(crate) kind: LinkKind,
    pub(crate) subject: Uuid,
    pub(crate) account: AccountId,
    /// By the business clock.
    pub(crate) expires_at: Timestamp,
}

/// Makes a link. The token is nowhere but in what this returns.
pub(crate) async fn make(
    conn: &mut PgConnection,
    new: NewLink,
    now: Timestamp,
) -> Result<(Link, LinkToken), StoreError> {
    let token = LinkToken::generate()?;
    let link = Link {
        id: LinkId::generate(),
        kind: new.kind,
        subject: new.subject,
        account: new.account,
        made_at: now,
        expires_at: new.expires_at,
        used_at: None,
        revoked_at: None,
    };
    store::insert(conn, &link, &token.digest()).await?;
    Ok((link, token))
}

/// The link that a token opens now. Unknown, expired and revoked are one and the same: nothing.
pub(crate) async fn open(
    conn: &mut PgConnection,
    token: &LinkToken,
    access: Access,
    now: Timestamp,
) -> Result<Option<Link>, StoreError> {
    let link = store::find(conn, &token.digest(), access).await?;
    Ok(link.filter(|link| link.is_open(now)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_43_characters_of_a_url_and_is_shown_by_nothing() {
        let (one, two) = (LinkToken::generate().unwrap(), LinkToken::generate().unwrap());
        assert_ne!(one.secret().expose(), two.secret().expose());
        assert!(LinkToken::read(one.secret().expose()).is_some());
        assert!(!format!("{one:?}").contains(one.secret().expose()));
        for wrong in ["", "abc", &"a".repeat(44), &"/".repeat(43), &"é".repeat(43)] {
            assert!(LinkToken::read(wrong).is_none(), "{wrong}");
        }
    }
}
