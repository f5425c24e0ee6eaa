//! From where grants come from to the grants themselves.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use pg::StoreError;
use sqlx::{PgConnection, PgPool};
use types::{AccountId, Subject};

use super::{AccessError, Source};
use crate::announce;
use crate::store::access::grants as store;

/// What a subject may do, and why.
#[derive(Debug)]
pub(crate) struct SubjectAccess {
    pub(crate) permissions: BTreeSet<String>,
    pub(crate) sources: Vec<Source>,
}

/// Makes the grants of `subjects` anew, and announces those that come out different. The account must be locked.
pub(in crate::ops) async fn flatten(
    conn: &mut PgConnection,
    account: AccountId,
    subjects: &[String],
    now: Timestamp,
) -> Result<(), StoreError> {
    if subjects.is_empty() {
        return Ok(());
    }
    let made = union(subjects, &store::sources(conn, account, subjects).await?);
    let held = auth::grants::find_all(conn, account, subjects).await?;
    let changed = changed(made, &held);
    if changed.is_empty() {
        return Ok(());
    }
    auth::grants::put_all(conn, account, &changed).await?;
    announce::access::grants_changed(conn, account, &changed, now).await
}

/// What each subject may do by all of its sources.
fn union(subjects: &[String], sources: &[Source]) -> BTreeMap<String, Vec<String>> {
    let mut made: BTreeMap<&str, BTreeSet<&str>> = subjects
        .iter()
        .map(|subject| (subject.as_str(), BTreeSet::new()))
        .collect();
    for source in sources {
        let permissions = source.permissions.iter().map(String::as_str);
        made.entry(&source.subject).or_default().extend(permissions);
    }
    made.into_iter()
        .map(|(subject, permissions)| {
            let permissions = permissions.into_iter().map(str::to_owned).collect();
            (subject.to_owned(), permissions)
        })
        .collect()
}

/// Those that are not what they were. Nothing granted and no row are the same.
fn changed(
    mut made: BTreeMap<String, Vec<String>>,
    held: &BTreeMap<String, Vec<String>>,
) -> BTreeMap<String, Vec<String>> {
    made.retain(|subject, permissions| held.get(subject).map_or(&[][..], Vec::as_slice) != *permissions);
    made
}

/// What a subject may do in an account, and where it comes from.
pub(crate) async fn subject_access(
    pool: &PgPool,
    account: AccountId,
    subject: &Subject,
) -> Result<SubjectAccess, AccessError> {
    let mut conn = pool.acquire().await?;
    let sources = store::sources(&mut conn, account, &[subject.to_string()]).await?;
    let permissions = sources
        .iter()
        .flat_map(|source| source.permissions.iter().cloned())
        .collect();
    Ok(SubjectAccess { permissions, sources })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn owned(words: &[&str]) -> Vec<String> {
        words.iter().map(|word| (*word).to_owned()).collect()
    }

    fn source(subject: &str, permissions: &[&str]) -> Source {
        Source {
            subject: subject.to_owned(),
            set: None,
            set_name: String::new(),
            group: None,
            permissions: owned(permissions),
        }
    }

    #[test]
    fn a_subject_may_do_what_any_of_its_sources_says_once_and_in_order() {
        let sources = [
            source("ann", &["port_out.view", "numbers.view"]),
            source("ann", &["billing.view", "numbers.view"]),
        ];
        let made = union(&owned(&["ann", "ben"]), &sources);
        assert_eq!(made["ann"], ["billing.view", "numbers.view", "port_out.view"]);
        assert!(made["ben"].is_empty(), "whoever has no source may do nothing");
    }

    #[test]
    fn only_what_comes_out_different_has_changed() {
        let made = BTreeMap::from([
            ("same".to_owned(), owned(&["numbers.view"])),
            ("more".to_owned(), owned(&["billing.view", "numbers.view"])),
            ("lost".to_owned(), Vec::new()),
            ("never".to_owned(), Vec::new()),
        ]);
        let held = BTreeMap::from([
            ("same".to_owned(), owned(&["numbers.view"])),
            ("more".to_owned(), owned(&["numbers.view"])),
            ("lost".to_owned(), owned(&["numbers.view"])),
        ]);
        let found = changed(made, &held);
        let subjects: Vec<&str> = found.keys().map(String::as_str).collect();
        assert_eq!(subjects, ["lost", "more"]);
    }
}
