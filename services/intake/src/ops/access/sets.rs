//! Sets of permissions, and who holds them.

use auth::ReadyMade;
use intake_domain::port_in::ShortText;
use jiff::Timestamp;
use sqlx::{PgConnection, PgPool};
use types::{AccountId, PermissionSetId};

use super::{AccessError, GIVEN_MAX, Holder, OwnSet, SETS_MAX, SetGrant, SetRef, check_etag, flatten, lock};
use crate::announce;
use crate::ops::accounts::NotGrantable;
use crate::store::access::{grants, groups, sets as store};

/// What a set is to be. Invariant: the permissions may be granted in that account; there is at least one, and each is
/// listed once, in order.
#[derive(Debug, Clone)]
pub(crate) struct SetContents {
    name: ShortText,
    permissions: Vec<String>,
}

impl SetContents {
    /// Checks the permissions for the account; every one that cannot be granted is named.
    pub(crate) fn new(
        account: AccountId,
        name: ShortText,
        permissions: Vec<String>,
    ) -> Result<Self, Vec<NotGrantable>> {
        let permissions = crate::ops::accounts::grantable(account, permissions)?;
        Ok(Self { name, permissions })
    }

    /// Whether the name is that of a set that is there in every account.
    pub(crate) fn is_named_as_ready_made(name: &str) -> bool {
        name.parse::<ReadyMade>().is_ok()
    }
}

