//! `portway permission-set` and `portway user-group`: what they ask for, by names and by ids, and how they end.

use crate::portway;
use crate::stub::Stub;

/// Runs each command, really and as a dry run, and looks at what was asked for.
async fn each_asks_for(group_of_commands: &str, cases: &[(&[&str], &str)]) {
    let stub = Stub::start().await;
    for (arguments, what) in cases {
        for (added, prefix) in [(&["--dry-run"][..], "try "), (&[], "")] {
            let ran = portway(&stub, &[&[group_of_commands], *arguments, added].concat()).await;
            assert_eq!(ran.exit, 0, "{arguments:?}: {}", ran.stderr);
            assert_eq!(ran.stderr.contains("nothing was changed"), !added.is_empty());
            assert_eq!(stub.changes().pop().unwrap().1, format!("{prefix}{what}"));
        }
    }
}

#[tokio::test]
async fn sets_are_changed_and_given_by_name_or_id_with_their_etag() {
    let cases: [(&[&str], &str); 7] = [
        (
            &[
                "create",
                "Day shift",
                "--permission",
                "port_out.view,numbers.view",
            ],
            r#"create set Day shift ["port_out.view", "numbers.view"]"#,
        ),
        (
            &["update", "Night shift", "--permission", "port_in.view"],
            r#"update set set-1 Night shift ["port_in.view"] set-1-etag"#,
        ),
        (
            &["update", "set-1", "--rename", "Nights"],
            r#"update set set-1 Nights ["numbers.view"] set-1-etag"#,
        ),
        (&["delete", "Night shift"], "delete set set-1 set-1-etag"),
        (
            &["grant", "port-out-manager", "--subject", "user:bob"],
            "grant port-out-manager to user:bob",
        ),
        (
            &["grant", "Night shift", "--group", "Port desk"],
            "grant set-1 to group group-1",
        ),
        (
            &["revoke", "set-1", "--group", "group-1"],
            "revoke set-1 from group group-1",
        ),
    ];
    each_asks_for("permission-set", &cases).await;
}

#[tokio::test]
async fn groups_are_changed_by_name_or_id_and_keep_those_who_are_not_named() {
    let cases: [(&[&str], &str); 5] = [
        (
            &["create", "Port desk", "--subject", "user:bob,user:cleo"],
            r#"create group Port desk ["user:bob", "user:cleo"]"#,
        ),
        (
            &["add", "Port desk", "--subject", "user:dan"],
            r#"set group group-1 ["user:bob", "user:cleo", "user:dan"] group-etag"#,
        ),
        (
            &["remove", "group-1", "--subject", "user:bob"],
            r#"set group group-1 ["user:cleo"] group-etag"#,
        ),
        (
            &["rename", "Port desk", "Desk"],
            "rename group group-1 Desk group-etag",
        ),
        (&["delete", "Port desk"], "delete group group-1 group-etag"),
    ];
    each_asks_for("user-group", &cases).await;
}

#[tokio::test]
async fn a_name_that_nothing_has_changes_nothing() {
    let stub = Stub::start().await;
    for arguments in [
        &["permission-set", "delete", "Day shift"][..],
        &["permission-set", "grant", "Day shift", "--subject", "user:bob"],
        &["permission-set", "grant", "Night shift", "--group", "Nobody"],
        &["permission-set", "grant", "Night shift"],
        &["user-group", "add", "Nobody", "--subject", "user:bob"],
        &["user-group", "delete", "Nobody"],
    ] {
        let ran = portway(&stub, arguments).await;
        assert_eq!(ran.exit, 2, "{arguments:?}: {}", ran.stderr);
    }
    assert_eq!(stub.changes(), []);
}

#[tokio::test]
async fn who_may_what_and_where_it_comes_from_is_shown() {
    let stub = Stub::start().await;
    let cases: [(&[&str], &[&str]); 6] = [
        (
            &["permission-set", "list"],
            &["port-out-manager", "ready-made", "Night shift", "set-1"],
        ),
        (&["permission-set", "grants"], &["user:dan", "group Port desk"]),
        (
            &["permission-set", "of", "user:bob"],
            &["numbers.view", "Night shift of group Port desk"],
        ),
        (&["permission-set", "of"], &["numbers.view"]),
        (&["user-group", "list"], &["Port desk", "2"]),
        (&["user-group", "show", "Port desk"], &["user:bob", "user:cleo"]),
    ];
    for (arguments, parts) in cases {
        let ran = portway(&stub, arguments).await;
        assert_eq!(ran.exit, 0, "{arguments:?}: {}", ran.stderr);
        for part in parts {
            assert!(ran.stdout.contains(part), "{part}: {}", ran.stdout);
        }
    }
    let of = ["permission-set", "of", "user:bob", "-o", "json"];
    assert_eq!(portway(&stub, &of).await.json()["subject"], "user:bob");
}
