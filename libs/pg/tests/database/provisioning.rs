//! Each service's role owns its schema and sees nothing else.

use pg::ProvisionError;
use sqlx::{Connection, Executor, PgConnection, PgPool};
use testkit::TestDatabase;

use crate::{pool_of, provisioned, role};

async fn code_of(pool: &PgPool, sql: &'static str) -> String {
    let error = pool.execute(sql).await.unwrap_err();
    error.as_database_error().unwrap().code().unwrap().into_owned()
}

#[tokio::test]
async fn a_role_reaches_its_own_schema_and_no_other() {
    let (_database, [intake, billing]) = provisioned(["intake", "billing"]).await;
    intake.execute("CREATE TABLE secret (pin text)").await.unwrap();
    intake.execute("SELECT pin FROM secret").await.unwrap();

    let permission_denied = [
        "SELECT pin FROM intake.secret",
        "INSERT INTO intake.secret VALUES ('1234')",
        "CREATE TABLE intake.mine ()",
        "CREATE TABLE public.mine ()",
        "CREATE SCHEMA mine",
        "CREATE ROLE mine",
        "DROP SCHEMA intake CASCADE",
    ];
    for sql in permission_denied {
        assert_eq!(code_of(&billing, sql).await, "42501", "{sql}");
    }
    // Not found where it looks, which is at home alone.
    assert_eq!(code_of(&billing, "SELECT pin FROM secret").await, "42P01");
    let path: String = sqlx::query_scalar("SHOW search_path")
        .fetch_one(&billing)
        .await
        .unwrap();
    assert_eq!(path, "billing");
}

#[tokio::test]
async fn a_role_of_one_database_cannot_enter_another() {
    let (one, [_pool]) = provisioned(["intake"]).await;
    let (other, [_other_pool]) = provisioned(["intake"]).await;
    let own = pg::url_for(one.url(), &role("intake")).unwrap();
    let (before, after) = own.rsplit_once(one.name()).unwrap();
    let foreign = format!("{before}{}{after}", other.name());
    PgConnection::connect(&own).await.unwrap();
    let refused = PgConnection::connect(&foreign).await.unwrap_err();
    assert_eq!(refused.as_database_error().unwrap().code().unwrap(), "42501");
}

#[tokio::test]
async fn roles_may_be_made_again_and_by_several_at_once() {
    let database = TestDatabase::create("provision").await;
    let roles = ["intake", "gateway", "notification", "billing"].map(role);
    let several = (0..6).map(|_| pg::provision(database.url(), &roles));
    for outcome in futures::future::join_all(several).await {
        outcome.unwrap();
    }
    let intake = pool_of(pg::url_for(database.url(), &roles[0]).unwrap(), "intake");
    intake.execute("CREATE TABLE kept ()").await.unwrap();

    let mut changed = role("intake");
    changed.password = "another".to_owned();
    pg::provision(database.url(), std::slice::from_ref(&changed))
        .await
        .unwrap();
    let again = pool_of(pg::url_for(database.url(), &changed).unwrap(), "intake");
    again.execute("SELECT FROM kept").await.unwrap();
    let old = PgConnection::connect(&pg::url_for(database.url(), &roles[0]).unwrap()).await;
    assert_eq!(
        old.unwrap_err().as_database_error().unwrap().code().unwrap(),
        "28P01"
    );
}

#[tokio::test]
async fn an_admin_who_is_no_superuser_can_make_them_too() {
    let database = TestDatabase::create("managed").await;
    let mut superuser = database.connect().await;
    let admin = format!("{}_admin", database.name());
    for sql in [
        format!("CREATE ROLE {admin} LOGIN CREATEROLE PASSWORD 'admin'"),
        format!("ALTER DATABASE {} OWNER TO {admin}", database.name()),
    ] {
        superuser.execute(sqlx::AssertSqlSafe(sql)).await.unwrap();
    }
    let (_, address) = database.url().rsplit_once('@').unwrap();
    let admin_url = format!("postgres://{admin}:admin@{address}");
    for _ in 0..2 {
        pg::provision(&admin_url, &[role("intake")]).await.unwrap();
    }
    let intake = pool_of(pg::url_for(&admin_url, &role("intake")).unwrap(), "intake");
    intake.execute("CREATE TABLE mine ()").await.unwrap();
}

#[tokio::test]
async fn names_that_are_not_plain_or_too_long_are_refused() {
    let database = TestDatabase::create("names").await;
    for bad in ["", "Intake", "in-take", "a;b", "a\"b", "é", "a b", "a1"] {
        let refused = pg::provision(database.url(), &[role(bad)]).await.unwrap_err();
        assert!(
            matches!(refused, ProvisionError::BadName(_)),
            "{bad:?}: {refused}"
        );
    }
    let long = pg::provision(database.url(), &[role(&"a".repeat(60))])
        .await
        .unwrap_err();
    assert!(matches!(long, ProvisionError::LongName(_)), "{long}");
}
