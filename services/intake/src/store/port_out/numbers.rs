//! The numbers of cases.

use std::collections::HashMap;

use intake_domain::port_out::{AskedNumber, FieldMatch, LawfulReason, Matches, PortOut};
use pg::StoreError;
use sqlx::PgConnection;
use uuid::Uuid;

use super::row::Row;

#[derive(sqlx::FromRow)]
struct NumberRow {
    port_out_id: Uuid,
    tn: String,
    denial: Option<String>,
    account_number_match: String,
    postal_code_match: String,
    pin_match: String,
    name_match: String,
    separated: bool,
}

impl TryFrom<NumberRow> for AskedNumber {
    type Error = StoreError;

    fn try_from(row: NumberRow) -> Result<Self, StoreError> {
        let corrupt = |why: &'static str| StoreError::corrupt("port_out_number", &row.port_out_id, &why);
        let found = |code: &str| FieldMatch::from_code(code).ok_or_else(|| corrupt("unknown way to compare"));
        let denial = match &row.denial {
            Some(code) => Some(code.parse().map_err(|_| corrupt("unknown denial"))?),
            None => None,
        };
        Ok(Self {
            tn: row.tn.parse().map_err(|_| corrupt("not a telephone number"))?,
            denial,
            matches: Matches {
                account_number: found(&row.account_number_match)?,
                postal_code: found(&row.postal_code_match)?,
                pin: found(&row.pin_match)?,
                name: found(&row.name_match)?,
            },
            is_separated: row.separated,
        })
    }
}

/// Adds the numbers of a new case.
pub(super) async fn insert_numbers(conn: &mut PgConnection, case: &PortOut) -> Result<(), StoreError> {
    let matches = |field: fn(&Matches) -> FieldMatch| -> Vec<&str> {
        let codes = case.numbers.iter().map(|number| field(&number.matches).code());
        codes.collect()
    };
    sqlx::query(
        "INSERT INTO port_out_number (port_out_id, tn, denial, account_number_match, postal_code_match, pin_match,
                                      name_match, separated, place)
         SELECT $1, given.tn, given.denial, given.account_number, given.postal_code, given.pin, given.name,
                given.separated, given.place
           FROM UNNEST($2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::boolean[])
                WITH ORDINALITY
                AS given (tn, denial, account_number, postal_code, pin, name, separated, place)",
    )
    .bind(case.id.as_uuid())
    .bind(texts(case))
    .bind(denials(case))
    .bind(matches(|matches| matches.account_number))
    .bind(matches(|matches| matches.postal_code))
    .bind(matches(|matches| matches.pin))
    .bind(matches(|matches| matches.name))
    .bind(case.numbers.iter().map(|number| number.is_separated).collect::<Vec<_>>())
    .execute(conn)
    .await?;
    Ok(())
}

/// Writes the denials that came since the case was made. Part of saving the case, which guards it.
pub(super) async fn save_denials(conn: &mut PgConnection, case: &PortOut) -> Result<(), StoreError> {
    sqlx::query(
        "UPDATE port_out_number SET denial = given.denial
           FROM UNNEST($2::text[], $3::text[]) AS given (tn, denial)
          WHERE port_out_id = $1 AND port_out_number.tn = given.tn
            AND port_out_number.denial IS DISTINCT FROM given.denial",
    )
    .bind(case.id.as_uuid())
    .bind(texts(case))
    .bind(denials(case))
    .execute(conn)
    .await?;
    Ok(())
}

/// Makes cases of rows, in their order.
pub(super) async fn with_numbers(
    conn: &mut PgConnection,
    rows: Vec<Row>,
) -> Result<Vec<PortOut>, StoreError> {
    let ids: Vec<Uuid> = rows.iter().map(|row| row.port_out_id).collect();
    let found: Vec<NumberRow> = sqlx::query_as(
        "SELECT port_out_id, tn, denial, account_number_match, postal_code_match, pin_match, name_match, separated
           FROM port_out_number WHERE port_out_id = ANY($1) ORDER BY place",
    )
    .bind(&ids)
    .fetch_all(conn)
    .await?;
    let mut numbers: HashMap<Uuid, Vec<AskedNumber>> = HashMap::new();
    for row in found {
        let case = row.port_out_id;
        numbers.entry(case).or_default().push(row.try_into()?);
    }
    rows.into_iter()
        .map(|row| {
            let numbers = numbers.remove(&row.port_out_id).unwrap_or_default();
            row.into_case(numbers)
        })
        .collect()
}

fn texts(case: &PortOut) -> Vec<String> {
    case.numbers.iter().map(|number| number.tn.to_string()).collect()
}

fn denials(case: &PortOut) -> Vec<Option<&'static str>> {
    let denials = case.numbers.iter().map(|number| number.denial);
    denials.map(|denial| denial.map(LawfulReason::code)).collect()
}