/// A set as it is read.
#[derive(Debug)]
pub(crate) enum SetView {
    Own(OwnSet),
    ReadyMade(ReadyMade, Vec<&'static str>),
}

/// Makes a set.
pub(crate) async fn create_set(
    conn: &mut PgConnection,
    account: AccountId,
    contents: SetContents,
    now: Timestamp,
) -> Result<OwnSet, AccessError> {
    lock(conn, account).await?;
    if store::count(conn, account).await? >= SETS_MAX {
        return Err(AccessError::TooMany("permission sets"));
    }
    let set = OwnSet {
        id: PermissionSetId::generate(),
        name: contents.name,
        permissions: contents.permissions,
        version: 1,
    };
    store::insert(conn, account, &set).await?;
    announce::access::set_changed(conn, account, &set, false, now).await?;
    Ok(set)
}

/// Replaces name and permissions of a set; whoever holds it has the new ones with this transaction.
pub(crate) async fn update_set(
    conn: &mut PgConnection,
    account: AccountId,
    id: PermissionSetId,
    contents: SetContents,
    etag: Option<&str>,
    now: Timestamp,
) -> Result<OwnSet, AccessError> {
    lock(conn, account).await?;
    let was = store::find(conn, account, id).await?.ok_or(AccessError::NoSet)?;
    check_etag(etag, was.version)?;
    if was.name == contents.name && was.permissions == contents.permissions {
        return Ok(was);
    }
    let set = OwnSet {
        id,
        name: contents.name,
        permissions: contents.permissions,
        version: was.version + 1,
    };
    store::update(conn, account, &set).await?;
    announce::access::set_changed(conn, account, &set, false, now).await?;
    let holders = grants::holders_of(conn, account, SetRef::Own(id)).await?;
    flatten(conn, account, &holders, now).await?;
    Ok(set)
}

/// Removes a set that nobody holds.
pub(crate) async fn delete_set(
    conn: &mut PgConnection,
    account: AccountId,
    id: PermissionSetId,
    etag: Option<&str>,
    now: Timestamp,
) -> Result<(), AccessError> {
    lock(conn, account).await?;
    let set = store::find(conn, account, id).await?.ok_or(AccessError::NoSet)?;
    check_etag(etag, set.version)?;
    if grants::is_held(conn, account, id).await? {
        return Err(AccessError::Held);
    }
    store::delete(conn, account, id).await?;
    announce::access::set_changed(conn, account, &set, true, now).await?;
    Ok(())
}

/// One set.
pub(crate) async fn get_set(pool: &PgPool, account: AccountId, set: SetRef) -> Result<SetView, AccessError> {
    match set {
        SetRef::ReadyMade(set) => Ok(ready_made(account, set)),
        SetRef::Own(id) => {
            let mut conn = pool.acquire().await?;
            let found = store::find(&mut conn, account, id).await?;
            found.map(SetView::Own).ok_or(AccessError::NoSet)
        }
    }
}

fn ready_made(account: AccountId, set: ReadyMade) -> SetView {
    SetView::ReadyMade(set, set.permissions(account.is_platform()))
}

/// The ready-made sets, then the account's own by name.
pub(crate) async fn list_sets(pool: &PgPool, account: AccountId) -> Result<Vec<SetView>, AccessError> {
    let mut conn = pool.acquire().await?;
    let own = store::list(&mut conn, account, SETS_MAX).await?;
    let all = ReadyMade::ALL.map(|set| ready_made(account, set)).into_iter();
    Ok(all.chain(own.into_iter().map(SetView::Own)).collect())
}

/// Gives a set to a holder.
pub(crate) async fn give_set(
    conn: &mut PgConnection,
    account: AccountId,
    set: SetRef,
    holder: &Holder,
    now: Timestamp,
) -> Result<(), AccessError> {
    lock(conn, account).await?;
    require(conn, account, set, holder).await?;
    if grants::count(conn, account).await? >= GIVEN_MAX {
        return Err(AccessError::TooMany("holders of permission sets"));
    }
    if grants::give(conn, account, set, holder).await? {
        announce::access::set_given(conn, account, set, holder, false, now).await?;
        flatten_holder(conn, account, holder, now).await?;
    }
    Ok(())
}

/// Takes a set from a holder; somebody has to own the account afterwards, if somebody did.
pub(crate) async fn take_set(
    conn: &mut PgConnection,
    account: AccountId,
    set: SetRef,
    holder: &Holder,
    now: Timestamp,
) -> Result<(), AccessError> {
    lock(conn, account).await?;
    require(conn, account, set, holder).await?;
    if grants::take(conn, account, set, holder).await? {
        if set == SetRef::ReadyMade(ReadyMade::Owner) && !grants::has_owner(conn, account).await? {
            return Err(AccessError::LastOwner);
        }
        announce::access::set_given(conn, account, set, holder, true, now).await?;
        flatten_holder(conn, account, holder, now).await?;
    }
    Ok(())
}

/// Both are the account's.
async fn require(
    conn: &mut PgConnection,
    account: AccountId,
    set: SetRef,
    holder: &Holder,
) -> Result<(), AccessError> {
    if let SetRef::Own(id) = set
        && store::find(conn, account, id).await?.is_none()
    {
        return Err(AccessError::NoSet);
    }
    if let Holder::Group(id) = holder
        && groups::find(conn, account, *id).await?.is_none()
    {
        return Err(AccessError::NoGroup);
    }
    Ok(())
}

async fn flatten_holder(
    conn: &mut PgConnection,
    account: AccountId,
    holder: &Holder,
    now: Timestamp,
) -> Result<(), AccessError> {
    let subjects = match holder {
        Holder::Subject(subject) => vec![subject.to_string()],
        Holder::Group(id) => {
            let subjects = groups::subjects(conn, account, *id).await?;
            subjects.iter().map(ToString::to_string).collect()
        }
    };
    Ok(flatten(conn, account, &subjects, now).await?)
}

/// Who holds which sets.
pub(crate) async fn list_given(pool: &PgPool, account: AccountId) -> Result<Vec<SetGrant>, AccessError> {
    let mut conn = pool.acquire().await?;
    Ok(grants::list(&mut conn, account, GIVEN_MAX).await?)
}

/// Gives the whole of an account to its owner. The account must be locked, or new.
pub(in crate::ops) async fn give_owner(
    conn: &mut PgConnection,
    account: AccountId,
    owner: &types::Subject,
    now: Timestamp,
) -> Result<(), pg::StoreError> {
    let set = SetRef::ReadyMade(ReadyMade::Owner);
    let holder = Holder::Subject(owner.clone());
    if grants::give(conn, account, set, &holder).await? {
        announce::access::set_given(conn, account, set, &holder, false, now).await?;
        flatten(conn, account, &[owner.to_string()], now).await?;
    }
    Ok(())
}
