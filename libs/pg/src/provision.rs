//! Makes the roles and schemas of the services, each closed to the others.

use std::str::FromStr;

use sqlx::postgres::PgConnectOptions;
use sqlx::{AssertSqlSafe, ConnectOptions, Connection, PgConnection};
use thiserror::Error;

/// What Postgres keeps of a name.
const NAME_BYTES_MAX: usize = 63;

/// A service's role and the schema it owns.
#[derive(Debug, Clone)]
pub struct ServiceRole {
    /// Name of the schema and, with the database's name before it, of the role.
    pub schema: String,
    /// Password of the role.
    pub password: String,
}

/// Why roles could not be made.
#[derive(Debug, Error)]
pub enum ProvisionError {
    /// A name that is not safe to put into a statement.
    #[error("{0:?} is not a plain lower-case name")]
    BadName(String),
    /// Postgres would cut the role's name off, and two roles could become one.
    #[error("the role {0:?} has a name of more than 63 bytes; use a shorter database name")]
    LongName(String),
    /// Postgres refused.
    #[error("cannot make roles and schemas")]
    Database(#[from] sqlx::Error),
}

/// Makes each role and schema unless it exists, and closes the database to everybody else. `admin_url` must name a
/// role that may create roles. Safe to run from several processes at once.
pub async fn provision(admin_url: &str, roles: &[ServiceRole]) -> Result<(), ProvisionError> {
    let mut admin = PgConnection::connect(admin_url).await?;
    let database: String = sqlx::query_scalar("SELECT current_database()")
        .fetch_one(&mut admin)
        .await?;
    let mut tx = admin.begin().await?;
    // Roles belong to the whole server, so the lock is taken by every database's provisioning alike.
    sqlx::query("SELECT pg_advisory_xact_lock(7236001)")
        .execute(&mut *tx)
        .await?;
    execute(
        &mut tx,
        format!("REVOKE ALL ON DATABASE {} FROM PUBLIC", quoted(&database)),
    )
    .await?;
    execute(&mut tx, "REVOKE ALL ON SCHEMA public FROM PUBLIC".to_owned()).await?;
    for role in roles {
        make(&mut tx, &database, role).await?;
    }
    tx.commit().await?;
    admin.close().await?;
    Ok(())
}

async fn make(conn: &mut PgConnection, database: &str, role: &ServiceRole) -> Result<(), ProvisionError> {
    if role.schema.is_empty()
        || !role
            .schema
            .bytes()
            .all(|byte| byte.is_ascii_lowercase() || byte == b'_')
    {
        return Err(ProvisionError::BadName(role.schema.clone()));
    }
    let plain_name = role_name(database, &role.schema);
    if plain_name.len() > NAME_BYTES_MAX {
        return Err(ProvisionError::LongName(plain_name));
    }
    let (name, schema) = (quoted(&plain_name), quoted(&role.schema));
    let exists: bool = sqlx::query_scalar("SELECT EXISTS (SELECT FROM pg_roles WHERE rolname = $1)")
        .bind(&plain_name)
        .fetch_one(&mut *conn)
        .await?;
    let verb = if exists { "ALTER" } else { "CREATE" };
    let password = role.password.replace('\'', "''");
    execute(
        conn,
        format!("{verb} ROLE {name} LOGIN NOINHERIT PASSWORD '{password}'"),
    )
    .await?;
    execute(
        conn,
        format!("GRANT CONNECT ON DATABASE {} TO {name}", quoted(database)),
    )
    .await?;
    // Making a schema for a role takes membership in it, which a superuser has by nature and another admin has not.
    let is_member: bool = sqlx::query_scalar("SELECT pg_has_role(current_user, $1, 'MEMBER')")
        .bind(&plain_name)
        .fetch_one(&mut *conn)
        .await?;
    if !is_member {
        execute(conn, format!("GRANT {name} TO CURRENT_USER")).await?;
    }
    execute(
        conn,
        format!("CREATE SCHEMA IF NOT EXISTS {schema} AUTHORIZATION {name}"),
    )
    .await?;
    execute(conn, format!("REVOKE ALL ON SCHEMA {schema} FROM PUBLIC")).await?;
    Ok(())
}

/// The URL by which the role of `schema` reaches the database of `admin_url`.
pub fn url_for(admin_url: &str, role: &ServiceRole) -> Result<String, ProvisionError> {
    let options = PgConnectOptions::from_str(admin_url)?;
    let database = options.get_database().unwrap_or("postgres").to_owned();
    let name = role_name(&database, &role.schema);
    Ok(options
        .username(&name)
        .password(&role.password)
        .to_url_lossy()
        .to_string())
}

/// The same URL with another database.
pub fn with_database(url: &str, database: &str) -> Result<String, sqlx::Error> {
    Ok(PgConnectOptions::from_str(url)?
        .database(database)
        .to_url_lossy()
        .to_string())
}

/// Roles belong to the server, schemas to a database: the database's name keeps two systems on one server apart.
fn role_name(database: &str, schema: &str) -> String {
    format!("{database}_{schema}")
}

fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

async fn execute(conn: &mut PgConnection, sql: String) -> Result<(), sqlx::Error> {
    // Names are checked or quoted above; none comes from a request.
    sqlx::query(AssertSqlSafe(sql)).execute(conn).await.map(|_| ())
}
