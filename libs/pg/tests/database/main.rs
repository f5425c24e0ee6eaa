//! Roles, schemas, migrations and failures on a real Postgres.

#![expect(
    clippy::unwrap_used,
    reason = "what a test is made of may panic, as a test does"
)]

mod failures;
mod migrating;
mod provisioning;

use pg::{PgSettings, ServiceRole};
use sqlx::PgPool;
use testkit::TestDatabase;

fn role(schema: &str) -> ServiceRole {
    ServiceRole {
        schema: schema.to_owned(),
        // Quotes must do no harm.
        password: format!("it's the {schema} \"password\""),
    }
}

fn pool_of(url: String, schema: &str) -> PgPool {
    pg::connect(&PgSettings {
        url,
        schema: schema.to_owned(),
        application: "pg-test".to_owned(),
        connections_max: 4,
    })
    .unwrap()
}

/// A database with roles of these schemas, and a pool of each.
async fn provisioned<const N: usize>(schemas: [&str; N]) -> (TestDatabase, [PgPool; N]) {
    let database = TestDatabase::create("pg").await;
    let roles = schemas.map(role);
    pg::provision(database.url(), &roles).await.unwrap();
    let pools = roles.map(|role| pool_of(pg::url_for(database.url(), &role).unwrap(), &role.schema));
    (database, pools)
}
