//! What an account sees of its numbers, and how it uses them.

use std::collections::BTreeMap;

use intake_domain::port_in::{NumberConfig, Reference};
use pg::StoreError;
use sqlx::{PgConnection, Postgres, QueryBuilder};
use types::{AccountId, OrderId, Tn};

use super::inventory::{InventoryNumber, InventoryState, Row, columns, require, text_of};
use super::port_in::number_row::ConfigColumns;

/// Which numbers of an account. What is set must all match.
#[derive(Debug, Clone, Default)]
pub(crate) struct NumberFilter {
    pub(crate) state: Option<InventoryState>,
    /// The bounds of the numbers that begin as was asked.
    pub(crate) between: Option<(String, String)>,
    pub(crate) subaccount: Option<Reference>,
    pub(crate) application: Option<Reference>,
    /// The last number of the page before; empty: from the start.
    pub(crate) after: String,
    pub(crate) limit: i64,
}

/// A page of an account's numbers, by number. The statement holds the filters that are set and no others, so each has
/// its index.
pub(crate) async fn list(
    conn: &mut PgConnection,
    account: AccountId,
    filter: &NumberFilter,
) -> Result<Vec<InventoryNumber>, StoreError> {
    let mut query: QueryBuilder<Postgres> = QueryBuilder::new(concat!(
        "SELECT ",
        columns!(),
        " FROM inventory_number WHERE account_id = "
    ));
    query
        .push_bind(account.as_uuid())
        .push(" AND tn > ")
        .push_bind(&filter.after);
    if let Some(state) = filter.state {
        query.push(" AND state = ").push_bind(state.code());
    }
    if let Some((first, last)) = &filter.between {
        query.push(" AND tn BETWEEN ").push_bind(first);
        query.push(" AND ").push_bind(last);
    }
    if let Some(subaccount) = &filter.subaccount {
        query.push(" AND subaccount = ").push_bind(subaccount.as_str());
    }
    if let Some(application) = &filter.application {
        query.push(" AND application = ").push_bind(application.as_str());
    }
    query.push(" ORDER BY tn LIMIT ").push_bind(filter.limit);
    let rows: Vec<Row> = query.build_query_as().fetch_all(conn).await?;
    rows.into_iter().map(InventoryNumber::try_from).collect()
}

/// Those of these numbers that the account has, by number.
pub(crate) async fn find(
    conn: &mut PgConnection,
    account: AccountId,
    tns: &[Tn],
) -> Result<Vec<InventoryNumber>, StoreError> {
    let rows: Vec<Row> = sqlx::query_as(concat!(
        "SELECT ",
        columns!(),
        " FROM inventory_number WHERE account_id = $1 AND tn = ANY($2) ORDER BY tn"
    ))
    .bind(account.as_uuid())
    .bind(text_of(tns))
    .fetch_all(conn)
    .await?;
    rows.into_iter().map(InventoryNumber::try_from).collect()
}

/// Sets up numbers of `order` anew, as far as they are still incoming.
pub(crate) async fn configure_incoming(
    conn: &mut PgConnection,
    order: OrderId,
    numbers: &[(Tn, &NumberConfig)],
) -> Result<(), StoreError> {
    configure(conn, order, InventoryState::Incoming, numbers)
        .await
        .map(drop)
}

/// Sets up numbers in service anew; each must be.
pub(crate) async fn configure_in_service(
    conn: &mut PgConnection,
    numbers: &[(Tn, OrderId, &NumberConfig)],
) -> Result<(), StoreError> {
    let mut by_order: BTreeMap<OrderId, Vec<(Tn, &NumberConfig)>> = BTreeMap::new();
    for (tn, order, config) in numbers {
        by_order.entry(*order).or_default().push((*tn, *config));
    }
    for (order, numbers) in by_order {
        let written = configure(conn, order, InventoryState::InService, &numbers).await?;
        require(
            written,
            numbers.len(),
            &order.to_string(),
            "a number left while it was locked",
        )?;
    }
    Ok(())
}

async fn configure(
    conn: &mut PgConnection,
    order: OrderId,
    state: InventoryState,
    numbers: &[(Tn, &NumberConfig)],
) -> Result<u64, StoreError> {
    let config: ConfigColumns = numbers.iter().map(|(_, config)| *config).collect();
    let written = sqlx::query(
        "UPDATE inventory_number AS known
            SET capabilities = given.capabilities, alias = given.alias, subaccount = given.subaccount,
                caller_name = given.caller_name, application = given.application,
                emergency_address = given.emergency_address, agent_name = given.agent_name,
                agent_email = given.agent_email
           FROM UNNEST($3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[], $9::text[], $10::text[],
                       $11::text[])
                AS given (tn, capabilities, alias, subaccount, caller_name, application, emergency_address, agent_name,
                          agent_email)
          WHERE known.origin_order_id = $1 AND known.state = $2 AND known.tn = given.tn",
    )
    .bind(order.as_uuid())
    .bind(state.code())
    .bind(numbers.iter().map(|(tn, _)| tn.to_string()).collect::<Vec<_>>())
    .bind(config.capabilities)
    .bind(config.alias)
    .bind(config.subaccount)
    .bind(config.caller_name)
    .bind(config.application)
    .bind(config.emergency_address)
    .bind(config.agent_name)
    .bind(config.agent_email)
    .execute(conn)
    .await?;
    Ok(written.rows_affected())
}
