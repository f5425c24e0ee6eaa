//! How accounts' letters look.

use letters::{Brand, Colour, Logo};
use pg::StoreError;
use sqlx::PgConnection;
use types::AccountId;
use uuid::Uuid;

/// A brand as it is kept: what it looks like, and the logo's file, which is read when a letter is made.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct KeptBrand {
    pub(crate) name: String,
    pub(crate) logo_png: Vec<u8>,
    pub(crate) accent: Option<Colour>,
    pub(crate) contact_line: String,
}

#[derive(sqlx::FromRow)]
struct Row {
    account_id: Uuid,
    name: String,
    logo_png: Option<Vec<u8>>,
    accent_colour: Option<String>,
    contact_line: String,
}

impl TryFrom<Row> for KeptBrand {
    type Error = StoreError;

    fn try_from(row: Row) -> Result<Self, StoreError> {
        let accent = row.accent_colour.map(|colour| colour.parse()).transpose();
        Ok(Self {
            name: row.name,
            logo_png: row.logo_png.unwrap_or_default(),
            accent: accent.map_err(|error| StoreError::corrupt("letter_brand", &row.account_id, &error))?,
            contact_line: row.contact_line,
        })
    }
}

impl KeptBrand {
    /// As letters show it.
    pub(crate) fn for_letters(&self, account: AccountId) -> Result<Brand, StoreError> {
        let logo = (!self.logo_png.is_empty()).then(|| Logo::read(&self.logo_png));
        let logo = logo.transpose();
        Ok(Brand {
            name: self.name.clone(),
            logo: logo.map_err(|error| StoreError::corrupt("letter_brand", &account, &error))?,
            accent: self.accent,
            contact_line: self.contact_line.clone(),
        })
    }
}

/// The brand of an account; a plain one when none was set.
pub(crate) async fn find(conn: &mut PgConnection, account: AccountId) -> Result<KeptBrand, StoreError> {
    let row: Option<Row> = sqlx::query_as(
        "SELECT account_id, name, logo_png, accent_colour, contact_line FROM letter_brand WHERE account_id = $1",
    )
    .bind(account.as_uuid())
    .fetch_optional(conn)
    .await?;
    row.map_or_else(|| Ok(KeptBrand::default()), KeptBrand::try_from)
}

/// Sets the brand of an account.
pub(crate) async fn put(
    conn: &mut PgConnection,
    account: AccountId,
    brand: &KeptBrand,
) -> Result<(), StoreError> {
    sqlx::query(
        "INSERT INTO letter_brand (account_id, name, logo_png, accent_colour, contact_line)
         VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT (account_id) DO UPDATE
            SET name = $2, logo_png = $3, accent_colour = $4, contact_line = $5",
    )
    .bind(account.as_uuid())
    .bind(&brand.name)
    .bind(Some(&brand.logo_png).filter(|logo| !logo.is_empty()))
    .bind(brand.accent.map(|colour| colour.to_string()))
    .bind(&brand.contact_line)
    .execute(conn)
    .await?;
    Ok(())
}
